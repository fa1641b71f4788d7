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
    refunds,
    search,
    setup_intents,
    transfers,
    webhooks,
)
from coalition.fake_stripe.errors import InvalidRequest, NotActedOn
from coalition.fake_stripe.params import Shape, Tree, leaves, read, shape_of
from coalition.fake_stripe.world import Args, Call, Object

PAGES = "limit starting_after ending_before"
DATED = f"{PAGES} created"
PAYER = "payment_method payment_method_data mandate_data return_url"
TYPES = "allowed_payment_method_types excluded_payment_method_types"
WITH_READ_ONLY_TYPES = ("/v1/payment_intents", "/v1/setup_intents")


@dataclass(frozen=True)
class Endpoint:
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

    def arguments(self, given: Tree) -> Args:
        """The typed parameters of a request. Raises what `read` does, NotActedOn and InvalidRequest."""
        if "payment_method_types" in given and self.path.startswith(WITH_READ_ONLY_TYPES):
            raise InvalidRequest(
                "payment_method_types can no longer be set; use allowed_payment_method_types.",
                code="payment_method_types_no_longer_supported",
                param="payment_method_types",
            )
        args = read(self.shape, given)
        for leaf in leaves(args):
            parts = leaf.split(".")
            if not any(".".join(parts[:n]) in self.acts_on for n in range(1, len(parts) + 1)):
                raise NotActedOn(leaf, self.name)
        return args


def _on(method: str, path: str, act: Callable[[Call], Object], typed: type, acts_on: str = "") -> Endpoint:
    return Endpoint(method, path, act, typed, shape_of(typed), frozenset(acts_on.split()) | {"expand"})


def _searched(kind: str) -> Callable[[Call], Object]:
    return lambda call: search.found(call, kind)


CONNECT = (
    _on(
        "POST", "/v1/accounts", accounts.create, params.AccountCreateParams,
        "type country email business_type business_profile.mcc business_profile.name business_profile.url "
        "business_profile.product_description capabilities controller default_currency metadata "
        "settings.payouts.schedule.interval",
    ),
    _on("GET", "/v1/accounts", accounts.list_all, params.AccountListParams, DATED),
    _on("GET", "/v1/account", accounts.retrieve, params.AccountRetrieveCurrentParams),
    _on("GET", "/v1/accounts/{}", accounts.retrieve, params.AccountRetrieveParams),
    _on(
        "POST", "/v1/accounts/{}", accounts.update, params.AccountUpdateParams,
        "email business_type business_profile.mcc business_profile.name business_profile.url "
        "business_profile.product_description capabilities default_currency metadata "
        "settings.payouts.schedule.interval",
    ),
    _on("DELETE", "/v1/accounts/{}", accounts.delete, params.AccountDeleteParams),
    _on(
        "POST", "/v1/account_links", accounts.create_link, params.AccountLinkCreateParams,
        "account type refresh_url return_url collection_options",
    ),
    _on(
        "POST", "/v1/transfers", transfers.create, params.TransferCreateParams,
        "amount currency destination description metadata source_transaction source_type transfer_group",
    ),
    _on("GET", "/v1/transfers", transfers.list_all, params.TransferListParams, f"{DATED} destination transfer_group"),
    _on("GET", "/v1/transfers/{}", transfers.retrieve, params.TransferRetrieveParams),
    _on("POST", "/v1/transfers/{}", transfers.update, params.TransferUpdateParams, "description metadata"),
    _on(
        "POST", "/v1/transfers/{}/reversals", transfers.reverse, params.TransferReversalCreateParams,
        "amount metadata",
    ),
    _on("GET", "/v1/transfers/{}/reversals", transfers.list_reversals, params.TransferReversalListParams, PAGES),
    _on("GET", "/v1/transfers/{}/reversals/{}", transfers.retrieve_reversal, params.TransferReversalRetrieveParams),
)  # fmt: skip

