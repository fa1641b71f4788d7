"""Reconciliation: every movement at a rail belongs to a payment, or is booked under a name with a reason.

Movements are kept as the rail tells them, each once. One that carries an attempt's key is matched to its payment, the
others wait in a queue until somebody matches or books them. What the rail charged is booked to the cent from here.
The cash in the book is then the sum of the movements; where it is not, each difference is named.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from settlement.errors import LineNotFound, PaymentRefused
from settlement.ledger.accounts import AccountKind, AccountName
from settlement.ledger.book import Book
from settlement.ledger.session import Session
from settlement.payments import tables
from settlement.payments.context import PaymentContext
from settlement.payments.drive import DAY, look_up_payments
from settlement.payments.states import PaymentRoute, PaymentState
from settlement.payments.store import DEPOSIT, PaymentRecord, payment_by_id, payments_where
from settlement.payments.unit_of_work import UnitOfWork, open_unit_of_work
from settlement.rails.actor import check_actor
from settlement.rails.port import CashLine, Observation, RailStatus
from settlement.sentences import Phrase

SPLIT, MOVED_BETWEEN = "(split)", "(moved between rails)"
"""Where a movement went that lines of their own stand for, and one that belongs to a payment at another rail."""
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
    is what is left over of that: never anything but zero in a sound book. A rail that is not plugged in was not asked:
    what it says now, nobody knows.
    """

    rail: str
    book_minor: int
    lines_minor: int
    unmatched: tuple[CashLine, ...]
    differences: tuple[Difference, ...]
    plugged_in: bool = True

    @property
    def unexplained_minor(self) -> int:
        """What neither a payment nor an unmatched movement explains."""
        explained = sum(difference.book_minor - difference.lines_minor for difference in self.differences)
        waiting = sum(line.minor - line.fee_minor for line in self.unmatched)
        return self.book_minor - self.lines_minor - explained + waiting

    @property
    def ok(self) -> bool:
        """Whether book and rail agree to the cent."""
        return self.plugged_in and not self.unmatched and not self.differences and self.book_minor == self.lines_minor


def reconcile_rails(context: PaymentContext) -> list[Reconciliation]:
    """`reconcile_rail` for all rails that are plugged in, and `compare_with_book` for others that the book has."""
    return [
        reconcile_rail(context, name) if name in context.rails else compare_with_book(context, name)
        for name in _rails_of_book(context)
    ]


def compare_rails(context: PaymentContext) -> list[Reconciliation]:
    """`compare_with_book` for all rails, plugged in or not."""
    return [compare_with_book(context, name) for name in _rails_of_book(context)]


def _rails_of_book(context: PaymentContext) -> list[str]:
    """The rails that are plugged in, and those that money of this book went over, by name."""
    rows = context.session.rows(
        "SELECT rail FROM payments WHERE alliance_id = ? AND route <> ? AND rail <> ? AND attempt > 0 "
        "UNION SELECT rail FROM cash_lines WHERE alliance_id = ?",
        context.book.alliance_id,
        PaymentRoute.DIRECT.value,
        DEPOSIT,
        context.book.alliance_id,
    )
    return sorted({*context.rails, *(rail for (rail,) in rows)})


def reconcile_rail(context: PaymentContext, rail: str) -> Reconciliation:
    """Take in a rail's movements, match them, book what was charged, and compare. Raises RailUnknown.

    Where a payment's movements say something else than the book, the rail is asked what became of it.
    """
    book, session = context.book, context.session
    sql = "SELECT COALESCE(MAX(at), 0) FROM cash_lines WHERE alliance_id = ? AND rail = ?"
    last = int(session.rows(sql, book.alliance_id, rail)[0][0])
    lines = context.rail(rail).lines(max(0, last - LOOK_BACK), book.clock() + 1)
    with open_unit_of_work(context) as unit:
        _take_in(unit, rail, lines)
        _match_by_key(unit, rail)
        _book_fees(unit, rail)
    reconciliation = compare_with_book(context, rail)
    if not reconciliation.differences:
        return reconciliation
    ids = [difference.payment_id for difference in reconciliation.differences]
    look_up_payments(context, payments_where(book, session, "id = ANY(?)", ids))
    return compare_with_book(context, rail)


