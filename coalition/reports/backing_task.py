"""The proof of a day's backing as a task: a long book takes minutes to write down."""

from datetime import date

from coalition.access.caller import TREASURERS, Caller
from coalition.alliance import Alliance
from coalition.locale.messages import N_
from coalition.reports.prove_backing import next_part, span_of
from coalition.tasks.start_task import start_task
from coalition.tasks.task import Task, TaskFile, TaskKind, TaskRun, TaskStep
from settlement import date_of, day_number
from settlement.audit import ProofSpan

SPAN = "span"


def start_proof(alliance: Alliance, caller: Caller, day: date, key: str) -> Task:
    """Write the proof of a day, as a task; the one of this day that is under way, where there is one.

    Raises RoleNotAllowed.
    """
    number = day_number(day)
    return start_task(alliance, caller, PROVE_BACKING, key, about=str(number), outcome={"day": number})


def write_part(run: TaskRun) -> TaskStep:
    """Write the next part. Where it ends is settled with the first one, whatever is sold meanwhile."""
    outcome, book = run.task.outcome, run.alliance.book
    day = date_of(outcome["day"])
    span = ProofSpan(*outcome[SPAN]) if SPAN in outcome else span_of(book, day, None)
    part, at = next_part(book, day, span, span.first - 1 + run.task.done)
    made = TaskFile(f"backing-{day.isoformat()}.jsonl.gz", part)
    done, total = at - span.first + 1, span.last - span.first + 1
    return TaskStep(done, total, {**outcome, SPAN: list(span)}, finished=done >= total, made=made)


PROVE_BACKING = TaskKind("reports.backing", N_("Proof of the backing"), TREASURERS, write_part, single=True)
