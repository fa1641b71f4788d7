"""An import as CSV: a line a part, the lines of one `ref` a row. Pure."""

import csv
import io
from collections.abc import Iterator

COLUMNS = ("ref", "phone", "email", "name", "language", "birthday", "shop", "points", "release_on", "expires_on")
ROW_COLUMNS = ("phone", "email", "name", "language", "birthday", "shop", "expires_on")
DIGITS = 19
"""A number of more digits than this is none that any database holds."""


def read_rows(content: str) -> Iterator[tuple[str, dict[str, object] | str]]:
    """The rows, by ref, as the JSON form of the import has them; or, in place of a row, why it can't be read.

    The first line names the columns, in any order; all but `ref` may be missing.
    """
    reader = csv.DictReader(io.StringIO(content.removeprefix("\ufeff")), restkey="", strict=True)
    by_ref: dict[str, list[dict[str, str]]] = {}
    try:
        unknown = sorted({*(reader.fieldnames or ())} - {*COLUMNS})
        if unknown or "ref" not in (reader.fieldnames or ()):
            yield "", f"the first line names columns out of {', '.join(COLUMNS)}, ref among them"
            return
        for line in reader:
            if "" in line:
                yield line["ref"], f"line {reader.line_num} has more fields than the first line"
                return
            by_ref.setdefault(line["ref"], []).append({key: value or "" for key, value in line.items()})
    except csv.Error as error:
        yield "", f"line {reader.line_num} is no CSV: {error}"
        return
    for ref, lines in by_ref.items():
        yield ref, _row(ref, lines)


def _row(ref: str, lines: list[dict[str, str]]) -> dict[str, object] | str:
    row: dict[str, object] = {"ref": ref}
    for column in ROW_COLUMNS:
        values = {line[column] for line in lines if line.get(column)}
        if len(values) > 1:
            return f"its lines differ in {column}"
        if values:
            row[column] = values.pop()
    row["parts"] = [
        {"points": _number(line["points"]), **({"release_on": line["release_on"]} if line.get("release_on") else {})}
        for line in lines
        if line.get("points")
    ]
    return row


def _number(text: str) -> int | str:
    """A whole number, which a CSV can only write as text; what is none is left to be refused."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else text
