"""The audit of a live book: `audit_book` makes all checks, `audit_on` goes on where the last one ended; `Audit` and
`AuditCheck` are what it found. `proof_head` and `proof_part` write what others can check without us.

`audit.py` runs them, `auditor.py` is what they work with, `checkpoint.py` and `digests.py` keep what was established,
and each file in `checks/` adds some.
"""

from settlement.audit.audit import Audit, AuditCheck, all_checks, audit_book, audit_on
from settlement.audit.checkpoint import Checkpoint, audited_up_to, read_checkpoint
from settlement.audit.proof import ProofSpan, proof_head, proof_part, proof_span

__all__ = [
    "Audit",
    "AuditCheck",
    "Checkpoint",
    "ProofSpan",
    "all_checks",
    "audit_book",
    "audit_on",
    "audited_up_to",
    "proof_head",
    "proof_part",
    "proof_span",
    "read_checkpoint",
]
