"""Stripe as a rail: shops onboard by Connect, debtors are collected by saved mandates, creditors paid by transfers."""

from settlement.rails.stripe.connection import Connection, Patience
from settlement.rails.stripe.errors import (
    AmountNotPayable,
    DigitsTooFew,
    NewsMalformed,
    SignatureWrong,
    StripeRefused,
    StripeUnreachable,
)
from settlement.rails.stripe.hints import USED, About, Hint
from settlement.rails.stripe.news import News, Processed
from settlement.rails.stripe.onboarding import Onboarding, Problem, Return, Shop
from settlement.rails.stripe.pace import LIVE, SANDBOX, Limits
from settlement.rails.stripe.rail import StripeRail

__all__ = [
    "LIVE",
    "SANDBOX",
    "USED",
    "About",
    "AmountNotPayable",
    "Connection",
    "DigitsTooFew",
    "Hint",
    "Limits",
    "News",
    "NewsMalformed",
    "Onboarding",
    "Patience",
    "Problem",
    "Processed",
    "Return",
    "Shop",
    "SignatureWrong",
    "StripeRail",
    "StripeRefused",
    "StripeUnreachable",
]
