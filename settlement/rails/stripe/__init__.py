"""Stripe as a rail: shops onboard by Connect, debtors are collected by saved mandates, creditors paid by transfers."""

from settlement.rails.stripe.connection import Connection, Patience
from settlement.rails.stripe.errors import (
    AmountNotPayable,
    NewsMalformed,
    SignatureWrong,
    StripeRefused,
    StripeUnreachable,
)
from settlement.rails.stripe.onboarding import Onboarding, Problem, Return, Shop
from settlement.rails.stripe.pace import LIVE, SANDBOX, Limits
from settlement.rails.stripe.rail import StripeRail

__all__ = [
    "LIVE",
    "SANDBOX",
    "AmountNotPayable",
    "Connection",
    "Limits",
    "NewsMalformed",
    "Onboarding",
    "Patience",
    "Problem",
    "Return",
    "Shop",
    "SignatureWrong",
    "StripeRail",
    "StripeRefused",
    "StripeUnreachable",
]
