"""A fake Stripe server: real HTTP, a movable clock, failures on demand, and only parameters that Stripe has."""

from coalition.fake_stripe.limits import LIVE, NONE, SANDBOX, RateLimits
from coalition.fake_stripe.server import FakeStripe

__all__ = ["LIVE", "NONE", "SANDBOX", "FakeStripe", "RateLimits"]
