"""The job that returns gifts which nobody took up."""

from coalition.gifts.give import sweep_gifts
from coalition.jobs.job import JobKind, on_alliance

JOBS = (JobKind("gifts.move_on", on_alliance(sweep_gifts), every_seconds=600),)