CUSTOMERS = (
    _on(
        "POST", "/v1/customers", customers.create, params.CustomerCreateParams,
        "address description email invoice_settings.default_payment_method metadata name phone preferred_locales",
    ),
    _on("GET", "/v1/customers", customers.list_all, params.CustomerListParams, f"{DATED} email"),
    _on("GET", "/v1/customers/search", _searched("customer"), params.CustomerSearchParams, "query limit page"),
    _on("GET", "/v1/customers/{}", customers.retrieve, params.CustomerRetrieveParams),
    _on(
        "POST", "/v1/customers/{}", customers.update, params.CustomerUpdateParams,
        "address description email invoice_settings.default_payment_method metadata name phone preferred_locales",
    ),
    _on("DELETE", "/v1/customers/{}", customers.delete, params.CustomerDeleteParams),
    _on(
        "GET", "/v1/customers/{}/payment_methods", payment_methods.list_all, params.CustomerPaymentMethodListParams,
        f"{PAGES} type",
    ),
    _on(
        "GET", "/v1/customers/{}/payment_methods/{}", payment_methods.of_customer,
        params.CustomerPaymentMethodRetrieveParams,
    ),
    _on(
        "POST", "/v1/payment_methods", payment_methods.create, params.PaymentMethodCreateParams,
        "type billing_details card.token sepa_debit us_bank_account metadata allow_redisplay",
    ),
    _on(
        "GET", "/v1/payment_methods", payment_methods.list_all, params.PaymentMethodListParams,
        f"{PAGES} type customer",
    ),
    _on("GET", "/v1/payment_methods/{}", payment_methods.retrieve, params.PaymentMethodRetrieveParams),
    _on(
        "POST", "/v1/payment_methods/{}", payment_methods.update, params.PaymentMethodUpdateParams,
        "billing_details metadata allow_redisplay",
    ),
    _on("POST", "/v1/payment_methods/{}/attach", payment_methods.attach, params.PaymentMethodAttachParams, "customer"),
    _on("POST", "/v1/payment_methods/{}/detach", payment_methods.detach, params.PaymentMethodDetachParams),
    _on("GET", "/v1/mandates/{}", setup_intents.retrieve_mandate, params.MandateRetrieveParams),
    _on(
        "POST", "/v1/setup_intents", setup_intents.create, params.SetupIntentCreateParams,
        f"automatic_payment_methods confirm customer description metadata usage {TYPES} {PAYER}",
    ),
    _on(
        "GET", "/v1/setup_intents", setup_intents.list_all, params.SetupIntentListParams,
        f"{DATED} customer payment_method",
    ),
    _on("GET", "/v1/setup_intents/{}", setup_intents.retrieve, params.SetupIntentRetrieveParams, "client_secret"),
    _on("POST", "/v1/setup_intents/{}", setup_intents.update, params.SetupIntentUpdateParams, "description metadata"),
    _on("POST", "/v1/setup_intents/{}/confirm", setup_intents.confirm, params.SetupIntentConfirmParams, PAYER),
    _on(
        "POST", "/v1/setup_intents/{}/cancel", setup_intents.cancel, params.SetupIntentCancelParams,
        "cancellation_reason",
    ),
)  # fmt: skip

CHECKOUT = (
    _on(
        "POST", "/v1/checkout/sessions", checkout.create, checkout_params.SessionCreateParams,
        "mode success_url cancel_url currency customer customer_email client_reference_id expires_at locale metadata "
        f"{TYPES} line_items.price_data line_items.quantity setup_intent_data.description "
        "setup_intent_data.metadata payment_intent_data.description payment_intent_data.metadata "
        "payment_intent_data.transfer_group payment_intent_data.setup_future_usage",
    ),
    _on(
        "GET", "/v1/checkout/sessions", checkout.list_all, checkout_params.SessionListParams,
        f"{DATED} customer payment_intent status",
    ),
    _on("GET", "/v1/checkout/sessions/{}", checkout.retrieve, checkout_params.SessionRetrieveParams),
    _on("POST", "/v1/checkout/sessions/{}", checkout.update, checkout_params.SessionUpdateParams, "metadata"),
    _on("POST", "/v1/checkout/sessions/{}/expire", checkout.expire, checkout_params.SessionExpireParams),
)  # fmt: skip

