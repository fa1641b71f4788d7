"""All kinds of job: those that the folders of `coalition/` and plugins declare in their `jobs.py`."""

from coalition.discovery import declared
from coalition.jobs.job import JobKind


def job_kinds() -> list[JobKind]:
    """Every kind of job."""
    return [kind for module in declared("jobs", "JOBS") for kind in module.JOBS]
