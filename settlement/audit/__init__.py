"""The audit of a live book: `audit_book` makes all checks; `Audit` and `AuditCheck` are what it found. `proof_head`
and `proof_part` write what others can check without us.

`audit.py` runs them, `auditor.py` is what they work with, and each file in `checks/` adds some.
"""

from settlement.audit.audit import Audit, AuditCheck, all_checks, audit_book
from settlement.audit.proof import ProofSpan, proof_head, proof_part, proof_span

__all__ = ["Audit", "AuditCheck", "ProofSpan", "all_checks", "audit_book", "proof_head", "proof_part", "proof_span"]
