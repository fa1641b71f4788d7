"""The parts of a payment: what moved of it when, as the movements at its rail show it, and what came back.

A rail tells its movements when it is reconciled. What people say of a payment by hand is a part at once.
"""

from typing import NamedTuple

from settlement.payments.context import PaymentContext
from settlement.payments.states import PaymentRoute
from settlement.payments.store import PaymentRecord
from settlement.rails.by_hand import NAME as BY_HAND
from settlement.rails.by_hand import lines_of_marks, marks_of
from settlement.rails.port import CashLine


class PaymentPart(NamedTuple):
    """What moved of a payment at once: in its direction above zero, below where it came back. Minor units."""

    id: str
    at: int
    minor: int
    fee_minor: int
    text: str


def parts_of(context: PaymentContext, payment: PaymentRecord) -> list[PaymentPart]:
    """The parts of a payment, oldest first; none where it moves no cash of the clearing house."""
    if payment.route == PaymentRoute.DIRECT:
        return []
    rows = context.session.rows(
        "SELECT l.id, l.at, l.minor, l.fee_minor, l.key, l.text FROM line_matches AS m JOIN cash_lines AS l "
        "ON l.alliance_id = m.alliance_id AND l.rail = m.rail AND l.id = m.line "
        "WHERE m.alliance_id = ? AND m.rail = ? AND m.payment_id = ?",
        context.book.alliance_id,
        payment.rail,
        payment.id,
    )
    lines = {line.id: line for line in map(CashLine._make, rows)}
    if payment.rail == BY_HAND:
        keys = [f"{payment.id}-{attempt}" for attempt in range(1, payment.attempt + 1)]
        for marks in marks_of(context.book, context.session, keys).values():
            lines |= {line.id: line for line in lines_of_marks(marks)}
    return [
        PaymentPart(line.id, line.at, payment.signed(line.minor), line.fee_minor, line.text)
        for line in sorted(lines.values(), key=lambda line: (line.at, line.id))
    ]
