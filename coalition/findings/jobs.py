"""The job that looks for findings, and holds and releases the points that they are about."""

import time

from coalition.findings.hold_points import settle_due
from coalition.findings.look_for_findings import is_behind, look
from coalition.findings.store import holds_due
from coalition.jobs.job import RUN_SECONDS_MAX, JobKind, Lane, Work


def look_for_findings(work: Work) -> None:
    """Look at all sales that came since the last look."""
    until = time.monotonic() + RUN_SECONDS_MAX
    while look(work.alliance) and time.monotonic() < until and not work.stopping():
        pass
    settle_due(work.alliance)


def has_work(work: Work) -> bool:
    """Whether something came into the feed, or points are to be held or released."""
    if is_behind(work.alliance):
        return True
    with work.alliance.database.engine.connect() as connection:
        return bool(holds_due(connection, work.alliance.id, 1))


JOBS = (JobKind("findings.look", look_for_findings, every_seconds=60, has_work=has_work, lane=Lane.LONG),)
