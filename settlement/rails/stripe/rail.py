"""Stripe as a rail: net debtors pay by a saved debit or card, net creditors by a transfer to their account.

Every look-up reads Stripe's lists, by the group. A list shows what was just written; search lags by a minute and
more, and who trusts it pays twice (docs.stripe.com/search). A group is a window, so a look-up is a few requests for
however many payments.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Any

import stripe

from settlement.rails.port import CashLine, Direction, Observation, PaymentAttempt, RailAccount, RailStatus, WeekLimit
from settlement.rails.stripe import amounts, cash, outcomes
from settlement.rails.stripe.connection import WORKERS, StripeConnection
from settlement.rails.stripe.errors import AmountNotPayable
from settlement.rails.stripe.methods import greatest_charge
from settlement.rails.stripe.onboarding import ACCOUNT, CHECKOUT, CUSTOMER, KIND, PAYMENT_METHOD, problem_of
from settlement.rails.stripe.outcomes import KEY, PAYMENT, SECOND, StripeMoney, key_of
from settlement.sentences import Phrase

CHARGE_BOOKED = ("balance_transaction", "failure_balance_transaction")
DOUBT_SECONDS = 60
"""For so long after a call without an answer, finding nothing proves nothing: it may still be under way."""

PAGE = 100
StripeResource = stripe.Charge | stripe.Transfer
Groups = dict[tuple[Direction, str], dict[str, StripeResource] | stripe.StripeError]
"""By direction and group: what Stripe has of it, by our key; or why it would not say."""

SendProgress = Callable[[int, int], None]


class StripeRail:
    """One alliance's Stripe account. `clock` gives microseconds since 1970 UTC. Raises DigitsTooFew.

    `progress` hears how many of the payments of one `instruct` are through, and of how many. `week_max` is what Stripe
    lets this alliance collect in any seven days, in minor units of the book, by method.
    """

    def __init__(
        self,
        connection: StripeConnection,
        currency: str,
        minor_digits: int,
        clock: Callable[[], int],
        progress: SendProgress = lambda _done, _all: None,
        week_max: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        amounts.check_digits(currency, minor_digits)
        self._v1 = connection.client.v1
        self._money = StripeMoney(currency.upper(), minor_digits)
        self._clock, self._progress, self._week_max = clock, progress, week_max
        # What was said of sending an attempt where Stripe may have kept no trace of it.
        self._remembered: dict[str, Observation] = {}

    @property
    def name(self) -> str:
        """`stripe`."""
        return "stripe"

    def least_minor(self, currency: str) -> int:
        """The least amount that Stripe collects in that currency; what is smaller waits for the next window."""
        return amounts.least_minor(currency, self._money.minor_digits)

    def step_minor(self, currency: str) -> int:
        """What every amount must be a multiple of; the rest waits for the next window."""
        return amounts.step_minor(currency, self._money.minor_digits)

    def greatest_minor(self, account: RailAccount) -> int:
        """The most that one payment may be by the method that the account has saved: whole steps."""
        currency, digits, kind = self._money.currency, self._money.minor_digits, account.details.get(KIND, "")
        greatest = amounts.from_stripe(greatest_charge(kind), currency, digits)
        at_once = min(greatest, self._week_max.get(kind, greatest))
        return at_once - at_once % amounts.step_minor(currency, digits)

    def week_limit(self, account: RailAccount) -> WeekLimit | None:
        """What Stripe lets this alliance collect in seven days by the method that the account has saved.

        New users' limits grow as they go: docs.stripe.com/payments/sepa-debit, and docs.stripe.com/error-codes
        (charge_exceeds_source_limit).
        """
        kind = account.details.get(KIND, "")
        return WeekLimit(kind, self._week_max[kind]) if kind in self._week_max else None

    def problem(self, account: RailAccount, direction: Direction) -> str:
        """Why this account can't be used in that direction yet: a Problem, or empty where it can.

        It is read from the details as `Onboarding.refresh` last wrote them.
        """
        return problem_of(account, direction)

    def details_problem(self, account: RailAccount) -> str:  # noqa: ARG002 - whatever they are
        """Stripe's own pages take the details."""
        return Phrase("an account at Stripe is opened on Stripe's own pages")

    def instruct(self, attempts: Sequence[PaymentAttempt]) -> list[Observation]:
        """Send these, except for what Stripe already has. Collections are off-session PaymentIntents, payments are
        Transfers out of what is available."""
        listed = self._look_up(attempts)
        done = 0
        answers = []
        with ThreadPoolExecutor(WORKERS) as threads:
            for answer in threads.map(lambda each: self._send_new(each, listed), attempts):
                answers.append(answer)
                done += 1
                self._progress(done, len(attempts))
        return answers

    def observe(self, attempts: Sequence[PaymentAttempt]) -> list[Observation]:
        """What became of these, found by their key among the charges and transfers of their group."""
        listed = self._look_up(attempts)
        return [self._seen(attempt, listed) for attempt in attempts]

    def learned_since(self, since: int) -> Mapping[str, int]:  # noqa: ARG002 - of any time
        """Stripe tells by its webhooks."""
        return {}

    def available_minor(self, currency: str) -> int:
        """What can be transferred right now: nothing while Stripe waits for money that it had to take back.

        Raises StripeRefused and StripeUnreachable.
        """
        with cash.named_errors(Phrase("read the balance")):
            balance = self._v1.balance.retrieve()
        amount = sum(each.amount for each in balance.available if each.currency == currency.lower())
        return amounts.from_stripe(max(0, amount), currency, self._money.minor_digits)

    def lines(self, since: int, until: int) -> Sequence[CashLine]:
        """Every balance transaction of the time, each under the key of the payment that it belongs to.

        Raises StripeRefused and StripeUnreachable.
        """
        return cash.cash_lines(self._v1, self._money, since, until)

    def _look_up(self, attempts: Sequence[PaymentAttempt]) -> Groups:
        """What Stripe has of the groups of these attempts: a few requests for each."""
        groups = sorted({(attempt.direction, attempt.group) for attempt in attempts})
        return {(direction, group): self._group(direction, group) for direction, group in groups}

    def _group(self, direction: Direction, group: str) -> dict[str, StripeResource] | stripe.StripeError:
        page: Any = {"transfer_group": group, "limit": PAGE}
        try:
            listed: stripe.ListObject[Any]
            if direction is Direction.COLLECT:
                listed = self._v1.charges.list(page | {"expand": [f"data.{each}" for each in CHARGE_BOOKED]})
            else:
                listed = self._v1.transfers.list(page)
            newest_first: list[StripeResource] = list(listed.auto_paging_iter())
        except stripe.StripeError as error:
            return error
        return {key: thing for thing in reversed(newest_first) if (key := key_of(thing))}

    def _seen(self, attempt: PaymentAttempt, listed: Groups) -> Observation:
        at = self._clock()
        in_group = listed[attempt.direction, attempt.group]
        if isinstance(in_group, stripe.StripeError):
            return outcomes.of_error(in_group, at)._replace(status=RailStatus.AMBIGUOUS)
        thing = in_group.get(attempt.key)
        try:
            if CHECKOUT in attempt.account.details and (
                thing is None or (thing.object == "charge" and thing.status == "failed")
            ):
                return self._on_page(attempt, thing, at)
            if thing is None:
                return self._not_found(attempt, at)
            if isinstance(thing, stripe.Transfer):
                return outcomes.of_transfer(thing, self._money, at)
            seen = outcomes.of_charge(thing, self._disputes(thing), self._money, at)
            method = thing.payment_method_details if CHECKOUT in attempt.account.details else None
            return seen if method is None else seen._replace(chosen={KIND: method.type})
        except stripe.StripeError as error:
            return outcomes.of_error(error, at)._replace(status=RailStatus.AMBIGUOUS)

    def _not_found(self, attempt: PaymentAttempt, at: int) -> Observation:
        """What it means that Stripe has no charge and no transfer of this attempt."""
        remembered = self._remembered.get(attempt.key)
        if remembered is not None and (
            remembered.status is RailStatus.FAILED or at < remembered.at + DOUBT_SECONDS * SECOND
        ):
            return remembered
        return Observation(
            RailStatus.UNKNOWN, at, "", "not_found", f"Stripe knows of no {attempt.direction} under this key"
        )

    def _on_page(self, attempt: PaymentAttempt, failed: stripe.Charge | None, at: int) -> Observation:
        """Where an owner is who pays on a page: as long as it is open, a card that was declined is not the last."""
        details = attempt.account.details
        listed = self._v1.checkout.sessions.list({"customer": details[CUSTOMER], "limit": PAGE}).auto_paging_iter()
        page = next((each for each in listed if key_of(each) == attempt.key), None)
        if failed is not None and (page is None or page.status == "complete"):
            return outcomes.of_charge(failed, (), self._money, at)
        if page is None and at < int(details[CHECKOUT]) + DOUBT_SECONDS * SECOND:
            return Observation(RailStatus.UNKNOWN, at, "", "not_found", "Stripe has no page for it yet")
        if page is None or page.status == "expired":
            return Observation(
                RailStatus.FAILED, at, page.id if page else "", "page_expired", Phrase("nobody paid on the page")
            )
        return Observation(RailStatus.PENDING, at, page.id)

    def _disputes(self, charge: stripe.Charge) -> list[stripe.Dispute]:
        if not charge.disputed:
            return []
        return list(self._v1.disputes.list({"charge": charge.id, "limit": PAGE}).auto_paging_iter())

    def _send_new(self, attempt: PaymentAttempt, listed: Groups) -> Observation:
        """Send an attempt unless there is anything but a clear no to whether Stripe has it."""
        in_group = listed[attempt.direction, attempt.group]
        remembered = self._remembered.get(attempt.key)
        if isinstance(in_group, stripe.StripeError) or attempt.key in in_group or CHECKOUT in attempt.account.details:
            return self._seen(attempt, listed)
        if remembered is not None and remembered.status is RailStatus.FAILED:
            return remembered
        try:
            answer = self._send(attempt)
        except AmountNotPayable as error:
            answer = Observation(RailStatus.FAILED, self._clock(), "", error.code, str(error))
        except stripe.StripeError as error:
            answer = outcomes.of_error(error, self._clock())
        if answer.status in (RailStatus.AMBIGUOUS, RailStatus.FAILED):
            self._remembered[attempt.key] = answer
        return answer

    def _send(self, attempt: PaymentAttempt) -> Observation:
        at, details = self._clock(), attempt.account.details
        problem = problem_of(attempt.account, attempt.direction)
        if attempt.currency.upper() != self._money.currency:
            problem = f"this Stripe account settles in {self._money.currency}"
        if problem:
            return Observation(RailStatus.FAILED, at, "", "account_unusable", problem)
        common: dict[str, Any] = {
            "amount": amounts.to_stripe(attempt.minor, attempt.currency, attempt.minor_digits),
            "currency": attempt.currency.lower(),
            "description": attempt.text,
            "metadata": {KEY: attempt.key, PAYMENT: attempt.payment_id},
            "transfer_group": attempt.group,
        }
        options: stripe.RequestOptions = {"idempotency_key": attempt.key}
        if attempt.direction is Direction.PAY:
            transfer: Any = common | {"destination": details[ACCOUNT]}
            return outcomes.of_transfer(self._v1.transfers.create(transfer, options), self._money, at)
        intent: Any = common | {
            "customer": details[CUSTOMER],
            "payment_method": details[PAYMENT_METHOD],
            "allowed_payment_method_types": [details[KIND]],
            "confirm": True,
            "off_session": True,
            "expand": ["latest_charge.balance_transaction"],
        }
        return outcomes.of_intent(self._v1.payment_intents.create(intent, options), self._money, at)
