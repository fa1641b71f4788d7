"""Stripe as a rail: shops onboard by Connect, debtors are collected by saved mandates, creditors paid by transfers."""

from settlement.rails.stripe.connection import RetryPolicy, StripeConnection
from settlement.rails.stripe.errors import (
    AmountNotPayable,
    DigitsTooFew,
    NewsMalformed,
    SignatureWrong,
    StripeRefused,
    StripeUnreachable,
)
from settlement.rails.stripe.onboarding import Onboarding, ReturnUrls, StripeProblem, StripeShop
from settlement.rails.stripe.pace import LIVE_LIMITS, SANDBOX_LIMITS, RequestLimits
from settlement.rails.stripe.rail import StripeRail
from settlement.rails.stripe.resource_refs import WEBHOOK_EVENT_TYPES, ResourceKind, ResourceRef
from settlement.rails.stripe.webhook_inbox import ProcessedEvents, WebhookInbox

__all__ = [
    "LIVE_LIMITS",
    "SANDBOX_LIMITS",
    "WEBHOOK_EVENT_TYPES",
    "AmountNotPayable",
    "DigitsTooFew",
    "NewsMalformed",
    "Onboarding",
    "ProcessedEvents",
    "RequestLimits",
    "ResourceKind",
    "ResourceRef",
    "RetryPolicy",
    "ReturnUrls",
    "SignatureWrong",
    "StripeConnection",
    "StripeProblem",
    "StripeRail",
    "StripeRefused",
    "StripeShop",
    "StripeUnreachable",
    "WebhookInbox",
]