def compare_with_book(context: PaymentContext, rail: str) -> Reconciliation:
    """What the movements taken in so far and the book say of a rail's cash."""
    book, session = context.book, context.session
    with session.transaction():
        unit = UnitOfWork(context, book.lock(session))
        total = session.rows(
            "SELECT CAST(COALESCE(SUM(minor - fee_minor), 0) AS BIGINT) FROM cash_lines AS l "
            "WHERE alliance_id = ? AND rail = ? AND NOT EXISTS (SELECT 1 FROM line_matches AS m "
            "WHERE m.alliance_id = l.alliance_id AND m.rail = l.rail AND m.line = l.id AND m.booked_as = ?)",
            book.alliance_id,
            rail,
            SPLIT,
        )
        moved = _lines_of_payments(context, rail)
        differences = []
        for payment in payments_where(book, session, "rail = ?", rail):
            booked = cash_of(payment)
            lines_minor, fees_minor, _ = moved.get(payment.id, (0, 0, 0))
            if booked != lines_minor - fees_minor:
                differences.append(Difference(payment.id, booked, lines_minor - fees_minor))
        unmatched = unmatched_lines(context, rail)
        cash, plugged_in = unit.cash_ledger.cash(rail), rail in context.rails
        return Reconciliation(rail, cash, int(total[0][0]), tuple(unmatched), tuple(differences), plugged_in)


def cash_of(payment: PaymentRecord) -> int:
    """What a payment has brought to the cash at its rail by the book, fees deducted, in minor units."""
    return payment.signed(payment.moved_minor) - payment.fee_minor


def unmatched_lines(context: PaymentContext, rail: str) -> list[CashLine]:
    """Movements at a rail that belong nowhere yet, oldest first."""
    rows = context.session.rows(
        "SELECT l.id, l.at, l.minor, l.fee_minor, l.key, l.text FROM cash_lines AS l LEFT JOIN line_matches AS m "
        "ON m.alliance_id = l.alliance_id AND m.rail = l.rail AND m.line = l.id "
        "WHERE l.alliance_id = ? AND l.rail = ? AND m.line IS NULL ORDER BY l.at, l.id",
        context.book.alliance_id,
        rail,
    )
    return [CashLine(*row) for row in rows]


def count_unmatched(book: Book, session: Session, rails: Iterable[str]) -> int:
    """How many movements at these rails belong nowhere yet."""
    rows = session.rows(
        "SELECT COUNT(*) FROM cash_lines AS l LEFT JOIN line_matches AS m "
        "ON m.alliance_id = l.alliance_id AND m.rail = l.rail AND m.line = l.id "
        "WHERE l.alliance_id = ? AND l.rail = ANY(?) AND m.line IS NULL",
        book.alliance_id,
        sorted(rails),
    )
    return int(rows[0][0])


def line_placement(context: PaymentContext, rail: str, line_id: str) -> tuple[str, str] | None:
    """The payment that a movement was matched to, or the name that it was booked under; None where neither."""
    sql = "SELECT payment_id, booked_as FROM line_matches WHERE alliance_id = ? AND rail = ? AND line = ?"
    rows = context.session.rows(sql, context.book.alliance_id, rail, line_id)
    return (rows[0][0], rows[0][1]) if rows else None


def match_line(context: PaymentContext, rail: str, line_id: str, payment_id: str) -> PaymentRecord:
    """Say that a movement is a payment's, whatever the amount of either and however the payment stands.

    What the book does not know of it yet is booked: what is missing stays open, what is too much is a credit, what goes
    back is owed again. Where the payment goes over another rail, the money is moved to where it came.

    Raises ActorMissing, LineNotFound, PaymentNotFound, and PaymentRefused where the payment moves no cash of the house.
    """
    check_actor(context.actor)
    with open_unit_of_work(context) as unit:
        line = unmatched_line(context, rail, line_id)
        return match_in_unit(unit, rail, line, payment_by_id(context.book, context.session, payment_id))


