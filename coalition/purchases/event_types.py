"""Events of purchases, refunds and holds."""

from typing import Annotated, Any, NotRequired

from typing_extensions import TypedDict

from coalition.events.data import (
    About,
    Buyer,
    Currency,
    ExpiresOn,
    PointsEarned,
    PointsExpired,
    PointsReleased,
    PointsSettled,
    PointsSpent,
    PostedData,
    RefundFiguresData,
    ReturnedTo,
    ShopRef,
    SpentFrom,
)
from coalition.events.event_type import EventType
from coalition.events.posting import EventContext, Posted, PostingEvent
from coalition.locale.formats import moment, rfc3339
from coalition.purchases.hold import HOLD_PREFIX
from coalition.purchases.lines import decode_lines
from coalition.purchases.purchase import PURCHASE_PREFIX, cash_due, points_earned, points_expired, points_spent
from coalition.purchases.refund_shares import REFUND_PREFIX

HoldId = Annotated[str, About("The hold.")]


class PurchaseLineData(TypedDict):
    """A line of a purchase."""

    ref: Annotated[str, About("The till's name of the line.")]
    amount_minor: Annotated[int, About("Its amount, in minor units.")]
    earns: Annotated[bool, About("Whether it earns points.")]
    spends: Annotated[bool, About("Whether points could pay for it.")]


class NotEarnedData(TypedDict):
    """Why a purchase earned nothing."""

    code: Annotated[str, About("A stable name of the reason.")]


class PurchaseData(PostedData, RefundFiguresData):
    """A purchase."""

    shop: ShopRef
    member: Buyer
    amount_minor: Annotated[int, About("The whole amount, in minor units.")]
    currency: Currency
    cash_due_minor: Annotated[int, About("What points did not pay of it, in minor units.")]
    points_spent: PointsSpent
    points_earned: PointsEarned
    points_expired: Annotated[int, About("Those of them whose last day was over already.")]
    not_earned: Annotated[NotEarnedData | None, About("Why it earned nothing, where its shop may not issue points.")]
    spent_from: NotRequired[SpentFrom]
    expires_on: NotRequired[ExpiresOn]
    lines: NotRequired[Annotated[list[PurchaseLineData], About("Its lines, where the till sent them.")]]
    external_ref: Annotated[str | None, About("The till's own reference.")]
    till: NotRequired[Annotated[str, About("The connected till that booked it.")]]
    cashier: NotRequired[Annotated[str, About("The cashier who was signed in there.")]]


class RefundData(PostedData, RefundFiguresData):
    """What a refund gave back."""

    shop: ShopRef
    member: Buyer
    purchase: NotRequired[Annotated[str, About("The purchase that was refunded.")]]
    hold: NotRequired[Annotated[str, About("The hold whose captured points were given back.")]]
    amount_minor: NotRequired[Annotated[int, About("How much of the purchase was refunded, in minor units.")]]
    cash_back_minor: NotRequired[Annotated[int, About("What of it the shop gives back in money, in minor units.")]]
    lines: NotRequired[Annotated[list[str], About("The lines that were refunded, where they were named.")]]
    till: NotRequired[Annotated[str, About("The connected till that booked it.")]]
    cashier: NotRequired[Annotated[str, About("The cashier who was signed in there.")]]
    returned_to: NotRequired[ReturnedTo]
    points_expired: NotRequired[PointsExpired]
    expires_on: NotRequired[ExpiresOn]


class HoldData(PostedData):
    """Points that are locked."""

    shop: ShopRef
    member: Buyer
    points_held: Annotated[int, About("The points that are locked.")]
    lapses_at: NotRequired[Annotated[str, About("When they are free again by themselves.", "date-time")]]


class HoldEndedData(PostedData):
    """A hold whose points are free again."""

    hold: HoldId
    shop: ShopRef
    member: Buyer
    points_released: PointsReleased
    points_expired: NotRequired[PointsExpired]
    points_settled: NotRequired[PointsSettled]
    expires_on: NotRequired[ExpiresOn]


class HoldLapsedData(PostedData):
    """A hold whose time passed."""

    hold: HoldId
    shop: NotRequired[Annotated[str, About("Its shop; missing where a finding about sales at several held points.")]]
    member: Buyer
    points_released: PointsReleased
    points_expired: NotRequired[PointsExpired]
    points_settled: NotRequired[PointsSettled]
    expires_on: NotRequired[ExpiresOn]


class HoldCapturedData(PostedData):
    """A hold whose points were spent."""

    hold: HoldId
    shop: ShopRef
    member: Buyer
    points_spent: PointsSpent
    spent_from: SpentFrom
    points_released: NotRequired[PointsReleased]
    points_expired: NotRequired[PointsExpired]
    points_settled: NotRequired[PointsSettled]
    expires_on: NotRequired[ExpiresOn]


PURCHASE_CREATED = EventType("purchase.created", "A purchase was booked.", PurchaseData)
REFUND_CREATED = EventType(
    "refund.created",
    "A purchase was refunded, in full or in part; or captured points of a hold were given back.",
    RefundData,
)
HOLD_CREATED = EventType("hold.created", "Points were locked for a shop.", HoldData)
HOLD_CAPTURED = EventType("hold.captured", "Points of a hold were spent; the rest is free again.", HoldCapturedData)
HOLD_RELEASED = EventType("hold.released", "A hold was given up; its points are free again.", HoldEndedData)
HOLD_LAPSED = EventType("hold.lapsed", "A hold's time passed; its points are free again.", HoldLapsedData)

ORIGINALS = {"purchase": PURCHASE_PREFIX, "hold": HOLD_PREFIX}
"""What a refund may refer to, with the prefix of its public id."""
_SECOND = 1_000_000


def purchase_details(posted: Posted, context: EventContext) -> dict[str, Any]:
    """The further fields that the API answers a purchase with."""
    lines = decode_lines(str(posted.content["lines"])) if "lines" in posted.content else []
    listed = [
        {"ref": line.ref, "amount_minor": line.amount_minor, "earns": line.earns, "spends": line.spends}
        for line in lines
    ]
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
    if "refunded_minor" in posted.content:
        details["amount_minor"] = posted.content["refunded_minor"]
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


_PURCHASE = frozenset({"asked", "accept_partial", "lines", "pay_code"})
_REFUND = frozenset({"under", "lines", "purchase", "hold", "refunded_minor"})
_END = frozenset({"hold", "lapses_at"})

POSTING_EVENTS = (
    PostingEvent("purchase", PURCHASE_CREATED, PURCHASE_PREFIX, _PURCHASE, purchase_details),
    PostingEvent("refund", REFUND_CREATED, REFUND_PREFIX, _REFUND, refund_details),
    PostingEvent(
        "hold",
        HOLD_CREATED,
        HOLD_PREFIX,
        frozenset({"accept_partial", "lapses_at", "lapses_after_seconds", "pay_code"}),
        hold_details,
    ),
    PostingEvent("capture", HOLD_CAPTURED, "cap", _END, end_details),
    PostingEvent("release", HOLD_RELEASED, "rel", _END, end_details),
    PostingEvent("lapse", HOLD_LAPSED, "lap", _END, end_details),
)
