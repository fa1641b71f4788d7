"""Read a purchases file (PURCHASES.csv of the replay contract): every row checked before anything is posted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from coalition.errors import CoalitionError, counted, listed, unreadable
from coalition.locale.messages import N_
from coalition.purchases.columns import HEADER
from coalition.purchases.purchase import ALL
from settlement import (
    Calendar,
    CellReader,
    Phrase,
    TableUnreadable,
    clean_text,
    customs_of,
    quoted,
    read_table,
    reason_of,
)
from settlement.ledger import OPERATOR, POOL

POINTS_MAX = 10**15
AMOUNT_MAX = 10**15
NAME_CHARS_MAX = 100
YEARS = range(1970, 3000)
"""Years that a purchase may lie in: a till with another one has a broken clock."""
EXAMPLE_TIME = "2026-03-01T14:30:00"
_AMOUNT = re.compile(r"(\d{1,16})(?:\.(\d+))?", re.ASCII)
_POINTS = re.compile(r"\d{1,16}", re.ASCII)


class PurchasesFileInvalid(CoalitionError):
    """Rows of a purchases file that can't be used, by line number. Nothing was posted."""

    code = "purchases_file_invalid"
    detail = N_("{path}: {size} can't be used, so nothing was posted. Correct the file and run again.{rows:lines}")
    left_out = ("problems",)
    public = False
    path: Path
    problems: Sequence[tuple[int, str]]

    @property
    def rows(self) -> Sequence[str]:
        """The first of the rows, each with its reason."""
        return listed(self.problems)

    @property
    def size(self) -> str:
        """How many rows there are."""
        return counted(self.problems)


@dataclass(frozen=True, slots=True)
class PurchaseRow:
    """One row. `at` is microseconds since 1970 UTC, `asked` the points to spend (ALL for all)."""

    line: int
    at: int
    member: str
    merchant: str
    amount_minor: int
    asked: int


class PurchasesFile(NamedTuple):
    """The rows of a file in its order, and how it was written where that is not as ours are."""

    rows: list[PurchaseRow]
    form: Sequence[Phrase]


def read_purchases(path: Path, calendar: Calendar, minor_digits: int) -> PurchasesFile:
    """All rows of a file. Raises FileUnreadable and PurchasesFileInvalid, which lists every bad row."""
    customs = customs_of(calendar.zone)
    try:
        table = read_table(path.read_bytes(), customs, lambda header: header == HEADER)
    except OSError as error:
        raise unreadable(path, error) from None
    except TableUnreadable as error:
        raise PurchasesFileInvalid(path, [(error.line, error.why)]) from None
    if table.header != HEADER:
        raise PurchasesFileInvalid(
            path,
            [
                (
                    1,
                    Phrase(
                        "the header must be {header}, not {found}",
                        header=",".join(HEADER),
                        found=_line(table.header),
                    ),
                )
            ],
        )
    cells = CellReader(customs, (row.cells[0] for row in table.rows), minor_digits)
    rows: list[PurchaseRow] = []
    problems: list[tuple[int, str]] = []
    order = TimeOrder(calendar)
    for line, row in table.rows:
        try:
            at = order.read(cells.date(row[0]))
            rows.append(_purchase(line, row, at, cells, minor_digits))
        except ValueError as error:
            problems.append((line, reason_of(error)))
    if problems:
        raise PurchasesFileInvalid(path, problems)
    return PurchasesFile(rows, cells.form(table))


def _line(row: list[str]) -> str:
    return quoted(",".join(row)) if row else Phrase("an empty line")


def _purchase(line: int, row: list[str], at: int, cells: CellReader, minor_digits: int) -> PurchaseRow:
    if len(row) != len(HEADER):
        raise ValueError(
            Phrase(
                "fields: {count}, not {wanted} ({header})",
                count=len(row),
                wanted=len(HEADER),
                header=",".join(HEADER),
            )
        )
    _, member, merchant, amount, spend = row
    member, merchant = _name("member", member), _name("merchant", merchant)
    if merchant in (OPERATOR, POOL):
        raise ValueError(
            Phrase("merchant {name:name}: the clearing house keeps this name; rename the shop", name=merchant)
        )
    return PurchaseRow(line, at, member, merchant, _amount(cells.amount(amount), minor_digits), _asked(spend))


