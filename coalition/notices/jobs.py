"""The job that publishes notices when their time has come."""

from coalition.jobs.job import JobKind, Work, on_alliance
from coalition.notices.publish_due import is_due, publish_due


def has_work(work: Work) -> bool:
    """Whether the time of a notice has come."""
    return is_due(work.alliance)


JOBS = (JobKind("notices.publish", on_alliance(publish_due), every_seconds=10, has_work=has_work),)
