"""The job that publishes postings as events."""

import time
from contextlib import closing

from coalition.events import relay
from coalition.jobs.job import RUN_SECONDS_MAX, JobKind, Work


def publish_postings(work: Work) -> None:
    """Bring the event feed up to the newest posting."""
    until = time.monotonic() + RUN_SECONDS_MAX
    with closing(work.alliance.database.session()) as session:
        while relay.relay(work.alliance, session) and time.monotonic() < until and not work.stopping():
            pass


def is_behind(work: Work) -> bool:
    """Whether a posting is not in the feed yet."""
    return relay.postings_behind(work.alliance) > 0


JOBS = (JobKind("events.publish", publish_postings, every_seconds=1, has_work=is_behind),)
