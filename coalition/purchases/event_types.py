"""Events of purchases, refunds and holds."""

from typing import Any

from coalition.events.event_type import EventType
from coalition.events.posting import EventContext, Posted, PostingEvent
from coalition.locale.formats import moment, rfc3339
from coalition.purchases.hold import HOLD_PREFIX
from coalition.purchases.lines import decode_lines
from coalition.purchases.purchase import PURCHASE_PREFIX, cash_due, points_earned, points_expired, points_spent
from coalition.purchases.refund_shares import REFUND_PREFIX

PURCHASE_CREATED = EventType("purchase.created", "A purchase was booked.")
REFUND_CREATED = EventType(
    "refund.created", "A purchase was refunded, in full or in part; or captured points of a hold were given back."
)
HOLD_CREATED = EventType("hold.created", "Points were locked for a shop.")
HOLD_CAPTURED = EventType("hold.captured", "Points of a hold were spent; the rest is free again.")
HOLD_RELEASED = EventType("hold.released", "A hold was given up; its points are free again.")
HOLD_LAPSED = EventType("hold.lapsed", "A hold's time passed; its points are free again.")

ORIGINALS = {"purchase": PURCHASE_PREFIX, "hold": HOLD_PREFIX}
"""What a refund may refer to, with the prefix of its public id."""
_SECOND = 1_000_000


def purchase_details(posted: Posted, context: EventContext) -> dict[str, Any]:
    """The further fields that the API answers a purchase with."""
    lines = decode_lines(str(posted.content["lines"])) if "lines" in posted.content else []
    listed = [{"ref": line.ref, "amount_minor": line.amount_minor, "earns": line.earns} for line in lines]
    return {
        **({"lines": listed} if listed else {}),
        "points_spent": points_spent(posted.moves),
        "points_earned": points_earned(posted.moves),
        "not_earned": None if posted.omitted is None else {"code": posted.omitted},
        "points_expired": points_expired(posted.moves),
        "currency": context.currency,
        "cash_due_minor": cash_due(int(posted.content["amount_minor"]), posted.moves, context.minor_per_point),
        "external_ref": posted.content.get("external_ref"),
    }


def refund_details(posted: Posted, context: EventContext) -> dict[str, Any]:
    """The purchase or the hold that was refunded, and its lines where single ones were."""
    details: dict[str, Any] = {
        name: context.ids.public(prefix, int(posted.content[name]))
        for name, prefix in ORIGINALS.items()
        if isinstance(posted.content.get(name), int)
    }
    if "lines" in posted.content:
        details["lines"] = str(posted.content["lines"]).split("\n")
    return details


def hold_details(posted: Posted, context: EventContext) -> dict[str, Any]:  # noqa: ARG001
    """When the hold lapses."""
    if "lapses_after_seconds" not in posted.content:
        return {}
    lapses_at = posted.occurred_at + int(posted.content["lapses_after_seconds"]) * _SECOND
    return {"lapses_at": rfc3339(moment(lapses_at))}


def end_details(posted: Posted, context: EventContext) -> dict[str, Any]:
    """The hold that came to its end."""
    return {} if posted.refers_to is None else {"hold": context.ids.public(HOLD_PREFIX, posted.refers_to)}


_END = frozenset({"hold", "lapses_at"})

POSTING_EVENTS = (
    PostingEvent(
        "purchase", PURCHASE_CREATED, PURCHASE_PREFIX, frozenset({"asked", "accept_partial", "lines"}), purchase_details
    ),
    PostingEvent(
        "refund", REFUND_CREATED, REFUND_PREFIX, frozenset({"under", "lines", "purchase", "hold"}), refund_details
    ),
    PostingEvent(
        "hold",
        HOLD_CREATED,
        HOLD_PREFIX,
        frozenset({"accept_partial", "lapses_at", "lapses_after_seconds"}),
        hold_details,
    ),
    PostingEvent("capture", HOLD_CAPTURED, "cap", _END, end_details),
    PostingEvent("release", HOLD_RELEASED, "rel", _END, end_details),
    PostingEvent("lapse", HOLD_LAPSED, "lap", _END, end_details),
)
