"""Payments as they are stored: rows in, rows out, no decision."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from sqlalchemy import Table

from settlement.amounts import Minor
from settlement.errors import PaymentNotFound
from settlement.ledger.accounts import AccountKind
from settlement.ledger.book import Book
from settlement.ledger.header import Header
from settlement.ledger.sealed_rows import sealed_row, write_sealed_rows
from settlement.ledger.session import Session
from settlement.payments import tables
from settlement.payments.states import LIVE, PaymentCoverage, PaymentRoute, PaymentState, coverage_of
from settlement.rails.port import Direction, PaymentAttempt, RailAccount
from settlement.sentences import restored, stored

SHOP = "shop"
"""Who bears a rest within the tolerance, where it is not the operator."""
DEPOSIT = "deposit"
"""What a shop chooses in place of a rail so that its debts are drawn from its deposit."""

TEXT_CHARS = 140
"""Longest text on a bank statement."""
TAIL_CHARS = 10
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"

NewId = Callable[[int], str]
"""Makes an id, unique for ever, at an instant."""


def new_id(at: int) -> str:
    """Ten characters of time, so that ids sort by it, and ten that nobody can guess."""
    return _stamp(at) + "".join(secrets.choice(_DIGITS) for _ in range(TAIL_CHARS))


def id_of_request(at: int, asked_as: str) -> str:
    """The id of a payment that somebody asks for under a key of their own: its tail is the key's, whenever it is."""
    return _stamp(at) + _tail(asked_as)


def payment_requested(book: Book, session: Session, asked_as: str) -> "PaymentRecord | None":
    """The payment that was asked for under this key before; None where there is none."""
    payments = payments_where(book, session, "SUBSTR(id, ?) = ?", TAIL_CHARS + 1, _tail(asked_as))
    return payments[0] if payments else None


def _stamp(at: int) -> str:
    ms = at // 1000
    return "".join(_DIGITS[ms >> shift & 31] for shift in range(45, -5, -5))


def _tail(asked_as: str) -> str:
    """Fifty bits of a key: two of a thousand meet with a chance of one in two billion."""
    number = int.from_bytes(hashlib.sha256(asked_as.encode()).digest()[:7]) >> 6
    return "".join(_DIGITS[number >> shift & 31] for shift in range(45, -5, -5))


@dataclass(frozen=True, slots=True)
class PaymentRules:
    """How an alliance pays. Days are days of 24 hours.

    A debt that is not paid `grace_days` after its payment was planned is a default; so is one whose `attempts_max`
    attempts failed, `retry_days` apart. `cut_cap_bps` is how much of a creditor's net a default may take.
    `deposit_without_mandate` draws from the deposit of a shop that can't be collected from. From
    `two_people_from_minor` on a payment by hand is confirmed by two people. `direct_days` is the deadline of a
    payment from shop to shop. A payout below `payout_min_minor` waits until more is owed, but for a shop that leaves;
    and with `pay_when_collected` nobody is paid before everybody who owes has paid or is in default.

    Of a net that was paid in part, a rest of up to `tolerance_minor` is neither collected again nor a default: the shop
    owes it with its next window, or the operator bears it, as `tolerance_charged_to` says.
    """

    rail: str = "by_hand"
    grace_days: int = 10
    attempts_max: int = 2
    retry_days: int = 3
    cut_cap_bps: int = 5_000
    deposit_without_mandate: bool = True
    two_people_from_minor: int = 100_000
    direct_days: int = 7
    pay_from_fund: bool = True
    payout_min_minor: int = 0
    pay_when_collected: bool = False
    tolerance_minor: int = 100
    tolerance_charged_to: str = SHOP


class PaymentProfile(NamedTuple):
    """What a participant chose, in the order of the table's columns. An empty `rail` is the alliance's."""

    alliance_id: int
    participant: str
    rail: str = ""
    suspended: bool = False
    leaving_since: int | None = None
    debts_of: str = ""


