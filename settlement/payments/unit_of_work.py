"""A unit of work of payments: rows, events, postings and notices, under the book's lock, in one transaction.

Whoever pays for an alliance takes its book's lock first, so two runners never both take the same payment. What a unit
posts is keyed by the payment and the number of its event, so it is posted once.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property

from sqlalchemy import Table

from settlement.amounts import Minor
from settlement.clearing.money_book import CASH_ACCOUNT, money_account
from settlement.errors import PaymentRefused
from settlement.ledger.accounts import NEVER, OPERATOR, AccountKind, AccountName
from settlement.ledger.header import Header
from settlement.ledger.moves import Answer, Posting, Transfer
from settlement.ledger.sealed_rows import SealedRow, sealed_row, write_sealed_rows
from settlement.payments import tables
from settlement.payments.cash_ledger import CashLedger, MoneyStep, fees_of, move_money
from settlement.payments.collection_codes import collection_code_of
from settlement.payments.context import PaymentContext
from settlement.payments.losses import DefaultRecord, defaults_of, repay_defaults
from settlement.payments.notices import (
    ASKS_TO_PAY,
    NOTICE_OF_STATE,
    NoticeKind,
    payment_facts,
    publish_notices,
    stored_notices,
)
from settlement.payments.states import ALLOWED_STEPS, PaymentRoute, PaymentState
from settlement.payments.store import (
    DEPOSIT,
    PaymentProfile,
    PaymentRecord,
    PaymentRules,
    changed_payments,
    payment_profiles,
    payment_row,
    payment_rules,
    rails_of_payments,
)
from settlement.rails.port import Observation, RailStatus
from settlement.sentences import Phrase, stored


@contextmanager
def open_unit_of_work(context: PaymentContext) -> Iterator["UnitOfWork"]:
    """A unit of work, written when the block ends, whole or not at all; its notices are sent after the commit."""
    with context.session.transaction():
        unit = UnitOfWork(context, context.book.lock(context.session))
        yield unit
        unit.write()
    if unit.notices:
        publish_notices(context.book, context.session, context.notifier)


class UnitOfWork:
    """What one transaction does to payments and to the money book."""

    def __init__(self, context: PaymentContext, header: Header) -> None:
        self.context = context
        self.now = context.book.clock()
        self.config = context.book.config_at(context.session, header.config_version)
        self.notices: list[tuple[object, ...]] = []
        self.number = header.next_posting
        self._header = header
        self._rows: dict[str, PaymentRecord] = {}
        self._events: list[tuple[object, ...]] = []
        self._postings: list[Posting] = []
        self._defaults: dict[int, DefaultRecord] = {}
        self._sealed: list[SealedRow] = []

    # -- what is stored --------------------------------------------------------------------------------------

    @cached_property
    def rules(self) -> PaymentRules:
        """How the alliance pays."""
        return payment_rules(self.context.book, self.context.session)

    @cached_property
    def cash_ledger(self) -> CashLedger:
        """The money accounts of participants and rails."""
        owners = sorted({*self.config.by_ref, *self.context.rails, *self.rails_used(), CASH_ACCOUNT.owner})
        rows = self.context.session.rows(
            f"SELECT kind, owner, issuer, balance FROM accounts WHERE alliance_id = ? AND owner = ANY(?) "
            f"AND expires_on = {NEVER:d} AND kind >= {AccountKind.CLEARING:d}",
            self.context.book.alliance_id,
            owners,
        )
        return CashLedger({AccountName(kind, owner, issuer): balance for kind, owner, issuer, balance in rows})

    def rails_used(self) -> list[str]:
        """Rails that payments of this book went over, plugged in or not."""
        return rails_of_payments(self.context.book, self.context.session)

    def account(self, participant: str, kind: int = AccountKind.SETTLEMENT) -> AccountName:
        """A participant's money account. Raises ParticipantUnknown."""
        return money_account(self.config, AccountKind(kind), participant)

    def owed(self, participant: str) -> Minor:
        """What a participant is owed from closed windows, below zero where it owes."""
        return Minor(self.cash_ledger.balance(self.account(participant)))

    @cached_property
    def defaults(self) -> dict[int, DefaultRecord]:
        """Defaults that are still open, by number, with what this unit changed."""
        return {
            default.number: default for default in defaults_of(self.context.book, self.context.session, only_open=True)
        }

    def defaulted(self, participant: str) -> Minor:
        """What of a participant's unpaid debts is still allocated to others."""
        mine = (default for default in self.defaults.values() if default.participant == participant)
        return Minor(sum(default.open_minor for default in mine))

    @cached_property
    def profiles(self) -> dict[str, PaymentProfile]:
        """The profiles of participants that have one."""
        return payment_profiles(self.context.book, self.context.session)

    def profile(self, participant: str) -> PaymentProfile:
        """A participant's profile; an empty one where it has none."""
        return self.profiles.get(participant, PaymentProfile(self.context.book.alliance_id, participant))

    # -- changes ---------------------------------------------------------------------------------------

    def save(self, record: PaymentRecord) -> PaymentRecord:
        """Write this row at the end."""
        self._rows[record.id] = record
        return record

    def latest(self, record: PaymentRecord) -> PaymentRecord:
        """A payment as this unit has left it; as it is stored, where the unit did nothing with it."""
        return self._rows.get(record.id, record)

    def post(self, key: str, content: Mapping[str, str | int], legs: Sequence[Transfer]) -> None:
        """Post these legs at the end."""
        if legs:
            self._postings.append(Posting(key, self.now, content, legs))

    def post_all(self, posting: Posting) -> None:
        """Post what another file made, on the cash ledger too."""
        for leg in posting.legs if not callable(posting.legs) else ():
            if isinstance(leg, Transfer):
                self.cash_ledger.move(*leg)
        self.post(posting.key, posting.content, self.cash_ledger.take_legs())

    def note(self, record: PaymentRecord, why: str, code: str = "") -> PaymentRecord:
        """Add a line to a payment's history that changes nothing of it."""
        return self._event(record, Observation(RailStatus.UNKNOWN, self.now, record.reference, code, why))

    def add(self, record: PaymentRecord) -> PaymentRecord:
        """Take in a new payment."""
        return self.note(record, "")

    def step(
        self,
        record: PaymentRecord,
        after: PaymentState,
        seen: Observation | None = None,
        why: str = "",
        moved_minor: int | None = None,
    ) -> PaymentRecord:
        """Bring a payment to its next state, with all that this moves. Raises PaymentRefused.

        `moved_minor` is how much of it has moved then, where it is paid: all that was asked, if nothing is said.
        """
        before = PaymentState(record.state)
        if after not in ALLOWED_STEPS[before]:
            raise PaymentRefused(
                record.id,
                Phrase("it is {before:code} and can't become {after:code}", before=before.value, after=after.value),
            )
        if seen is None:
            seen = Observation(RailStatus.UNKNOWN, self.now, record.reference, why=why)
        if after is PaymentState.RESERVED and before is PaymentState.PLANNED:
            record = record._replace(attempt=record.attempt + 1, reference="", earlier_fees_minor=record.fee_minor)
        if after is not PaymentState.PAID:
            moved_minor = 0
        elif moved_minor is None:
            moved_minor = record.minor
        was_moved = record.moved_minor
        record = self._move_money(record, after, moved_minor)
        record = self._book_fee(record, seen)
        record = record._replace(
            state=after.value,
            waiting_for="",
            reference=seen.reference or record.reference,
            returnable_until=seen.returnable_until if after is PaymentState.PAID else record.returnable_until,
            decided_by=max(record.decided_by or 0, seen.decided_by or 0) or None,
            changed_at=self.now,
        )
        kind = NOTICE_OF_STATE.get(after)
        if kind is not None and not (after is PaymentState.SENT and record.route == PaymentRoute.PAY):
            self.notify(kind, record, seen.why, was_moved if after is PaymentState.RETURNED else moved_minor)
        return self._event(record, seen, self.cash_ledger.take_legs())

    def correct_moved(self, record: PaymentRecord, moved_minor: int, seen: Observation) -> PaymentRecord:
        """Book that more or less of a paid payment has moved than the book has it; it stays paid."""
        more = moved_minor - record.moved_minor
        record = self._book_fee(self._move_money(record, PaymentState.PAID, moved_minor), seen)
        record = record._replace(returnable_until=seen.returnable_until or record.returnable_until, changed_at=self.now)
        self.notify(NoticeKind.PAID if more > 0 else NoticeKind.RETURNED, record, seen.why, abs(more))
        return self._event(record, seen, self.cash_ledger.take_legs())

    def learn(self, record: PaymentRecord, seen: Observation) -> PaymentRecord:
        """Record what a rail says of a payment that stays as it is: its fee, until when it is open or can return."""
        before = record
        record = self._book_fee(record, seen)._replace(
            decided_by=max(record.decided_by or 0, seen.decided_by or 0) or None
        )
        if seen.returnable_until is not None and record.state == PaymentState.PAID:
            record = record._replace(returnable_until=seen.returnable_until)
        if record.fee_minor != before.fee_minor:
            return self._event(record, seen, self.cash_ledger.take_legs())
        return self.save(record)

    def write_off_rest(self, record: PaymentRecord, why: str) -> PaymentRecord:
        """Make what is missing of a payment a cost of its rail."""
        seen = Observation(RailStatus.UNKNOWN, self.now, record.reference, "written_off", why)
        written_off = self._write_off(record, record.written_off_minor + record.rest_minor)
        return self._event(written_off, seen, self.cash_ledger.take_legs())

    def correct_fee(self, record: PaymentRecord, fee_minor: int) -> PaymentRecord:
        """Correct the whole cost of a payment to what its rail's movements say."""
        self.cash_ledger.fee(record.rail, fee_minor - record.fee_minor)
        seen = Observation(RailStatus.UNKNOWN, self.now, record.reference, "fee", Phrase("as charged"))
        return self._event(record._replace(fee_minor=fee_minor), seen, self.cash_ledger.take_legs())

    def notify(self, kind: NoticeKind, record: PaymentRecord, why: str = "", minor: int = 0) -> None:
        """Notify both sides of a payment after the commit: of so much of it, or else of all."""
        context = self.context
        code = collection_code_of(context.book, context.session, record) if kind in ASKS_TO_PAY else ""
        facts: dict[str, str | int] = {
            **payment_facts(record, minor or record.minor, context.book.settings.currency),
            "collection_code": code,
            "why": why,
        }
        number = record.events + 1
        for participant in filter(None, (record.participant, record.counterparty)):
            self.notify_participant(
                f"{record.id}:{number}:{kind.value}:{participant}", kind, participant, facts, record.id
            )

    def notify_participant(
        self, id_: str, kind: NoticeKind, participant: str, facts: Mapping[str, str | int], payment_id: str = ""
    ) -> None:
        """Notify a participant after the commit."""
        row = (
            self.context.book.alliance_id,
            id_,
            self.now,
            kind.value,
            participant,
            payment_id,
            json.dumps({name: stored(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}),
            None,
        )
        self.notices.append(row)

    def notify_once(self, id_: str, kind: NoticeKind, participant: str, facts: Mapping[str, str | int]) -> None:
        """The same, unless a notice of this id is stored already."""
        if not stored_notices(self.context.book, self.context.session, ids=[id_]):
            self.notify_participant(id_, kind, participant, facts)

    def keep_default(self, record: DefaultRecord) -> None:
        """Write a default at the end; it ends when nothing of it is open any more."""
        self.defaults[record.number] = self._defaults[record.number] = record

    def _event(self, record: PaymentRecord, seen: Observation, legs: Sequence[Transfer] = ()) -> PaymentRecord:
        record = self.save(record._replace(events=record.events + 1))
        self._events.append(
            (
                record.alliance_id,
                record.id,
                record.events,
                self.now,
                self.context.actor,
                record.state,
                record.attempt,
                record.reference,
                seen.code,
                stored(seen.why),
                seen.at,
            )
        )
        content: dict[str, str | int] = {"payment": record.id, "event": record.events, "state": record.state}
        self.post(f"payment:{record.id}:{record.events}", content, legs)
        return record

    def _book_fee(self, record: PaymentRecord, seen: Observation) -> PaymentRecord:
        """Book what the rail charged beyond what is booked. A rail that reports no fee does not undo one."""
        fee_minor = max(record.fee_minor, record.earlier_fees_minor + seen.fee_minor)
        self.cash_ledger.fee(record.rail, fee_minor - record.fee_minor)
        return record._replace(fee_minor=fee_minor)

    def _move_money(self, record: PaymentRecord, after: PaymentState, moved_minor: int) -> PaymentRecord:
        """Move what has moved of a payment beyond what is booked; the payment with that."""
        record = self._write_off(record, 0)
        self._move(record, after, moved_minor)
        # What came back is a new debt, and no longer a default.
        is_for_default = record.for_default and moved_minor >= record.moved_minor
        record = record._replace(moved_minor=moved_minor, for_default=is_for_default)
        rest, rules = max(0, record.minor - moved_minor), self.rules
        is_waived = record.is_collected_net and rules.tolerance_charged_to == OPERATOR and rest <= rules.tolerance_minor
        return self._write_off(record, rest) if is_waived and moved_minor > 0 else record

    def _move(self, record: PaymentRecord, after: PaymentState, moved_minor: int) -> None:
        participant, more = record.participant, moved_minor - record.moved_minor
        settlement = self.account(participant)
        if record.route == PaymentRoute.DIRECT:
            self._move_direct(record, more)
        elif record.rail == DEPOSIT:
            self.cash_ledger.move(self.account(participant, AccountKind.DEPOSIT), settlement, more)
        else:
            repaid = self._repay_out_of(
                record, more, lambda to, minor: self.cash_ledger.cash_in(record.rail, to, minor)
            )
            step = MoneyStep(PaymentState(record.state), after, record.minor, record.moved_minor + repaid, moved_minor)
            target = self.account(participant, record.purpose)
            move_money(self.cash_ledger, PaymentRoute(record.route), record.rail, target, settlement, step)

    def _move_direct(self, record: PaymentRecord, more: int) -> None:
        """Move what one participant paid another: off what the payer owes, or to those who bore that it did not."""
        payer, payee = self.account(record.participant), self.account(record.counterparty)
        if more < 0:
            self.cash_ledger.move(payer, payee, -more)
            return
        repaid = self._repay_out_of(record, more, lambda to, minor: self.cash_ledger.move(payee, to, minor))
        self.cash_ledger.move(payee, payer, more - repaid)

    def _write_off(self, record: PaymentRecord, minor: int) -> PaymentRecord:
        """Let so much of what a payment asks for be a cost of its rail; what was before is taken back."""
        account, more = self.account(record.participant), minor - record.written_off_minor
        if more > 0:
            self.cash_ledger.move(fees_of(record.rail), account, more)
        else:
            self.cash_ledger.move(account, fees_of(record.rail), -more)
        return record._replace(written_off_minor=minor)

    def _repay_out_of(self, record: PaymentRecord, minor: int, pay: Callable[[AccountName, int], None]) -> int:
        """Give what came of a payment to those who bore its payer's defaults, but for what the payment asked for and
        its payer still owes; returns how much went to them."""
        if record.route == PaymentRoute.PAY or record.purpose != AccountKind.SETTLEMENT:
            return 0
        asked = 0 if record.for_default else min(record.minor - record.moved_minor, -self.owed(record.participant))
        return self.repay_defaults(
            record.participant, minor - max(0, asked), pay, f"{record.id}:{record.events + 1}", record.id
        )

    def repay_defaults(
        self, participant: str, minor: int, pay: Callable[[AccountName, int], None], id_: str, payment_id: str = ""
    ) -> int:
        """Give money of a participant to those who bore its defaults, the oldest first, as far as any are open; returns
        how much went to them. `pay` moves a part of it to an account, `id_` is the notices' own."""
        repaid = repay_defaults(self.config, self.defaults.values(), participant, minor, pay)
        for default, part in repaid:
            self.keep_default(default)
            facts = {"minor": part, "open_minor": default.open_minor, "window": default.window_id}
            notice_id = f"default:{default.number}:{id_}"
            self.notify_participant(notice_id, NoticeKind.RECOVERED, participant, facts, payment_id)
        return sum(part for _, part in repaid)

    # -- writing --------------------------------------------------------------------------------------------

    def seal(self, table: Table, rows: Iterable[tuple[object, ...]]) -> None:
        """Let the hash chain seal rows that were written in this transaction."""
        self._sealed += [sealed_row(table, row) for row in rows]

    def write(self) -> None:
        """Write all of it. Raises PaymentRefused where the book refuses a posting; then nothing is written."""
        session, book, header = self.context.session, self.context.book, self._header
        if self._postings:
            decision = book.decide(session, header, self._postings)
            for posting, outcome in zip(self._postings, decision.outcomes, strict=True):
                if not isinstance(outcome, Answer):
                    raise outcome
                if outcome.refusal is not None:
                    raise PaymentRefused(posting.key, Phrase("the book refuses it: {refusal}", refusal=outcome.refusal))
            header = book.write(session, header, decision)
        self.seal(tables.payments, changed_payments(book, session, self._rows))
        self.seal(tables.payment_events, self._events)
        self.seal(tables.payment_defaults, self._defaults.values())
        write_sealed_rows(session, book.alliance_id, header, self._sealed)
        self._insert(tables.payment_events, self._events)
        self._upsert(tables.payments, [payment_row(record) for record in self._rows.values()])
        self._upsert(tables.payment_defaults, self._defaults.values())
        self._insert(tables.notices, self.notices)

    def _insert(self, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
        if rows:
            self.context.session.insert(table, rows)

    def _upsert(self, table: Table, rows: Iterable[tuple[object, ...]]) -> None:
        if rows := list(rows):
            self.context.session.upsert(table, rows, add=False)
