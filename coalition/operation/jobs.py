"""The job that audits a book once a day."""

from collections.abc import Sequence
from contextlib import closing

from coalition.errors import CoalitionError
from coalition.jobs.job import JobKind, Lane, Work
from coalition.operation.doctor import AUDIT
from settlement.audit import audit_book

AUDIT_SECONDS = 24 * 3600


class AuditFails(CoalitionError):
    """A book in which something does not hold."""

    def __init__(self, alliance: str, checks: Sequence[str]) -> None:
        self.alliance, self.checks = alliance, tuple(checks)
        super().__init__(f"the audit of {alliance!r} fails: {', '.join(checks)}; `coalition audit` says where")


def audit(work: Work) -> None:
    """Check the whole book. Raises AuditFails, which goes to the log and to `coalition doctor`."""
    book = work.alliance.book
    with closing(work.alliance.database.session()) as session:
        failed = [check.name for check in audit_book(book, session).checks if not check.ok]
    if failed:
        raise AuditFails(book.settings.name, failed)


JOBS = (JobKind(AUDIT, audit, every_seconds=AUDIT_SECONDS, lane=Lane.LONG, lease_seconds=3600),)
