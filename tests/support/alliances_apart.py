"""Whether queries name the alliance that they are about, and a transaction is about one.

So the tables can be spread over nodes by their alliance. What the tests themselves ask is not looked at.
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from coalition.schema import metadata

ROOT = Path(__file__).parents[2]
FOLDERS = ("coalition", "settlement")
TABLES = {table.name for table in metadata.tables.values() if "alliance_id" in table.columns}
VERB = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
TABLE = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)")
NAMED = re.compile(r"alliance_id\s*(=|IN\b|>|<)|alliance_id\b[^()]*\)\s*IN\b|INTO\s+\w+\s*\(\s*alliance_id\b")


@cache
def names_alliance(statement: str) -> bool:
    """Whether a query of tables that belong to alliances says of which."""
    return not TABLES.intersection(TABLE.findall(statement)) or NAMED.search(statement) is not None


def written_queries() -> Iterator[tuple[str, str]]:
    """Every query that is written as text in a source file, by file:function; what is put into it stands as braces."""
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in file.parts:
                yield from _queries_in(str(file.relative_to(ROOT)), ast.parse(file.read_text()), "")


def _queries_in(file: str, node: ast.AST, function: str) -> Iterator[tuple[str, str]]:
    query = _text(node)
    if query is not None:
        if VERB.match(query):
            yield f"{file}:{function}", query
        return
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        yield from _queries_in(file, child, inner)


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


class QueryWatch:
    """Queries of engines that name no alliance, or another than the transaction has named, by file:function."""

    def __init__(self) -> None:
        self.unnamed: dict[str, str] = {}
        self.crossing: dict[str, str] = {}

    def hear(
        self, connection: Connection, _cursor: object, statement: str, parameters: object, context: Any, _many: object
    ) -> None:
        """Look at a query that is about to be made."""
        alliances = connection.info.setdefault("alliances", set())
        alliances |= set(_alliances(getattr(context, "compiled_parameters", None) or [], parameters))
        named = names_alliance(statement)
        if (not named or len(alliances) > 1) and (asked_by := _asked_by()) is not None:
            if not named:
                self.unnamed[asked_by] = statement
            if len(alliances) > 1:
                self.crossing[asked_by] = f"{sorted(alliances)} {statement}"


@contextmanager
def watched_queries() -> Iterator[QueryWatch]:
    """Watches every engine of the process."""
    watch = QueryWatch()
    ends = ("begin", "commit", "rollback")
    event.listen(Engine, "before_cursor_execute", watch.hear)
    for name in ends:
        event.listen(Engine, name, _forget)
    try:
        yield watch
    finally:
        event.remove(Engine, "before_cursor_execute", watch.hear)
        for name in ends:
            event.remove(Engine, name, _forget)


def _forget(connection: Connection) -> None:
    connection.info.pop("alliances", None)


def _alliances(compiled: Sequence[Mapping[str, Any]], parameters: object) -> Iterator[int]:
    """The alliances that a query's parameters name; 0 is none."""
    rows = compiled or ([parameters] if isinstance(parameters, Mapping) else [])
    for row in rows:
        for name, value in row.items():
            if name.startswith("alliance_id") and isinstance(value, int) and value:
                yield value


def _asked_by() -> str | None:
    """The function of ours that asked, as file:function; None where it is a test's."""
    frame = sys._getframe(2)
    while frame is not None:
        file = Path(frame.f_code.co_filename)
        if any(file.is_relative_to(ROOT / folder) for folder in FOLDERS):
            return f"{file.relative_to(ROOT)}:{frame.f_code.co_name}"
        if file.is_relative_to(ROOT / "tests"):
            return None
        frame = frame.f_back
    return None
