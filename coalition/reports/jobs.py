"""The job that counts for reports what was posted."""

import time
from contextlib import closing

from coalition.jobs.job import RUN_SECONDS_MAX, JobKind, Work
from coalition.reports.count_postings import count_next, is_behind


def count(work: Work) -> None:
    """Count what was posted since."""
    until = time.monotonic() + RUN_SECONDS_MAX
    with closing(work.alliance.database.session()) as session:
        while is_behind(work.alliance) and time.monotonic() < until and not work.stopping():
            count_next(work.alliance, session)


JOBS = (JobKind("reports.count", count, every_seconds=10, has_work=lambda work: is_behind(work.alliance)),)
