"""Tasks of reports."""

from coalition.reports.backing_task import PROVE_BACKING

TASKS = (PROVE_BACKING,)
