"""Requests of routes that take long or look back, as `cases.py` has those of all others."""

from coalition.access.caller import Caller, Role
from coalition.payments.task_kinds import start_run
from coalition.tasks.store import keep_step
from coalition.tasks.task import TaskFile, TaskStep
from settlement import date_text
from tests.support.case import ALLIANCE, SHOPS_OWN, Case
from tests.support.town_api import ApiTown


def of_tasks(town: ApiTown) -> dict[str, Case]:
    """Cases of routes that name long work, which has made a file."""
    caller = Caller(town.alliance.id, "user:cases", Role.OWNER)
    task = start_run(town.alliance, caller, "cases")
    with town.database.engine.begin() as connection:
        step = TaskStep(1, 1, finished=True, made=TaskFile("made.csv", b"made"))
        assert keep_step(connection, town.alliance.id, task, step, town.clock())
    at = {"task": task.id}
    return {"getTask": Case(at, of=(ALLIANCE,)), "getTaskFile": Case(at, of=(ALLIANCE,))}


def of_reports(town: ApiTown) -> dict[str, Case]:
    """Cases of routes that are asked for a shop, or for days."""
    today = date_text(town.alliance.today)
    return {
        "getCustomerReport": Case(query={"shop": "bakery"}, of=(ALLIANCE, SHOPS_OWN)),
        "getJournal": Case(query={"first_day": today, "last_day": today}),
        "getBackingProof": Case(query={"day": today}),
    }
