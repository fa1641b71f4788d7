"""What a statement says beside its figures: what shops are called, and when and how its balance is paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from coalition.locale.formats import Lang
from coalition.merchants.shop_profile import profile_of
from coalition.merchants.tables import shops
from settlement.clearing import Statement
from settlement.ledger import AccountKind, Book, Session
from settlement.payments import PaymentRecord, PaymentRoute, payments_where
from settlement.rails.bank import BankSettings, FileKind, reference_of


@dataclass(frozen=True, slots=True)
class StatementPayment:
    """A payment that settles a statement: its amount is received above zero, and due on a date (yyyymmdd).

    Who pays it by transfer pays to `holder`, `account` (an IBAN, or a number) and `bic`, which are empty where the
    alliance or the rail moves the money. `reference` is what the bank's line shows; empty over other rails.
    """

    minor: int
    due_on: int
    rail: str
    holder: str = ""
    account: str = ""
    bic: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class StatementDetails:
    """Names of shops by ref, where they have one beside it, and the payments that are planned for the window."""

    names: Mapping[str, str] = field(default_factory=dict)
    payments: Sequence[StatementPayment] = ()

    def name_of(self, ref: str) -> str:
        """What a participant is called; its ref where it has no name."""
        return self.names.get(ref, ref)


def details_of(
    book: Book, connection: Connection, session: Session, statement: Statement, bank: BankSettings | None, lang: Lang
) -> StatementDetails:
    """The details of a statement, with names in a language; `bank` is the alliance's own account, where it has one."""
    rows = connection.execute(select(shops).where(shops.c.alliance_id == book.alliance_id)).mappings()
    names = {row["ref"]: profile_of(row).name_in(lang) for row in rows}
    payments = payments_where(
        book,
        session,
        "window_id = ? AND participant = ? AND purpose = ?",
        statement.opens_at,
        statement.participant,
        int(AccountKind.SETTLEMENT),
    )
    planned = [_payment(book, payment, bank) for payment in payments if payment.live]
    return StatementDetails(names, planned)


def payments_to_make(
    book: Book, session: Session, participant: str, bank: BankSettings | None
) -> list[StatementPayment]:
    """The payments that a participant has still to make, of whichever window, with what it needs for each."""
    asked = payments_where(book, session, "participant = ? AND route <> ?", participant, PaymentRoute.PAY.value)
    owed = [payment for payment in asked if payment.live and payment.purpose == AccountKind.SETTLEMENT]
    return [_payment(book, payment, bank) for payment in owed]


def _payment(book: Book, payment: PaymentRecord, bank: BankSettings | None) -> StatementPayment:
    minor = payment.minor if payment.route == PaymentRoute.PAY else -payment.minor
    if bank is None or payment.rail != bank.name:
        return StatementPayment(minor, payment.due_on, payment.rail)
    asks = payment.route == PaymentRoute.COLLECT and bank.collect is FileKind.REQUESTS_CSV
    holder, account, bic = (bank.holder, bank.account, bank.bic) if asks else ("", "", "")
    reference = reference_of(book.alliance_id, payment.key)
    return StatementPayment(minor, payment.due_on, payment.rail, holder, account, bic, reference)
