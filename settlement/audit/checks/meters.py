"""What is counted on meters follows from the postings that counted it, and goes back once at the most."""

from settlement.audit.auditor import Auditor, CheckResult
from settlement.ledger.accounts import AccountKind
from settlement.ledger.moves import COUNT

POSITION = 16

_METER, _METERED = AccountKind.METER, AccountKind.METERED


def check_counts(auditor: Auditor) -> CheckResult:
    """Of what a posting counted, those that refer to it take no more back; what is left is what all meters stand at.

    What was passed from one owner to another changes neither: it is looked at by number and day.
    """
    counted = auditor.rows(
        "SELECT posting, number, until, CAST(SUM(amount) AS BIGINT) FROM ("
        "SELECT m.posting_id AS posting, t.terms_id AS number, t.expires_on AS until, m.amount AS amount "
        "FROM moves AS m JOIN accounts AS f ON f.alliance_id = m.alliance_id AND f.id = m.debit "
        "JOIN accounts AS t ON t.alliance_id = m.alliance_id AND t.id = m.credit "
        f"WHERE m.alliance_id = :alliance_id AND m.kind = {COUNT:d} AND f.kind = {_METERED:d} UNION ALL "
        "SELECT COALESCE(p.refers_to, 0), f.terms_id, f.expires_on, -m.amount FROM moves AS m "
        "JOIN postings AS p ON p.alliance_id = m.alliance_id AND p.id = m.posting_id "
        "JOIN accounts AS f ON f.alliance_id = m.alliance_id AND f.id = m.debit "
        "JOIN accounts AS t ON t.alliance_id = m.alliance_id AND t.id = m.credit "
        f"WHERE m.alliance_id = :alliance_id AND m.kind = {-COUNT:d} AND t.kind = {_METERED:d}"
        ") AS counts GROUP BY posting, number, until ORDER BY posting, number, until"
    )
    differences = [
        f"posting {posting} counted {-count} less on meter {number} than was taken back of it"
        for posting, number, _, count in counted
        if count < 0
    ]
    left: dict[tuple[int, int], int] = {}
    for _, number, until, count in counted:
        left[number, until] = left.get((number, until), 0) + count
    standing = auditor.rows(
        "SELECT terms_id, expires_on, CAST(SUM(balance) AS BIGINT) FROM accounts "
        f"WHERE alliance_id = :alliance_id AND kind = {_METER:d} GROUP BY terms_id, expires_on"
    )
    kept = {(number, until): count for number, until, count in standing}
    differences += [
        f"meters {number} until {until} stand at {is_kept}, postings counted {is_left}"
        for number, until in sorted({*left, *kept})
        if (is_kept := kept.get((number, until), 0)) != (is_left := left.get((number, until), 0))
    ]
    return len(counted), differences


CHECKS = {"counts": check_counts}
