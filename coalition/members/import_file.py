"""An import as CSV: a line a part, the lines of one `ref` a row."""

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from io import StringIO
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
    are; on which line of it, counted from 1, each row begins; all that is wrong with a row, by its
    place; and the cells of the header and of each row's lines as they stand there.
    """

    rows: Sequence[tuple[str, Row]]
    form: Sequence[Phrase]
    lines: Sequence[int]
    problems: Mapping[int, Sequence[ImportInvalid | str]] = {}
    header: Sequence[str] = ()
    cells: Sequence[Sequence[Sequence[str]]] = ()

    @property
    def readable(self) -> list[Row]:
        """The rows without their names."""
        return [row for _, row in self.rows]


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
    # A line without a ref is a row of its own, which says that its ref is missing.
    by_ref: dict[str | int, list[Line]] = {}
    broken: dict[str | int, list[tuple[str, str]]] = {}
    begins: dict[str | int, int] = {}
    written: dict[str | int, list[Sequence[str]]] = {}
    for number, row in table.rows:
        line = dict(zip(table.header, row, strict=False))
        ref = line.get("ref") or number
        begins.setdefault(ref, number)
        written.setdefault(ref, []).append(row)
        if len(row) > len(table.header):
            why = Phrase("line {line} has more fields than the first line", line=number)
            broken.setdefault(ref, []).append(("", why))
        broken.setdefault(ref, []).extend(_read_dates(cells, line, number))
        by_ref.setdefault(ref, []).append(line)
    rows, problems = list[tuple[str, Row]](), dict[int, Sequence[ImportInvalid | str]]()
    for at, (ref, lines) in enumerate(by_ref.items()):
        name = ref if isinstance(ref, str) else ""
        row_or_wrong = _row_or_wrong(name, lines, broken.get(ref, ()))
        if isinstance(row_or_wrong, MemberRow):
            rows.append((name, row_or_wrong))
        else:
            problems[at] = row_or_wrong
            rows.append((name, row_or_wrong[0]))
    return ImportFile(rows, cells.form(table), tuple(begins.values()), problems, table.header, tuple(written.values()))


def _read_dates(cells: CellReader, line: Line, number: int) -> Iterator[tuple[str, str]]:
    """Write the dates of a line as ours are; the column of each that is none, and why."""
    for name in DATES:
        try:
            if line.get(name):
                line[name] = cells.date(line[name])
        except ValueError as error:
            yield (
                name,
                Phrase("line {line}, column {column:name}: {why}", line=number, column=name, why=reason_of(error)),
            )


def rows_to_mend(file: ImportFile, places: Collection[int]) -> str:
    """The rows at these places as a CSV file with the header and the cells of the file that they come from."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(file.header)
    for at in sorted(places):
        writer.writerows(file.cells[at])
    return text.getvalue()


def import_readable(alliance: Alliance, rows: Sequence[Row]) -> list[ImportedMember | MemberError | str]:
    """Import the rows that could be read; an answer for each, which for the others is why they could not."""
    imported = iter(import_rows(alliance, [row for row in rows if isinstance(row, MemberRow)]))
    return [next(imported) if isinstance(row, MemberRow) else row for row in rows]


def check_readable(alliance: Alliance, approvals: Approvals, caller: Caller, rows: Sequence[Row]) -> None:
    """`check_import` of the rows that could be read."""
    check_import(alliance, approvals, caller, [row for row in rows if isinstance(row, MemberRow)])


def _is_header(names: Sequence[str]) -> bool:
    return "ref" in names and {*names} <= {*COLUMNS}


def _row_or_wrong(
    ref: str, lines: Sequence[Line], broken: Sequence[tuple[str, str]]
) -> MemberRow | list[ImportInvalid | str]:
    """A row, or all that is wrong with it: its `broken` cells, each with its column, and what else its columns have."""
    read, named = _row(ref, lines), {column for column, _ in broken}
    wrong: list[ImportInvalid | str] = [why for _, why in broken]
    if isinstance(read, MemberRow):
        return wrong or read
    return wrong + ([read] if isinstance(read, str) else [each for each in read if each.field not in named])


def _row(ref: str, lines: Sequence[Line]) -> MemberRow | list[ImportInvalid] | str:
    fields: Line = {}
    for column in ROW_COLUMNS:
        values = {line[column] for line in lines if line.get(column)}
        if len(values) > 1:
            return Phrase("its lines differ in {column:code}", column=column)
        if values:
            fields[column] = values.pop()
    parts = [{name: line[name] for name in PART_COLUMNS if line.get(name)} for line in lines if line.get("points")]
    return member_row(ref, fields, parts)
