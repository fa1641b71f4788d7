"""What must be true of a book, checked on the live one from its moves alone.

Each check recomputes something that the poster keeps as it goes (balances, outstanding points, tallies, closed
windows, seals) from the moves, and compares. A check that fails says what differs and where; nothing is mended.
The book may be posted to meanwhile: all checks read one snapshot.

An audit may go on from the checkpoint of the one before: then moves and postings are read that are new since, with a
part of those from before, and everything that is kept of the others is compared with what was established of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pkgutil import iter_modules

from sqlalchemy import text

from settlement.audit import checks
from settlement.audit.auditor import Auditor, CheckResult
from settlement.audit.checkpoint import (
    AUDITS_A_ROUND,
    RECHECKED_POSTINGS_MIN,
    Checkpoint,
    RecheckedPart,
    read_checkpoint,
    write_checkpoint,
)
from settlement.calendar import FOREVER_AGO
from settlement.ledger.book import Book
from settlement.ledger.session import Session

LAST = 1_000
"""The position of a module of checks that says nothing about it."""


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """One thing that must hold: how many facts were looked at, and the differences found (none is good)."""

    name: str
    examined: int
    differences: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it holds."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class Audit:
    """All checks of a book, in the order in which they were made.

    `since` is the checkpoint that the audit went on from, None where it read the whole book; `recheck` what it read
    again of the part before. `until` is where the next one goes on; None where that isn't kept.
    """

    checks: tuple[AuditCheck, ...]
    since: Checkpoint | None = None
    recheck: RecheckedPart | None = None
    until: Checkpoint | None = None

    @property
    def ok(self) -> bool:
        """Whether all of them hold."""
        return all(check.ok for check in self.checks)


def all_checks() -> Mapping[str, Callable[[Auditor], CheckResult]]:
    """The checks of all modules in `settlement/audit/checks/`, by name, in the order in which they are made."""
    modules = [import_module(f"{checks.__name__}.{module.name}") for module in iter_modules(checks.__path__)]
    modules.sort(key=lambda module: (getattr(module, "POSITION", LAST), module.__name__))
    return {name: check for module in modules for name, check in module.CHECKS.items()}


def audit_book(book: Book, session: Session, progress: Callable[[str], None] = lambda _: None) -> Audit:
    """Check the whole book; `progress` hears the name of each check as it begins. Raises DatabaseUnusable."""
    return _audit(book, session, None, progress)


def audit_on(
    book: Book, session: Session, now: int, progress: Callable[[str], None] = lambda _: None, *, full: bool = False
) -> Audit:
    """Check what is new since the last checkpoint, or the whole book where there is none or it is to be `full`.

    Where every check holds, a checkpoint at `now` (microseconds since 1970 UTC) is kept for the next audit; where one
    doesn't, the last one stays. Raises DatabaseUnusable.
    """
    audit = _audit(book, session, now, progress, full=full)
    if audit.ok and audit.until is not None:
        write_checkpoint(book, audit.until)
    return audit


def _audit(
    book: Book, session: Session, now: int | None, progress: Callable[[str], None], *, full: bool = True
) -> Audit:
    """Make all checks; where `now` is given, with what is to be kept of them."""
    known, results = all_checks(), []
    with book.database.snapshot() as connection:
        # Only now, so that it knows every shop and all terms that the snapshot may speak of.
        auditor = Auditor(book, connection, book.config(session), keeps=now is not None)
        since = None if full else read_checkpoint(connection, book.alliance_id)
        # What a check that is new would have found before the checkpoint is not known.
        if since is not None and since.checks == " ".join(known):
            auditor = replace(auditor, since=since, recheck=_recheck(auditor, since))
        for name, check in known.items():
            progress(name)
            try:
                examined, differences = check(auditor)
            except (LookupError, ValueError, ArithmeticError) as error:
                examined, differences = 0, [f"rows make no sense together ({type(error).__name__}: {error})"]
            results.append(AuditCheck(name, examined, tuple(differences)))
        until = None if now is None else _checkpoint(auditor, now, " ".join(known))
    return Audit(tuple(results), auditor.since, auditor.recheck, until)


def _recheck(auditor: Auditor, since: Checkpoint) -> RecheckedPart:
    """The part of what was audited before that comes next in this round."""
    after = since.rechecked_batch if since.rechecked_batch < since.batch_id else 0
    begin = auditor.rows("SELECT last_posting FROM batches WHERE alliance_id = :alliance_id AND id = :id", id=after)
    behind = begin[0][0] if begin else 0
    share = max(RECHECKED_POSTINGS_MIN, -(-since.last_posting // AUDITS_A_ROUND))
    ((last,),) = auditor.rows(
        "SELECT COALESCE(MIN(id), :last) FROM batches WHERE alliance_id = :alliance_id AND id > :after AND id <= :last "
        "AND last_posting >= :target",
        after=after,
        last=since.batch_id,
        target=min(behind + share, since.last_posting),
    )
    ((first_window, last_window),) = auditor.rows(
        "SELECT COALESCE(MIN(window_id), :never), COALESCE(MAX(window_id), :never) FROM postings "
        "WHERE alliance_id = :alliance_id AND id > :behind "
        "AND id <= (SELECT last_posting FROM batches WHERE alliance_id = :alliance_id AND id = :last)",
        behind=behind,
        last=last,
        never=FOREVER_AGO,
    )
    return RecheckedPart(after, last, first_window, last_window)


def _checkpoint(auditor: Auditor, now: int, checks: str) -> Checkpoint | None:
    """Where the next audit may go on; None where the book's last batch comes from before openings were sealed."""
    row = auditor.connection.execute(text(_LAST_BATCH), {"alliance_id": auditor.book.alliance_id}).one_or_none()
    if row is None or row.next_account is None:
        return None
    return Checkpoint(
        at=now,
        full_at=now if auditor.since is None else auditor.since.full_at,
        batch_id=row.id,
        last_posting=row.last_posting,
        next_account=row.next_account,
        closed_until=auditor.closed_until(),
        chain=bytes(row.chain),
        rechecked_batch=0 if auditor.recheck is None else auditor.recheck.last,
        checks=checks,
        facts=auditor.facts,
    )


_LAST_BATCH = (
    "SELECT id, last_posting, next_account, chain FROM batches WHERE alliance_id = :alliance_id "
    "ORDER BY id DESC LIMIT 1"
)
