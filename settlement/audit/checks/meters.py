"""What is counted on meters follows from the postings that counted it, and goes back once at the most."""

from settlement.audit.auditor import Auditor, CheckResult
from settlement.ledger.accounts import AccountKind
from settlement.ledger.moves import COUNT

POSITION = 16

_METER, _METERED = AccountKind.METER, AccountKind.METERED


def check_counts(auditor: Auditor) -> CheckResult:
    """Of what a posting counted, those that refer to it take no more back; what is left is what all meters stand at.

    What was passed from one owner to another changes neither: it is looked at by number and day. Behind a checkpoint
    it is the postings that are new, and those that these refer to, and by how much meters have changed since.
    """
    counted = auditor.rows(_NEW_COUNTS if auditor.since else _COUNTS, **_after(auditor))
    differences = [
        f"posting {posting} counted {-count} less on meter {number} than was taken back of it"
        for posting, number, _, count in counted
        if count < 0
    ]
    if auditor.since is not None:
        changes = auditor.rows(_CHANGES.format(moves=auditor.new_moves))
        differences += [
            f"meters {number} until {until} changed by {stood}, postings counted {count}"
            for number, until, count, stood in changes
            if count != stood
        ]
        return len(counted), differences
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


def _after(auditor: Auditor) -> dict[str, object]:
    return {"after": auditor.after} if auditor.since else {}


_SIDES = (
    "JOIN accounts AS f ON f.alliance_id = m.alliance_id AND f.id = m.debit "
    "JOIN accounts AS t ON t.alliance_id = m.alliance_id AND t.id = m.credit"
)
_BY_POSTING = "GROUP BY posting, number, until ORDER BY posting, number, until"
_COUNTED_ON = "t.terms_id AS number, t.expires_on AS until, m.amount AS amount"
_TAKEN_BACK = "f.terms_id, f.expires_on, -m.amount"
_COUNTS = (
    "SELECT posting, number, until, CAST(SUM(amount) AS BIGINT) FROM ("
    f"SELECT m.posting_id AS posting, {_COUNTED_ON} FROM moves AS m {_SIDES} "
    f"WHERE m.alliance_id = :alliance_id AND m.kind = {COUNT:d} AND f.kind = {_METERED:d} UNION ALL "
    f"SELECT COALESCE(p.refers_to, 0), {_TAKEN_BACK} FROM moves AS m "
    f"JOIN postings AS p ON p.alliance_id = m.alliance_id AND p.id = m.posting_id {_SIDES} "
    f"WHERE m.alliance_id = :alliance_id AND m.kind = {-COUNT:d} AND t.kind = {_METERED:d}"
    f") AS counts {_BY_POSTING}"
)
_MOVES_OF = "JOIN moves AS m ON m.alliance_id = p.alliance_id AND m.window_id = p.window_id AND m.posting_id = p.id"
_NEW_COUNTS = (
    "WITH concerned AS (SELECT id FROM postings WHERE alliance_id = :alliance_id AND id > :after UNION "
    "SELECT refers_to FROM postings WHERE alliance_id = :alliance_id AND id > :after AND refers_to IS NOT NULL) "
    "SELECT posting, number, until, CAST(SUM(amount) AS BIGINT) FROM ("
    f"SELECT m.posting_id AS posting, {_COUNTED_ON} FROM concerned AS c "
    f"JOIN postings AS p ON p.alliance_id = :alliance_id AND p.id = c.id {_MOVES_OF} {_SIDES} "
    f"WHERE m.kind = {COUNT:d} AND f.kind = {_METERED:d} UNION ALL "
    f"SELECT p.refers_to, {_TAKEN_BACK} FROM concerned AS c "
    f"JOIN postings AS p ON p.alliance_id = :alliance_id AND p.refers_to = c.id {_MOVES_OF} {_SIDES} "
    f"WHERE m.kind = {-COUNT:d} AND t.kind = {_METERED:d} UNION ALL "
    f"SELECT 0, {_TAKEN_BACK} FROM postings AS p {_MOVES_OF} {_SIDES} "
    "WHERE p.alliance_id = :alliance_id AND p.id > :after AND p.refers_to IS NULL "
    f"AND m.kind = {-COUNT:d} AND t.kind = {_METERED:d}"
    f") AS counts {_BY_POSTING}"
)
_CHANGES = (
    "SELECT number, until, CAST(SUM(counted) AS BIGINT), CAST(SUM(stood) AS BIGINT) FROM ("
    "SELECT t.terms_id AS number, t.expires_on AS until, "
    f"CASE WHEN m.kind = {COUNT:d} AND f.kind = {_METERED:d} THEN m.amount ELSE 0 END AS counted, "
    f"CASE WHEN t.kind = {_METER:d} THEN m.amount ELSE 0 END AS stood FROM {{moves}} AS m {_SIDES} "
    f"WHERE m.alliance_id = :alliance_id AND (ABS(m.kind) = {COUNT:d} OR t.kind = {_METER:d}) UNION ALL "
    "SELECT f.terms_id, f.expires_on, "
    f"CASE WHEN m.kind = {-COUNT:d} AND t.kind = {_METERED:d} THEN -m.amount ELSE 0 END, "
    f"CASE WHEN f.kind = {_METER:d} THEN -m.amount ELSE 0 END FROM {{moves}} AS m {_SIDES} "
    f"WHERE m.alliance_id = :alliance_id AND (ABS(m.kind) = {COUNT:d} OR f.kind = {_METER:d})"
    ") AS changes GROUP BY number, until ORDER BY number, until"
)
