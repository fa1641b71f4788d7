"""Every endpoint of the fake: what it does, the library's type for its parameters, and which of those it acts on."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from stripe import params
from stripe.params import checkout as checkout_params

from coalition.fake_stripe import (
    accounts,
    balance,
    charges,
    checkout,
    customers,
    disputes,
    events,
    payment_intents,
    payment_methods,
    payouts,
    platform,
    refunds,
    setup_intents,
    transfers,
    webhooks,
)
from coalition.fake_stripe.errors import InvalidRequest, NotActedOn
from coalition.fake_stripe.params import Shape, Tree, leaves, read, shape_of
from coalition.fake_stripe.world import Args, Call, Object

PAGES = "limit starting_after ending_before"
DATED = f"{PAGES} created"


@dataclass(frozen=True)
class FakeEndpoint:
    """One method on one path. `acts_on` lists dotted names; a name covers everything within it."""

    method: str
    path: str
    act: Callable[[Call], Object]
    typed: type
    shape: Shape
    acts_on: frozenset[str]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The path with its ids as groups."""
        return re.compile(re.sub(r"\{\}", r"([A-Za-z0-9_]+)", self.path))

    @property
    def name(self) -> str:
        """Method and path, as limits and messages name it."""
        return f"{self.method} {self.path}"

    def arguments(self, tree: Tree) -> Args:
        """The typed parameters of a request. Raises what `read` does, NotActedOn and InvalidRequest."""
        if "payment_method_types" in tree and self.path == "/v1/payment_intents":
            raise InvalidRequest(
                "payment_method_types can no longer be set; use allowed_payment_method_types.",
                code="payment_method_types_no_longer_supported",
                param="payment_method_types",
            )
        args = read(self.shape, tree)
        for leaf in leaves(args):
            parts = leaf.split(".")
            if not any(".".join(parts[:n]) in self.acts_on for n in range(1, len(parts) + 1)):
                raise NotActedOn(leaf, self.name)
        return args


def _on(method: str, path: str, act: Callable[[Call], Object], typed: type, acts_on: str = "") -> FakeEndpoint:
    return FakeEndpoint(method, path, act, typed, shape_of(typed), frozenset(acts_on.split()) | {"expand"})


CONNECT = (
    _on("GET", "/v1/account", platform.retrieve_current, params.AccountRetrieveCurrentParams),
    _on("GET", "/v1/country_specs/{}", platform.country_spec, params.CountrySpecRetrieveParams),
    _on(
        "POST", "/v1/accounts", platform.create, params.AccountCreateParams,
        "controller country email business_profile.name capabilities metadata tos_acceptance.service_agreement "
        "settings.payouts.schedule.interval",
    ),
    _on("GET", "/v1/accounts/{}", accounts.retrieve, params.AccountRetrieveParams),
    _on(
        "POST", "/v1/account_links", accounts.create_link, params.AccountLinkCreateParams,
        "account type refresh_url return_url",
    ),
    _on(
        "POST", "/v1/transfers", transfers.create, params.TransferCreateParams,
        "amount currency destination description metadata transfer_group",
    ),
    _on("GET", "/v1/transfers", transfers.list_all, params.TransferListParams, f"{DATED} destination transfer_group"),
    _on("GET", "/v1/transfers/{}", transfers.retrieve, params.TransferRetrieveParams),
    _on(
        "POST", "/v1/transfers/{}/reversals", transfers.reverse, params.TransferReversalCreateParams,
        "amount metadata",
    ),
)  # fmt: skip

CUSTOMERS = (
    _on("POST", "/v1/customers", customers.create, params.CustomerCreateParams, "email metadata name"),
    _on("GET", "/v1/customers", customers.list_all, params.CustomerListParams, f"{DATED} email"),
    _on("GET", "/v1/customers/{}", customers.retrieve, params.CustomerRetrieveParams),
    _on(
        "GET", "/v1/payment_methods", payment_methods.list_all, params.PaymentMethodListParams,
        f"{PAGES} type customer",
    ),
    _on("GET", "/v1/payment_methods/{}", payment_methods.retrieve, params.PaymentMethodRetrieveParams),
    _on("POST", "/v1/payment_methods/{}/detach", payment_methods.detach, params.PaymentMethodDetachParams),
    _on(
        "GET", "/v1/setup_intents", setup_intents.list_all, params.SetupIntentListParams,
        f"{DATED} customer payment_method",
    ),
)  # fmt: skip

CHECKOUT = (
    _on(
        "POST", "/v1/checkout/sessions", checkout.create, checkout_params.SessionCreateParams,
        "mode success_url cancel_url currency customer locale metadata allowed_payment_method_types "
        "line_items.price_data line_items.quantity payment_intent_data.description payment_intent_data.metadata "
        "payment_intent_data.transfer_group",
    ),
    _on(
        "GET", "/v1/checkout/sessions", checkout.list_all, checkout_params.SessionListParams,
        f"{DATED} customer payment_intent status",
    ),
    _on("GET", "/v1/checkout/sessions/{}", checkout.retrieve, checkout_params.SessionRetrieveParams),
)  # fmt: skip

PAYMENTS = (
    _on(
        "POST", "/v1/payment_intents", payment_intents.create, params.PaymentIntentCreateParams,
        "allowed_payment_method_types amount confirm currency customer description metadata off_session "
        "payment_method transfer_group",
    ),
    _on("GET", "/v1/payment_intents/{}", payment_intents.retrieve, params.PaymentIntentRetrieveParams),
    _on("POST", "/v1/payment_intents/{}/cancel", payment_intents.cancel, params.PaymentIntentCancelParams),
    _on(
        "GET", "/v1/charges", charges.list_all, params.ChargeListParams,
        f"{DATED} customer payment_intent transfer_group",
    ),
    _on("GET", "/v1/charges/{}", charges.retrieve, params.ChargeRetrieveParams),
    _on("POST", "/v1/refunds", refunds.create, params.RefundCreateParams, "amount charge payment_intent"),
    _on("GET", "/v1/disputes", disputes.list_all, params.DisputeListParams, f"{DATED} charge payment_intent"),
)  # fmt: skip

MONEY = (
    _on("GET", "/v1/balance", balance.retrieve, params.BalanceRetrieveParams),
    _on(
        "GET", "/v1/balance_transactions", balance.list_transactions, params.BalanceTransactionListParams,
        f"{DATED} currency source type",
    ),
    _on("POST", "/v1/payouts", payouts.create, params.PayoutCreateParams, "amount currency"),
)  # fmt: skip

EVENTS = (
    _on("GET", "/v1/events", events.list_all, params.EventListParams, f"{DATED} type types"),
    _on(
        "POST", "/v1/webhook_endpoints", webhooks.create, params.WebhookEndpointCreateParams,
        "url enabled_events connect",
    ),
)  # fmt: skip

ALL = CONNECT + CUSTOMERS + CHECKOUT + PAYMENTS + MONEY + EVENTS


def find(method: str, path: str) -> tuple[FakeEndpoint, tuple[str, ...]]:
    """The endpoint of a request, and the ids in its path. Raises InvalidRequest (404) for a URL that there is not."""
    for endpoint in ALL:
        matched = endpoint.pattern.fullmatch(path) if endpoint.method == method else None
        if matched:
            return endpoint, matched.groups()
    raise InvalidRequest(f"Unrecognized request URL ({method}: {path}). Is it one that this fake has?", status=404)
