"""The alliance's own account at its bank, and the files in which payments go there."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from settlement.rails.bank.csv_layout import CsvLayout
from settlement.rails.bank.errors import BankSettingsInvalid
from settlement.rails.bank.identifiers import bic_problem, compact, creditor_id_problem, iban_problem, sepa_text
from settlement.rails.bank.national import (
    ADDRESS,
    TEMPLATES,
    address_problem,
    bacs_account_problem,
    routing_problem,
    sort_code_problem,
)
from settlement.rails.bank.payments_table import GB18030, PaymentsTable
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
    ACH_CREDIT = "ach_credit"
    """Credits by ACH, a file of Nacha's: United States."""
    ACH_DEBIT = "ach_debit"
    """Debits by ACH."""
    BACS_CREDIT = "bacs_credit"
    """Credits by Bacs, Standard 18: United Kingdom."""
    BACS_DEBIT = "bacs_debit"
    """Direct debits by Bacs."""

    @property
    def direction(self) -> Direction:
        """Which way the money of such a file goes."""
        return Direction.COLLECT if self.is_debit or self is FileKind.REQUESTS_CSV else Direction.PAY

    @property
    def is_debit(self) -> bool:
        """Whether the bank takes the money from the payer, who may get it back."""
        return self in (FileKind.DIRECT_DEBIT, FileKind.ACH_DEBIT, FileKind.BACS_DEBIT)

    @property
    def is_ach(self) -> bool:
        """Whether it is a file of Nacha's."""
        return self in (FileKind.ACH_CREDIT, FileKind.ACH_DEBIT)

    @property
    def is_bacs(self) -> bool:
        """Whether it is a file of Bacs."""
        return self in (FileKind.BACS_CREDIT, FileKind.BACS_DEBIT)

    @property
    def suffix(self) -> str:
        """How the name of such a file ends."""
        return "xml" if self.is_sepa else "txt" if self.is_ach or self.is_bacs else "csv"

    @property
    def is_sepa(self) -> bool:
        """Whether the bank gets it as an ISO 20022 message."""
        return self in (FileKind.CREDIT_TRANSFER, FileKind.DIRECT_DEBIT)


SWISS: Final = "pain.001.001.09.ch.03"
"""The Swiss form of pain.001.001.09: for CHF too, and with structured addresses (SIX, Implementation Guidelines)."""
TRANSFER_SCHEMAS: Final = ("pain.001.001.09", "pain.001.001.03", "pain.001.001.10", "pain.001.001.11", SWISS)
DEBIT_SCHEMAS: Final = ("pain.008.001.08", "pain.008.001.02", "pain.008.001.09", "pain.008.001.10")
DEBIT_SCHEMES: Final = ("CORE", "B2B")
NAME_CHARS, COMPANY_ID_CHARS, SERVICE_USER_DIGITS = 70, 10, 6
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
LEAD_DAYS_MAX = 30
TEMPLATE_TABLES: Final = {bank: PaymentsTable(columns, GB18030) for bank, columns in TEMPLATES.items()}
"""The tables of payments that banks have, by the name of their template."""

# SDD Core rulebook (EPC016-06): a debtor may ask for the money back for eight weeks, and it travels some days; one
# without a mandate may for thirteen months. SDD B2B (EPC222-07): no refund, and banks return within three TARGET days.
_RETURN_DAYS: Final = {"CORE": 61, "B2B": 7}
# Nacha Operating Rules: an unauthorised debit may be returned within 60 days. The guarantee of Bacs has no end; most
# claims under it come within two months.
_OTHER_RETURN_DAYS: Final = {FileKind.ACH_DEBIT: 62, FileKind.BACS_DEBIT: 61}


