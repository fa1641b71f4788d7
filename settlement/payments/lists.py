"""Lists of payments: the newest, the largest, those that are due first; and how many there are."""

from enum import StrEnum

from settlement.ledger.book import Book
from settlement.ledger.session import Session
from settlement.payments.states import PaymentState
from settlement.payments.store import COLUMNS, PaymentRecord, payment_of


class PaymentOrder(StrEnum):
    """How a list of payments is ordered."""

    NEWEST = "newest"
    DUE = "due"
    """By the day on which they are due, the latest first."""
    AMOUNT = "amount"
    """The largest first."""


_ORDERS = {
    PaymentOrder.NEWEST: "id DESC",
    PaymentOrder.DUE: "due_on DESC, id DESC",
    PaymentOrder.AMOUNT: "minor DESC, id DESC",
}


def find_payments(
    book: Book,
    session: Session,
    limit: int,
    *,
    order: PaymentOrder = PaymentOrder.NEWEST,
    skip: int = 0,
    id_: str | None = None,
    before: str | None = None,
    window_id: int | None = None,
    participant: str | None = None,
    state: PaymentState | None = None,
) -> list[PaymentRecord]:
    """At most `limit` payments behind the first `skip`: the one with this id, those older than the one with the id
    `before`, of one window, to or from one participant, in one state.
    """
    wanted: list[tuple[str, tuple[object, ...]]] = [
        ("id = ?", (id_,)),
        ("id < ?", (before,)),
        ("window_id = ?", (window_id,)),
        ("(participant = ? OR counterparty = ?)", (participant, participant)),
        ("state = ?", (None if state is None else state.value,)),
    ]
    filters = [(sql, values) for sql, values in wanted if values[0] is not None]
    conditions = "".join(f" AND {sql}" for sql, _ in filters)
    sql = f"SELECT {COLUMNS} FROM payments WHERE alliance_id = ?{conditions} ORDER BY {_ORDERS[order]} LIMIT ? OFFSET ?"
    params = [value for _, values in filters for value in values]
    return [payment_of(row) for row in session.rows(sql, book.alliance_id, *params, limit, skip)]


def count_payments(book: Book, session: Session, state: PaymentState | None, participant: str | None = None) -> int:
    """How many payments are in a state: of all, or to or from one participant."""
    wanted = [("state = ?", [] if state is None else [state.value])]
    wanted.append(("(participant = ? OR counterparty = ?)", [] if participant is None else [participant, participant]))
    filters = [(sql, values) for sql, values in wanted if values]
    sql = "SELECT COUNT(*) FROM payments WHERE alliance_id = ?" + "".join(f" AND {sql}" for sql, _ in filters)
    return int(session.rows(sql, book.alliance_id, *(value for _, values in filters for value in values))[0][0])
