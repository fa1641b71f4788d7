"""Jobs that release balances which members brought along, and forward points of merged members."""

from coalition.jobs.job import JobKind, on_alliance
from coalition.members.merge_member import forward_all
from coalition.members.releases import release_due

JOBS = (
    JobKind("balances.release", on_alliance(release_due), every_seconds=3600, irreversible=True),
    JobKind("merges.forward", on_alliance(forward_all), every_seconds=600),
)
