"""Accounts are named as the moves on them, and the postings that made them, say."""

from settlement.audit.auditor import Auditor, CheckResult
from settlement.calendar import next_day
from settlement.ledger.accounts import MONEY, NEVER, NOBODY, OF_PARTICIPANTS, AccountKind
from settlement.ledger.moves import (
    COMPENSATE,
    COUNT,
    EXPIRE,
    GIVE,
    HOLD,
    ISSUE,
    OWE,
    REDEEM,
    REPAY,
    SET_ASIDE,
    TRANSFER,
    WAIVE,
)

POSITION = 12

_LOT, _HELD, _EXPIRED, _DEBT = AccountKind.LOT, AccountKind.HELD, AccountKind.EXPIRED, AccountKind.DEBT
_ISSUED, _REDEEMED, _POT = AccountKind.ISSUE, AccountKind.REDEEM, AccountKind.POT
_METER, _METERED = AccountKind.METER, AccountKind.METERED
SIDES = {
    ISSUE: ((_ISSUED, _POT), (_LOT,)),
    REDEEM: ((_LOT, _HELD), (_REDEEMED,)),
    EXPIRE: ((_LOT,), (_EXPIRED,)),
    GIVE: ((_LOT,), (_LOT,)),
    HOLD: ((_LOT,), (_HELD,)),
    OWE: ((_DEBT,), (_ISSUED, _POT)),
    COMPENSATE: ((_ISSUED,), (_REDEEMED,)),
    REPAY: ((_LOT,), (_REDEEMED,)),
    WAIVE: ((_EXPIRED,), (_ISSUED, _POT)),
    SET_ASIDE: ((_ISSUED,), (_POT,)),
    COUNT: ((_METERED, _METER), (_METER,)),
    TRANSFER: (tuple(sorted(MONEY)), tuple(sorted(MONEY))),
}
"""By kind of move: the kinds of account that value leaves and goes to; the other way round where it is taken back."""
OF_SHOPS = (_ISSUED, _REDEEMED, *sorted(OF_PARTICIPANTS))
"""Kinds of account that a participant owns."""
OF_POINTS = (_LOT, _HELD, _EXPIRED, _DEBT, _POT)
"""Kinds of account with points of one issuer under one set of terms: those that a member owns, and pots."""


def check_names(auditor: Auditor) -> CheckResult:
    """Each move goes between accounts that it may go between; each account of a shop is named after its shop.

    Points keep issuer, terms and last day where they are given, locked or expire, and their owner in the last two;
    what is counted keeps its number and its day where it is passed on.
    """
    allowed = " OR ".join(
        f"ABS(m.kind) = {kind} AND f.kind IN ({_list(out)}) AND t.kind IN ({_list(into)})"
        for kind, (out, into) in SIDES.items()
    )
    of_moves = " AND ".join(
        f"({side}.kind NOT IN ({_list(OF_POINTS)}) OR ({side}.issuer = m.issuer AND {side}.terms_id = m.terms_id)) "
        f"AND ({side}.kind <> {_ISSUED:d} OR {side}.issuer = m.issuer) "
        f"AND ({side}.kind <> {_REDEEMED:d} OR {side}.issuer = m.shop)"
        for side in "ft"
    )
    kept = (
        f"(ABS(m.kind) NOT IN ({GIVE}, {HOLD}, {EXPIRE}) OR f.expires_on = t.expires_on) "
        f"AND (ABS(m.kind) NOT IN ({HOLD}, {EXPIRE}) OR f.owner = t.owner) "
        f"AND (f.kind <> {_METER:d} OR (f.expires_on = t.expires_on AND f.terms_id = t.terms_id "
        "AND f.issuer = t.issuer))"
    )
    moved = auditor.rows(
        f"SELECT m.posting_id, m.line FROM {auditor.new_moves} AS m "
        "JOIN accounts AS f ON f.alliance_id = m.alliance_id AND f.id = CASE WHEN m.kind > 0 THEN m.debit "
        "ELSE m.credit END "
        "JOIN accounts AS t ON t.alliance_id = m.alliance_id AND t.id = CASE WHEN m.kind > 0 THEN m.credit "
        "ELSE m.debit END "
        f"WHERE m.alliance_id = :alliance_id AND NOT (({allowed}) AND {of_moves} AND {kept}) "
        "ORDER BY m.posting_id, m.line"
    )
    misnamed = auditor.rows(
        "SELECT a.id FROM accounts AS a LEFT JOIN participants AS p ON p.alliance_id = a.alliance_id "
        "AND p.id = a.issuer WHERE a.alliance_id = :alliance_id AND ("
        f"(a.kind IN ({_list(OF_SHOPS)}) AND (p.ref IS NULL OR a.owner <> p.ref)) "
        f"OR (a.kind IN ({_list(MONEY - OF_PARTICIPANTS | {_METERED})}) AND a.issuer <> {NOBODY}) "
        f"OR (a.kind = {_METER:d} AND a.issuer <> {NOBODY} AND p.ref IS NULL) "
        f"OR (a.kind NOT IN ({_list((_LOT, _HELD, _EXPIRED, _METER))}) AND a.expires_on <> {NEVER}) "
        f"OR (a.kind NOT IN ({_list((*OF_POINTS, _METER))}) AND a.terms_id <> 0)) ORDER BY a.id"
    )
    differences = [f"posting {id_}, line {line}: these accounts have no such move" for id_, line in moved]
    differences += [f"account {id_} is not named after its shop" for (id_,) in misnamed]
    return auditor.count("accounts"), differences + _misdated(auditor)


CHECKS = {"account_names": check_names}


def _misdated(auditor: Auditor) -> list[str]:
    """Lots that expired on another day than the one after their last."""
    calendar = auditor.book.calendar
    return [
        f"posting {id_} expired account {lot} on another day than the one after its last, {expires_on}"
        for id_, occurred_at, lot, expires_on in auditor.rows(
            "SELECT p.id, p.occurred_at, a.id, a.expires_on FROM postings AS p "
            "JOIN moves AS m ON m.alliance_id = p.alliance_id AND m.window_id = p.window_id AND m.posting_id = p.id "
            f"AND m.kind = {EXPIRE} "
            "JOIN accounts AS a ON a.alliance_id = m.alliance_id AND a.id = m.debit "
            "WHERE p.alliance_id = :alliance_id AND p.id > :after AND p.content LIKE :expiry ORDER BY p.id",
            after=auditor.after,
            expiry='{"type":"expiry",%',
        )
        if calendar.day(occurred_at)[0] != next_day(expires_on)
    ]


def _list(kinds: "tuple[AccountKind, ...] | frozenset[AccountKind]") -> str:
    return ", ".join(str(int(kind)) for kind in sorted(kinds))
