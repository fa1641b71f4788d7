"""The job that keeps the map of who sends customers to whom up to date."""

from coalition.jobs.job import JobKind, Work
from coalition.reports.count_pairs import count_pairs, is_behind


def count(work: Work) -> None:
    """Count what was posted since."""
    count_pairs(work.alliance)


def has_uncounted(work: Work) -> bool:
    """Whether something was posted since."""
    return is_behind(work.alliance)


JOBS = (JobKind("flows.count", count, every_seconds=60, has_work=has_uncounted),)
