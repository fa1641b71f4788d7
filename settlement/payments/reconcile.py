"""Reconciliation: every movement at a rail belongs to a payment, or is booked under a name with a reason.

Movements are kept as the rail tells them, each once. One that carries an attempt's key is matched to its payment, the
others wait in a queue until somebody matches or books them. What the rail charged is booked to the cent from here.
The cash in the book is then the sum of the movements; where it is not, each difference is named.
"""

from collections.abc import Iterable
from typing import NamedTuple

from settlement.errors import LineNotFound, PaymentRefused
from settlement.ledger.accounts import AccountKind, AccountName
from settlement.payments import tables
from settlement.payments.change import Change, Desk, changing
from settlement.payments.drive import DAY, look
from settlement.payments.states import Route, State
from settlement.payments.store import PaymentRecord, payment, payments_where
from settlement.rails.port import CashLine, Observation, Status

LOOK_BACK = 120 * DAY
"""How far before the last movement known a rail is asked again: banks tell some late."""


class Difference(NamedTuple):
    """A payment of which the book says something else than its movements, fees deducted, in minor units."""

    payment_id: str
    book_minor: int
    lines_minor: int


class Reconciliation(NamedTuple):
    """What a rail's movements and the book say of the cash there, in minor units.

    `book_minor` less `lines_minor` is the sum of the differences less that of the unmatched, and `unexplained_minor`
    is what is left over of that: never anything but zero in a sound book.
    """

    rail: str
    book_minor: int
    lines_minor: int
    unmatched: tuple[CashLine, ...]
    differences: tuple[Difference, ...]

    @property
    def unexplained_minor(self) -> int:
        """What neither a payment nor an unmatched movement explains."""
        explained = sum(one.book_minor - one.lines_minor for one in self.differences)
        waiting = sum(line.minor - line.fee_minor for line in self.unmatched)
        return self.book_minor - self.lines_minor - explained + waiting

    @property
    def ok(self) -> bool:
        """Whether book and rail agree to the cent."""
        return not self.unmatched and not self.differences and self.book_minor == self.lines_minor


def reconcile_rail(desk: Desk, rail: str) -> Reconciliation:
    """Take in a rail's movements, match them, book what was charged, and compare. Raises RailUnknown.

    Where a payment's movements say something else than the book, the rail is asked what became of it.
    """
    book, session = desk.book, desk.session
    sql = "SELECT COALESCE(MAX(at), 0) FROM cash_lines WHERE alliance_id = ? AND rail = ?"
    last = int(session.rows(sql, book.alliance_id, rail)[0][0])
    lines = desk.rail(rail).lines(max(0, last - LOOK_BACK), book.clock() + 1)
    with changing(desk) as change:
        _take_in(change, rail, lines)
        _match_by_key(change, rail)
        _book_fees(change, rail)
    found = compare_with_book(desk, rail)
    if not found.differences:
        return found
    ids = [one.payment_id for one in found.differences]
    look(desk, payments_where(book, session, "id = ANY(?)", ids))
    return compare_with_book(desk, rail)


def compare_with_book(desk: Desk, rail: str) -> Reconciliation:
    """What the movements taken in so far and the book say of a rail's cash."""
    book, session = desk.book, desk.session
    with session.transaction():
        change = Change(desk, book.lock(session))
        total = session.rows(
            "SELECT CAST(COALESCE(SUM(minor - fee_minor), 0) AS BIGINT) FROM cash_lines "
            "WHERE alliance_id = ? AND rail = ?",
            book.alliance_id,
            rail,
        )
        moved = _lines_of_payments(desk, rail)
        differences = []
        for one in payments_where(book, session, "rail = ?", rail):
            there = cash_of(one)
            lines_minor, fees_minor, _ = moved.get(one.id, (0, 0, 0))
            if there != lines_minor - fees_minor:
                differences.append(Difference(one.id, there, lines_minor - fees_minor))
        unmatched = unmatched_lines(desk, rail)
        return Reconciliation(rail, change.till.cash(rail), int(total[0][0]), tuple(unmatched), tuple(differences))


def cash_of(one: PaymentRecord) -> int:
    """What a payment has brought to the cash at its rail by the book, fees deducted, in minor units."""
    arrived = one.minor if one.state == State.PAID else 0
    return (arrived if one.route == Route.COLLECT else -arrived) - one.fee_minor


def unmatched_lines(desk: Desk, rail: str) -> list[CashLine]:
    """Movements at a rail that belong nowhere yet, oldest first."""
    rows = desk.session.rows(
        "SELECT l.id, l.at, l.minor, l.fee_minor, l.key, l.text FROM cash_lines AS l LEFT JOIN line_matches AS m "
        "ON m.alliance_id = l.alliance_id AND m.rail = l.rail AND m.line = l.id "
        "WHERE l.alliance_id = ? AND l.rail = ? AND m.line IS NULL ORDER BY l.at, l.id",
        desk.book.alliance_id,
        rail,
    )
    return [CashLine(*row) for row in rows]


def line_placement(desk: Desk, rail: str, line_id: str) -> tuple[str, str] | None:
    """The payment that a movement was matched to, or the name that it was booked under; None where neither."""
    sql = "SELECT payment_id, booked_as FROM line_matches WHERE alliance_id = ? AND rail = ? AND line = ?"
    rows = desk.session.rows(sql, desk.book.alliance_id, rail, line_id)
    return (rows[0][0], rows[0][1]) if rows else None


