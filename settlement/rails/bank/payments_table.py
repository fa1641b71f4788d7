"""The columns of a bank's own batch table of payments, described once: what of a payment stands in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from settlement.rails.bank.errors import BankSettingsInvalid, check_keys
from settlement.sentences import Phrase

CELLS: Final = (
    "number", "account", "name", "bank", "bank_code", "branch", "province", "city", "amount", "currency", "execute_on",
    "reference", "text",
)  # fmt: skip
"""What can stand in a cell: the number of the row, what is known of the shop's account, and of the payment."""
NEEDED: Final = ("account", "amount", "reference")
"""Without the reference no movement on the statement could be told."""
ALWAYS: Final = "="
"""Before a text that stands in every row."""
UTF_8, GB18030 = "utf-8", "gb18030"
ENCODINGS: Final = {"utf-8": UTF_8, "gbk": GB18030, "gb18030": GB18030}
"""Encodings by how settings name them; every text of GBK is the same in GB 18030, which has the rest too."""


@dataclass(frozen=True, slots=True)
class PaymentsTable:
    """A table of payments: the title of each column in order, and which of `CELLS` stands in it, or a text that always
    does behind `ALWAYS`, or nothing. Raises BankSettingsInvalid.
    """

    columns: tuple[tuple[str, str], ...]
    encoding: str = UTF_8
    header: bool = True

    def __post_init__(self) -> None:
        for title, cell in self.columns:
            if cell and cell not in CELLS and not cell.startswith(ALWAYS):
                problem = Phrase(
                    "{value:name} can't stand in {title:name}; choose one of {choices}, or a text after =",
                    value=cell,
                    title=title,
                    choices=CELLS,
                )
                raise BankSettingsInvalid("payments_table.columns", problem)
        missing = [cell for cell in NEEDED if cell not in self.cells]
        if missing:
            problem = Phrase("no column has {cells:code}", cells=missing)
            raise BankSettingsInvalid("payments_table.columns", problem)

    @property
    def cells(self) -> list[str]:
        """What stands in the columns."""
        return [cell for _, cell in self.columns]

    def row(self, known: Mapping[str, str]) -> list[str]:
        """The cells of a payment, of which so much is known."""
        return [cell[1:] if cell.startswith(ALWAYS) else known.get(cell, "") for cell in self.cells]


def payments_table_of(stated: Mapping[str, object]) -> PaymentsTable:
    """The table that settings state. Raises BankSettingsInvalid."""
    check_keys("payments_table", stated, ("columns", "encoding", "header"))
    columns, encoding, header = stated.get("columns"), stated.get("encoding", UTF_8), stated.get("header", True)
    if not isinstance(columns, dict) or not all(isinstance(cell, str) for cell in columns.values()):
        raise BankSettingsInvalid("payments_table.columns", Phrase("it must say of each column what stands in it"))
    if encoding not in ENCODINGS:
        problem = Phrase("it is {value:name}; choose one of {choices}", value=str(encoding), choices=[*ENCODINGS])
        raise BankSettingsInvalid("payments_table.encoding", problem)
    if not isinstance(header, bool):
        raise BankSettingsInvalid("payments_table.header", Phrase("it must be true or false"))
    return PaymentsTable(tuple(columns.items()), ENCODINGS[str(encoding)], header)
