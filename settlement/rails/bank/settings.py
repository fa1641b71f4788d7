"""The alliance's own account at its bank, and the files in which payments go there."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from settlement.rails.bank.csv_layout import CsvLayout
from settlement.rails.bank.errors import BankSettingsInvalid
from settlement.rails.bank.identifiers import bic_problem, compact, creditor_id_problem, iban_problem, sepa_text
from settlement.rails.port import Direction
from settlement.sentences import Phrase


class FileKind(StrEnum):
    """Kinds of files that are made for a bank, or for the shops."""

    CREDIT_TRANSFER = "credit_transfer"
    """SEPA credit transfers, pain.001."""
    DIRECT_DEBIT = "direct_debit"
    """SEPA direct debits under mandates, pain.008."""
    PAYMENTS_CSV = "payments_csv"
    """Payments as a table, for banks of other countries."""
    REQUESTS_CSV = "requests_csv"
    """Who is to pay what, under which reference: the shops send the money themselves."""

    @property
    def direction(self) -> Direction:
        """Which way the money of such a file goes."""
        return Direction.COLLECT if self in (FileKind.DIRECT_DEBIT, FileKind.REQUESTS_CSV) else Direction.PAY

    @property
    def is_sepa(self) -> bool:
        """Whether the bank gets it as an ISO 20022 message."""
        return self in (FileKind.CREDIT_TRANSFER, FileKind.DIRECT_DEBIT)


TRANSFER_SCHEMAS: Final = ("pain.001.001.09", "pain.001.001.03", "pain.001.001.10", "pain.001.001.11")
DEBIT_SCHEMAS: Final = ("pain.008.001.08", "pain.008.001.02", "pain.008.001.09", "pain.008.001.10")
DEBIT_SCHEMES: Final = ("CORE", "B2B")
NAME_CHARS = 70
LEAD_DAYS_MAX = 30

# SDD Core rulebook (EPC016-06): a debtor may ask for the money back for eight weeks, and it travels some days; one
# without a mandate may for thirteen months. SDD B2B (EPC222-07): no refund, and banks return within three TARGET days.
_RETURN_DAYS: Final = {"CORE": 61, "B2B": 7}


@dataclass(frozen=True, slots=True)
class BankSettings:
    """The alliance's own account, and how money is collected and paid through it.

    `account` is its IBAN, or its number where neither kind is SEPA. `lead_days` of each direction are TARGET days
    between the export and the day of execution. `request_days` are calendar days after the due date until a
    request that nobody paid has failed. `return_days` are for how long a paid debit can come back: by default what
    the scheme gives a debtor without a question. `csv` is the layout of the bank's own tables. Raises
    BankSettingsInvalid.
    """

    holder: str
    account: str
    currency: str
    minor_digits: int
    name: str = "bank"
    bic: str = ""
    creditor_id: str = ""
    pay: FileKind = FileKind.CREDIT_TRANSFER
    collect: FileKind = FileKind.DIRECT_DEBIT
    debit_scheme: str = "CORE"
    transfer_schema: str = TRANSFER_SCHEMAS[0]
    debit_schema: str = DEBIT_SCHEMAS[0]
    transfer_lead_days: int = 0
    debit_lead_days: int = 2
    request_days: int = 14
    return_days: int | None = None
    csv: CsvLayout | None = None

    def __post_init__(self) -> None:
        self._check("name", "" if self.name.isidentifier() else Phrase("it must be letters, digits and _"))
        self._check("holder", "" if sepa_text(self.holder, NAME_CHARS) else Phrase("it must name who owns the account"))
        for field, kind, direction in (
            ("pay", self.pay, Direction.PAY),
            ("collect", self.collect, Direction.COLLECT),
        ):
            others = [allowed_kind.value for allowed_kind in FileKind if allowed_kind.direction is direction]
            self._check(
                field, "" if kind.direction is direction else Phrase("it must be one of {choices}", choices=others)
            )
        for field, value, allowed in (
            ("debit_scheme", self.debit_scheme, DEBIT_SCHEMES),
            ("transfer_schema", self.transfer_schema, TRANSFER_SCHEMAS),
            ("debit_schema", self.debit_schema, DEBIT_SCHEMAS),
        ):
            self._check(
                field,
                ""
                if value in allowed
                else Phrase("it is {value:name}; choose one of {choices}", value=value, choices=allowed),
            )
        for field, days, most in (
            ("transfer_lead_days", self.transfer_lead_days, LEAD_DAYS_MAX),
            ("debit_lead_days", self.debit_lead_days, LEAD_DAYS_MAX),
            ("request_days", self.request_days, 366),
            ("return_days", self.days_until_final, 732),
        ):
            self._check(
                field, "" if 0 <= days <= most else Phrase("it is {days}; it must be 0 to {most}", days=days, most=most)
            )
        self._check_sepa()

    def kind_of(self, direction: Direction) -> FileKind:
        """The kind of file that money of this direction goes into."""
        return self.pay if direction is Direction.PAY else self.collect

    @property
    def own_account(self) -> str:
        """The account as machines write it."""
        return compact(self.account)

    @property
    def days_until_final(self) -> int:
        """For how many days a paid debit can come back."""
        return _RETURN_DAYS.get(self.debit_scheme, 0) if self.return_days is None else self.return_days

    def _check_sepa(self) -> None:
        if not (self.pay.is_sepa or self.collect.is_sepa):
            self._check("account", "" if self.own_account else Phrase("it must be the number of the account"))
            return
        wrong = (self.currency, self.minor_digits) != ("EUR", 2)
        self._check(
            "currency",
            Phrase("it is {currency}; SEPA files are in EUR, so use the CSV kinds", currency=self.currency)
            if wrong
            else "",
        )
        self._check("account", iban_problem(self.account))
        self._check("bic", bic_problem(self.bic) if self.bic else "")
        if self.collect is FileKind.DIRECT_DEBIT:
            self._check("creditor_id", creditor_id_problem(self.creditor_id))
            # sepaxml's oldest schema has no place for a creditor's bank without one.
            needed = self.debit_schema == "pain.008.001.02" and not self.bic
            self._check("bic", Phrase("{schema} needs it", schema=self.debit_schema) if needed else "")

    def _check(self, field: str, problem: str) -> None:
        if problem:
            raise BankSettingsInvalid(field, problem)
