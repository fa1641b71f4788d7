"""Where Stripe's news meets the alliance's payments: what a hint makes us look at, and shops' accounts kept current."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from settlement.errors import PaymentRefused
from settlement.ledger.accounts import AccountKind
from settlement.payments.change import Change, Desk, changing
from settlement.payments.drive import look, look_at_keys
from settlement.payments.notices import NoticeKind
from settlement.payments.states import Route, State
from settlement.payments.store import (
    PaymentRecord,
    account_at,
    asked_id,
    attempt_of,
    payment_asked,
    payments_where,
    planned,
    set_account,
)
from settlement.rails.port import Account, Direction
from settlement.rails.stripe.hints import About, Hint
from settlement.rails.stripe.onboarding import PAYMENT_METHOD, Onboarding, Return, Shop, on_a_page, problem_of

RAIL = "stripe"


@dataclass(frozen=True, slots=True)
class Office:
    """One alliance's desk and its shops' way to Stripe. It is the handler of `News.process_due`."""

    desk: Desk
    onboarding: Onboarding

    def __call__(self, hints: Sequence[Hint]) -> set[Hint]:
        """Look again at what the hints name; returns those that are dealt with.

        A payment or a shop that the book does not know yet, or that a runner is working on, is left for later. More
        on the balance is something for the next run.
        """
        keys = self._free([hint.subject for hint in hints if hint.about is About.PAYMENT])
        look_at_keys(self.desk, keys)
        done = {hint for hint in hints if hint.about is About.BALANCE}
        done |= {hint for hint in hints if hint.about is About.PAYMENT and hint.subject in keys}
        shops = [hint for hint in hints if hint.about is About.PARTICIPANT]
        return done | {hint for hint in shops if self.refresh(hint.subject)}

    def register(self, shop: Shop) -> Account:
        """Make what a shop still lacks at Stripe, and keep it. Raises StripeRefused and StripeUnreachable."""
        known = account_at(self.desk.book, self.desk.session, shop.participant, RAIL)
        account = self.onboarding.register(shop, known.details)
        set_account(self.desk.book, self.desk.session, shop.participant, RAIL, account.details)
        return account

    def refresh(self, participant: str) -> bool:
        """Keep a shop's account as Stripe sees it now; False for a shop that has none there.

        Raises StripeRefused and StripeUnreachable.
        """
        known = account_at(self.desk.book, self.desk.session, participant, RAIL)
        if not known.details:
            return False
        seen = self.onboarding.refresh(known)
        if seen != known:
            self._tell_of_mandate(known, seen)
            set_account(self.desk.book, self.desk.session, participant, RAIL, seen.details)
        return True

    def refresh_all(self) -> int:
        """The same for every shop that has an account there, for what no webhook told; returns how many those are."""
        rows = self.desk.session.rows(
            "SELECT participant FROM payment_accounts WHERE alliance_id = ? AND rail = ? ORDER BY participant",
            self.desk.book.alliance_id,
            RAIL,
        )
        return sum(self.refresh(participant) for (participant,) in rows)

    def top_up(
        self, participant: str, minor: int, label: str, back_to: Return, locale: str = "auto", asked_as: str = ""
    ) -> str:
        """Where a shop's owner pays `minor` units into its deposit; the payment is followed like any other.

        Asked for under the same key again, it is the payment and the page that are there. Raises ParticipantUnknown,
        PaymentRefused where the key stands for another payment, StripeRefused and StripeUnreachable.
        """
        book, session = self.desk.book, self.desk.session
        with changing(self.desk) as change:
            change.account(participant, AccountKind.DEPOSIT)
            there = payment_asked(book, session, asked_as) if asked_as else None
            new = there or self._planned_on_page(change, participant, minor, asked_as)
        if (new.participant, new.minor, new.rail) != (participant, minor, RAIL):
            raise PaymentRefused(new.id, "was asked for under this key, and is another one")
        try:
            return self.onboarding.top_up_page(attempt_of(book, new), label, back_to, locale)
        finally:
            look(self.desk, [new])

    def _tell_of_mandate(self, known: Account, seen: Account) -> None:
        """Tell of a mandate that was good and is not any more, once."""
        why = problem_of(seen, Direction.COLLECT)
        if why and not problem_of(known, Direction.COLLECT):
            with changing(self.desk) as change:
                id_ = f"mandate:{known.participant}:{known.details[PAYMENT_METHOD]}"
                change.tell_once(id_, NoticeKind.MANDATE_ENDED, known.participant, {"rail": RAIL, "why": str(why)})

    def _planned_on_page(self, change: Change, participant: str, minor: int, asked_as: str) -> PaymentRecord:
        book, desk = self.desk.book, self.desk
        id_ = asked_id(change.now, asked_as) if asked_as else desk.ids(change.now)
        new = planned(book, id_, 0, Route.COLLECT, RAIL, participant, minor, purpose=AccountKind.DEPOSIT)
        account = on_a_page(account_at(book, desk.session, participant, RAIL), change.now)
        new = change.plan(new._replace(details=json.dumps(dict(account.details), sort_keys=True)))
        return change.step(new, State.RESERVED, why="its owner pays it on Stripe's page")

    def _free(self, keys: Sequence[str]) -> set[str]:
        """Those of these keys whose payments are in the book and not in anybody's hands."""
        ids = sorted({key.partition("-")[0] for key in keys})
        now = self.desk.book.clock()
        there = payments_where(self.desk.book, self.desk.session, "id = ANY(?) AND lease_until <= ?", ids, now)
        free = {one.id for one in there}
        return {key for key in keys if key.partition("-")[0] in free}
