"""Tables that people hand in, as their spreadsheets write them: read where there is one way to read them.

A CSV of ours is UTF-8, with commas, decimal points and dates as 2025-12-31. A spreadsheet writes what its country
writes: semicolons, decimal commas, dates as 31/12/2025, UTF-16 or the code page of older programs. What a file says by
itself decides first (a 31 is no month), the alliance's country second, and what neither decides is refused.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import NamedTuple

from settlement.customs import Customs
from settlement.sentences import Phrase
from settlement.text import SPACES

SEPARATORS = (",", ";", "\t")
_DATE = re.compile(
    r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp])[Mm])?)?", re.ASCII
)
_GROUPED = re.compile(r"-?\d{1,3}(?:([.,' \u2019\u00a0\u202f])\d{3})(?:\1\d{3})*([.,])(\d{1,2})", re.ASCII)
_COMMA = re.compile(r"(-?\d+),(\d+)", re.ASCII)
YEAR_DIGITS, MONTHS, THOUSAND = 4, 12, 3


class TableUnreadable(ValueError):
    """A file that is no table; its Phrase says why. `line` is counted from 1."""

    def __init__(self, line: int, why: Phrase) -> None:
        super().__init__(why)
        self.line, self.why = line, why


class NumberedRow(NamedTuple):
    """A row and the line on which it ends; its cells are trimmed."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table: its header, its rows that are not empty, and how it was written."""

    encoding: str
    separator: str
    header: list[str]
    rows: Sequence[NumberedRow]


def read_table(
    content: bytes, customs: Customs, is_header: Callable[[list[str]], bool], lines_before_header_max: int = 0
) -> TableFile:
    """Read a table; the separator is the one by which its first line `is_header`, or one of the lines that may stand
    before it. Raises TableUnreadable.
    """
    text, encoding = decoded_table(content, customs)
    stated = re.match(r"sep=([,;\t])\r?\n", text)
    start, line = (stated.end(), 1) if stated else (0, 0)
    separators = (stated[1],) if stated else SEPARATORS
    for before, at in enumerate(_line_starts(text, start, lines_before_header_max)):
        for separator in separators:
            if is_header(_header(text, at, separator)):
                return _table(text, at, line + before, separator, encoding)
    return _table(text, start, line, separators[0], encoding)


def _table(text: str, start: int, line: int, separator: str, encoding: str) -> TableFile:
    rows = list(_rows(text[start:], separator, line))
    header = rows.pop(0).cells if rows else []
    return TableFile(encoding, separator, header, rows)


def _line_starts(text: str, start: int, more: int) -> Iterator[int]:
    """Where a line begins, and so many more after it."""
    yield start
    for _ in range(more):
        start = text.find("\n", start) + 1
        if not start:
            return
        yield start


def _header(text: str, start: int, separator: str) -> list[str]:
    try:
        return next(_rows(text[start : text.find("\n", start) + 1 or None], separator, 0), NumberedRow(1, [])).cells
    except TableUnreadable:
        return []


def _rows(text: str, separator: str, skipped: int) -> Iterator[NumberedRow]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            if cells:
                yield NumberedRow(reader.line_num + skipped, [cell.strip(SPACES) for cell in cells])
    except csv.Error as error:
        raise TableUnreadable(reader.line_num + skipped, Phrase("this is not CSV ({reason})", reason=error)) from None


def _is_iso_time(text: str) -> bool:
    """Whether a text is laid out as 2025-12-31T23:59 and what may follow; looked at without a regular expression."""
    return text[4:5] == text[7:8] == "-" and text[10:11] == "T" and text[13:14] == ":" and text[-1] not in "mM"


