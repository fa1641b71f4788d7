"""Long work: asked for once, done part by part, and never half or twice, whoever dies in between."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from sqlalchemy import Connection

from coalition.access.caller import Caller, Role
from coalition.approvals.approvals import Approvals
from coalition.errors import NotFound
from coalition.jobs.store import SECOND, JobKey, due_jobs, take_lease
from coalition.members import import_task
from coalition.members.import_task import PORTION, start_import
from coalition.payments.task_kinds import start_run
from coalition.tasks import continue_task as going_on
from coalition.tasks.continue_task import FAILURES_MAX, continue_task
from coalition.tasks.jobs import KEPT_DAYS, forget_old
from coalition.tasks.list_tasks import find_own_task, list_tasks
from coalition.tasks.start_task import JOB
from coalition.tasks.store import SOURCE, find_file
from coalition.tasks.task import Task, TaskState, TaskStep
from tests.support.clock import DAY
from tests.support.tasks import do_tasks
from tests.support.town_api import ApiTown

ROWS = 2 * PORTION + 50
POINTS = 3
RACERS, ROUNDS = 6, 5
FILE = "ref,phone,shop,points,release_on\n" + "".join(
    f"old-{at},+49151{at:08},bakery,{POINTS},2024-01-01\n" for at in range(ROWS)
)


class Died(BaseException):
    """As a process that is killed: nothing catches it."""


@pytest.fixture
def owner(town: ApiTown) -> Caller:
    """Who asks."""
    return Caller(town.alliance.id, "user:olga", Role.OWNER)


@pytest.fixture
def begin(town: ApiTown, owner: Caller) -> Callable[..., Task]:
    """Asks for an import."""
    approvals: Approvals = town.app.state.approvals

    def ask(key: str = "k1", content: str = FILE) -> Task:
        return start_import(town.alliance, approvals, owner, content.encode(), key)

    return ask


def check_imported_once(town: ApiTown, owner: Caller, task: Task) -> None:
    """Every row was imported, and counted, once."""
    ended = find_own_task(town.alliance, owner, task.id)
    assert (ended.state, ended.done, ended.percent) == (TaskState.DONE, ROWS, 100)
    assert (ended.outcome["taken"] - ended.outcome["before"], ended.outcome["bad"]) == (ROWS, 0)
    turnover = {row["shop"]: row["issued"] for row in town.client().get("/v1/reports/turnover").json()}
    assert turnover == {"bakery": ROWS * POINTS}
    with town.database.engine.connect() as connection:
        assert find_file(connection, town.alliance.id, task.id, SOURCE) is None, "what it was given is gone"
        assert not [key for key in due_jobs(connection, town.clock() + DAY) if key.name == JOB]


def test_an_import_shows_how_far_it_is_and_ends(
    town: ApiTown, owner: Caller, begin: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    task = begin()
    assert begin().id == task.id, "the same form again"
    seen = []
    keep = going_on.keep_step

    def look(connection: Connection, alliance_id: int, before: Task, step: TaskStep, now: int) -> bool:
        seen.append((before.state, before.percent))
        return keep(connection, alliance_id, before, step, now)

    monkeypatch.setattr(going_on, "keep_step", look)
    do_tasks(town)
    assert seen == [(TaskState.RUNNING, 0), (TaskState.RUNNING, 44), (TaskState.RUNNING, 88)]
    check_imported_once(town, owner, task)
    again = begin("k2")
    do_tasks(town)
    ended = find_own_task(town.alliance, owner, again.id)
    assert ended.outcome["taken"] == ended.outcome["before"] == ROWS, "all of it was in already"


def test_who_dies_between_a_part_and_its_note_leaves_nothing_half(
    town: ApiTown, owner: Caller, begin: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    task = begin()
    keep = going_on.keep_step

    def die(*values: object) -> bool:
        raise Died

    monkeypatch.setattr(going_on, "keep_step", die)
    with pytest.raises(Died):
        continue_task(town.alliance, task.id)
    assert find_own_task(town.alliance, owner, task.id).done == 0
    monkeypatch.setattr(going_on, "keep_step", keep)
    do_tasks(town)
    check_imported_once(town, owner, task)


def test_what_a_dead_process_had_taken_another_takes_over(
    town: ApiTown, owner: Caller, begin: Callable[..., Task]
) -> None:
    task, now = begin(), town.clock()
    with town.database.engine.begin() as connection:
        assert take_lease(connection, JobKey(town.alliance.id, JOB, task.id), "dead", now, now + 120 * SECOND)
    assert do_tasks(town) == 0, "it may still live"
    town.clock.forward(121 * SECOND)
    assert do_tasks(town) > 0
    check_imported_once(town, owner, task)


def test_of_two_that_go_on_with_it_one_counts(town: ApiTown, owner: Caller, begin: Callable[..., Task]) -> None:
    task, both = begin(), Barrier(2)

    def go_on() -> None:
        both.wait()
        continue_task(town.alliance, task.id)

    threads = [Thread(target=go_on) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    do_tasks(town)
    check_imported_once(town, owner, task)


def test_an_error_that_nobody_foresaw_ends_it_after_some_tries(
    town: ApiTown, owner: Caller, begin: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    task = begin()

    def break_off(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(import_task, "import_readable", break_off)
    for _ in range(FAILURES_MAX - 1):
        with pytest.raises(ZeroDivisionError):
            continue_task(town.alliance, task.id)
    continue_task(town.alliance, task.id)
    failed = find_own_task(town.alliance, owner, task.id)
    assert (failed.state, failed.outcome["why"].keys()) == (TaskState.FAILED, {"en", "zh"})
    with town.database.engine.connect() as connection:
        assert find_file(connection, town.alliance.id, task.id, SOURCE) is None


def test_one_run_of_payments_at_a_time(town: ApiTown, owner: Caller) -> None:
    first, second = (start_run(town.alliance, owner, key) for key in ("r1", "r2"))
    assert first.id == second.id
    do_tasks(town)
    # No window was closed yet, which the run says in words.
    assert find_own_task(town.alliance, owner, first.id).state is TaskState.FAILED
    assert start_run(town.alliance, owner, "r3").id != first.id


def test_who_ask_for_a_run_at_the_same_instant_get_one(town: ApiTown, owner: Caller) -> None:
    for each in range(ROUNDS):
        start, begun = Barrier(RACERS), list[str]()

        def ask(key: str, start: Barrier = start, begun: list[str] = begun) -> None:
            start.wait()
            begun.append(start_run(town.alliance, owner, key).id)

        threads = [Thread(target=ask, args=(f"{each}-{number}",)) for number in range(RACERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(begun) == RACERS
        assert len(set(begun)) == 1
        assert len(list_tasks(town.alliance, owner, 100)) == each + 1
        do_tasks(town)


def test_who_may_not_ask_for_it_does_not_see_it(town: ApiTown, begin: Callable[..., Task]) -> None:
    task = begin()
    support = Caller(town.alliance.id, "user:sue", Role.SUPPORT)
    assert list_tasks(town.alliance, support, 10) == []
    with pytest.raises(NotFound):
        find_own_task(town.alliance, support, task.id)
    operator = town.client()
    (listed,) = operator.get("/v1/tasks", params={"state": "open"}).json()["data"]
    assert (listed["id"], listed["kind"], listed["total"]) == (task.id, "members.import", ROWS)
    assert operator.get(f"/v1/tasks/{task.id}/file").status_code == 404


def test_what_ended_is_forgotten_after_some_days(town: ApiTown, owner: Caller, begin: Callable[..., Task]) -> None:
    begin(content="ref,phone\nold-1,+4915100000001\n")
    do_tasks(town)
    town.clock.forward((KEPT_DAYS - 1) * DAY)
    forget_old(town.alliance)
    assert len(list_tasks(town.alliance, owner, 10)) == 1
    town.clock.forward(2 * DAY)
    waiting = begin("k2")
    forget_old(town.alliance)
    assert [each.id for each in list_tasks(town.alliance, owner, 10)] == [waiting.id]
