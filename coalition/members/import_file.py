"""An import as CSV: a line a part, the lines of one `ref` a row."""

from collections.abc import Sequence
from typing import NamedTuple

from coalition.access.caller import Caller
from coalition.alliance import Alliance
from coalition.approvals.approvals import Approvals
from coalition.members.errors import ImportInvalid, MemberError
from coalition.members.import_members import ImportedMember, MemberRow, check_import, import_rows
from coalition.members.import_row import member_row
from settlement import CellReader, Customs, Phrase, TableUnreadable, read_table, reason_of

COLUMNS = ("ref", "phone", "email", "name", "language", "birthday", "shop", "points", "release_on", "expires_on")
ROW_COLUMNS = ("phone", "email", "name", "language", "birthday", "shop", "expires_on")
PART_COLUMNS = ("points", "release_on")
DATES = ("birthday", "release_on", "expires_on")
Row = MemberRow | ImportInvalid | str
Line = dict[str, str]


class ImportFile(NamedTuple):
    """The rows, by ref, or, in place of a row, why it can't be read; how the file was written where that is not as ours
    are; and on which line of it, counted from 1, each row begins.
    """

    rows: Sequence[tuple[str, Row]]
    form: Sequence[Phrase]
    lines: Sequence[int]


def read_rows(content: bytes, customs: Customs) -> ImportFile:
    """Read a file, as a spreadsheet of the country with these customs writes it.

    The first line names the columns, in any order; all but `ref` may be missing.
    """
    try:
        table = read_table(content, customs, _is_header)
    except TableUnreadable as error:
        return ImportFile([("", Phrase("line {line}: {why}", line=error.line, why=error.why))], (), (error.line,))
    if not _is_header(table.header):
        why = Phrase("the first line names columns out of {columns}, ref among them", columns=COLUMNS)
        return ImportFile([("", why)], (), (1,))
    dates = [number for number, name in enumerate(table.header) if name in DATES]
    cells = CellReader(customs, (row.cells[at] for row in table.rows for at in dates if at < len(row.cells)))
    by_ref: dict[str, list[Line]] = {}
    broken: dict[str, str] = {}
    begins: dict[str, int] = {}
    for number, row in table.rows:
        line = dict(zip(table.header, row, strict=False))
        ref = line.get("ref", "")
        begins.setdefault(ref, number)
        if len(row) > len(table.header):
            broken[ref] = Phrase("line {line} has more fields than the first line", line=number)
        for name in DATES:
            try:
                if line.get(name):
                    line[name] = cells.date(line[name])
            except ValueError as error:
                broken[ref] = Phrase(
                    "line {line}, column {column:name}: {why}", line=number, column=name, why=reason_of(error)
                )
        by_ref.setdefault(ref, []).append(line)
    rows = [(ref, broken.get(ref) or _row(ref, lines)) for ref, lines in by_ref.items()]
    return ImportFile(rows, cells.form(table), tuple(begins.values()))


def import_readable(alliance: Alliance, rows: Sequence[Row]) -> list[ImportedMember | MemberError | str]:
    """Import the rows that could be read; an answer for each, which for the others is why they could not."""
    imported = iter(import_rows(alliance, [row for row in rows if isinstance(row, MemberRow)]))
    return [next(imported) if isinstance(row, MemberRow) else row for row in rows]


def check_readable(alliance: Alliance, approvals: Approvals, caller: Caller, rows: Sequence[Row]) -> None:
    """`check_import` of the rows that could be read."""
    check_import(alliance, approvals, caller, [row for row in rows if isinstance(row, MemberRow)])


def _is_header(names: Sequence[str]) -> bool:
    return "ref" in names and {*names} <= {*COLUMNS}


def _row(ref: str, lines: Sequence[Line]) -> Row:
    fields: Line = {}
    for column in ROW_COLUMNS:
        values = {line[column] for line in lines if line.get(column)}
        if len(values) > 1:
            return Phrase("its lines differ in {column:code}", column=column)
        if values:
            fields[column] = values.pop()
    parts = [{name: line[name] for name in PART_COLUMNS if line.get(name)} for line in lines if line.get("points")]
    try:
        return member_row(ref, fields, parts)
    except ImportInvalid as error:
        return error
