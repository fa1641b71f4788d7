"""The book's header, balances, outstanding points and holds follow from the moves."""

from collections import defaultdict
from collections.abc import Iterable

from settlement.audit.auditor import Auditor, CheckResult
from settlement.audit.digests import compare_accounts, compare_holds, keep_accounts
from settlement.calendar import FOREVER_AGO, date_text
from settlement.ledger.accounts import NEVER_NEGATIVE, NEVER_POSITIVE, AccountKind
from settlement.ledger.moves import HOLD
from settlement.ledger.sweeps import first_day_to_sweep
from settlement.ledger.tallies import EXPIRED, ISSUED, REDEEMED_HERE, REDEEMED_OWN
from settlement.terms import Funding

POSITION = 10


def check_header(auditor: Auditor) -> CheckResult:
    """The book's own row goes on where its postings, accounts, batches and closed windows end."""
    ends = "".join(
        f", (SELECT COALESCE({end}, {least}) FROM {table} WHERE alliance_id = :alliance_id)"
        for table, end, least in (
            ("postings", "MAX(id) + 1", 1),
            ("accounts", "MAX(id) + 1", 1),
            ("batches", "MAX(id) + 1", 1),
            ("windows", "MAX(closes_at)", FOREVER_AGO),
        )
    )
    columns = ("next_posting", "next_account", "next_batch", "closed_until")
    row = auditor.rows(f"SELECT {', '.join(columns)} {ends} FROM books WHERE alliance_id = :alliance_id")[0]
    return len(columns), [
        f"{column} is {kept}, the rows say {end}"
        for column, kept, end in zip(columns, row[:4], row[4:], strict=True)
        if kept != end
    ]


def check_sums(auditor: Auditor) -> CheckResult:
    """Balances sum to zero, points, money and what is counted each by themselves."""
    unit = (
        f"CASE WHEN kind >= {AccountKind.CLEARING:d} THEN 1 "
        f"WHEN kind IN ({_list((AccountKind.METER, AccountKind.METERED))}) THEN 2 ELSE 0 END"
    )
    rows = auditor.rows(
        f"SELECT {unit}, CAST(SUM(balance) AS BIGINT), COUNT(*) FROM accounts "
        f"WHERE alliance_id = :alliance_id GROUP BY {unit}"
    )
    units = ("points", "minor units of money", "counts")
    return sum(row[2] for row in rows), [f"{units[of]} sum to {total}, not to zero" for of, total, _ in rows if total]


def check_balances(auditor: Auditor) -> CheckResult:
    """Each balance is what the account's moves add up to, and each move names two accounts of the book.

    Of an account that was audited before: what it was then, and the moves since.
    """
    if auditor.since is not None:
        return compare_accounts(auditor, auditor.since)
    rows = auditor.rows(
        "SELECT id, CAST(SUM(balance) AS BIGINT), CAST(SUM(moved) AS BIGINT) FROM ("
        "SELECT id, balance, 0 AS moved, 1 AS there FROM accounts WHERE alliance_id = :alliance_id UNION ALL "
        "SELECT credit, 0, amount, 0 FROM moves WHERE alliance_id = :alliance_id UNION ALL "
        "SELECT debit, 0, -amount, 0 FROM moves WHERE alliance_id = :alliance_id) AS sides "
        "GROUP BY id HAVING SUM(balance) <> SUM(moved) OR SUM(there) <> 1 ORDER BY id"
    )
    if auditor.keeps:
        keep_accounts(auditor)
    return auditor.count("accounts"), [
        f"account {id_} stands at {balance}, its moves add up to {moved}" for id_, balance, moved in rows
    ]


def check_signs(auditor: Auditor) -> CheckResult:
    """No account stands on the side that its kind forbids."""
    rows = auditor.rows(
        "SELECT id, kind, balance FROM accounts WHERE alliance_id = :alliance_id AND "
        f"((balance < 0 AND kind IN ({_list(NEVER_NEGATIVE)})) OR (balance > 0 AND kind IN ({_list(NEVER_POSITIVE)})))"
    )
    return auditor.count("accounts"), [
        f"account {id_} ({AccountKind(kind).name.lower()}) stands at {balance}" for id_, kind, balance in rows
    ]


def check_outstanding(auditor: Auditor) -> CheckResult:
    """Each shop's outstanding points are what members hold of them, under each set of terms, and so those set aside."""
    held: dict[tuple[int, ...], tuple[int, ...]] = defaultdict(lambda: (0, 0))
    for shop, terms_id, points, in_pots in auditor.rows(
        "SELECT issuer, terms_id, "
        f"CAST(SUM(CASE WHEN kind = {AccountKind.POT:d} THEN 0 ELSE balance END) AS BIGINT), "
        f"CAST(SUM(CASE WHEN kind = {AccountKind.POT:d} THEN balance ELSE 0 END) AS BIGINT) "
        "FROM accounts WHERE alliance_id = :alliance_id "
        f"AND kind IN ({AccountKind.LOT:d}, {AccountKind.HELD:d}, {AccountKind.POT:d}) GROUP BY issuer, terms_id"
    ):
        held[shop, terms_id] = points, in_pots
    kept: dict[tuple[int, ...], tuple[int, ...]] = defaultdict(lambda: (0, 0))
    for shop, terms_id, points, set_aside in auditor.rows(
        "SELECT shop, terms_id, points, set_aside FROM outstanding WHERE alliance_id = :alliance_id"
    ):
        kept[shop, terms_id] = points, set_aside
    keys = sorted({*held, *kept})
    return len(keys), [
        f"shop {auditor.config.by_id[shop].ref}: {is_kept} points {what} {is_held}"
        for shop, terms_id in keys
        for what, is_kept, is_held in zip(
            ("outstanding, members hold", "set aside, its pots hold"),
            kept[shop, terms_id],
            held[shop, terms_id],
            strict=True,
        )
        if is_kept != is_held
    ]


