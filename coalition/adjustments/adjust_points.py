"""Adjust a member's points: issue some as goodwill, or take back what a posting issued by mistake."""

import hmac
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256

from coalition.access.caller import Caller
from coalition.access.log import record_separately
from coalition.adjustments.store import find_reason, keep_reason
from coalition.alliance import Alliance, Alliances
from coalition.approvals.approval import Approval, Outcome, Payload
from coalition.approvals.approvals import Approvals
from coalition.refusals import RefusedByBook
from settlement import month_end
from settlement.ledger import Answer, Earn, Posting, RefundEarn, Refusal, StoredPosting, posting_by_id

ADJUST_POINTS = "adjust_points"
ADJUSTMENT_PREFIX = "adj"
"""The prefix of an adjustment's public id."""
ALONE_POINTS_MAX = 10_000
"""What one person may adjust alone, in points, unless the alliance sets another limit."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """`shop` issues `points` to `member` or, if they are negative, takes them back from what posting `of` issued."""

    shop: str
    member: str
    points: int
    reason: str
    by: str
    of: int | None = None

    @property
    def payload(self) -> Payload:
        """The adjustment as data."""
        plain: dict[str, str | int | None] = {
            "shop": self.shop,
            "member": self.member,
            "points": self.points,
            "reason": self.reason,
            "by": self.by,
        }
        return plain if self.of is None else {**plain, "of": self.of}


def adjustment_of(payload: Payload) -> Adjustment:
    """The adjustment that a payload describes."""
    of = payload.get("of")
    return Adjustment(
        str(payload["shop"]),
        str(payload["member"]),
        int(payload["points"] or 0),
        str(payload["reason"]),
        str(payload["by"]),
        None if of is None else int(of),
    )


def find_issuing_posting(alliance: Alliance, posting_id: int, shop: str, member: str) -> StoredPosting | None:
    """The posting, if this shop issued points to this member in it; None otherwise."""
    with closing(alliance.database.session()) as session:
        posting = posting_by_id(alliance.book, session, posting_id)
    if posting is None or posting.refusal is not None:
        return None
    return posting if (posting.content.get("shop"), posting.content.get("member")) == (shop, member) else None


def adjust_points(alliance: Alliance, adjustment: Adjustment, key: str) -> Answer:
    """Book an adjustment. The same key again returns the first answer. Raises the errors of `Poster.post`."""
    at = alliance.clock()
    with alliance.database.engine.begin() as connection:
        keep_reason(connection, alliance.id, key, adjustment.member, adjustment.reason)
    fields = {**adjustment.payload, "reason": None, "reason_hash": _hash(alliance, adjustment.reason)}
    content: Mapping[str, str | int] = {
        "type": "adjustment",
        **{name: value for name, value in fields.items() if value is not None},
    }
    if adjustment.of is not None:
        return alliance.poster.post(Posting(key, at, content, [RefundEarn(adjustment.of, -adjustment.points)]))
    months = alliance.programme.rules_at(at).expiry_months
    expires_on = month_end(alliance.calendar.local_date(at), months)
    return alliance.poster.post(
        Posting(key, at, content, [Earn(adjustment.shop, adjustment.member, adjustment.points, expires_on)])
    )


def _hash(alliance: Alliance, reason: str) -> str:
    """A keyed hash of a reason, by which the book knows a retry from another adjustment."""
    return hmac.digest(alliance.programme.secret, b"reason\0" + reason.encode(), sha256).hex()[:32]


def find_adjustment(alliance: Alliance, id_: str) -> Adjustment | None:
    """The adjustment of a public id, once it is booked; its reason is empty when the member was erased."""
    posting_id = alliance.programme.ids.posting(ADJUSTMENT_PREFIX, id_)
    if posting_id is None:
        return None
    with closing(alliance.database.session()) as session:
        posting = posting_by_id(alliance.book, session, posting_id)
    if posting is None or posting.refusal is not None or posting.content.get("type") != "adjustment":
        return None
    with alliance.database.engine.connect() as connection:
        reason = find_reason(connection, alliance.id, posting.key)
    # Those that were booked before reasons were kept apart have theirs in the book.
    return adjustment_of({"reason": reason or "", **posting.content})


def request_adjustment(
    alliance: Alliance, approvals: Approvals, caller: Caller, adjustment: Adjustment, key: str
) -> Answer | Approval:
    """Book what one person may adjust alone; for more, ask for another person's approval.

    The same `key` finds the same answer or request. Raises RefusedByBook, PersonNeeded, RequestReused, and the errors
    of `Poster.post`.
    """
    points = abs(adjustment.points)
    waiting = approvals.ask_above_limits(
        caller, ADJUST_POINTS, points, alliance.worth_at_most(points), adjustment.payload, key
    )
    if waiting is not None:
        return waiting
    answer = adjust_points(alliance, adjustment, key)
    if answer.refusal is not None:
        approvals.release(caller, key)
        raise RefusedByBook(answer.refusal)
    if not answer.replayed:
        details: dict[str, str | int] = {"member": adjustment.member, "points": adjustment.points}
        public = alliance.programme.ids.public(ADJUSTMENT_PREFIX, answer.posting_id)
        record_separately(alliance.database, caller, "adjustment.book", public, details)
    return answer


def execute_adjustment(alliances: Alliances, approval: Approval) -> Outcome:
    """Book an approved adjustment, under the key of the request."""
    alliance = alliances.get(approval.alliance_id)
    answer = adjust_points(alliance, adjustment_of(approval.payload), approval.request_key)
    if answer.refusal is not None:
        return Outcome(done=False, result=_refusal_payload(answer.refusal))
    return Outcome(
        done=True, result={"adjustment": alliance.programme.ids.public(ADJUSTMENT_PREFIX, answer.posting_id)}
    )


def _refusal_payload(refusal: Refusal) -> Payload:
    return {"code": refusal.code, "detail": refusal.sentence}
