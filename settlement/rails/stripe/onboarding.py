"""How a shop comes to Stripe: an account to be paid to, a mandate to be collected from, a deposit to be topped up.

Every step is a page of Stripe's that the shop's owner fills in; no card and no account number comes near us. What
became of it is read back by `refresh`, when a webhook names it or from time to time, into the details of an Account.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

import stripe

from settlement.rails.port import Direction, PaymentAttempt, RailAccount
from settlement.rails.stripe import amounts
from settlement.rails.stripe.cash import named_errors
from settlement.rails.stripe.connection import StripeConnection
from settlement.rails.stripe.countries import agreement_between, capabilities_under
from settlement.rails.stripe.errors import CountryNotServed, StripeRefused
from settlement.rails.stripe.methods import offered
from settlement.rails.stripe.outcomes import KEY, PAYMENT, id_of
from settlement.rails.stripe.platform import StripePlatform, read_platform
from settlement.sentences import N_, Phrase

PARTICIPANT = "coalition_participant"
"""Metadata of accounts and customers: our name of the shop."""

ACCOUNT, CUSTOMER, PAYMENT_METHOD, KIND = "account", "customer", "payment_method", "payment_method_type"
COUNTRY, TRANSFERS, PAYOUTS, DUE, MANDATE = "country", "transfers", "payouts", "due", "mandate"
REGISTRATION, REFUSED, CONFIRM_AT, CHECKOUT = "registration", "refused", "confirm_at", "checkout"
"""Keys of an Account's details: ids of Stripe's, the country, the state of transfers, of payouts to its owner's bank,
of what Stripe still needs to know, and of the mandate; which registration at Stripe this is, and why Stripe refused
the last one; the page on which the owner confirms small deposits; and, where the owner pays on a page, when that was
asked for."""

ACTIVE, INACTIVE, PENDING, CLOSED, DISABLED = "active", "inactive", "pending", "closed", "disabled"
SMALL_DEPOSITS = "small_deposits"
"""A mandate that counts once its owner has said how much Stripe's small deposits to the bank account were."""


class StripeProblem(StrEnum):
    """Why a shop can't be paid, or collected from, by Stripe yet, and what to do."""

    NO_ACCOUNT = N_("it has no account at Stripe yet: send it an onboarding link")
    ACCOUNT_CLOSED = N_("its account at Stripe was closed: send it an onboarding link, which opens another")
    DETAILS_MISSING = N_("Stripe needs to know more of it before it is paid: send it an onboarding link")
    TRANSFERS_INACTIVE = N_("Stripe does not let it be paid now: see its account on Stripe's dashboard")
    PAYOUTS_DISABLED = N_(
        "Stripe can't pay out to its bank account: send it an onboarding link, to correct the account"
    )
    NO_MANDATE = N_("it has saved no bank account or card: send it the page for a mandate")
    MANDATE_PENDING = N_("its bank has not confirmed the mandate yet, which takes some working days: nothing is to do")
    MANDATE_ENDED = N_("its mandate has ended: send it the page for a new one")


def on_a_page(account: RailAccount, at: int) -> RailAccount:
    """The account of an attempt that its owner pays on a page of Stripe's, asked for at an instant (microseconds
    since 1970 UTC). Such an attempt is never debited, and how it is paid its owner chooses there."""
    details = {name: value for name, value in account.details.items() if name not in (PAYMENT_METHOD, KIND, MANDATE)}
    return replace(account, details={**details, CHECKOUT: str(at)})


def problem_of(account: RailAccount, direction: Direction) -> str:
    """What stands in the way, from the details alone; empty where nothing does."""
    return _pay_problem(account.details) if direction is Direction.PAY else _collect_problem(account.details)


def _pay_problem(details: Mapping[str, str]) -> str:
    if REFUSED in details:
        return Phrase("Stripe refused to open an account for it: {why}", why=details[REFUSED])
    if not details.get(ACCOUNT):
        return StripeProblem.NO_ACCOUNT
    if details.get(TRANSFERS) == CLOSED:
        return StripeProblem.ACCOUNT_CLOSED
    if details.get(TRANSFERS) != ACTIVE:
        return StripeProblem.DETAILS_MISSING if details.get(DUE) else StripeProblem.TRANSFERS_INACTIVE
    return StripeProblem.PAYOUTS_DISABLED if details.get(PAYOUTS) == DISABLED else ""


