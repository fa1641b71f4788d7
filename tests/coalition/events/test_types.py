"""The declared event types are those that the code emits: none is missing, and none never happens."""

import ast
from collections.abc import Iterator
from pathlib import Path

import coalition
import settlement
from coalition.api.event_types import DESCRIPTION
from coalition.discovery import declared
from coalition.events.event_type import EventType
from coalition.events.types import event_types, posting_events

DECLARED = "event_types.py"


def trees() -> Iterator[ast.AST]:
    """All our code but the declarations themselves."""
    for package in (coalition, settlement):
        for path in Path(package.__file__).parent.rglob("*.py"):
            if path.name != DECLARED and "sandbox" not in path.parts:
                yield ast.parse(path.read_text(encoding="utf-8"))


def constants() -> dict[str, str]:
    """The constants that declare a type of event, with the type's name."""
    modules = declared("event_types")
    return {
        constant: str(value)
        for module in modules
        for constant, value in vars(module).items()
        if isinstance(value, EventType)
    }


def named(tree: ast.AST) -> Iterator[str]:
    """The names that a file uses, but as the key of a table or in a comparison: what reads events emits none."""
    read = {key for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys}
    read |= {side for node in ast.walk(tree) if isinstance(node, ast.Compare) for side in node.comparators}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node not in read:
            yield node.id


def posted(tree: ast.AST) -> Iterator[str]:
    """The types of the postings that a file makes: what stands behind "type" where it makes postings."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    # A file that lets another one post what follows a posting knows it as it is stored.
    makes_postings = names & {"Posting", "StoredPosting"}
    for node in ast.walk(tree) if makes_postings else ():
        for key, value in zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ():
            if isinstance(key, ast.Constant) and key.value == "type":
                branches = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
                assert all(isinstance(branch, ast.Constant) for branch in branches), ast.unparse(node)
                yield from (branch.value for branch in branches if isinstance(branch, ast.Constant))


def test_every_declared_type_is_emitted() -> None:
    used = {name for tree in trees() for name in named(tree)}
    emitted = {name for constant, name in constants().items() if constant in used}
    published = {str(event.event_type) for event in posting_events().values()}
    assert emitted | published == set(event_types()) == set(constants().values())
    assert not emitted & published


def test_every_type_of_posting_has_its_event_and_no_other_has() -> None:
    assert {type_ for tree in trees() for type_ in posted(tree)} == set(posting_events())


def test_every_type_says_what_happened() -> None:
    assert all(event_type.description.endswith(".") for event_type in event_types().values())
    assert all(f"`{event_type}` | {event_type.description}" in DESCRIPTION for event_type in event_types().values())
