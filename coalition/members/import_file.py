"""An import as CSV: a line a part, the lines of one `ref` a row. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from settlement import CellReader, Customs, Phrase, TableUnreadable, read_table, reason_of

COLUMNS = ("ref", "phone", "email", "name", "language", "birthday", "shop", "points", "release_on", "expires_on")
ROW_COLUMNS = ("phone", "email", "name", "language", "birthday", "shop", "expires_on")
DATES = ("birthday", "release_on", "expires_on")
DIGITS = 19
"""A number of more digits than this is none that any database holds."""
Row = dict[str, object] | str
Line = dict[str, str]


class ImportFile(NamedTuple):
    """The rows, by ref, as the JSON form of the import has them, or, in place of a row, why it can't be read; and how
    the file was written where that is not as ours are.
    """

    rows: Sequence[tuple[str, Row]]
    form: Sequence[Phrase]


def read_rows(content: bytes, customs: Customs) -> ImportFile:
    """Read a file, as a spreadsheet of the country with these customs writes it.

    The first line names the columns, in any order; all but `ref` may be missing.
    """
    try:
        table = read_table(content, customs, _is_header)
    except TableUnreadable as error:
        return ImportFile([("", Phrase("line {line}: {why}", line=error.line, why=error.why))], ())
    if not _is_header(table.header):
        why = Phrase("the first line names columns out of {columns}, ref among them", columns=COLUMNS)
        return ImportFile([("", why)], ())
    dates = [number for number, name in enumerate(table.header) if name in DATES]
    cells = CellReader(customs, (row.cells[at] for row in table.rows for at in dates if at < len(row.cells)))
    by_ref: dict[str, list[Line]] = {}
    broken: dict[str, str] = {}
    for number, row in table.rows:
        line = dict(zip(table.header, row, strict=False))
        ref = line.get("ref", "")
        if len(row) > len(table.header):
            broken[ref] = Phrase("line {line} has more fields than the first line", line=number)
        try:
            line |= {name: cells.date(line[name]) for name in DATES if line.get(name)}
        except ValueError as error:
            broken[ref] = Phrase("line {line}: {why}", line=number, why=reason_of(error))
        by_ref.setdefault(ref, []).append(line)
    rows = [(ref, broken.get(ref) or _row(ref, lines)) for ref, lines in by_ref.items()]
    return ImportFile(rows, cells.form(table))


def _is_header(names: Sequence[str]) -> bool:
    return "ref" in names and {*names} <= {*COLUMNS}


def _row(ref: str, lines: Sequence[Line]) -> Row:
    row: dict[str, object] = {"ref": ref}
    for column in ROW_COLUMNS:
        values = {line[column] for line in lines if line.get(column)}
        if len(values) > 1:
            return Phrase("its lines differ in {column:code}", column=column)
        if values:
            row[column] = values.pop()
    row["parts"] = [
        {"points": points, **({"release_on": line["release_on"]} if line.get("release_on") else {})}
        for line in lines
        if line.get("points") and (points := _number(line["points"])) != 0
    ]
    return row


def _number(text: str) -> int | str:
    """A whole number, which a CSV can only write as text; what is none is left to be refused."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else text
