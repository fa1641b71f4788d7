"""The layout of a bank's own table, described once: which column is which, and how it writes what goes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final

from settlement.rails.bank.errors import BankSettingsInvalid, check_keys
from settlement.sentences import Phrase

COLUMN_KEYS: Final = (
    "booked_on", "amount", "paid_in", "paid_out", "direction", "fee", "balance", "currency", "id", "reference", "text",
    "counterparty", "returned", "account",
)  # fmt: skip
"""What a layout can say of a column: the name in its header, or several that are joined; or its number from 1."""
LINES_BEFORE_HEADER_MAX = 40
ENCODINGS: Final = ("utf-8", "gbk", "gb18030", "big5", "cp1250", "cp1251", "cp1252", "iso-8859-15", "utf-16")


@dataclass(frozen=True, slots=True)
class CsvLayout:
    """A bank's table. An amount stands in `amount`, below zero where it goes out or as `direction` is one of
    `outgoing`; or in `paid_in` and `paid_out`. `date_format` is strptime's, where dates are neither 2025-12-31 nor
    31.12.2025. Without a `header` columns have numbers, and rows begin where the first date stands.

    Raises BankSettingsInvalid.
    """

    booked_on: str
    amount: str = ""
    paid_in: str = ""
    paid_out: str = ""
    direction: str = ""
    fee: str = ""
    balance: str = ""
    currency: str = ""
    id: str = ""
    reference: str = ""
    text: str | tuple[str, ...] = ""
    counterparty: str | tuple[str, ...] = ""
    returned: str = ""
    account: str = ""
    outgoing: tuple[str, ...] = ()
    date_format: str = ""
    encoding: str = ""
    header: bool = True

    def __post_init__(self) -> None:
        if bool(self.amount) == bool(self.paid_in and self.paid_out):
            raise BankSettingsInvalid("csv", Phrase("name the column `amount`, or both `paid_in` and `paid_out`"))
        if bool(self.direction) != bool(self.outgoing):
            problem = Phrase("`direction` needs `outgoing`: what it says of money that went out")
            raise BankSettingsInvalid("csv", problem)
        if not self.header and not all(name.isdigit() for name in self.columns):
            raise BankSettingsInvalid("csv", Phrase("without a header columns have numbers from 1"))
        if self.encoding and self.encoding not in ENCODINGS:
            problem = Phrase("it is {value:name}; choose one of {choices}", value=self.encoding, choices=ENCODINGS)
            raise BankSettingsInvalid("csv.encoding", problem)
        if self.date_format:
            self._check_date_format()

    def _check_date_format(self) -> None:
        """Raise BankSettingsInvalid where what the format writes of a day is not that day again."""
        day = datetime(2031, 12, 30)  # noqa: DTZ001 - only its date counts
        try:
            read = datetime.strptime(day.strftime(self.date_format), self.date_format)  # noqa: DTZ007
        except ValueError:
            read = None
        if read is None or read.date() != day.date():
            problem = Phrase("{value:name} does not say year, month and day", value=self.date_format)
            raise BankSettingsInvalid("csv.date_format", problem)

    def names_of(self, key: str) -> Sequence[str]:
        """The columns of a kind; none where the bank has no such column."""
        named: str | tuple[str, ...] = getattr(self, key)
        return (named,) if isinstance(named, str) and named else tuple(named)

    @property
    def columns(self) -> list[str]:
        """All columns that are read."""
        return [name for key in COLUMN_KEYS for name in self.names_of(key)]


def layout_of(stated: Mapping[str, object]) -> CsvLayout:
    """The layout that a table of settings states. Raises BankSettingsInvalid."""
    check_keys("csv", stated, [field.name for field in fields(CsvLayout)])
    values = {key: _value(key, value) for key, value in stated.items()}
    if "booked_on" not in values:
        raise BankSettingsInvalid("csv", Phrase("{key:code} is missing", key="booked_on"))
    return CsvLayout(**values)  # type: ignore[arg-type]


def _value(key: str, value: object) -> object:
    if key == "header" and isinstance(value, bool):
        return value
    if key in ("text", "counterparty", "outgoing") and isinstance(value, list) and value:
        return tuple(_column(key, each) for each in value)
    plain = _column(key, value)
    return (plain,) if key == "outgoing" else plain


def _column(key: str, value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return str(value)
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise BankSettingsInvalid(f"csv.{key}", Phrase("it must be the name of a column, or its number from 1"))
