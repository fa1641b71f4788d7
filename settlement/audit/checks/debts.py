"""Debts of members are paid by value: points of other terms stand for them, each at its own rate."""

from settlement.audit.auditor import Auditor, CheckResult
from settlement.ledger.moves import OWE, REPAY

POSITION = 15


def check_debts(auditor: Auditor) -> CheckResult:
    """A debt is counted under its own terms, and what pays it is worth it, by less than a point more."""
    strangers = auditor.rows(
        f"SELECT m.posting_id, m.terms_id, a.terms_id FROM {auditor.new_moves} AS m "
        f"JOIN accounts AS a ON a.alliance_id = m.alliance_id AND a.id = CASE m.kind WHEN {OWE:d} THEN m.debit "
        "ELSE m.credit END "
        f"WHERE m.alliance_id = :alliance_id AND m.kind IN ({OWE:d}, {-OWE:d}) AND m.terms_id <> a.terms_id "
        "ORDER BY m.posting_id, m.line"
    )
    differences = [f"posting {id_} moved a debt of terms {own} under terms {terms}" for id_, terms, own in strangers]
    payments = auditor.rows(
        "SELECT r.posting_id, r.terms_id, r.amount, COALESCE(o.terms_id, 0), COALESCE(o.amount, 0) "
        f"FROM {auditor.new_moves} AS r "
        "LEFT JOIN moves AS o ON o.alliance_id = r.alliance_id AND o.window_id = r.window_id "
        f"AND o.posting_id = r.posting_id AND o.line = r.line + 1 AND o.kind = {-OWE:d} "
        f"WHERE r.alliance_id = :alliance_id AND r.kind = {REPAY:d} ORDER BY r.posting_id, r.line"
    )
    worth = {terms.id: terms.minor_per_point for terms in auditor.config.terms}
    for id_, terms_id, taken, debt_terms, paid in payments:
        over = taken * worth[terms_id] - (paid * worth[debt_terms] if paid else 0)
        if not 0 <= over < worth[terms_id]:
            differences.append(f"posting {id_}: {taken} points of terms {terms_id} paid {paid} of terms {debt_terms}")
    return len(payments), differences


CHECKS = {"debts": check_debts}