@dataclass(frozen=True, slots=True)
class BankSettings:
    """The alliance's own account, and how money is collected and paid through it.

    `account` is its IBAN, or its number where neither kind is SEPA. `lead_days` of each direction are TARGET days
    between the export and the day of execution. `request_days` are calendar days after the due date until a
    request that nobody paid has failed. `return_days` are for how long a paid debit can come back: by default what
    the scheme gives a debtor without a question. `csv` is the layout of the bank's own tables of movements,
    `payments_table` that of its table of payments.
    `street` to `country` (ISO 3166) are the holder's address, which SEPA needs where a payee's bank is outside the EEA.
    `instant` asks for SEPA Instant, `execution_time` (HH:MM) for an hour of the day. `template` is the bank whose table
    PAYMENTS_CSV is. ACH has `routing` (the bank's number) and `company_id` (10 characters that the bank gives); Bacs
    `sort_code` and `service_user` (6 digits each). Raises BankSettingsInvalid.
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
    payments_table: PaymentsTable | None = None
    street: str = ""
    building: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""
    instant: bool = False
    execution_time: str = ""
    template: str = ""
    routing: str = ""
    company_id: str = ""
    sort_code: str = ""
    service_user: str = ""

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
        self._check_national()

    def kind_of(self, direction: Direction) -> FileKind:
        """The kind of file that money of this direction goes into."""
        return self.pay if direction is Direction.PAY else self.collect

    @property
    def batch_table(self) -> PaymentsTable | None:
        """The bank's own table of payments, where PAYMENTS_CSV is one."""
        return self.payments_table or TEMPLATE_TABLES.get(self.template)

    @property
    def own_account(self) -> str:
        """The account as machines write it."""
        return compact(self.account)

    @property
    def days_until_final(self) -> int:
        """For how many days a paid debit can come back."""
        if self.return_days is not None:
            return self.return_days
        return _OTHER_RETURN_DAYS.get(self.collect, _RETURN_DAYS.get(self.debit_scheme, 0))

    @property
    def is_swiss(self) -> bool:
        """Whether transfers follow the Swiss form."""
        return self.transfer_schema == SWISS

    @property
    def base_schema(self) -> str:
        """The schema of ISO 20022 that transfers follow."""
        return self.transfer_schema.removesuffix(".ch.03")

    @property
    def address(self) -> dict[str, str]:
        """The holder's address, by the names of its parts; empty where it is not stated."""
        parts = {part: getattr(self, part) for part in ADDRESS}
        return {part: value for part, value in parts.items() if value}

    def _check_sepa(self) -> None:
        if not (self.pay.is_sepa or self.collect.is_sepa):
            self._check("account", "" if self.own_account else Phrase("it must be the number of the account"))
            return
        allowed = ("EUR", "CHF") if self.is_swiss and not self.collect.is_sepa else ("EUR",)
        wrong = self.currency not in allowed or self.minor_digits != 2
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

    def _check_national(self) -> None:
        """Raise BankSettingsInvalid for an address, a time or a number that can't be used."""
        self._check("country", address_problem(self.address))
        time = self.execution_time
        is_time = not time or (_TIME.fullmatch(time) is not None and self.base_schema != "pain.001.001.03")
        self._check(
            "execution_time", "" if is_time else Phrase("it must be HH:MM, in a schema later than pain.001.001.03")
        )
        self._check(
            "template",
            ""
            if not self.template or self.template in TEMPLATES
            else Phrase("it is {value:name}; choose one of {choices}", value=self.template, choices=[*TEMPLATES]),
        )
        unused = self.payments_table is not None and (self.template or self.pay is not FileKind.PAYMENTS_CSV)
        self._check(
            "payments_table",
            Phrase("it needs {kind:code}, and no template", kind="payments_csv") if unused else "",
        )
        if self.pay.is_ach or self.collect.is_ach:
            self._check_digits(2)
            self._check("routing", routing_problem(self.routing))
            is_id = 0 < len(self.company_id) <= COMPANY_ID_CHARS and self.company_id.isalnum()
            self._check("company_id", "" if is_id else Phrase("it must be the company id that the bank gave"))
        if self.pay.is_bacs or self.collect.is_bacs:
            self._check_digits(2)
            self._check("sort_code", sort_code_problem(self.sort_code))
            self._check("account", bacs_account_problem(self.own_account))
            is_user = len(self.service_user) == SERVICE_USER_DIGITS and self.service_user.isdigit()
            self._check(
                "service_user", "" if is_user else Phrase("it must be the six digits of the service user number")
            )

    def _check_digits(self, digits: int) -> None:
        wrong = self.minor_digits != digits
        self._check("currency", Phrase("it is {currency}, which has no cents", currency=self.currency) if wrong else "")

    def _check(self, field: str, problem: str) -> None:
        if problem:
            raise BankSettingsInvalid(field, problem)
