"""The job that returns gifts whose receiver never enrolled."""

from coalition.gifts.sweep_gifts import sweep_gifts
from coalition.jobs.job import JobKind, on_alliance

JOBS = (JobKind("gifts.move_on", on_alliance(sweep_gifts), every_seconds=600, irreversible=True),)
