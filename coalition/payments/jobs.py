"""Jobs that continue payments and handle Stripe's events."""

from collections.abc import Callable

from coalition.alliance import Alliance
from coalition.jobs.job import JobKind, Lane, Work, on_alliance
from coalition.payments.continue_payments import (
    continue_payments,
    fetch_stripe_events,
    handle_stripe_events,
    is_under_way,
    refresh_stripe_accounts,
)
from coalition.payments.rails.stripe import HANDLE_STRIPE_EVENTS, stripe_at


def is_waiting(work: Work) -> bool:
    """Whether a payment is under way."""
    return is_under_way(work.alliance)


def has_stripe(work: Work) -> bool:
    """Whether the alliance has an account at Stripe."""
    return stripe_at(work.alliance) is not None


def _at_stripe(name: str, job: Callable[[Alliance], None], every_seconds: int) -> JobKind:
    run = on_alliance(job)
    return JobKind(name, run, every_seconds=every_seconds, has_work=has_stripe, lane=Lane.NETWORK, lease_seconds=600)


JOBS = (
    JobKind(
        "payments.drive",
        on_alliance(continue_payments),
        every_seconds=300,
        has_work=is_waiting,
        lane=Lane.NETWORK,
        lease_seconds=900,
        irreversible=True,
    ),
    _at_stripe(HANDLE_STRIPE_EVENTS, handle_stripe_events, 60),
    _at_stripe("stripe.poll", fetch_stripe_events, 300),
    _at_stripe("stripe.refresh", refresh_stripe_accounts, 86_400),
)