def match_line(desk: Desk, rail: str, line_id: str, payment_id: str) -> PaymentRecord:
    """Say that a movement is a payment's; it counts as paid, or as returned, if the book does not know that yet.

    Raises LineNotFound, PaymentNotFound, and PaymentRefused where amounts differ or the payment stands otherwise.
    """
    with changing(desk) as change:
        line = _unmatched(desk, rail, line_id)
        one = payment(desk.book, desk.session, payment_id)
        came = line.minor if one.route == Route.COLLECT else -line.minor
        if one.rail != rail or abs(line.minor) != one.minor:
            raise PaymentRefused(one.id, f"is for {one.minor} minor units over {one.rail}, the movement {line.minor}")
        wanted = State.PAID if came > 0 else State.RETURNED
        if one.state != wanted and not (wanted is State.PAID and one.state == State.RETURNED):
            seen = Observation(Status.PAID, line.at, line.id, why=line.text)
            one = change.step(one._replace(lease_until=0, claim=one.claim + 1), wanted, seen)
        _place(change, rail, line, payment_id=one.id)
        _book_fees(change, rail, one.id)
        return one


def book_line(desk: Desk, rail: str, line_id: str, name: str, why: str) -> None:
    """Book a movement that belongs to no payment under a name (interest, payout to our bank), with a reason.

    Raises LineNotFound, and PaymentRefused where there is no name or no reason.
    """
    if not name.strip() or not why.strip():
        raise PaymentRefused(line_id, "needs a name to be booked under, and a reason")
    with changing(desk) as change:
        line = _unmatched(desk, rail, line_id)
        other = AccountName(AccountKind.OTHER, name.strip())
        if line.minor > 0:
            change.till.cash_in(rail, other, line.minor)
        else:
            change.till.cash_out(rail, other, -line.minor)
        change.till.fee(rail, line.fee_minor)
        content: dict[str, str | int] = {"rail": rail, "line": line.id, "name": name, "why": why}
        change.post(f"line:{rail}:{line.id}"[:200], content, change.till.take_legs())
        _place(change, rail, line, booked_as=name.strip(), why=why)


def _take_in(change: Change, rail: str, lines: Iterable[CashLine]) -> None:
    """Keep movements that are new."""
    desk = change.desk
    told = {line.id: line for line in lines}
    known = desk.session.rows(
        "SELECT id FROM cash_lines WHERE alliance_id = ? AND rail = ? AND id = ANY(?)",
        desk.book.alliance_id,
        rail,
        sorted(told),
    )
    for (id_,) in known:
        del told[id_]
    if told:
        desk.session.insert(tables.cash_lines, [(desk.book.alliance_id, rail, *line) for line in told.values()])


def _match_by_key(change: Change, rail: str) -> None:
    """Give every movement that carries an attempt's key to its payment."""
    desk = change.desk
    waiting = [line for line in unmatched_lines(desk, rail) if line.key]
    ids = sorted({line.key.partition("-")[0] for line in waiting})
    there = {one.id for one in payments_where(desk.book, desk.session, "rail = ? AND id = ANY(?)", rail, ids)}
    for line in waiting:
        id_ = line.key.partition("-")[0]
        if id_ in there:
            _place(change, rail, line, payment_id=id_)


def _book_fees(change: Change, rail: str, only: str = "") -> None:
    """Bring each payment's fees to what its movements say, where all the movements of its state are there."""
    desk = change.desk
    moved = _lines_of_payments(desk, rail)
    ids = sorted(id_ for id_, (_, fees, lines) in moved.items() if lines and (not only or id_ == only))
    for one in payments_where(desk.book, desk.session, "id = ANY(?)", ids):
        fees_minor = moved[one.id][1]
        if fees_minor != one.fee_minor:
            change.correct_fee(one, fees_minor)


def _lines_of_payments(desk: Desk, rail: str) -> dict[str, tuple[int, int, int]]:
    """By payment: the sum of its movements, of their fees, and how many they are."""
    rows = desk.session.rows(
        "SELECT m.payment_id, CAST(SUM(l.minor) AS BIGINT), CAST(SUM(l.fee_minor) AS BIGINT), COUNT(*) "
        "FROM line_matches AS m JOIN cash_lines AS l ON l.alliance_id = m.alliance_id AND l.rail = m.rail "
        "AND l.id = m.line WHERE m.alliance_id = ? AND m.rail = ? AND m.payment_id <> '' GROUP BY m.payment_id",
        desk.book.alliance_id,
        rail,
    )
    return {id_: (minor, fee, count) for id_, minor, fee, count in rows}


def _unmatched(desk: Desk, rail: str, line_id: str) -> CashLine:
    for line in unmatched_lines(desk, rail):
        if line.id == line_id:
            return line
    raise LineNotFound(rail, line_id)


def _place(change: Change, rail: str, line: CashLine, payment_id: str = "", booked_as: str = "", why: str = "") -> None:
    desk = change.desk
    row = (desk.book.alliance_id, rail, line.id, change.now, desk.who, payment_id, booked_as, why)
    desk.session.insert(tables.line_matches, [row])
