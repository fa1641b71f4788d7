"""The jobs that audit a book once a day, watch the machine's clock, and tell of keys that end."""

from collections.abc import Sequence
from contextlib import closing

from coalition.errors import CoalitionError
from coalition.jobs.job import JobKind, Lane, Work
from coalition.locale.messages import N_
from coalition.operation.doctor import AUDIT
from coalition.operation.warn_of_keys import has_ends_to_announce, warn_of_keys
from coalition.operation.watch_clock import watch_clock
from settlement.audit import audit_on

AUDIT_SECONDS = 24 * 3600


class AuditFails(CoalitionError):
    """A book in which something does not hold."""

    code = "audit_fails"
    detail = N_("The audit of {alliance:name} fails: {checks}. `coalition audit` says where.")
    public = False
    alliance: str
    checks: Sequence[str]


def audit(work: Work) -> None:
    """Check what is new in the book since the last audit, with a part of the rest; the whole book the first time.

    Raises AuditFails, which goes to the log and to `coalition doctor`.
    """
    book = work.alliance.book
    with closing(work.alliance.database.session()) as session:
        failed = [check.name for check in audit_on(book, session, work.clock()).checks if not check.ok]
    if failed:
        raise AuditFails(book.settings.name, failed)


def see_clock(work: Work) -> None:
    """Write down the time, or warn where it can't be believed. Raises ClockJumped."""
    if work.settings.uptime is not None:
        watch_clock(work, work.settings.uptime)


def has_clock(work: Work) -> bool:
    """Whether the clock is the machine's."""
    return work.settings.uptime is not None


JOBS = (
    JobKind(AUDIT, audit, every_seconds=AUDIT_SECONDS, lane=Lane.LONG, lease_seconds=3600),
    JobKind("keys.warn", warn_of_keys, every_seconds=3600, has_work=has_ends_to_announce, lane=Lane.NETWORK),
    JobKind("clock.watch", see_clock, every_seconds=60, has_work=has_clock),
)
