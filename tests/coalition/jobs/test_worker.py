"""The worker: sweeps, closes and tells by itself; survives a lost database; many of them do each thing once."""

import logging
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from coalition.alliance import Alliances
from coalition.api.app import create_app
from coalition.app import open_database
from coalition.clock import system_clock
from coalition.events.relay import catch_up
from coalition.events.tables import events
from coalition.feed.read import events_from, next_seq
from coalition.jobs.job import JobKind, Work, WorkSettings
from coalition.jobs.worker import Worker
from coalition.programme.open_alliance import open_alliance
from coalition.schedule import job_kinds
from coalition.webhooks.store import add_endpoint
from settlement.clearing import closed_windows
from settlement.ledger import Database, Earn, Hold, Participant, Posting
from tests.support.books import SHOPS
from tests.support.clock import DAY, HOUR, MINUTE, SECOND
from tests.support.command import PROCESS, environment
from tests.support.postgres import PostgresServer
from tests.support.receiver import receiver
from tests.support.town_api import RULES, ApiTown
from tests.support.workers import PROCESSES, work_until_killed

LATER = 20991231
ROOT = Path(__file__).parents[3]


def until(fact: Callable[[], object], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end
        time.sleep(0.02)


def work(town: ApiTown, settings: WorkSettings | None = None) -> None:
    worker = Worker(town.alliances, job_kinds(), settings)
    worker.run_due()
    worker.stop()


def types(town: ApiTown) -> list[str]:
    with town.database.engine.connect() as connection:
        return [event.type for event in events_from(connection, town.alliance.id, 0, 1_000)]


def test_a_job_whose_settings_are_wrong_fails_by_itself(town: ApiTown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COALITION_BANK", "/nowhere/bank.toml")
    town.alliance.poster.post(Posting("1", town.clock(), {"type": "adjustment"}, [Earn("bakery", "ann", 100, LATER)]))
    town.clock.forward(8 * DAY)
    work(town)
    with town.session() as session:
        failed = session.rows("SELECT name, error FROM jobs WHERE failures > 0")
        assert len(closed_windows(town.alliance.book, session)) == 1
    assert [name for name, _ in failed] == ["payments.drive"]
    assert "/nowhere/bank.toml" in failed[0][1]


def test_time_brings_about_what_it_should_and_once(town: ApiTown) -> None:
    poster, now = town.alliance.poster, town.clock()
    poster.post(Posting("1", now, {"type": "adjustment"}, [Earn("bakery", "ann", 100, 20240531)]))
    poster.post(Posting("2", now, {"type": "hold", "shop": "cafe"}, [Hold("cafe", "ann", 10, now + HOUR)]))
    work(town)
    town.clock.forward(30 * DAY)
    for _ in range(3):
        work(town)
        town.clock.forward(MINUTE)
    assert sorted(types(town)) == sorted(
        [
            "adjustment.created",
            "hold.created",
            "hold.lapsed",
            "points.expired",
            "points.expiring",
            "window.closed",
            "window.closed",
        ]
    )


def test_a_window_closes_after_its_grace_and_not_before(town: ApiTown) -> None:
    closes_at = town.alliance.book.calendar.window(town.clock())[1]
    town.alliance.poster.post(Posting("1", town.clock(), {}, [Earn("bakery", "ann", 100, LATER)]))
    closed = []
    for at in (closes_at + 59 * MINUTE, closes_at + 61 * MINUTE):
        town.clock.set(at)
        work(town, WorkSettings(close_grace_seconds=3600))
        with closing(town.database.session()) as session:
            closed.append(len(closed_windows(town.alliance.book, session)))
    assert closed == [0, 1]


def test_many_workers_run_each_job_once_at_a_time(town: ApiTown) -> None:
    running, runs, clashes = threading.Lock(), [], []

    def run(job: Work) -> None:
        if not running.acquire(blocking=False):
            clashes.append(job)
            return
        time.sleep(0.01)
        runs.append(job.alliance.id)
        running.release()

    kinds = [JobKind("count", run, every_seconds=10, lease_seconds=10_000_000)]
    workers = [Worker(town.alliances, kinds, tick_seconds=0.01) for _ in range(4)]
    for worker in workers:
        worker.start()
    until(lambda: town.clock.forward(SECOND) and len(runs) >= 5)
    for worker in workers:
        worker.stop()
    assert clashes == []
    assert len(runs) >= 5


def test_a_job_that_fails_is_noted_and_tried_again(town: ApiTown, caplog: pytest.LogCaptureFixture) -> None:
    tries = []

    def run(job: Work) -> None:
        tries.append(job.clock())
        if len(tries) < 3:
            raise ValueError("no luck")

    for _ in range(5):
        worker = Worker(town.alliances, [JobKind("try", run, every_seconds=3600)])
        with caplog.at_level(logging.CRITICAL):
            worker.run_due()
        worker.stop()
        town.clock.forward(2_000_000)
    assert len(tries) == 3


def test_the_server_works_and_stops_in_good_order(town: ApiTown) -> None:
    app = create_app(town.alliances, worker=Worker(town.alliances, job_kinds()))
    with TestClient(app, headers={"Authorization": f"Bearer {town.key()}"}):
        town.alliance.poster.post(Posting("1", town.clock(), {"type": "adjustment"}, [Earn("cafe", "a", 1, LATER)]))
        until(lambda: types(town) == ["adjustment.created"])
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("jobs")]


def test_a_worker_outlives_its_database() -> None:
    server = PostgresServer(Path(tempfile.mkdtemp(prefix="coalition-")))
    server.remove_when_gone(os.getpid())
    server.start()
    server.execute("CREATE DATABASE town")
    with closing(open_database(server.url("town"))) as database:
        book = open_alliance(database, RULES, system_clock)
        book.add_participants(Participant(0, shop) for shop in SHOPS)
        with closing(Alliances(database)) as alliances:
            worker = Worker(alliances, job_kinds(), tick_seconds=0.05)
            worker.start()
            alliance = alliances.get(book.alliance_id)
            try:
                for number in range(2):
                    earn = Posting(f"{number}", system_clock(), {"type": "adjustment"}, [Earn("cafe", "a", 1, LATER)])
                    alliance.poster.post(earn)
                    until(lambda number=number: events_written(database) > number)
                    if number == 0:
                        server.kill()
                        time.sleep(0.3)
                        server.start()
            finally:
                worker.stop()
    server.remove()


def events_written(database: Database) -> int:
    with database.engine.connect() as connection:
        return next_seq(connection, 1) - 1


# -- kill -9 ----------------------------------------------------------------------------------------------------

KILLS = 4
PURCHASES = 50


def start_worker(url: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*PROCESS, "work", "--database-url", url],
        env=environment(PYTHONPATH=str(ROOT), COALITION_WEBHOOKS_ALLOW_PRIVATE="true"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def free_leases(database: Database) -> None:
    """As if the leases of the dead had run out."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE jobs SET leased_until = 0, holder = NULL")


def test_workers_that_are_killed_lose_and_double_no_event(new_url: str) -> None:
    database = open_database(new_url)
    book = open_alliance(database, RULES, system_clock)
    book.add_participants(Participant(0, shop) for shop in SHOPS)
    with receiver() as target, closing(database), closing(Alliances(database)) as alliances:
        alliance = alliances.get(book.alliance_id)
        with database.engine.begin() as connection:
            add_endpoint(connection, alliance.id, target.url, system_clock())
        wanted = (KILLS + 1) * PURCHASES
        for run in range(KILLS + 1):
            content = {"type": "adjustment", "shop": "bakery", "member": "ann"}
            alliance.poster.submit(
                [
                    Posting(f"{run}.{number}", system_clock(), content, [Earn("bakery", "ann", 1, LATER)])
                    for number in range(PURCHASES)
                ]
            ).result()
            arrived = len(target.received)
            free_leases(database)
            if run < KILLS:
                worker = PROCESSES.Process(target=work_until_killed, args=(new_url,))
                worker.start()
                until(lambda arrived=arrived: len(target.received) > arrived)
                time.sleep(0.02 * run)
                worker.kill()
                worker.join()
                worker.close()
        last = start_worker(new_url)
        until(lambda: len({webhook.id for webhook in list(target.received)}) == wanted, 120)
        last.send_signal(signal.SIGTERM)
        last.communicate()
        assert last.returncode == 0
        catch_up(alliance)
        with database.engine.connect() as connection:
            postings = connection.execute(select(events.c.posting_id).order_by(events.c.seq)).scalars().all()
        assert postings == list(range(1, wanted + 1))
        # At most the webhook under way is sent twice for each death.
        assert len(target.received) <= wanted + KILLS
