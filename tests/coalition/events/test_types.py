"""The list of event types is what the code emits: nothing is missing on it, and nothing is on it that never happens."""

import ast
from collections.abc import Iterator
from pathlib import Path

import coalition
import settlement
from coalition.events.types import EventType
from coalition.feed.event import NAMINGS

LIST = Path(coalition.__file__).parent / "events" / "types.py"


def trees() -> Iterator[ast.AST]:
    """All our code but the list itself."""
    for package in (coalition, settlement):
        for path in Path(package.__file__).parent.rglob("*.py"):
            if path != LIST and "sandbox" not in path.parts:
                yield ast.parse(path.read_text(encoding="utf-8"))


def named(tree: ast.AST) -> Iterator[str]:
    """The members of EventType that a file names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "EventType":
            yield node.attr


def posted(tree: ast.AST) -> Iterator[str]:
    """The types of the postings that a file makes: what stands behind "type" where it makes postings."""
    makes_postings = any(isinstance(node, ast.Name) and node.id == "Posting" for node in ast.walk(tree))
    for node in ast.walk(tree) if makes_postings else ():
        for key, value in zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ():
            if isinstance(key, ast.Constant) and key.value == "type":
                found = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
                assert all(isinstance(one, ast.Constant) for one in found), ast.unparse(node)
                yield from (one.value for one in found if isinstance(one, ast.Constant))


def test_every_type_on_the_list_is_emitted() -> None:
    assert {name for tree in trees() for name in named(tree)} == set(EventType.__members__)


def test_every_type_of_posting_has_its_event_and_no_other_has() -> None:
    assert {type_ for tree in trees() for type_ in posted(tree)} == set(NAMINGS)


def test_every_type_says_what_happened() -> None:
    assert all(one.description.endswith(".") for one in EventType)
    assert all(f"`{one}` | {one.description}" in str(EventType.__doc__) for one in EventType)
