"""Acts on Stripe's events: looks up the payments that they are about, and keeps shops' accounts current."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from settlement.errors import PaymentRefused
from settlement.ledger.accounts import AccountKind
from settlement.payments.context import PaymentContext
from settlement.payments.drive import look_up_attempts, look_up_payments
from settlement.payments.notices import NoticeKind
from settlement.payments.states import PaymentRoute, PaymentState
from settlement.payments.store import (
    PaymentRecord,
    attempt_of,
    id_of_request,
    payment_requested,
    payments_where,
    planned_payment,
    rail_account,
    rail_accounts,
    set_rail_account,
)
from settlement.payments.unit_of_work import UnitOfWork, open_unit_of_work
from settlement.rails.port import Direction, RailAccount
from settlement.rails.stripe.errors import StripeRefused
from settlement.rails.stripe.onboarding import (
    ACCOUNT,
    PAYMENT_METHOD,
    Onboarding,
    ReturnUrls,
    StripeShop,
    on_a_page,
    problem_of,
    refused,
)
from settlement.rails.stripe.resource_refs import ResourceKind, ResourceRef
from settlement.sentences import Phrase

RAIL = "stripe"


@dataclass(frozen=True, slots=True)
class StripeWebhookHandler:
    """Handles the events of one alliance for `WebhookInbox.process_due`, and its shops' accounts at Stripe."""

    context: PaymentContext
    onboarding: Onboarding

    def __call__(self, refs: Sequence[ResourceRef]) -> set[ResourceRef]:
        """Look again at what the refs name; returns those that are dealt with.

        A payment or a shop that the book does not know yet, or that a runner is working on, is left for later. More
        on the balance is something for the next run.
        """
        keys = self._free([ref.subject for ref in refs if ref.about is ResourceKind.PAYMENT])
        look_up_attempts(self.context, keys)
        done = {ref for ref in refs if ref.about is ResourceKind.BALANCE}
        done |= {ref for ref in refs if ref.about is ResourceKind.PAYMENT and ref.subject in keys}
        shops = {ref: ref.subject for ref in refs if ref.about is ResourceKind.PARTICIPANT}
        accounts = [ref for ref in refs if ref.about is ResourceKind.ACCOUNT]
        if accounts:
            owner_of = {account.details.get(ACCOUNT): account.participant for account in self._accounts()}
            shops |= {ref: owner_of[ref.subject] for ref in accounts if ref.subject in owner_of}
        refreshed = {participant for participant in set(shops.values()) if self.refresh(participant)}
        return done | {ref for ref, participant in shops.items() if participant in refreshed}

    def register(self, shop: StripeShop) -> RailAccount:
        """Make what a shop still lacks at Stripe, and keep it; why Stripe refused, where it did.

        Raises CountryNotServed, StripeRefused and StripeUnreachable.
        """
        book, session = self.context.book, self.context.session
        known = rail_account(book, session, shop.participant, RAIL)
        try:
            account = self.onboarding.register(shop, known.details)
        except StripeRefused as error:
            set_rail_account(book, session, shop.participant, RAIL, refused(known.details, error))
            raise
        set_rail_account(book, session, shop.participant, RAIL, account.details)
        return account

    def refresh(self, participant: str) -> bool:
        """Keep a shop's account as Stripe sees it now; False for a shop that has none there.

        Raises StripeRefused and StripeUnreachable.
        """
        known = rail_account(self.context.book, self.context.session, participant, RAIL)
        if not known.details:
            return False
        seen = self.onboarding.refresh(known)
        if seen != known:
            self._tell_of_mandate(known, seen)
            set_rail_account(self.context.book, self.context.session, participant, RAIL, seen.details)
        return True

    def refresh_all(self) -> int:
        """The same for every shop that has an account there, for what no webhook brought; returns how many."""
        return sum(self.refresh(account.participant) for account in self._accounts())

    def top_up(
        self, participant: str, minor: int, label: str, back_to: ReturnUrls, locale: str = "auto", asked_as: str = ""
    ) -> str:
        """Where a shop's owner pays `minor` units into its deposit; the payment is followed like any other.

        Asked for under the same key again, it is the payment and the page that are there. Raises ParticipantUnknown,
        PaymentRefused where the key stands for another payment, StripeRefused and StripeUnreachable.
        """
        book, session = self.context.book, self.context.session
        with open_unit_of_work(self.context) as unit:
            unit.account(participant, AccountKind.DEPOSIT)
            existing = payment_requested(book, session, asked_as) if asked_as else None
            new = existing or self._planned_on_page(unit, participant, minor, asked_as)
        if (new.participant, new.minor, new.rail) != (participant, minor, RAIL):
            raise PaymentRefused(new.id, Phrase("it was asked for under this key before, and differs"))
        try:
            return self.onboarding.top_up_page(attempt_of(book, new), label, back_to, locale)
        finally:
            look_up_payments(self.context, [new])

    def _accounts(self) -> list[RailAccount]:
        """The accounts at Stripe of all shops, in order of name."""
        return rail_accounts(self.context.book, self.context.session, RAIL)

    def _tell_of_mandate(self, known: RailAccount, seen: RailAccount) -> None:
        """Tell of a mandate that was good and is not any more, once."""
        why = problem_of(seen, Direction.COLLECT)
        if why and not problem_of(known, Direction.COLLECT):
            with open_unit_of_work(self.context) as unit:
                id_ = f"mandate:{known.participant}:{known.details[PAYMENT_METHOD]}"
                unit.notify_once(id_, NoticeKind.MANDATE_ENDED, known.participant, {"rail": RAIL, "why": why})

    def _planned_on_page(self, unit: UnitOfWork, participant: str, minor: int, asked_as: str) -> PaymentRecord:
        book, context = self.context.book, self.context
        id_ = id_of_request(unit.now, asked_as) if asked_as else context.new_id(unit.now)
        new = planned_payment(book, id_, 0, PaymentRoute.COLLECT, RAIL, participant, minor, purpose=AccountKind.DEPOSIT)
        account = on_a_page(rail_account(book, context.session, participant, RAIL), unit.now)
        new = unit.add(new._replace(details=json.dumps(dict(account.details), sort_keys=True)))
        return unit.step(new, PaymentState.RESERVED, why=Phrase("its owner pays it on Stripe's page"))

    def _free(self, keys: Sequence[str]) -> set[str]:
        """Those of these keys whose payments are in the book and not in anybody's hands."""
        ids = sorted({key.partition("-")[0] for key in keys})
        now = self.context.book.clock()
        payments = payments_where(self.context.book, self.context.session, "id = ANY(?) AND lease_until <= ?", ids, now)
        free = {payment.id for payment in payments}
        return {key for key in keys if key.partition("-")[0] in free}
