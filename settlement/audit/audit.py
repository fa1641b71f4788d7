"""What must be true of a book, checked on the live one from its moves alone.

Each check recomputes something that the poster keeps as it goes (balances, outstanding points, tallies, closed
windows, seals) from the moves, and compares. A check that fails says what differs and where; nothing is mended.
The book may be posted to meanwhile: all checks read one snapshot.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from settlement.audit import checks
from settlement.audit.auditor import Auditor, CheckResult
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
    """All checks of a book, in the order in which they were made."""

    checks: tuple[AuditCheck, ...]

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
    results = []
    with book.database.snapshot() as connection:
        # Only now, so that it knows every shop and all terms that the snapshot may speak of.
        config = book.config(session)
        auditor = Auditor(book, connection, config)
        for name, check in all_checks().items():
            progress(name)
            try:
                examined, differences = check(auditor)
            except (LookupError, ValueError, ArithmeticError) as error:
                examined, differences = 0, [f"rows make no sense together ({type(error).__name__}: {error})"]
            results.append(AuditCheck(name, examined, tuple(differences)))
    return Audit(tuple(results))