def match_in_unit(unit: UnitOfWork, rail: str, line: CashLine, payment: PaymentRecord) -> PaymentRecord:
    """Match a movement to a payment within a unit of work. Raises PaymentRefused."""
    if payment.route == PaymentRoute.DIRECT or payment.rail == DEPOSIT:
        raise PaymentRefused(payment.id, Phrase("it moves no cash of the clearing house"))
    if payment.rail != rail:
        return _match_elsewhere(unit, rail, line, payment)
    others_minor, _, _ = _lines_of_payments(unit.context, rail).get(payment.id, (0, 0, 0))
    payment = _book_beyond(unit, payment, _beyond(payment, others_minor, line.minor), line)
    place_line(unit, rail, line, payment_id=payment.id)
    _book_fees(unit, rail, payment.id)
    return unit.latest(payment)


def _match_elsewhere(unit: UnitOfWork, rail: str, line: CashLine, payment: PaymentRecord) -> PaymentRecord:
    """Match a movement to a payment at another rail: it is a line there, and another one that brings it to its own."""
    came = CashLine(f"{rail}:{line.id}", line.at, line.minor, 0, "", line.text)
    gone = came._replace(id=f"{came.id}:moved", minor=-line.minor)
    why = f"{rail} {line.id}"
    for new in (came, gone):
        keep_line(unit, payment.rail, new)
    payment = match_in_unit(unit, payment.rail, came, payment)
    ledger, other = unit.cash_ledger, AccountName(AccountKind.OTHER, MOVED_BETWEEN)
    if line.minor > 0:
        ledger.cash_out(payment.rail, other, line.minor)
        ledger.cash_in(rail, other, line.minor)
    else:
        ledger.cash_in(payment.rail, other, -line.minor)
        ledger.cash_out(rail, other, -line.minor)
    ledger.fee(rail, line.fee_minor)
    content: dict[str, str | int] = {"rail": rail, "line": line.id, "payment": payment.id}
    unit.post(f"line:{rail}:{line.id}"[:200], content, ledger.take_legs())
    place_line(unit, payment.rail, gone, booked_as=MOVED_BETWEEN, why=why)
    place_line(unit, rail, line, booked_as=MOVED_BETWEEN, why=payment.id)
    return payment


def _beyond(payment: PaymentRecord, others_minor: int, minor: int) -> int:
    """What of a movement the book does not know yet, in the payment's direction.

    `others_minor` is what the payment's other movements come to: what the book has beyond them, this one may show.
    """
    came, uncovered = payment.signed(minor), payment.moved_minor - payment.signed(others_minor)
    if came * uncovered <= 0:
        return came
    return came - (min(came, uncovered) if came > 0 else max(came, uncovered))


def _book_beyond(unit: UnitOfWork, payment: PaymentRecord, beyond_minor: int, line: CashLine) -> PaymentRecord:
    """Book what moved of a payment and its rail does not report of it."""
    if not beyond_minor:
        return payment
    moved_minor = payment.moved_minor + beyond_minor
    seen = Observation(RailStatus.PAID, line.at, line.id, why=line.text)
    payment = payment._replace(
        matched_minor=payment.matched_minor + beyond_minor, lease_until=0, lease_version=payment.lease_version + 1
    )
    if moved_minor and payment.state == PaymentState.PAID:
        return unit.correct_moved(payment, moved_minor, seen)
    return unit.step(
        payment, PaymentState.PAID if moved_minor else PaymentState.RETURNED, seen, moved_minor=moved_minor
    )


def book_line(context: PaymentContext, rail: str, line_id: str, name: str, why: str) -> None:
    """Book a movement that belongs to no payment under a name (interest, payout to our bank), with a reason.

    Raises ActorMissing, LineNotFound, and PaymentRefused where there is no name or no reason.
    """
    check_actor(context.actor)
    if not name.strip() or not why.strip() or name.strip() in (SPLIT, MOVED_BETWEEN):
        raise PaymentRefused(line_id, Phrase("it needs a name to be booked under, and a reason"))
    with open_unit_of_work(context) as unit:
        line = unmatched_line(context, rail, line_id)
        other = AccountName(AccountKind.OTHER, name.strip())
        if line.minor > 0:
            unit.cash_ledger.cash_in(rail, other, line.minor)
        else:
            unit.cash_ledger.cash_out(rail, other, -line.minor)
        unit.cash_ledger.fee(rail, line.fee_minor)
        content: dict[str, str | int] = {"rail": rail, "line": line.id, "name": name, "why": why}
        unit.post(f"line:{rail}:{line.id}"[:200], content, unit.cash_ledger.take_legs())
        place_line(unit, rail, line, booked_as=name.strip(), why=why)