def _collect_problem(details: Mapping[str, str]) -> str:
    if details.get(MANDATE) == SMALL_DEPOSITS:
        return Phrase(
            "its owner has to say how much Stripe's small deposits to its bank account were: {page}",
            page=details.get(CONFIRM_AT, ""),
        )
    if not details.get(CUSTOMER) or not details.get(PAYMENT_METHOD):
        return StripeProblem.NO_MANDATE
    if details.get(MANDATE) == PENDING:
        return StripeProblem.MANDATE_PENDING
    return "" if details.get(MANDATE) == ACTIVE else StripeProblem.MANDATE_ENDED


class StripeShop(NamedTuple):
    """What Stripe is told of a shop: our name of it, its name and e-mail address, and its country (ISO 3166)."""

    participant: str
    name: str
    email: str
    country: str


class ReturnUrls(NamedTuple):
    """Where Stripe's pages send the owner: when they are done, and when they turn back or the page is over. https."""

    done_url: str
    back_url: str


class Onboarding:
    """Accounts, mandates and top-ups of one alliance's shops.

    Every function raises StripeRefused and StripeUnreachable; each may be called again.
    """

    def __init__(self, connection: StripeConnection, currency: str) -> None:
        self._connection = connection
        self._v1 = connection.client.v1
        self._currency = currency.lower()

    @cached_property
    def platform(self) -> StripePlatform:
        """The alliance's own account, as it was when it was first asked for."""
        return read_platform(self._connection)

    def register(self, shop: StripeShop, details: Mapping[str, str]) -> RailAccount:
        """Make the shop's account (to be paid to) and customer (to be collected from), as far as its details have
        none yet; an account that was closed is replaced. Store what comes back before anything else: a day later
        Stripe would make new ones.

        Raises CountryNotServed before anything is made. After StripeRefused, keep what `refused` makes of the details.
        """
        known = dict(details)
        if ACCOUNT in known:
            known |= self._payee(known[ACCOUNT])
        if known.get(TRANSFERS) == CLOSED:
            known = {name: value for name, value in known.items() if name not in (ACCOUNT, TRANSFERS, PAYOUTS, DUE)}
            known[REGISTRATION] = _next_registration(known)
        if ACCOUNT not in known:
            known[COUNTRY] = shop.country.upper()
            known[ACCOUNT] = self._open_account(shop, known.get(REGISTRATION, "1"))
            known.pop(REFUSED, None)
        if CUSTOMER not in known:
            about = {PARTICIPANT: shop.participant}
            customer: Any = {"name": shop.name, "email": shop.email, "metadata": about}
            with named_errors(Phrase("make a customer")):
                payer = self._v1.customers.create(customer, {"idempotency_key": f"customer:{shop.participant}"})
            known[CUSTOMER] = payer.id
        return RailAccount(shop.participant, known)

    def _open_account(self, shop: StripeShop, registration: str) -> str:
        """Open a connected account that the alliance answers for, and its owner sees on Stripe's dashboard of few
        pages. Returns its id."""
        country, platform = shop.country.upper(), self.platform
        if country not in platform.payable_countries:
            raise CountryNotServed(country, platform.country, sorted(platform.payable_countries))
        agreement = agreement_between(platform.country, country)
        account: Any = {
            "controller": {
                "fees": {"payer": "application"},
                "losses": {"payments": "application"},
                "requirement_collection": "stripe",
                "stripe_dashboard": {"type": "express"},
            },
            "country": country,
            "email": shop.email,
            "business_profile": {"name": shop.name},
            "capabilities": {name: {"requested": True} for name in capabilities_under(agreement)},
            "tos_acceptance": {"service_agreement": agreement.value},
            "metadata": {PARTICIPANT: shop.participant},
        }
        key = f"account:{shop.participant}:{registration}"
        with named_errors(Phrase("open a connected account")):
            return self._v1.accounts.create(account, {"idempotency_key": key}).id

    def account_page(self, account: RailAccount, back_to: ReturnUrls) -> str:
        """Where the owner tells Stripe what it needs to pay the shop. The link is good once, for some minutes."""
        with named_errors(Phrase("make an onboarding link")):
            return self._v1.account_links.create(
                {
                    "account": account.details[ACCOUNT],
                    "type": "account_onboarding",
                    "return_url": back_to.done_url,
                    "refresh_url": back_to.back_url,
                }
            ).url

    def mandate_page(self, account: RailAccount, back_to: ReturnUrls, locale: str = "auto") -> str:
        """Where the owner lets a bank account or card be debited; a new mandate takes the place of the old one."""
        asked: Any = {
            "mode": "setup",
            "customer": account.details[CUSTOMER],
            "currency": self._currency,
            "allowed_payment_method_types": offered(self._currency, account.details[COUNTRY]),
            "success_url": back_to.done_url,
            "cancel_url": back_to.back_url,
            "locale": locale,
            "metadata": {PARTICIPANT: account.participant},
        }
        with named_errors(Phrase("make a page for a mandate")):
            return self._v1.checkout.sessions.create(asked).url or ""

    def top_up_page(self, attempt: PaymentAttempt, label: str, back_to: ReturnUrls, locale: str = "auto") -> str:
        """Where the owner pays an attempt themselves, into the shop's deposit say; its account is `on_a_page`.

        `label` is what they read there, in their language. The same key gives the same page for a day, which is as
        long as it is open; `StripeRail` says PENDING for so long, and FAILED where it closed unpaid.
        """
        item = {
            "currency": attempt.currency.lower(),
            "unit_amount": amounts.to_stripe(attempt.minor, attempt.currency, attempt.minor_digits),
            "product_data": {"name": label},
        }
        asked: Any = {
            "mode": "payment",
            "customer": attempt.account.details[CUSTOMER],
            "allowed_payment_method_types": offered(attempt.currency, attempt.account.details[COUNTRY]),
            "line_items": [{"price_data": item, "quantity": 1}],
            "payment_intent_data": {
                "description": attempt.text,
                "metadata": {KEY: attempt.key, PAYMENT: attempt.payment_id},
                "transfer_group": attempt.group,
            },
            "success_url": back_to.done_url,
            "cancel_url": back_to.back_url,
            "locale": locale,
            "metadata": {KEY: attempt.key},
        }
        with named_errors(Phrase("make a page for a top-up")):
            return self._v1.checkout.sessions.create(asked, {"idempotency_key": attempt.key}).url or ""

    def refresh(self, account: RailAccount) -> RailAccount:
        """The same account as Stripe sees it now."""
        details = dict(account.details)
        if ACCOUNT in details:
            details |= self._payee(details[ACCOUNT])
        if CUSTOMER in details:
            for name in (PAYMENT_METHOD, KIND, MANDATE, CONFIRM_AT):
                details.pop(name, None)
            details |= self._payer(details[CUSTOMER])
        return RailAccount(account.participant, details)

    def _payee(self, account_id: str) -> dict[str, str]:
        with named_errors(Phrase("read a connected account")):
            try:
                account = self._v1.accounts.retrieve(account_id)
            except stripe.PermissionError:
                # It was closed, or its owner no longer lets us see it.
                return {TRANSFERS: CLOSED, PAYOUTS: DISABLED, DUE: ""}
        capabilities, requirements = account.capabilities, account.requirements
        due = (requirements.currently_due if requirements else None) or []
        return {
            TRANSFERS: getattr(capabilities, "transfers", INACTIVE),
            PAYOUTS: "enabled" if account.payouts_enabled else DISABLED,
            DUE: " ".join(due),
        }

    def _payer(self, customer_id: str) -> dict[str, str]:
        """The newest payment method that the owner saved, unless it was taken away since; one that they still have to
        confirm where there is no other."""
        waiting: dict[str, str] = {}
        with named_errors(Phrase("read a customer's mandates")):
            asked: Any = {"customer": customer_id, "limit": 100, "expand": ["data.mandate", "data.payment_method"]}
            for intent in self._v1.setup_intents.list(asked).auto_paging_iter():
                method = intent.payment_method
                if intent.status == "succeeded":
                    if not isinstance(method, stripe.PaymentMethod) or id_of(method.customer) != customer_id:
                        return waiting
                    mandate = intent.mandate
                    status = mandate.status if isinstance(mandate, stripe.Mandate) else ACTIVE
                    return {PAYMENT_METHOD: method.id, KIND: method.type, MANDATE: status}
                waiting = waiting or _to_confirm(intent)
        return waiting


def refused(details: Mapping[str, str], error: StripeRefused) -> dict[str, str]:
    """A shop's details after Stripe refused to register it: they say why, and the next registration is another one."""
    return {**details, REGISTRATION: _next_registration(details), REFUSED: f"{error.why or error.reason}".rstrip(".")}


def _next_registration(details: Mapping[str, str]) -> str:
    """A registration of its own has a key of its own: under the old one Stripe repeats its answer for a day."""
    return str(int(details.get(REGISTRATION, "1")) + 1)


def _to_confirm(intent: stripe.SetupIntent) -> dict[str, str]:
    """What is known of a bank account that waits for its owner to confirm small deposits; nothing of others."""
    action = intent.next_action
    deposits = getattr(action, "verify_with_microdeposits", None) if action else None
    if intent.status != "requires_action" or deposits is None:
        return {}
    return {MANDATE: SMALL_DEPOSITS, CONFIRM_AT: deposits.hosted_verification_url}
