"""A server that is killed, and one that is told to stop: what was answered is there, what was taken is answered."""

import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from settlement.audit import audit_book
from tests.support.books import check_book
from tests.support.effort import EFFORT
from tests.support.served import ServedAnswer, Site
from tests.support.town_api import MEMBERS

KILLS = 5 * EFFORT
"""TEST_EFFORT=10 kills the server fifty times on each database."""
LOAD = 20_000
"""More requests than a server answers before its end comes."""


@pytest.fixture
def site(new_url: str, tmp_path: Path) -> Iterator[Site]:
    """A database whose server is started and stopped by the test."""
    site = Site(new_url, tmp_path)
    yield site
    site.database.close()


class Load(threading.Thread):
    """Callers who ask until the server is gone."""

    def __init__(self, site: Site, run: int) -> None:
        super().__init__()
        self.site, self.run_number = site, run
        self.answers: list[ServedAnswer | None] = []
        self.start()

    def run(self) -> None:
        requests = (
            self.site.purchase(
                f"{self.run_number}.{n}", member=MEMBERS[n % len(MEMBERS)], amount_minor=100 + n % 50, points="all"
            )
            for n in range(LOAD)
        )
        self.answers = self.site.ask(requests)

    def answered(self) -> set[str]:
        """The book's keys of what was booked and answered."""
        self.join()
        return {
            f"alliance:{self.run_number}.{n}"
            for n, answer in enumerate(self.answers)
            if answer is not None and answer.status == 201
        }


def wait_for_bookings(site: Site, more_than: int) -> None:
    while len(site.stored_keys()) <= more_than:
        time.sleep(0.02)


def test_what_was_answered_outlives_a_server_that_is_killed(site: Site) -> None:
    draw = Random(11)
    answered: set[str] = set()
    for run in range(KILLS):
        with site.served() as process:
            before = len(site.stored_keys())
            load = Load(site, run)
            wait_for_bookings(site, before)
            time.sleep(draw.random() * 0.5)
            process.send_signal(signal.SIGKILL)
            answered |= load.answered()
        assert site.stored_keys() >= answered
    assert len(answered) > KILLS
    check_book(site.book)
    with closing(site.database.session()) as session:
        assert audit_book(site.book, session).ok


def test_a_server_that_is_told_to_stop_answers_what_it_took(site: Site) -> None:
    with site.served() as process:
        load = Load(site, 0)
        wait_for_bookings(site, 50)
        process.send_signal(signal.SIGTERM)
        answered = load.answered()
        assert process.wait(60) == -signal.SIGTERM
    assert site.stored_keys() == answered
    assert all(answer is None or answer.status == 201 for answer in load.answers)
    assert "Application shutdown complete" in site.log.read_text()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", site.port))
    check_book(site.book)


def test_while_it_drains_it_says_that_it_stops_and_goes_on(site: Site) -> None:
    with site.served("--drain-seconds", 3) as process:
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        (ready,) = site.ask([b"GET /health/ready HTTP/1.1\r\nHost: test\r\n\r\n"], 1)
        (booked,) = site.ask([site.purchase("late", amount_minor=100)], 1)
        assert ready is not None
        assert booked is not None
        assert (ready.status, booked.status) == (503, 201)
        assert process.wait(60) == -signal.SIGTERM
