"""Codes by which shops are paid with Alipay or WeChat Pay: each shop's own, so that nobody holds its money for it."""

from settlement.ledger.book import Book
from settlement.ledger.session import Session
from settlement.payments.states import PaymentRoute
from settlement.payments.store import PaymentRecord, rail_account
from settlement.rails.by_hand import COLLECTION_CODE, NAME

DIRECT = "direct"
"""What stands in place of a rail where shops pay each other."""


def collection_code_of(book: Book, session: Session, payment: PaymentRecord) -> str:
    """What the payee's code says by which a payment between people can be made; empty where the payee gave none."""
    payee = payment.counterparty or (payment.participant if payment.route == PaymentRoute.PAY else "")
    if not payee or payment.rail not in (DIRECT, NAME):
        return ""
    return rail_account(book, session, payee, NAME).details.get(COLLECTION_CODE, "")
