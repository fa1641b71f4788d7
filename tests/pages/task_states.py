"""The states of long work in the console: one that waits, one that has ended, and the list of both."""

from datetime import date
from secrets import token_hex

from coalition.earning.bonus import BonusTerms, FunderShare
from coalition.earning.kinds.fixed_bonus import FixedBonus
from coalition.members.import_task import start_import
from coalition.merchants.add_shops import start_adding
from coalition.reports.backing_task import start_proof
from coalition.tasks.tables import tasks
from coalition.what_if.trial import ask_trial
from coalition.what_if.trial_task import start_trial
from settlement import date_of
from tests.pages.page_town import PageTown
from tests.pages.report_states import OLD_SCHEME
from tests.pages.state import State, open_all
from tests.support.tasks import do_tasks

OWNER = "olga@oldtown.example"


def _asked(town: PageTown) -> str:
    """An import that was just asked for."""
    approvals, owner = town.api.app.state.approvals, town.staff(OWNER)
    return start_import(town.api.alliance, approvals, owner, OLD_SCHEME.encode(), token_hex(8)).id


def _under_way(town: PageTown) -> dict[str, str]:
    """An import of which a part is done."""
    id_ = _asked(town)
    with town.api.database.engine.begin() as connection:
        connection.execute(tasks.update().where(tasks.c.id == id_).values(state="running", done=1))
    return {"task": id_}


def _ended(town: PageTown) -> dict[str, str]:
    """An import that left a row out."""
    id_ = _asked(town)
    do_tasks(town.api)
    return {"task": id_}


def _listed(town: PageTown) -> dict[str, str]:
    """A list of shops of which a line is to be mended."""
    lines = f"Laden {token_hex(4)}\npool; Pool"
    task = start_adding(town.api.alliance, town.staff(OWNER), lines, token_hex(8))
    do_tasks(town.api)
    return {"task": task.id}


def _proven(town: PageTown) -> dict[str, str]:
    """A proof of the backing that can be fetched."""
    task = start_proof(town.api.alliance, town.staff(OWNER), date_of(town.api.alliance.today), token_hex(8))
    do_tasks(town.api)
    return {"task": task.id}


def tried_rule(town: PageTown) -> dict[str, str]:
    """A rule that was tried on past sales."""
    terms = BonusTerms(
        FixedBonus(kind="fixed_bonus", bonus_points=5, minimum_minor=100), (FunderShare("operator", 1),), 500, 20240101
    )
    trial = ask_trial(town.api.alliance, f"state-{token_hex(4)}", terms, date(2024, 1, 1))
    task = start_trial(town.api.alliance, town.staff(OWNER), trial)
    do_tasks(town.api)
    return {"task": task.id}


TASK_STATES = (
    State("console-rule-trial", "/console/rules/what-if/{task}", OWNER, open_all, tried_rule),
    State("console-task-shops", "/console/tasks/{task}", OWNER, prepare=_listed),
    State("console-task-proof", "/console/tasks/{task}", OWNER, prepare=_proven),
    State("console-task", "/console/tasks/{task}", OWNER, prepare=_under_way),
    State("console-task-ended", "/console/tasks/{task}", OWNER, prepare=_ended),
    State("console-tasks", "/console/tasks", OWNER, prepare=_ended),
)