class PaymentRecord(NamedTuple):
    """A payment as it stands, in the order of the table's columns."""

    alliance_id: int
    id: str
    window_id: int
    route: str
    rail: str
    participant: str
    counterparty: str
    purpose: int
    minor: int
    state: str
    attempt: int
    planned_at: int
    due_on: int
    details: str
    reference: str
    fee_minor: int
    earlier_fees_minor: int
    returnable_until: int | None
    changed_at: int
    looked_at: int
    lease_version: int
    lease_until: int
    events: int
    waiting_for: str
    moved_minor: int
    matched_minor: int
    written_off_minor: int
    decided_by: int | None
    for_default: bool

    @property
    def coverage(self) -> PaymentCoverage:
        """How much of it has moved, in a word."""
        return coverage_of(self.minor, self.moved_minor)

    @property
    def rest_minor(self) -> int:
        """What is missing of a payment that is paid in part, and was not written off; zero where none is."""
        is_paid = self.state == PaymentState.PAID
        return max(0, self.minor - self.moved_minor - self.written_off_minor) if is_paid else 0

    @property
    def excess_minor(self) -> int:
        """What is too much of a payment that is over paid; zero where nothing is."""
        return max(0, self.moved_minor - self.minor)

    def signed(self, minor: int) -> int:
        """An amount of it as the cash at its rail changes by it: below zero goes out."""
        return minor if self.route == PaymentRoute.COLLECT else -minor

    @property
    def is_collected_net(self) -> bool:
        """Whether it collects what somebody owes of its nets, and is not in default of."""
        is_collected = self.route == PaymentRoute.COLLECT and self.purpose == AccountKind.SETTLEMENT
        return is_collected and not self.for_default

    @property
    def key(self) -> str:
        """The key of the current attempt."""
        return f"{self.id}-{self.attempt}"

    @property
    def live(self) -> bool:
        """Whether it may still move its money for the first time."""
        return self.state in LIVE


class PaymentEvent(NamedTuple):
    """One step of a payment, in the order of the table's columns."""

    alliance_id: int
    payment_id: str
    number: int
    at: int
    actor: str
    state: str
    attempt: int
    reference: str
    code: str
    why: str
    seen_at: int


COLUMNS = ", ".join(PaymentRecord._fields)


def planned_payment(
    book: Book, id_: str, window_id: int, route: PaymentRoute, rail: str, participant: str, minor: int, *,
    purpose: AccountKind = AccountKind.SETTLEMENT, counterparty: str = "", due_on: int = 0,
    decided_by: int | None = None, for_default: bool = False,
) -> PaymentRecord:  # fmt: skip
    """A new payment of which nothing has been written yet."""
    now = book.clock()
    return PaymentRecord(
        alliance_id=book.alliance_id,
        id=id_,
        window_id=window_id,
        route=route.value,
        rail=rail,
        participant=participant,
        counterparty=counterparty,
        purpose=int(purpose),
        minor=minor,
        state=PaymentState.PLANNED.value,
        attempt=0,
        planned_at=now,
        due_on=due_on or book.calendar.local_date(now),
        details="{}",
        reference="",
        fee_minor=0,
        earlier_fees_minor=0,
        returnable_until=None,
        changed_at=now,
        looked_at=now,
        lease_version=0,
        lease_until=0,
        events=0,
        waiting_for="",
        moved_minor=0,
        matched_minor=0,
        written_off_minor=0,
        decided_by=decided_by,
        for_default=for_default,
    )


def payments_where(book: Book, session: Session, condition: str = "", *params: object) -> list[PaymentRecord]:
    """Payments that a condition (SQL after AND) holds for, oldest first."""
    more = f" AND {condition}" if condition else ""
    sql = f"SELECT {COLUMNS} FROM payments WHERE alliance_id = ?{more} ORDER BY id"
    return [payment_of(row) for row in session.rows(sql, book.alliance_id, *params)]


def rails_of_payments(book: Book, session: Session) -> list[str]:
    """Rails that payments of a book went over, plugged in or not."""
    rows = session.rows("SELECT DISTINCT rail FROM payments WHERE alliance_id = ?", book.alliance_id)
    return [rail for (rail,) in rows]


def payment_by_id(book: Book, session: Session, id_: str) -> PaymentRecord:
    """One payment by its id, or by the key of an attempt. Raises PaymentNotFound."""
    payments = payments_where(book, session, "id = ?", id_.partition("-")[0])
    if not payments:
        raise PaymentNotFound(id_)
    return payments[0]


def payment_row(record: PaymentRecord) -> PaymentRecord:
    """A payment as its table keeps it: what it waits for with what a translation is made from."""
    return record._replace(waiting_for=stored(record.waiting_for))


def changed_payments(book: Book, session: Session, records: Mapping[str, PaymentRecord]) -> list[PaymentRecord]:
    """The rows of those of these payments, by id, of which more is new than when they were looked at."""
    before = {
        record.id: sealed_row(tables.payments, payment_row(record))
        for record in payments_where(book, session, "id = ANY(?)", sorted(records))
    }
    rows = [payment_row(record) for record in records.values()]
    return [row for row in rows if sealed_row(tables.payments, row) != before.get(row.id)]


