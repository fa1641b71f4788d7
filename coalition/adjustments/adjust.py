"""Adjust a member's points: a shop gives some as goodwill, or takes back what a posting gave by mistake."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

from coalition.alliance import Alliance, Alliances
from coalition.approvals.approval import Approval, Outcome, Payload
from settlement import month_end
from settlement.ledger import Answer, Earn, Posting, RefundEarn, Refusal, StoredPosting, posting_by_id

ADJUST_POINTS = "adjust_points"
ALONE_POINTS_MAX = 10_000
"""What one person may adjust alone, in points, where the alliance has set nothing else."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """`points` above zero are issued by `shop`; below zero they are taken back of what posting `of` issued."""

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


def find_issued(alliance: Alliance, posting_id: int, shop: str, member: str) -> StoredPosting | None:
    """The posting in which this shop issued points to this member; None where that one is none such."""
    with closing(alliance.database.session()) as session:
        found = posting_by_id(alliance.book, session, posting_id)
    if found is None or found.refusal is not None:
        return None
    return found if (found.content.get("shop"), found.content.get("member")) == (shop, member) else None


def adjust(alliance: Alliance, given: Adjustment, key: str) -> Answer:
    """Book an adjustment under its key; the same again gives the first answer. Raises what the poster raises."""
    at = alliance.clock()
    content: Mapping[str, str | int] = {
        "type": "adjustment",
        **{name: value for name, value in given.payload.items() if value is not None},
    }
    if given.of is not None:
        return alliance.poster.post(Posting(key, at, content, [RefundEarn(given.of, -given.points)]))
    months = alliance.programme.rules_at(at).expiry_months
    expires_on = month_end(alliance.book.calendar.local_date(at), months)
    return alliance.poster.post(Posting(key, at, content, [Earn(given.shop, given.member, given.points, expires_on)]))


def execute_adjustment(alliances: Alliances, approval: Approval) -> Outcome:
    """Book an adjustment that was approved, under the key under which it was asked for."""
    alliance = alliances.get(approval.alliance_id)
    answer = adjust(alliance, adjustment_of(approval.payload), approval.request_key)
    if answer.refusal is not None:
        return Outcome(done=False, result=_why(answer.refusal))
    return Outcome(done=True, result={"adjustment": alliance.programme.ids.public("adj", answer.posting_id)})


def _why(refusal: Refusal) -> Payload:
    return {"code": refusal.code, "detail": str(refusal)}
