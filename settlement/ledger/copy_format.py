"""PostgreSQL's COPY text format: rows as the lines that are copied into a table. Pure."""

from collections.abc import Sequence
from typing import Any

NULL = "\\N"
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
"""What a character that a line can't hold is written as."""


def copy_text(value: str) -> str:
    """A text as it stands in a line."""
    return value if value.isprintable() and "\\" not in value else value.translate(ESCAPES)


def copy_lines(rows: Sequence[Sequence[Any]]) -> bytes:
    """A line for each row of texts, numbers and None."""
    return "".join("\t".join(map(_value, row)) + "\n" for row in rows).encode()


def _value(value: object) -> str:
    if value is None:
        return NULL
    return copy_text(value) if isinstance(value, str) else str(value)