def check_backing(auditor: Auditor) -> CheckResult:
    """Under on_issue what the pool was paid and has not paid out is exactly what members hold.

    Under on_redemption nothing is paid in advance: a point is backed by its issuer, within its limit.
    """
    on_issue = {terms.id for terms in auditor.config.terms if terms.funding is Funding.ON_ISSUE}
    pool: dict[int, int] = defaultdict(int)
    for tallies in auditor.tallies().values():
        for key, tally in tallies:
            if key.terms_id in on_issue:
                pool[key.terms_id] += tally[ISSUED] - tally[REDEEMED_OWN] - tally[REDEEMED_HERE] - tally[EXPIRED]
    rows = auditor.rows(
        "SELECT terms_id, CAST(SUM(balance) AS BIGINT) FROM accounts WHERE alliance_id = :alliance_id "
        f"AND kind IN ({AccountKind.LOT:d}, {AccountKind.HELD:d}) GROUP BY terms_id"
    )
    held = {**dict.fromkeys(on_issue, 0), **{row[0]: row[1] for row in rows}}
    return len(on_issue), [
        f"under terms {terms_id} the pool backs {pool[terms_id]} points, members hold {held[terms_id]}"
        for terms_id in sorted(on_issue)
        if pool[terms_id] != held[terms_id]
    ]


def check_holds(auditor: Auditor) -> CheckResult:
    """A hold is open until a posting refers to it, and what is locked is what the open holds have locked."""
    resolved = auditor.rows(
        "SELECT h.posting_id, h.resolved_by, p.id FROM holds AS h LEFT JOIN postings AS p "
        "ON p.alliance_id = h.alliance_id AND p.refers_to = h.posting_id AND p.refusal IS NULL "
        "WHERE h.alliance_id = :alliance_id AND COALESCE(h.resolved_by, 0) <> COALESCE(p.id, 0) "
        "AND (h.posting_id > :after OR h.resolved_by IS NULL OR h.resolved_by > :after) ORDER BY h.posting_id",
        after=auditor.after,
    )
    differences = [f"hold {hold} counts as resolved by {kept}, the postings say {by}" for hold, kept, by in resolved]
    locked = auditor.rows(
        "SELECT CAST(COALESCE(SUM(m.amount), 0) AS BIGINT), COUNT(DISTINCT h.posting_id) FROM holds AS h "
        "JOIN postings AS p ON p.alliance_id = h.alliance_id AND p.id = h.posting_id "
        "JOIN moves AS m ON m.alliance_id = h.alliance_id AND m.window_id = p.window_id "
        f"AND m.posting_id = h.posting_id AND m.kind = {HOLD:d} "
        "WHERE h.alliance_id = :alliance_id AND h.resolved_by IS NULL"
    )
    held = auditor.rows(
        "SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT) FROM accounts "
        f"WHERE alliance_id = :alliance_id AND kind = {AccountKind.HELD:d}"
    )
    if locked[0][0] != held[0][0]:
        differences.append(f"open holds locked {locked[0][0]} points, {held[0][0]} are locked")
    differences += compare_holds(auditor)
    return auditor.count("holds"), differences


def check_swept_lots(auditor: Auditor) -> CheckResult:
    """No lot that is over has points which no sweep will look for again."""
    swept = auditor.rows("SELECT swept_on FROM lot_sweeps WHERE alliance_id = :alliance_id")
    left = auditor.rows(
        f"SELECT id, expires_on, balance FROM accounts WHERE alliance_id = :alliance_id AND kind = {AccountKind.LOT:d} "
        "AND balance > 0 AND expires_on < :first ORDER BY expires_on, id",
        first=first_day_to_sweep(swept[0][0] if swept else None),
    )
    return len(swept), [
        f"lot {id_} was over on {date_text(expires_on)}, and {points} points of it never expired"
        for id_, expires_on, points in left
    ]


CHECKS = {
    "header": check_header,
    "sums_are_zero": check_sums,
    "balances_from_moves": check_balances,
    "signs": check_signs,
    "outstanding_points": check_outstanding,
    "backing": check_backing,
    "holds": check_holds,
    "swept_lots": check_swept_lots,
}


def _list(kinds: Iterable[AccountKind]) -> str:
    return ", ".join(str(int(kind)) for kind in sorted(kinds))
