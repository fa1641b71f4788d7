"""A clock that jumps expires nothing for good; a machine that was switched off goes on by itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from coalition.access.caller import Role
from coalition.jobs.clock_watch import Uptime
from coalition.jobs.job import WorkSettings
from coalition.jobs.worker import Worker
from coalition.operation.doctor import examine_clock
from coalition.operation.finding import Finding, Level
from coalition.schedule import job_kinds
from settlement.clearing import closed_windows
from settlement.ledger import Earn, Posting
from tests.support.clock import DAY, MINUTE, SECOND
from tests.support.tokens import Tokens
from tests.support.town_api import ApiTown

JUMP = 400 * DAY


@dataclass
class Mailbox:
    """Keeps what is sent."""

    sent: list[tuple[str, str]] = field(default_factory=list)

    def send(self, to: str, subject: str, text: str) -> None:
        self.sent.append((to, text))


@dataclass
class Machine:
    """A machine whose clock was seen, with points that are good for a year and an open window."""

    town: ApiTown
    uptime: Uptime = field(default_factory=lambda: Uptime("first start", 10**12))
    mailbox: Mailbox = field(default_factory=Mailbox)

    def live(self, micros: int) -> None:
        """Let time pass while the machine runs."""
        self.town.clock.forward(micros)
        self.run_for(micros)

    def run_for(self, micros: int) -> None:
        """Let the machine run, whatever its clock says."""
        self.uptime = self.uptime._replace(micros=self.uptime.micros + micros)

    def work(self) -> None:
        settings = WorkSettings(messenger=self.mailbox, uptime=lambda: self.uptime)
        worker = Worker(self.town.alliances, job_kinds(), settings)
        worker.run_due()
        worker.stop()

    def expired(self) -> int:
        """Points that have expired."""
        with self.town.session() as session:
            sql = "SELECT COALESCE(SUM(balance), 0) FROM accounts WHERE alliance_id = ? AND kind = 3"
            return int(session.rows(sql, self.town.alliance.id)[0][0])

    def closed(self) -> int:
        """Windows that are closed."""
        with self.town.session() as session:
            return len(closed_windows(self.town.alliance.book, session))

    def finding(self) -> Finding:
        """What the doctor says of the clock."""
        return examine_clock(self.town.alliance.book, self.town.clock)


@pytest.fixture
def machine(town: ApiTown) -> Iterator[Machine]:
    machine = Machine(town)
    Tokens(town.database, town.alliance.id, 0).user(Role.OWNER)
    posting = Posting("1", town.clock(), {"type": "adjustment"}, [Earn("bakery", "ann", 100, 20250228)])
    assert town.alliance.poster.post(posting).refusal is None
    machine.work()
    return machine


def test_a_clock_that_jumps_for_seconds_expires_nothing_and_closes_nothing(machine: Machine) -> None:
    town = machine.town
    assert machine.finding().state == "time_seen"
    before = town.clock()
    town.clock.forward(JUMP)
    machine.run_for(30 * SECOND)
    for _ in range(3):
        machine.work()
        machine.live(5 * MINUTE)
    assert (machine.expired(), machine.closed()) == (0, 0)
    assert ["9600 hours ahead" in text for _, text in machine.mailbox.sent] == [True]
    assert (machine.finding().level, machine.finding().values["hours"]) == (Level.FAIL, 9600)
    window = town.client().get("/v1/windows").json()["data"][0]["id"]
    answer = town.client().post(f"/v1/windows/{window}/close")
    assert (answer.status_code, answer.json()["code"]) == (409, "clock_jumped")
    # Back again, all goes on as if nothing had been, and no job waits for the time that it was.
    town.clock.set(before)
    machine.live(8 * DAY)
    machine.work()
    assert (machine.expired(), machine.closed()) == (0, 1)
    assert machine.finding().level is Level.OK
    machine.live(300 * DAY)
    machine.work()
    assert machine.expired() == 100


LIVED: dict[str, Callable[[Machine], None]] = {
    "the server was stopped while the machine ran on": lambda machine: machine.run_for(JUMP),
    "the machine was switched off for weeks": lambda machine: (
        setattr(machine, "uptime", Uptime("next start", SECOND)),
        machine.town.clock.set(machine.town.clock() - JUMP + 50 * DAY),
    ),
}


@pytest.mark.parametrize("lived", LIVED)
def test_what_a_machine_can_have_lived_through_is_believed(machine: Machine, lived: str) -> None:
    machine.town.clock.forward(JUMP)
    LIVED[lived](machine)
    machine.work()
    assert machine.closed() > 0
    assert machine.finding().level is Level.OK
    assert machine.mailbox.sent == []


def test_after_a_start_with_a_wrong_clock_all_waits_until_an_owner_confirms_it(machine: Machine) -> None:
    machine.town.clock.forward(JUMP)
    machine.uptime = Uptime("next start", SECOND)
    machine.work()
    assert (machine.expired(), machine.closed()) == (0, 0)
    assert machine.town.client().post("/v1/alliance/clock/confirm").status_code == 200
    machine.live(6 * MINUTE)
    machine.work()
    assert machine.expired() == 100
    assert machine.closed() > 0
    assert machine.finding().level is Level.OK
