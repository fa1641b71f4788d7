"""The job that tells members which points are about to expire."""

import time

from coalition.jobs.job import RUN_SECONDS_MAX, JobKind, Work
from coalition.wallets.announce_expiry import announce_expiry, is_sweep_due


def announce(work: Work) -> None:
    """Announce what expires soon: all of it once a day of the alliance's."""
    until = time.monotonic() + RUN_SECONDS_MAX
    announce_expiry(work.alliance, lambda: time.monotonic() < until and not work.stopping())


def is_due(work: Work) -> bool:
    """Whether today's sweep is not done."""
    return is_sweep_due(work.alliance)


JOBS = (JobKind("points.announce_expiry", announce, every_seconds=60, has_work=is_due, irreversible=True),)
