"""Jobs that go on with payments, and hear what Stripe has to say."""

from collections.abc import Callable

from coalition.alliance import Alliance
from coalition.jobs.job import JobKind, Lane, Work, on_alliance
from coalition.payments.drive import act_on_news, drive, fetch_news, is_under_way, refresh_shops
from coalition.payments.rails import ACT_ON_NEWS, stripe_at


def is_waiting(work: Work) -> bool:
    """Whether a payment is under way."""
    return is_under_way(work.alliance)


def has_stripe(work: Work) -> bool:
    """Whether the alliance has an account at Stripe."""
    return stripe_at(work.alliance) is not None


def _at_stripe(name: str, job: Callable[[Alliance], None], every_seconds: int) -> JobKind:
    run = on_alliance(job)
    return JobKind(name, run, every_seconds=every_seconds, waiting=has_stripe, lane=Lane.NETWORK, lease_seconds=600)


JOBS = (
    JobKind(
        "payments.drive",
        on_alliance(drive),
        every_seconds=300,
        waiting=is_waiting,
        lane=Lane.NETWORK,
        lease_seconds=900,
    ),
    _at_stripe(ACT_ON_NEWS, act_on_news, 60),
    _at_stripe("stripe.poll", fetch_news, 300),
    _at_stripe("stripe.refresh", refresh_shops, 86_400),
)
