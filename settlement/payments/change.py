"""One change to payments: rows, events, postings and notices, under the book's lock, in one transaction.

All who pay for an alliance take its book's lock first, so two runners never see the same payment as theirs. What a
change posts is keyed by the payment and the number of its event, so it happens once.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Table

from settlement.amounts import Minor
from settlement.clearing.money import CASH_ACCOUNT, money_account
from settlement.errors import PaymentRefused, RailUnknown
from settlement.ledger.accounts import NEVER, AccountKind, AccountName
from settlement.ledger.book import Book, Header
from settlement.ledger.moves import Answer, Posting, Transfer
from settlement.ledger.session import Session
from settlement.payments import tables
from settlement.payments.losses import DefaultRecord, defaults_of, repay
from settlement.payments.money import Till, move_money
from settlement.payments.notices import KeptNotices, NoticeKind, Notices, kept_notices, tell_notices
from settlement.payments.states import MOVES, Route, State
from settlement.payments.store import (
    DEPOSIT,
    NewId,
    PaymentRecord,
    PaymentRules,
    Profile,
    new_id,
    payment_rules,
    profiles,
)
from settlement.rails.port import Observation, Rail, Status

TOLD = {
    State.SENT: NoticeKind.DUE,
    State.PAID: NoticeKind.PAID,
    State.FAILED: NoticeKind.FAILED,
    State.RETURNED: NoticeKind.RETURNED,
}
"""Which notice a state brings. That a payment is due is told where money is collected."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What paying needs: a book with a connection of its own, the rails that are plugged in, and who is at work."""

    book: Book
    session: Session
    rails: Mapping[str, Rail]
    who: str = "runner"
    notices: Notices = field(default_factory=KeptNotices)
    ids: NewId = new_id

    def rail(self, name: str) -> Rail:
        """A rail by its name. Raises RailUnknown."""
        if name not in self.rails:
            raise RailUnknown(name, sorted(self.rails))
        return self.rails[name]


@contextmanager
def changing(desk: Desk) -> Iterator["Change"]:
    """A change that is written when the block ends, all of it or nothing; its notices are told after the commit."""
    with desk.session.transaction():
        change = Change(desk, desk.book.lock(desk.session))
        yield change
        change.write()
    if change.notices:
        tell_notices(desk.book, desk.session, desk.notices)


