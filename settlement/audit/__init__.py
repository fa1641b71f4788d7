"""The audit of a live book: `audit_book` makes all checks; `Audit` and `AuditCheck` are what it found. `backing_proof`
writes what others can check without us.

`audit.py` runs them, `auditor.py` is what they work with, and each file in `checks/` adds some.
"""

from settlement.audit.audit import Audit, AuditCheck, all_checks, audit_book
from settlement.audit.proof import backing_proof

__all__ = ["Audit", "AuditCheck", "all_checks", "audit_book", "backing_proof"]