def _name(field: str, text: str) -> str:
    try:
        name = clean_text(text)
    except ValueError as error:
        raise ValueError(
            Phrase("{field} {value:name} is no name: {reason}", field=field, value=text, reason=reason_of(error))
        ) from None
    if len(name) > NAME_CHARS_MAX:
        raise ValueError(
            Phrase(
                "{field} {value:name} has {count} characters, more than {most}",
                field=field,
                value=name,
                count=len(name),
                most=NAME_CHARS_MAX,
            )
        )
    return name


def _amount(text: str, minor_digits: int) -> int:
    """Money in minor units, exactly."""
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise ValueError(Phrase("amount {text:name} must be money of zero or more, such as 12 or 12.30", text=text))
    units, decimals = match[1], match[2] or ""
    if len(decimals) > minor_digits:
        raise ValueError(
            Phrase(
                "amount {text:name} has more decimals ({count}) than the currency ({most})",
                text=text,
                count=len(decimals),
                most=minor_digits,
            )
        )
    minor = int(units + decimals.ljust(minor_digits, "0"))
    if minor > AMOUNT_MAX:
        raise ValueError(Phrase("amount {text:name} is too large for one purchase", text=text))
    return minor


def _asked(text: str) -> int:
    if text == "all":
        return ALL
    if not text:
        return 0
    if not _POINTS.fullmatch(text) or int(text) > POINTS_MAX:
        raise ValueError(Phrase("spend {text:name} must be empty, a whole number of points, or all", text=text))
    return int(text)


class TimeOrder:
    """Reads the times of a file and checks that they do not go back on the till's clock.

    Rows are in order if their wall times are, so a till may write through the hour that a clock change skips, and on.
    In the hour that is shown twice a till's times go back once. Two rows with offsets are compared by the instant.
    """

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._first, self._end = (calendar.wall(datetime(year, 1, 1, tzinfo=UTC)) for year in (YEARS.start, YEARS.stop))
        self._before: datetime | None = None
        self._set_back_at: datetime | None = None

    def read(self, text: str) -> int:
        """The instant of a row's `at`. Raises ValueError."""
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(
                Phrase(
                    "at {text:name} must be a time of ISO 8601, such as {example}",
                    text=text,
                    example=f"{EXAMPLE_TIME}+01:00",
                )
            ) from None
        if len(text) <= len("2026-03-01"):
            raise ValueError(
                Phrase("at {text:name} has no time of day; write it as {example}", text=text, example=EXAMPLE_TIME)
            )
        at = self._calendar.wall(moment)
        if not self._first <= at < self._end:
            raise ValueError(
                Phrase(
                    "at {text:name} must lie in the years {first} to {last}",
                    text=text,
                    first=YEARS.start,
                    last=YEARS[-1],
                )
            )
        if self._before is not None and self._goes_back(self._before, moment):
            raise ValueError(
                Phrase("at {text:name} lies before the row above it; rows must be in time order", text=text)
            )
        self._before = moment
        return at

    def _goes_back(self, before: datetime, moment: datetime) -> bool:
        if before.tzinfo is not None and moment.tzinfo is not None:
            return moment < before
        earlier, later = self._calendar.wall_clock(before), self._calendar.wall_clock(moment)
        if later >= earlier:
            return False
        set_back_by = min(self._calendar.repeated(earlier), self._calendar.repeated(later))
        if earlier - later > set_back_by:
            return True
        # The clock is set back once: a second step back in the same hour is disorder.
        twice = self._set_back_at is not None and abs(self._set_back_at - later) <= set_back_by
        self._set_back_at = later
        return twice