def payment_history(book: Book, session: Session, id_: str) -> list[PaymentEvent]:
    """All steps of a payment, oldest first."""
    columns = ", ".join(PaymentEvent._fields)
    sql = f"SELECT {columns} FROM payment_events WHERE alliance_id = ? AND payment_id = ? ORDER BY number"
    events = (PaymentEvent(*row) for row in session.rows(sql, book.alliance_id, id_))
    return [event._replace(why=restored(event.why)) for event in events]


def payment_of(row: Sequence[Any]) -> PaymentRecord:
    # SQLite keeps a yes or no as a number.
    record = PaymentRecord(*row)._replace(for_default=bool(row[-1]))
    return record._replace(waiting_for=restored(record.waiting_for)) if record.waiting_for else record


def attempt_of(book: Book, record: PaymentRecord) -> PaymentAttempt:
    """The current attempt of a payment, as the rail is instructed: the same each time."""
    settings = book.settings
    name = settings.name.encode("ascii", "ignore").decode().strip() or "Settlement"
    day = str(book.calendar.local_date(record.window_id)) if record.window_id else ""
    return PaymentAttempt(
        key=record.key,
        payment_id=record.id,
        direction=Direction(record.route),
        account=RailAccount(record.participant, json.loads(record.details)),
        minor=Minor(record.minor),
        currency=settings.currency,
        minor_digits=settings.minor_digits,
        group=f"{book.alliance_id}-{record.window_id}",
        text=f"{name} {day} {record.key}".strip()[-TEXT_CHARS:],
        due_on=record.due_on,
    )


def payment_rules(book: Book, session: Session) -> PaymentRules:
    """How the alliance pays; the defaults where it never said."""
    rows = session.rows("SELECT rules FROM payment_rules WHERE alliance_id = ?", book.alliance_id)
    return PaymentRules(**json.loads(rows[0][0])) if rows else PaymentRules()


def set_payment_rules(book: Book, session: Session, rules: PaymentRules) -> None:
    """Let the alliance pay by these rules from now on."""
    with session.transaction():
        row = (book.alliance_id, json.dumps(asdict(rules), sort_keys=True))
        _write_sealed(book, session, book.lock(session), tables.payment_rules, row)


def payment_profiles(book: Book, session: Session) -> dict[str, PaymentProfile]:
    """The profiles of participants that have one, by participant."""
    sql = f"SELECT {', '.join(PaymentProfile._fields)} FROM payment_profiles WHERE alliance_id = ?"
    profiles = (PaymentProfile(*row) for row in session.rows(sql, book.alliance_id))
    return {profile.participant: profile._replace(suspended=bool(profile.suspended)) for profile in profiles}


def change_payment_profile(book: Book, session: Session, participant: str, **changes: object) -> PaymentProfile:
    """Change what is given of a participant's profile."""
    with session.transaction():
        header = book.lock(session)
        before = payment_profiles(book, session).get(participant, PaymentProfile(book.alliance_id, participant))
        after = before._replace(**changes)  # type: ignore[arg-type]
        _write_sealed(book, session, header, tables.payment_profiles, after)
    return after


def rail_account(book: Book, session: Session, participant: str, rail: str) -> RailAccount:
    """A participant's account at a rail; without details where it gave none."""
    rows = session.rows(
        "SELECT details FROM payment_accounts WHERE alliance_id = ? AND participant = ? AND rail = ?",
        book.alliance_id,
        participant,
        rail,
    )
    return RailAccount(participant, json.loads(rows[0][0]) if rows else {})


def rail_accounts(book: Book, session: Session, rail: str) -> list[RailAccount]:
    """All accounts at a rail, in order of participants."""
    sql = "SELECT participant, details FROM payment_accounts WHERE alliance_id = ? AND rail = ? ORDER BY participant"
    rows = session.rows(sql, book.alliance_id, rail)
    return [RailAccount(participant, json.loads(details)) for participant, details in rows]


def set_rail_account(book: Book, session: Session, participant: str, rail: str, details: Mapping[str, str]) -> None:
    """Keep a participant's account at a rail, in place of what was there."""
    row = (book.alliance_id, participant, rail, json.dumps(dict(details), sort_keys=True))
    with session.transaction():
        _write_sealed(book, session, book.lock(session), tables.payment_accounts, row)


def _write_sealed(book: Book, session: Session, header: Header, table: Table, row: tuple[object, ...]) -> None:
    """Write a row in place of the one before it, and let the hash chain seal it."""
    session.upsert(table, [row], add=False)
    write_sealed_rows(session, book.alliance_id, header, [sealed_row(table, row)])
