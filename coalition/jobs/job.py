"""What a job is: a kind, and what it gets to work with. A folder declares its kinds as JOBS in its `jobs.py`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection

from coalition.alliance import Alliance
from coalition.jobs.clock_watch import UptimeOf
from coalition.locale.formats import Lang
from coalition.messaging.messenger import LogMessenger, Messenger

RUN_SECONDS_MAX = 20.0
"""How long one run goes on with what there is to do; the next run goes on from there."""


class Lane(StrEnum):
    """Which of a process's threads run it, so that a receiver that hangs keeps no sweep waiting."""

    BOOK = "book"
    NETWORK = "network"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class WorkSettings:
    """What an operator may set about jobs. Windows close `close_grace_seconds` after their cut-off at the earliest."""

    close_grace_seconds: int = 3600
    allow_private: bool = False
    """Whether webhooks may go to private addresses and by http: for development only."""
    webhook_timeout_seconds: float = 15.0
    messenger: Messenger = field(default_factory=LogMessenger)
    """What notifications go by."""
    sms_per_day_max: int = 1_000
    """Messages to phones that an alliance pays for in a day at the most."""
    push_contact: str = ""
    """Whom a push service can turn to about messages to browsers: an https URL, or mailto:…"""
    public_url: str | None = None
    """Where people reach the server, without a slash at the end; None where nothing says so."""
    language: Lang = "en"
    """Of notifications to those who never chose one."""
    uptime: UptimeOf | None = None
    """How long the machine has been running, to tell a jump of its clock; None where the clock is not the machine's."""


@dataclass(frozen=True, slots=True)
class Work:
    """One run of a job. `clock` is the machine's; `stopping` says whether the process wants to end."""

    alliance: Alliance
    subject: str
    clock: Callable[[], int]
    settings: WorkSettings
    stopping: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job.

    `run` does what there is to do; it may be cut short at any point and run again, also twice at once. It runs every
    `every_seconds`, or when `next_due` (asked with connection, alliance, subject) says. Where `has_work` says no,
    no lease is taken. A run that outlives `lease_seconds` may be joined by another.
    """

    name: str
    run: Callable[[Work], None]
    every_seconds: int | None = None
    next_due: Callable[[Connection, int, str], int | None] | None = None
    has_work: Callable[[Work], bool] | None = None
    lane: Lane = Lane.BOOK
    lease_seconds: int = 60
    irreversible: bool = False
    """Whether what time brings about here can't be undone: it waits while the clock can't be believed."""


def on_alliance(job: Callable[[Alliance], object]) -> Callable[[Work], None]:
    """Work that needs to know the alliance and nothing else."""

    def run(work: Work) -> None:
        job(work.alliance)

    return run