PAYMENTS = (
    _on(
        "POST", "/v1/payment_intents", payment_intents.create, params.PaymentIntentCreateParams,
        "amount currency automatic_payment_methods confirm customer description error_on_requires_action mandate "
        f"metadata off_session receipt_email setup_future_usage statement_descriptor "
        f"statement_descriptor_suffix transfer_group {TYPES} {PAYER}",
    ),
    _on("GET", "/v1/payment_intents", payment_intents.list_all, params.PaymentIntentListParams, f"{DATED} customer"),
    _on(
        "GET", "/v1/payment_intents/search", _searched("payment_intent"), params.PaymentIntentSearchParams,
        "query limit page",
    ),
    _on("GET", "/v1/payment_intents/{}", payment_intents.retrieve, params.PaymentIntentRetrieveParams, "client_secret"),
    _on(
        "POST", "/v1/payment_intents/{}", payment_intents.update, params.PaymentIntentUpdateParams,
        "amount description metadata payment_method receipt_email setup_future_usage transfer_group",
    ),
    _on(
        "POST", "/v1/payment_intents/{}/confirm", payment_intents.confirm, params.PaymentIntentConfirmParams,
        f"error_on_requires_action mandate off_session {PAYER}",
    ),
    _on(
        "POST", "/v1/payment_intents/{}/cancel", payment_intents.cancel, params.PaymentIntentCancelParams,
        "cancellation_reason",
    ),
    _on(
        "GET", "/v1/charges", charges.list_all, params.ChargeListParams,
        f"{DATED} customer payment_intent transfer_group",
    ),
    _on("GET", "/v1/charges/search", _searched("charge"), params.ChargeSearchParams, "query limit page"),
    _on("GET", "/v1/charges/{}", charges.retrieve, params.ChargeRetrieveParams),
    _on(
        "POST", "/v1/charges/{}", charges.update, params.ChargeUpdateParams,
        "description metadata receipt_email transfer_group",
    ),
    _on(
        "POST", "/v1/refunds", refunds.create, params.RefundCreateParams,
        "amount charge payment_intent metadata reason",
    ),
    _on("GET", "/v1/refunds", refunds.list_all, params.RefundListParams, f"{DATED} charge payment_intent"),
    _on("GET", "/v1/refunds/{}", refunds.retrieve, params.RefundRetrieveParams),
    _on("POST", "/v1/refunds/{}", refunds.update, params.RefundUpdateParams, "metadata"),
    _on("GET", "/v1/disputes", disputes.list_all, params.DisputeListParams, f"{DATED} charge payment_intent"),
    _on("GET", "/v1/disputes/{}", disputes.retrieve, params.DisputeRetrieveParams),
    _on("POST", "/v1/disputes/{}", disputes.update, params.DisputeUpdateParams, "evidence metadata submit"),
    _on("POST", "/v1/disputes/{}/close", disputes.close, params.DisputeCloseParams),
)  # fmt: skip

MONEY = (
    _on("GET", "/v1/balance", balance.retrieve, params.BalanceRetrieveParams),
    _on(
        "GET", "/v1/balance_transactions", balance.list_transactions, params.BalanceTransactionListParams,
        f"{DATED} currency payout source type",
    ),
    _on("GET", "/v1/balance_transactions/{}", balance.retrieve_transaction, params.BalanceTransactionRetrieveParams),
    _on(
        "POST", "/v1/payouts", payouts.create, params.PayoutCreateParams,
        "amount currency description metadata method source_type statement_descriptor",
    ),
    _on("GET", "/v1/payouts", payouts.list_all, params.PayoutListParams, f"{DATED} arrival_date destination status"),
    _on("GET", "/v1/payouts/{}", payouts.retrieve, params.PayoutRetrieveParams),
    _on("POST", "/v1/payouts/{}", payouts.update, params.PayoutUpdateParams, "metadata"),
    _on("POST", "/v1/payouts/{}/cancel", payouts.cancel, params.PayoutCancelParams),
)  # fmt: skip

NEWS = (
    _on("GET", "/v1/events", events.list_all, params.EventListParams, f"{DATED} type types"),
    _on("GET", "/v1/events/{}", events.retrieve, params.EventRetrieveParams),
    _on(
        "POST", "/v1/webhook_endpoints", webhooks.create, params.WebhookEndpointCreateParams,
        "url enabled_events connect api_version description metadata",
    ),
    _on("GET", "/v1/webhook_endpoints", webhooks.list_all, params.WebhookEndpointListParams, PAGES),
    _on("GET", "/v1/webhook_endpoints/{}", webhooks.retrieve, params.WebhookEndpointRetrieveParams),
    _on(
        "POST", "/v1/webhook_endpoints/{}", webhooks.update, params.WebhookEndpointUpdateParams,
        "url enabled_events description disabled metadata",
    ),
    _on("DELETE", "/v1/webhook_endpoints/{}", webhooks.delete, params.WebhookEndpointDeleteParams),
)  # fmt: skip

ALL = CONNECT + CUSTOMERS + CHECKOUT + PAYMENTS + MONEY + NEWS


def find(method: str, path: str) -> tuple[Endpoint, tuple[str, ...]]:
    """The endpoint of a request, and the ids in its path. Raises InvalidRequest (404) for a URL that there is not."""
    for endpoint in ALL:
        matched = endpoint.pattern.fullmatch(path) if endpoint.method == method else None
        if matched:
            return endpoint, matched.groups()
    raise InvalidRequest(f"Unrecognized request URL ({method}: {path}). Is it one that this fake has?", status=404)