class Change:
    """What one transaction does to payments and to the money book."""

    def __init__(self, desk: Desk, header: Header) -> None:
        self.desk = desk
        self.now = desk.book.clock()
        self.config = desk.book.config_at(desk.session, header.config_version)
        self.notices: list[tuple[object, ...]] = []
        self.number = header.next_posting
        self._header = header
        self._rows: dict[str, PaymentRecord] = {}
        self._events: list[tuple[object, ...]] = []
        self._postings: list[Posting] = []
        self._defaults: dict[int, DefaultRecord] = {}

    # -- what is there --------------------------------------------------------------------------------------

    @cached_property
    def rules(self) -> PaymentRules:
        """How the alliance pays."""
        return payment_rules(self.desk.book, self.desk.session)

    @cached_property
    def till(self) -> Till:
        """The money accounts of participants and rails."""
        owners = sorted({*self.config.by_ref, *self.desk.rails, *self.rails_used(), CASH_ACCOUNT.owner})
        rows = self.desk.session.rows(
            f"SELECT kind, owner, issuer, balance FROM accounts WHERE alliance_id = ? AND owner = ANY(?) "
            f"AND expires_on = {NEVER:d} AND kind >= {AccountKind.CLEARING:d}",
            self.desk.book.alliance_id,
            owners,
        )
        return Till({AccountName(kind, owner, issuer): balance for kind, owner, issuer, balance in rows})

    def rails_used(self) -> list[str]:
        """Rails that payments of this book went over, plugged in or not."""
        sql = "SELECT DISTINCT rail FROM payments WHERE alliance_id = ?"
        return [rail for (rail,) in self.desk.session.rows(sql, self.desk.book.alliance_id)]

    def account(self, who: str, kind: int = AccountKind.SETTLEMENT) -> AccountName:
        """A participant's money account. Raises ParticipantUnknown."""
        return money_account(self.config, AccountKind(kind), who)

    def owed(self, who: str) -> Minor:
        """What a participant is owed from closed windows, below zero where it owes."""
        return Minor(self.till.balance(self.account(who)))

    @cached_property
    def defaults(self) -> dict[int, DefaultRecord]:
        """Defaults that are still open, by number, as this change goes on."""
        return {one.number: one for one in defaults_of(self.desk.book, self.desk.session, only_open=True)}

    def defaulted(self, who: str) -> Minor:
        """What others bear of what a participant did not pay."""
        return Minor(sum(one.open_minor for one in self.defaults.values() if one.participant == who))

    @cached_property
    def profiles(self) -> dict[str, Profile]:
        """What participants chose."""
        return profiles(self.desk.book, self.desk.session)

    def profile(self, who: str) -> Profile:
        """What a participant chose, or did not."""
        return self.profiles.get(who, Profile(self.desk.book.alliance_id, who))

    def is_held(self, who: str) -> bool:
        """Whether a participant is not paid out now."""
        return self.profile(who).suspended

    # -- what is done ---------------------------------------------------------------------------------------

    def save(self, record: PaymentRecord) -> PaymentRecord:
        """Write this row at the end."""
        self._rows[record.id] = record
        return record

    def post(self, key: str, content: Mapping[str, str | int], legs: Sequence[Transfer]) -> None:
        """Post these legs at the end."""
        if legs:
            self._postings.append(Posting(key, self.now, content, legs))

    def post_all(self, posting: Posting) -> None:
        """Post what another file made; the till moves with it."""
        for leg in posting.legs if not callable(posting.legs) else ():
            if isinstance(leg, Transfer):
                self.till.move(*leg)
        self.post(posting.key, posting.content, self.till.take_legs())

    def note(self, record: PaymentRecord, why: str, code: str = "") -> PaymentRecord:
        """Add a line to a payment's history that changes nothing of it."""
        return self._event(record, Observation(Status.UNKNOWN, self.now, record.reference, code, why))

    def plan(self, record: PaymentRecord, why: str = "") -> PaymentRecord:
        """Take in a new payment."""
        return self.note(record, why)

    def step(
        self, record: PaymentRecord, after: State, seen: Observation | None = None, why: str = ""
    ) -> PaymentRecord:
        """Bring a payment to its next state, with all that this moves. Raises PaymentRefused."""
        before = State(record.state)
        if after not in MOVES[before]:
            raise PaymentRefused(record.id, f"is {before} and can't become {after}")
        if seen is None:
            seen = Observation(Status.UNKNOWN, self.now, record.reference, why=why)
        if after is State.RESERVED and before is State.PLANNED:
            record = record._replace(attempt=record.attempt + 1, reference="", earlier_fees_minor=record.fee_minor)
        self._move_money(record, before, after)
        record = self._bear_fee(record, seen)
        record = record._replace(
            state=after.value,
            reference=seen.reference or record.reference,
            returnable_until=seen.returnable_until if after is State.PAID else record.returnable_until,
            changed_at=self.now,
        )
        kind = TOLD.get(after)
        if kind is not None and not (after is State.SENT and record.route == Route.PAY):
            self.tell(kind, record, seen.why)
        return self._event(record, seen, self.till.take_legs())

    def learn(self, record: PaymentRecord, seen: Observation) -> PaymentRecord:
        """What a rail says of a payment without bringing it further: its fee, and how long it can come back."""
        before = record
        record = self._bear_fee(record, seen)
        if seen.returnable_until is not None and record.state == State.PAID:
            record = record._replace(returnable_until=seen.returnable_until)
        if record.fee_minor != before.fee_minor:
            return self._event(record, seen, self.till.take_legs())
        return self.save(record)

    def correct_fee(self, record: PaymentRecord, fee_minor: int) -> PaymentRecord:
        """Bring what a payment cost in all to what its rail's movements say."""
        self.till.fee(record.rail, fee_minor - record.fee_minor)
        seen = Observation(Status.UNKNOWN, self.now, record.reference, "fee", "as charged")
        return self._event(record._replace(fee_minor=fee_minor), seen, self.till.take_legs())

    def tell(self, kind: NoticeKind, record: PaymentRecord, why: str = "") -> None:
        """Tell of a payment after the commit."""
        facts: dict[str, str | int] = {
            "route": record.route,
            "rail": record.rail,
            "minor": record.minor,
            "currency": self.desk.book.settings.currency,
            "window": record.window_id,
            "due_on": record.due_on,
            "payer": record.participant if record.counterparty else "",
            "counterparty": record.counterparty,
            "why": why,
        }
        number = record.events + 1
        for who in filter(None, (record.participant, record.counterparty)):
            self.tell_of(f"{record.id}:{number}:{kind.value}:{who}", kind, who, facts, record.id)

    def tell_of(
        self, id_: str, kind: NoticeKind, who: str, facts: Mapping[str, str | int], payment_id: str = ""
    ) -> None:
        """Tell a participant of something after the commit."""
        row = (self.desk.book.alliance_id, id_, self.now, kind.value, who, payment_id, json.dumps(facts), None)
        self.notices.append(row)

    def tell_once(self, id_: str, kind: NoticeKind, who: str, facts: Mapping[str, str | int]) -> None:
        """The same, unless it was told before under this id."""
        if not kept_notices(self.desk.book, self.desk.session, ids=[id_]):
            self.tell_of(id_, kind, who, facts)

    def keep_default(self, record: DefaultRecord) -> None:
        """Write a default as it is now; nothing of it is open any more once it is recovered."""
        self.defaults[record.number] = self._defaults[record.number] = record

    def _event(self, record: PaymentRecord, seen: Observation, legs: Sequence[Transfer] = ()) -> PaymentRecord:
        record = self.save(record._replace(events=record.events + 1))
        self._events.append(
            (
                record.alliance_id,
                record.id,
                record.events,
                self.now,
                self.desk.who,
                record.state,
                record.attempt,
                record.reference,
                seen.code,
                seen.why,
                seen.at,
            )
        )
        content: dict[str, str | int] = {"payment": record.id, "event": record.events, "state": record.state}
        self.post(f"payment:{record.id}:{record.events}", content, legs)
        return record

    def _bear_fee(self, record: PaymentRecord, seen: Observation) -> PaymentRecord:
        """Book what the rail charged, as far as it is not booked yet. That it says nothing takes nothing back."""
        fee_minor = max(record.fee_minor, record.earlier_fees_minor + seen.fee_minor)
        self.till.fee(record.rail, fee_minor - record.fee_minor)
        return record._replace(fee_minor=fee_minor)

    def _move_money(self, record: PaymentRecord, before: State, after: State) -> None:
        who, minor = record.participant, record.minor
        settlement = self.account(who)
        if record.route == Route.DIRECT:
            if after is State.PAID:
                self.till.move(self.account(record.counterparty), settlement, minor)
            elif after is State.RETURNED:
                self.till.move(settlement, self.account(record.counterparty), minor)
            return
        if record.rail == DEPOSIT:
            if after is State.PAID:
                self.till.move(self.account(who, AccountKind.DEPOSIT), settlement, minor)
            return
        if record.route == Route.COLLECT and after is State.PAID and record.purpose == AccountKind.SETTLEMENT:
            minor -= self._repay_defaults(record)
        if minor:
            target = self.account(who, record.purpose)
            move_money(self.till, Route(record.route), record.rail, target, settlement, before, after, minor)

    def _repay_defaults(self, record: PaymentRecord) -> int:
        """Money from a participant in default goes to those who bore it first; returns how much did."""
        left = record.minor
        for default in [one for one in self.defaults.values() if one.participant == record.participant]:
            part = min(left, default.open_minor)
            if part:
                repaid = repay(self.till, self.config, record.rail, default, part)
                self.keep_default(repaid)
                left -= part
                facts = {"minor": part, "open_minor": repaid.open_minor, "window": repaid.window_id}
                id_ = f"default:{repaid.number}:{record.id}:{record.events + 1}"
                self.tell_of(id_, NoticeKind.RECOVERED, record.participant, facts, record.id)
        return record.minor - left

    # -- writing --------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Write all of it. Raises PaymentRefused where the book refuses a posting; then nothing is written."""
        session, book = self.desk.session, self.desk.book
        if self._postings:
            decision = book.decide(session, self._header, self._postings)
            for posting, outcome in zip(self._postings, decision.outcomes, strict=True):
                if not isinstance(outcome, Answer):
                    raise outcome
                if outcome.refusal is not None:
                    raise PaymentRefused(posting.key, f"the book refuses it: {outcome.refusal}")
            book.write(session, self._header, decision)
        self._insert(tables.payment_events, self._events)
        self._upsert(tables.payments, self._rows.values())
        self._upsert(tables.payment_defaults, self._defaults.values())
        self._insert(tables.notices, self.notices)

    def _insert(self, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
        if rows:
            self.desk.session.insert(table, rows)

    def _upsert(self, table: Table, rows: Iterable[tuple[object, ...]]) -> None:
        if rows := list(rows):
            self.desk.session.upsert(table, rows, add=False)