def _take_in(unit: UnitOfWork, rail: str, lines: Iterable[CashLine]) -> None:
    """Keep movements that are new."""
    context = unit.context
    new = {line.id: line for line in lines}
    known = context.session.rows(
        "SELECT id FROM cash_lines WHERE alliance_id = ? AND rail = ? AND id = ANY(?)",
        context.book.alliance_id,
        rail,
        sorted(new),
    )
    for (id_,) in known:
        del new[id_]
    if new:
        rows = [(context.book.alliance_id, rail, *line) for line in new.values()]
        context.session.insert(tables.cash_lines, rows)
        unit.seal(tables.cash_lines, rows)


def _match_by_key(unit: UnitOfWork, rail: str) -> None:
    """Give every movement that carries an attempt's key to its payment.

    Of the current attempt its rail says itself what moved. What moved of an earlier one, which had failed, is booked.
    """
    context = unit.context
    waiting = [line for line in unmatched_lines(context, rail) if line.key]
    ids = sorted({line.key.partition("-")[0] for line in waiting})
    known = {
        payment.id: payment
        for payment in payments_where(context.book, context.session, "rail = ? AND id = ANY(?)", rail, ids)
    }
    earlier: dict[str, list[CashLine]] = defaultdict(list)
    for line in waiting:
        payment = known.get(line.key.partition("-")[0])
        if payment is not None:
            place_line(unit, rail, line, payment_id=payment.id)
            if line.key != payment.key:
                earlier[payment.id].append(line)
    for id_, lines in earlier.items():
        payment = known[id_]
        _book_beyond(unit, payment, payment.signed(sum(line.minor for line in lines)), lines[-1])


def _book_fees(unit: UnitOfWork, rail: str, only: str = "") -> None:
    """Bring each payment's fees to what its movements say, where all the movements of its state are there."""
    context = unit.context
    moved = _lines_of_payments(context, rail)
    ids = sorted(id_ for id_, (_, fees, lines) in moved.items() if lines and (not only or id_ == only))
    for payment in payments_where(context.book, context.session, "id = ANY(?)", ids):
        fees_minor, latest = moved[payment.id][1], unit.latest(payment)
        if fees_minor != latest.fee_minor:
            unit.correct_fee(latest, fees_minor)


def _lines_of_payments(context: PaymentContext, rail: str) -> dict[str, tuple[int, int, int]]:
    """By payment: the sum of its movements, of their fees, and how many they are."""
    rows = context.session.rows(
        "SELECT m.payment_id, CAST(SUM(l.minor) AS BIGINT), CAST(SUM(l.fee_minor) AS BIGINT), COUNT(*) "
        "FROM line_matches AS m JOIN cash_lines AS l ON l.alliance_id = m.alliance_id AND l.rail = m.rail "
        "AND l.id = m.line WHERE m.alliance_id = ? AND m.rail = ? AND m.payment_id <> '' GROUP BY m.payment_id",
        context.book.alliance_id,
        rail,
    )
    return {id_: (minor, fee, count) for id_, minor, fee, count in rows}


def unmatched_line(context: PaymentContext, rail: str, line_id: str) -> CashLine:
    """A movement that belongs nowhere yet. Raises LineNotFound."""
    for line in unmatched_lines(context, rail):
        if line.id == line_id:
            return line
    raise LineNotFound(rail, line_id)


def keep_line(unit: UnitOfWork, rail: str, line: CashLine) -> None:
    """Keep a movement that the rail does not report by itself."""
    row = (unit.context.book.alliance_id, rail, *line)
    unit.context.session.insert(tables.cash_lines, [row])
    unit.seal(tables.cash_lines, [row])


def place_line(
    unit: UnitOfWork, rail: str, line: CashLine, payment_id: str = "", booked_as: str = "", why: str = ""
) -> None:
    """Say where a movement belongs: to a payment, or under a name."""
    context = unit.context
    row = (context.book.alliance_id, rail, line.id, unit.now, context.actor, payment_id, booked_as, why)
    context.session.insert(tables.line_matches, [row])
    unit.seal(tables.line_matches, [row])
