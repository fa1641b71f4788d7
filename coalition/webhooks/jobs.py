"""Jobs that send events to webhook endpoints."""

import time

from coalition.jobs.job import RUN_SECONDS_MAX, JobKind, Lane, Work
from coalition.webhooks import deliver, fan_out
from coalition.webhooks.store import JOB


def address_events(work: Work) -> None:
    """Address new events to the endpoints that want them."""
    engine = work.alliance.database.engine
    until = time.monotonic() + RUN_SECONDS_MAX
    while time.monotonic() < until and not work.stopping():
        with engine.begin() as connection:
            if not fan_out.fan_out(connection, work.alliance.id, work.clock()):
                return


def is_behind(work: Work) -> bool:
    """Whether there are events to address."""
    return fan_out.is_behind(work.alliance.database, work.alliance.id)


JOBS = (
    JobKind("webhooks.address", address_events, every_seconds=1, has_work=is_behind),
    JobKind(JOB, deliver.deliver_due, next_due=deliver.next_due, lane=Lane.NETWORK, lease_seconds=120),
)
