"""Tasks of payments: a run, which may wait for banks and Stripe."""

from coalition.access.caller import TREASURERS, Caller
from coalition.alliance import Alliance
from coalition.ids import window_id
from coalition.locale.messages import N_
from coalition.payments.context import payment_context
from coalition.payments.run_settlement import run_settlement
from coalition.tasks.start_task import start_task
from coalition.tasks.task import Task, TaskKind, TaskRun, TaskStep
from settlement.payments import payment_outlooks


def run_once(run: TaskRun) -> TaskStep:
    """Collect and pay as far as it goes; the outcome has what was sent, and what neither moved nor is on its way then.
    What a run that was broken off has sent is looked up, not sent again.
    """
    done = run_settlement(run.alliance, run.caller)
    with payment_context(run.alliance, run.caller.id) as context:
        left = [row for row in payment_outlooks(context) if row.left_minor]
    owing = [row.left_minor for row in left if row.net_minor < 0]
    owed = [row.left_minor for row in left if row.net_minor > 0]
    outcome = {
        "window": window_id(done.window_id),
        "collecting": done.collecting,
        "collecting_minor": done.collecting_minor,
        "drawn_minor": done.drawn_minor,
        "paying": done.paying,
        "paying_minor": done.paying_minor,
        "owing": len(owing),
        "owing_minor": sum(owing),
        "owed": len(owed),
        "owed_minor": sum(owed),
    }
    return TaskStep(1, 1, outcome, finished=True)


def start_run(alliance: Alliance, caller: Caller, key: str) -> Task:
    """Run payments as a task; the one that is under way, where there is one. Raises RoleNotAllowed."""
    return start_task(alliance, caller, RUN_PAYMENTS, key)


RUN_PAYMENTS = TaskKind("payments.run", N_("Run of payments"), TREASURERS, run_once, single=True)
TASKS = (RUN_PAYMENTS,)
