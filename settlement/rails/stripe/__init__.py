"""Stripe as a rail: shops onboard by Connect, debtors are collected by saved mandates, creditors paid by transfers.

The connection, at Stripe's pace: `StripeConnection`, `RetryPolicy`, `RequestLimits` (`connection.py`, `pace.py`).
Money: `StripeRail` (`rail.py`, `outcomes.py`, `cash.py`, `methods.py`, `amounts.py`).
Shops: `Onboarding`, `StripeShop`, `ReturnUrls`, `StripeProblem` (`onboarding.py`, `countries.py`).
The alliance's own account: `read_platform`, `StripePlatform`, `platform_problems` (`platform.py`).
Events: `WebhookInbox` stores them, `ResourceRef` says what each is about (`webhook_inbox.py`, `resource_refs.py`).
"""

from settlement.rails.stripe.amounts import check_digits
from settlement.rails.stripe.connection import RetryPolicy, StripeConnection
from settlement.rails.stripe.errors import (
    AmountNotPayable,
    CountryNotServed,
    DigitsTooFew,
    SignatureWrong,
    StripeEventMalformed,
    StripeRefused,
    StripeUnreachable,
)
from settlement.rails.stripe.methods import METHODS
from settlement.rails.stripe.onboarding import Onboarding, ReturnUrls, StripeProblem, StripeShop
from settlement.rails.stripe.pace import LIVE_LIMITS, SANDBOX_LIMITS, RequestLimits
from settlement.rails.stripe.platform import StripePlatform, platform_problems, read_platform
from settlement.rails.stripe.rail import StripeRail
from settlement.rails.stripe.resource_refs import WEBHOOK_EVENT_TYPES, ResourceKind, ResourceRef
from settlement.rails.stripe.webhook_inbox import ProcessedEvents, WebhookInbox

__all__ = [
    "LIVE_LIMITS",
    "METHODS",
    "SANDBOX_LIMITS",
    "WEBHOOK_EVENT_TYPES",
    "AmountNotPayable",
    "CountryNotServed",
    "DigitsTooFew",
    "Onboarding",
    "ProcessedEvents",
    "RequestLimits",
    "ResourceKind",
    "ResourceRef",
    "RetryPolicy",
    "ReturnUrls",
    "SignatureWrong",
    "StripeConnection",
    "StripeEventMalformed",
    "StripePlatform",
    "StripeProblem",
    "StripeRail",
    "StripeRefused",
    "StripeShop",
    "StripeUnreachable",
    "WebhookInbox",
    "check_digits",
    "platform_problems",
    "read_platform",
]
