"""Every code that the API answers with, found by walking the classes of errors and the book's refusals."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import Field

import coalition
import settlement
from settlement import ErrorKind, NamedFact
from settlement.ledger import REFUSALS


def import_errors() -> None:
    """Import every module of errors: what raises them, such as Stripe's library, is imported when it is first used."""
    for package in (coalition, settlement):
        (root,) = map(Path, package.__path__)
        for path in sorted(root.rglob("*errors.py")):
            import_module(".".join([package.__name__, *path.relative_to(root).with_suffix("").parts]))


def error_classes(base: type[NamedFact] = NamedFact) -> Iterator[type[NamedFact]]:
    """All classes of errors that are imported so far and have a sentence."""
    for cls in base.__subclasses__():
        if cls.detail:
            yield cls
        yield from error_classes(cls)


def public_kinds() -> Mapping[str, ErrorKind]:
    """The kinds of mistake that the API answers with, by their codes, in order."""
    import_errors()
    classes = {cls.code: cast("ErrorKind", cls) for cls in error_classes() if _is_listed(cls)}
    kinds = {**classes, **REFUSALS}
    return {code: kinds[code] for code in sorted(kinds)}


def _is_listed(cls: type[NamedFact]) -> bool:
    """Whether the API answers with the code of this class; a refusal of the book has its own."""
    return cls.public and cls.error_kind is NamedFact.error_kind


def code_table() -> str:
    """The codes as a table in Markdown."""
    rows = (f"| `{code}` | {kind.status} | {kind.remedy} |" for code, kind in public_kinds().items())
    return "\n".join(("| `code` | status | what to do |", "|---|---|---|", *rows))


def _list_codes(schema: dict[str, Any]) -> None:
    schema["enum"] = list(public_kinds())


ErrorCode = Annotated[str, Field(json_schema_extra=_list_codes)]
"""A code, described as one of the list."""
