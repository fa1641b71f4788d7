"""The rail by bank files: payments wait in an open file, go to the bank when it is exported, and are told by lines.

Nothing is known of a payment but what files and lines say, so `observe` never asks anybody; it is as new as the
last import. An attempt that can't be put into a file has failed, and that stands.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing

from settlement.ledger.book import Book
from settlement.rails.bank.facts import BankFileItem, BankPayee, BankPayment, BankStanding, BankVerdict
from settlement.rails.bank.formats import form_of
from settlement.rails.bank.identifiers import reference_of
from settlement.rails.bank.reasons import bank_reason
from settlement.rails.bank.settings import BankSettings, FileKind
from settlement.rails.bank.status_report import PAYEE_MATCHES
from settlement.rails.bank.store import BankStore
from settlement.rails.port import (
    CashLine,
    Direction,
    Observation,
    PayeeCheck,
    PaymentAttempt,
    RailAccount,
    RailStatus,
    unknown_detail,
)
from settlement.sentences import Phrase

DAY = 86_400_000_000
"""Microseconds in a day."""

_STATUS = {
    BankStanding.IN_OPEN_FILE: RailStatus.PENDING,
    BankStanding.SENT: RailStatus.PENDING,
    BankStanding.FAILED: RailStatus.FAILED,
    BankStanding.PAID: RailStatus.PAID,
    BankStanding.RETURNED: RailStatus.RETURNED,
}


DEBIT_DAYS = 14
"""How long after its day a debit may go without a word: five days of banking in which the payer's bank may refuse it,
holidays, and the days that statements take to be fetched."""


class BankRail:
    """One account of an alliance at its bank, worked by files."""

    def __init__(self, book: Book, settings: BankSettings) -> None:
        self.book = book
        self.settings = settings

    @property
    def name(self) -> str:
        """Names the rail, and `cash:<name>` in the money book."""
        return self.settings.name

    @property
    def detail_names(self) -> tuple[str, ...]:
        """What the files of either direction say of an account."""
        known = [detail for direction in Direction for detail in form_of(self.settings.kind_of(direction)).details]
        return tuple(dict.fromkeys(known))

    def least_minor(self, currency: str) -> int:  # noqa: ARG002 - a bank moves a cent of any
        """Banks move the smallest unit."""
        return 1

    def step_minor(self, currency: str) -> int:  # noqa: ARG002 - a bank moves a cent of any
        """Banks move any multiple of it."""
        return 1

    def problem(self, account: RailAccount, direction: Direction) -> str:
        """Why this account can't be used in that direction yet: no IBAN, no mandate; empty where it can."""
        return form_of(self.settings.kind_of(direction)).account_problem(self.settings, account, direction)

    def details_problem(self, account: RailAccount) -> str:
        """A slip in the details: a name that no file of ours has, an IBAN that can't be one, half a mandate."""
        problem = unknown_detail(account.details, self.detail_names)
        if problem or not account.details:
            return problem
        has_mandate = any(name.startswith("mandate_") for name in account.details)
        return self.problem(account, Direction.PAY) or (self.problem(account, Direction.COLLECT) if has_mandate else "")

    def instruct(self, attempts: Sequence[PaymentAttempt]) -> list[Observation]:
        """Put these into the open file of their kind, once each."""
        now = self.book.clock()
        with closing(self.book.database.session()) as session, session.transaction():
            self.book.lock(session)
            store = BankStore(self.book, self.name, session)
            keys = [attempt.key for attempt in attempts]
            heard = {*store.known(keys), *store.verdicts(keys)}
            items: list[BankFileItem] = []
            refused: list[BankVerdict] = []
            for attempt in attempts:
                if attempt.key in heard:
                    continue
                heard.add(attempt.key)
                problem = self._refusal(attempt)
                if problem is not None:
                    refused.append(BankVerdict(attempt.key, now, *problem))
                else:
                    file_id = store.open_file(self.settings.kind_of(attempt.direction), now)
                    items.append(self._item(attempt, file_id, now))
            store.add_items(items)
            store.add_verdicts(refused)
            return self._observations(store, attempts)

    def observe(self, attempts: Sequence[PaymentAttempt]) -> list[Observation]:
        """What became of these by all that was imported; a request past its deadline fails here, for good."""
        now = self.book.clock()
        with closing(self.book.database.session()) as session:
            store = BankStore(self.book, self.name, session)
            keys = [attempt.key for attempt in attempts]
            if self._lapsed(store.known(keys), now):
                with session.transaction():
                    self.book.lock(session)
                    lapsed = self._lapsed(store.known(keys), now)
                    store.add_verdicts([BankVerdict(key, now, "deadline", why) for key, why in lapsed.items()])
            return self._observations(store, attempts)

    def available_minor(self, currency: str) -> int | None:  # noqa: ARG002 - statements come a day late
        """A bank's statement is a day old, so the money book must tell."""
        return None

    def learned_since(self, since: int) -> Mapping[str, int]:
        """Attempts of which a line was matched or a refusal imported since then, and when."""
        with closing(self.book.database.session()) as session:
            return BankStore(self.book, self.name, session).learned_since(since)

    def lines(self, since: int, until: int) -> Sequence[CashLine]:
        """All movements of which it was settled from `since` to before `until` what they were.

        That instant is their `at`, so that a line never comes into a time that was asked for before: a bank tells of
        a movement days later. What waits in the queue is not among them, since it may turn out to be several.
        """
        with closing(self.book.database.session()) as session:
            settled = BankStore(self.book, self.name, session).settled_lines(since, until)
        return [
            CashLine(line.id, match.at, line.minor, line.fee_minor, match.key, line.text) for line, match in settled
        ]

    def payee_checks(self, keys: Sequence[str]) -> Mapping[str, PayeeCheck]:
        """What status reports said of the payees of these attempts."""
        return {item.key: _check(item, payee) for item, payee in self._payees(keys)}

    def newest_payee_checks(self) -> Mapping[str, PayeeCheck]:
        """What status reports said last of each payee."""
        return {item.participant: _check(item, payee) for item, payee in self._payees(None)}

    def _payees(self, keys: Sequence[str] | None) -> list[tuple[BankFileItem, BankPayee]]:
        with closing(self.book.database.session()) as session:
            return BankStore(self.book, self.name, session).payees(keys)

    def _refusal(self, attempt: PaymentAttempt) -> tuple[str, str] | None:
        """Code and sentence where an attempt can't be put into a file."""
        if (attempt.currency, attempt.minor_digits) != (self.settings.currency, self.settings.minor_digits):
            why = Phrase("the account is in {own}, not in {other}", own=self.settings.currency, other=attempt.currency)
            return "currency", why
        problem = self.problem(attempt.account, attempt.direction)
        if problem:
            return "account", problem
        if attempt.minor > form_of(self.settings.kind_of(attempt.direction)).minor_max:
            return "amount", Phrase(
                "{minor:money} is more than one payment of the bank file may be", minor=attempt.minor
            )
        return None

    def _item(self, attempt: PaymentAttempt, file_id: int, now: int) -> BankFileItem:
        return BankFileItem(
            key=attempt.key,
            file_id=file_id,
            kind=self.settings.kind_of(attempt.direction),
            reference=reference_of(self.book.alliance_id, attempt.key),
            payment_id=attempt.payment_id,
            direction=attempt.direction,
            participant=attempt.account.participant,
            details=attempt.account.details,
            minor=attempt.minor,
            group=attempt.group,
            text=attempt.text,
            due_on=attempt.due_on,
            taken_at=now,
            exported_at=None,
        )

    def _observations(self, store: BankStore, attempts: Sequence[PaymentAttempt]) -> list[Observation]:
        keys = [attempt.key for attempt in attempts]
        known, verdicts, now = store.known(keys), store.verdicts(keys), self.book.clock()
        observations = []
        for key in keys:
            if key in known:
                observations.append(self._observation(known[key]))
            elif key in verdicts:
                observations.append(_failed(verdicts[key], ""))
            else:
                observations.append(Observation(RailStatus.UNKNOWN, now))
        return observations

    def _observation(self, known: BankPayment) -> Observation:
        item, standing = known.item, known.standing
        if known.verdict is not None and standing is BankStanding.FAILED:
            return _failed(known.verdict, item.reference)
        last = known.lines[-1] if known.lines else None
        sent_at = item.taken_at if item.exported_at is None else item.exported_at
        final = not item.kind.is_debit or standing is not BankStanding.PAID or last is None
        back = known.back
        return Observation(
            _STATUS[standing],
            sent_at if last is None else last.at,
            item.reference,
            code="" if back is None else back.code,
            why="" if back is None else bank_reason(back.code, back.text),
            fee_minor=sum(line.fee_minor for line in known.lines),
            returnable_until=None if final or last is None else last.at + self.settings.days_until_final * DAY,
            moved_minor=known.moved_minor if known.lines else None,
            decided_by=self._decided_by(item),
        )

    def _decided_by(self, item: BankFileItem) -> int | None:
        """Until when it is known whether a collection was paid: a debit soon after it is due, a request at its end."""
        if item.direction is Direction.PAY:
            return None
        days = DEBIT_DAYS if item.kind.is_debit else self.settings.request_days + 1
        due = max(self.book.calendar.start_of_day(item.due_on), item.exported_at or item.taken_at)
        return due + days * DAY

    def _lapsed(self, known: Mapping[str, BankPayment], now: int) -> dict[str, str]:
        """Requests that nobody paid in time, with a sentence each."""
        late: dict[str, str] = {}
        for key, payment in known.items():
            item = payment.item
            if (
                item.kind is FileKind.REQUESTS_CSV
                and payment.standing is BankStanding.SENT
                and item.exported_at is not None
            ):
                due = max(self.book.calendar.start_of_day(item.due_on), item.exported_at)
                if now >= due + (self.settings.request_days + 1) * DAY:
                    late[key] = Phrase("nobody paid it within {days:number} days", days=self.settings.request_days)
        return late


def _check(item: BankFileItem, payee: BankPayee) -> PayeeCheck:
    return PayeeCheck(RailAccount(item.participant, item.details), PAYEE_MATCHES[payee.code], payee.text, payee.at)


def _failed(verdict: BankVerdict, reference: str) -> Observation:
    return Observation(RailStatus.FAILED, verdict.at, reference, verdict.code, verdict.why)
