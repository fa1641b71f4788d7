"""A fake Stripe server: real HTTP, a movable clock, failures on demand, and only parameters that Stripe has."""

from coalition.sandbox.stripe.limits import LIVE, NONE, SANDBOX, Limits
from coalition.sandbox.stripe.server import FakeStripe

__all__ = ["LIVE", "NONE", "SANDBOX", "FakeStripe", "Limits"]