def decoded_table(content: bytes, customs: Customs) -> tuple[str, str]:
    """The text of a file and the name of its encoding. Raises TableUnreadable."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or content[:2].find(b"\0") >= 0:
        little = content.startswith(b"\xff\xfe") or content[1:2] == b"\0"
        try:
            return content.decode("utf-16-le" if little else "utf-16-be").removeprefix("\ufeff"), "UTF-16"
        except UnicodeDecodeError as error:
            raise TableUnreadable(1, Phrase("this is not UTF-16 text ({reason})", reason=error.reason)) from None
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
    if customs.encoding is not None:
        try:
            return content.decode(customs.encoding), customs.encoding
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
    raise TableUnreadable(line, Phrase("this is not UTF-8 text; save the file as “CSV UTF-8”"))


class CellReader:
    """Reads the dates and amounts of one table, which are all written in one way.

    `day_first` and `decimal_comma` say what was found: None where nothing had to be decided.
    """

    def __init__(self, customs: Customs, dates: Iterable[str], minor_digits: int = 0) -> None:
        self._customs, self._minor_digits = customs, minor_digits
        self.decimal_comma: bool | None = None
        # Few dates have their year last, and a file has as many dates as rows.
        matches = [
            match
            for text in dates
            if text[4:5] != "-" and (match := _DATE.fullmatch(text)) is not None and len(match[4]) == YEAR_DIGITS
        ]
        # With points the day comes first everywhere; a number above twelve is a day wherever it stands.
        first = any(match[2] == "." or int(match[1]) > MONTHS for match in matches)
        second = any(match[2] != "." and int(match[3]) > MONTHS for match in matches)
        self.mixed = first and second
        self.day_first = (first if first or second else customs.day_first) if matches and not self.mixed else None

    def date(self, text: str) -> str:
        """A date, or a date and a time, as ISO 8601; another text as it is, for its own check to refuse.

        Raises ValueError where it can be read in two ways.
        """
        match = None if _is_iso_time(text) else _DATE.fullmatch(text)
        if match is None:
            return text
        left, _, middle, right, hour, minute, second, half = match.groups()
        if len(left) == YEAR_DIGITS and len(right) <= 2:
            year, month, day = left, middle, right
        elif len(right) == YEAR_DIGITS and len(left) <= 2:
            if self.mixed:
                raise ValueError(
                    Phrase("some dates of this file have the day first and some the month; write them as 2025-12-31")
                )
            if self.day_first is None:
                raise ValueError(
                    Phrase("{text:name} can be read with the day or with the month first; write 2025-12-31", text=text)
                )
            year, month, day = (right, middle, left) if self.day_first else (right, left, middle)
        else:
            return text
        date = f"{year}-{int(month):02}-{int(day):02}"
        if hour is None:
            return date
        hours = int(hour) % 12 + (12 if half in "Pp" else 0) if half else int(hour)
        return f"{date}T{hours:02}:{minute}" + (f":{second}" if second else "")

    def amount(self, text: str) -> str:
        """Money with a decimal point and no signs between thousands; another text as it is.

        Raises ValueError where it can be read in two ways.
        """
        if text.replace(".", "", 1).isdigit():
            return text
        grouped = _GROUPED.fullmatch(text)
        if grouped is not None and grouped[1] != grouped[2]:
            self.decimal_comma = grouped[2] == ","
            return f"{text[: grouped.start(2)].replace(grouped[1], '')}.{grouped[3]}"
        comma = _COMMA.fullmatch(text)
        if comma is None:
            return text
        if len(comma[2]) == THOUSAND and not (self._minor_digits == THOUSAND and self._customs.decimal_comma):
            raise ValueError(
                Phrase("{text:name} can be read with thousands or with decimals; write a decimal point", text=text)
            )
        self.decimal_comma = True
        return f"{comma[1]}.{comma[2]}"

    def form(self, table: TableFile) -> list[Phrase]:
        """How the table was written where that is not as ours are, for a summary that says what was read."""
        form = []
        if table.encoding != "UTF-8":
            form.append(Phrase("encoding {encoding}", encoding=table.encoding))
        if table.separator != ",":
            form.append(Phrase("columns separated by {separator:name}", separator=table.separator))
        if self.decimal_comma:
            form.append(Phrase("decimal commas"))
        if self.day_first is not None:
            form.append(Phrase("the day first in dates") if self.day_first else Phrase("the month first in dates"))
        return form
