"""kill -9 and runners that meet: wherever a runner dies, and however many run at once, nobody is paid twice."""

import signal
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from settlement.audit import audit_book
from settlement.clearing import close_due
from settlement.ledger import Book, Earn, Session, Spend
from settlement.payments import reconcile_rail, set_payment_rules, settle_window
from settlement.payments.context import PaymentContext
from settlement.payments.drive import LEASE
from settlement.payments.store import PaymentRules
from tests.support.books import BookClient, check_book
from tests.support.clock import DAY, HOUR, Clock
from tests.support.effort import EFFORT
from tests.support.file_rail import (
    FileRail,
    settle_and_die_at_the_database,
    settle_and_die_at_the_rail,
    settle_in_place,
)
from tests.support.workers import PROCESSES, Place

KILLS = 12 * EFFORT
RUNNERS = 4
LATER = 2099_12_31


@pytest.fixture
def town(book: Callable[..., Book], session: Session, clock: Clock) -> Book:
    """A closed week with two debtors and two creditors."""
    town = book()
    set_payment_rules(town, session, PaymentRules(rail="bank"))
    legs = [
        leg
        for payer, payee, minor in (("bakery", "cafe", 300), ("butcher", "diner", 70), ("bakery", "diner", 5))
        for leg in (Earn(payer, payee, minor, LATER), Spend(payee, payee, minor))
    ]
    BookClient(town, session).take(*legs)
    clock.set(town.calendar.window(clock())[1] + HOUR)
    close_due(town, session, clock())
    return town


def place_of(book: Book) -> Place:
    return Place(book.database.url.render_as_string(hide_password=False), book.settings.name, book.clock())


def run(target: Callable[..., None], *arguments: object) -> int:
    """Run a process to its end, and say how it ended."""
    process = PROCESSES.Process(target=target, args=arguments)
    process.start()
    process.join()
    code = process.exitcode
    process.close()
    assert code is not None
    return code


def check_paid_once(town: Book, session: Session, rail: FileRail) -> None:
    """After a last run: one key a payment has moved money, each shop's net in all, and the book agrees."""
    context = PaymentContext(town, session, {"bank": rail})
    settle_window(context)
    moved = rail.moved()
    assert len({payment for _, payment, _ in moved}) == len(moved)
    assert sorted(minor for _, _, minor in moved) == [-300, -75, 70, 305]
    assert reconcile_rail(context, "bank").ok
    check_book(town)
    assert audit_book(town, session).ok


@pytest.mark.parametrize("where", [settle_and_die_at_the_database, settle_and_die_at_the_rail])
def test_a_runner_that_is_killed_anywhere_leaves_nothing_paid_twice(
    town: Book, session: Session, clock: Clock, tmp_path: Path, where: Callable[..., None]
) -> None:
    rail = FileRail(tmp_path / "remote.db")
    draw = Random(f"{where.__name__} {town.database.is_sqlite}")
    most = 60 if where is settle_and_die_at_the_database else 1
    killed = 0
    for _ in range(KILLS):
        last, after = draw.randint(1, most), draw.random() < 0.5
        killed += run(where, place_of(town), rail.path, last, after) == -signal.SIGKILL
        clock.forward(LEASE + 1)
    assert killed > 1
    clock.forward(DAY)
    check_paid_once(town, session, rail)


def test_runners_that_meet_share_the_work(town: Book, session: Session, clock: Clock, tmp_path: Path) -> None:
    rail = FileRail(tmp_path / "remote.db")
    runners = [PROCESSES.Process(target=settle_in_place, args=(place_of(town), rail.path)) for _ in range(RUNNERS)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert [runner.exitcode for runner in runners] == [0] * RUNNERS
    clock.forward(LEASE + 1)
    check_paid_once(town, session, rail)
