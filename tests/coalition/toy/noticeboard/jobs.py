"""The job that takes notices down."""

from coalition.jobs.job import JobKind, on_alliance
from noticeboard.board import take_down

JOBS = (JobKind("notices.take_down", on_alliance(take_down), every_seconds=60),)
