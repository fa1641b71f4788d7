"""Long work in tests: done at once, as a worker of its own does it."""

from coalition.jobs.worker import Worker
from coalition.schedule import job_kinds
from coalition.tasks.start_task import JOB
from tests.support.town_api import ApiTown


def do_tasks(town: ApiTown) -> int:
    """Do all tasks that wait; how many times one went on."""
    worker = Worker(town.alliances, kinds=[kind for kind in job_kinds() if kind.name == JOB])
    try:
        return worker.run_due()
    finally:
        worker.stop()
