"""A trial as a task: a year of sales takes half a minute, and whoever asked may leave and come back."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from coalition.access.caller import TREASURERS, Caller
from coalition.alliance import Alliance
from coalition.errors import NotFound
from coalition.ids import random_id
from coalition.locale.messages import N_
from coalition.tasks.list_tasks import find_own_task
from coalition.tasks.start_task import start_task
from coalition.tasks.task import Task, TaskFile, TaskKind, TaskRun, TaskStep
from coalition.what_if.trial import Trial
from coalition.what_if.trial_csv import trial_csv
from coalition.what_if.trial_result import TrialResult
from coalition.what_if.trial_run import PART, TrialRun, postings_for
from settlement import Phrase

RUNS_KEPT = 2
"""Trials whose sums a process keeps between two parts of its work; of others it looks at all sales again."""


class TrialsUnderWay:
    """The trials of an alliance that this process goes on with, by their tasks: the oldest give way."""

    def __init__(self, alliance: Alliance) -> None:
        self._alliance = alliance
        self._runs: dict[str, TrialRun] = {}

    def take(self, task: str, trial: Trial, first: int, at: int) -> TrialRun:
        """The run of a task that is no further than the posting `at`: begun anew where there is none."""
        run = self._runs.pop(task, None)
        return TrialRun(self._alliance, trial, first) if run is None or run.next > at else run

    def keep(self, task: str, run: TrialRun) -> None:
        """Keep a run for the next part."""
        self._runs[task] = run
        for oldest in list(self._runs)[:-RUNS_KEPT]:
            del self._runs[oldest]


def start_trial(alliance: Alliance, caller: Caller, trial: Trial) -> Task:
    """Try a rule, as a task; the one that is under way, where the same is being tried. Raises RoleNotAllowed.

    It looks at what was booked until now, however long it takes.
    """
    first, until = postings_for(alliance, trial)
    asked = trial.encode()
    about = sha256(json.dumps({**asked, "at": 0}, sort_keys=True).encode()).hexdigest()
    begun = {"trial": asked, "first": first}
    return start_task(alliance, caller, TRY_RULE, random_id("try"), about=about, total=until - first, outcome=begun)


def try_part(run: TaskRun) -> TaskStep:
    """Try the rule on the next part of the sales. A process that was not there before catches up first."""
    outcome, first, total = run.task.outcome, run.task.outcome["first"], run.task.total
    at, until = first + run.task.done, first + min(run.task.done + PART, total)
    trial, under_way = Trial.decode(outcome["trial"]), run.alliance.part(TrialsUnderWay)
    going = under_way.take(run.task.id, trial, first, at)
    while going.next < until:
        going.go_on(min(going.next + PART, until))
    done = until - first
    if done < total:
        under_way.keep(run.task.id, going)
        return TaskStep(done, total, outcome)
    result = going.result()
    table = TaskFile(f"what-if-{trial.rule}.csv", trial_csv(result, run.alliance.book.settings.currency))
    return TaskStep(done, total, {**outcome, "result": result.encode()}, finished=True, made=table)


def find_trial(alliance: Alliance, caller: Caller, id_: str) -> tuple[Task, Trial, TrialResult | None]:
    """A trial that somebody may see, with its result once it is there. Raises NotFound."""
    task = find_own_task(alliance, caller, id_)
    if task.kind != TRY_RULE.name:
        raise NotFound(Phrase("task"), id_)
    return task, Trial.decode(task.outcome["trial"]), result_in(task.outcome)


def result_in(outcome: Mapping[str, Any]) -> TrialResult | None:
    """What came of a trial; None while it is under way, or where it failed."""
    return TrialResult.decode(outcome["result"]) if "result" in outcome else None


TRY_RULE = TaskKind("rules.what_if", N_("A rule tried on past sales"), TREASURERS, try_part, single=True)
