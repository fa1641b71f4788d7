"""An event, and the event that a posting becomes. Pure: what was read of the book goes in, an event comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from coalition.events.posting import BY_CONTACT, EventContext, Posted, PostedMove
from coalition.events.types import posting_events, types_to_members
from coalition.ids import PostingIds, window_id
from coalition.locale.formats import moment, rfc3339
from settlement import date_text
from settlement.ledger import MoveKind, refund_figures

ID = "evt"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in an alliance. `at` is microseconds since 1970 UTC, `payload` what there is to know.

    `seq` counts an alliance's events up, in the order in which they were committed. `posting_id` is set where a
    posting of the book is what happened; `member` and `second_member` are the members concerned.
    """

    seq: int
    type: str
    at: int
    posting_id: int | None
    shop: str | None
    member: str | None
    second_member: str | None
    payload: Mapping[str, Any]

    @property
    def data(self) -> Mapping[str, Any]:
        """What is published of its payload."""
        return {name: value for name, value in self.payload.items() if name != BY_CONTACT}

    @property
    def concerns_members(self) -> bool:
        """Whether it is about a member, or about all of them."""
        return self.member is not None or self.second_member is not None or self.type in types_to_members()

    def public_id(self, ids: PostingIds) -> str:
        """The id by which the API and webhooks name it."""
        return ids.public(ID, self.seq)


ISSUE, REDEEM, EXPIRE = int(MoveKind.ISSUE), int(MoveKind.REDEEM), int(MoveKind.EXPIRE)
FIGURES: Mapping[int, Sequence[str]] = {
    ISSUE: ("points_earned",),
    REDEEM: ("points_spent",),
    int(MoveKind.HOLD): ("points_held",),
    -int(MoveKind.HOLD): ("points_released",),
    EXPIRE: ("points_expired",),
    int(MoveKind.SET_ASIDE): ("points_set_aside",),
    -int(MoveKind.SET_ASIDE): ("points_put_back",),
}
"""The figures of an event that a move of each kind adds to; those of a refund come from `refund_figures`."""

OF_REFUNDS = frozenset({-REDEEM, -ISSUE, *(int(kind) for kind in (MoveKind.OWE, MoveKind.REPAY, MoveKind.WAIVE))})
"""Kinds of moves by which points come back, and by which they pay what a member owes since a refund."""

SHOP_FIGURES = {REDEEM: "spent_from", -REDEEM: "returned_to"}
"""Figures that are given for each shop that issued the points, by the kind of move."""

HIDDEN = frozenset({"type", "at", "occurred_at", "points"})
"""Fields of a posting's content that no event repeats: it has them in other words, or in its figures."""


def event_of(posted: Posted, seq: int, context: EventContext) -> Event | None:
    """The event that a posting becomes; None for one that is no fact of its own."""
    kind = posted.content.get("type")
    if not isinstance(kind, str):
        return None
    published = posting_events()[kind]
    hidden = HIDDEN | published.hidden
    payload: dict[str, Any] = {"id": context.ids.public(published.prefix, posted.id)}
    payload.update((name, value) for name, value in posted.content.items() if name not in hidden)
    shop, member = (_named(posted, name) for name in ("shop", "member"))
    by_contact = BY_CONTACT in posted.original
    expired = next((move for move in posted.moves if move.kind == EXPIRE), None)
    if expired is not None and shop is None:
        # Nobody at the shop that had issued them named the member.
        shop, member, by_contact = expired.issuer, expired.owner, True
    payload |= {name: value for name, value in (("shop", shop), ("member", member)) if value is not None}
    if by_contact:
        payload[BY_CONTACT] = 1
    payload |= _figures(posted.moves)
    if published.in_window:
        window = {"window": window_id(posted.window_id), "late": posted.late}
        payload |= {"occurred_at": _at(posted.occurred_at), **window}
    payload |= published.details(posted, context)
    second = payload.get("receiver")
    second_member = second if isinstance(second, str) else None
    return Event(seq, published.event_type, posted.recorded_at, posted.id, shop, member, second_member, payload)


def _named(posted: Posted, name: str) -> str | None:
    """A shop or member that a posting names; else the one that the posting it refers to does."""
    value = posted.content.get(name, posted.original.get(name))
    return value if isinstance(value, str) else None


def _figures(moves: Sequence[PostedMove]) -> dict[str, Any]:
    """Points by what became of them, and of which shops those were that were spent or came back."""
    figures: dict[str, Any] = {}
    by_shop: dict[str, dict[str, int]] = {}
    dates = set()
    for kind, _, issuer, amount, _, expires_on, _, _ in moves:
        for name in FIGURES.get(kind, ()):
            figures[name] = figures.get(name, 0) + amount
        if kind in SHOP_FIGURES:
            shops = by_shop.setdefault(SHOP_FIGURES[kind], {})
            shops[issuer] = shops.get(issuer, 0) + amount
        if expires_on is not None:
            dates.add(expires_on)
    if any(move.kind in OF_REFUNDS for move in moves):
        figures |= _refund_figures(moves)
    figures.update(by_shop)
    if len(dates) == 1:
        figures["expires_on"] = date_text(dates.pop())
    return figures


def _refund_figures(moves: Sequence[PostedMove]) -> dict[str, int]:
    back = refund_figures(moves)
    named = {
        "points_taken_back": back.taken_back,
        "points_owed": back.owed,
        "points_settled": back.settled,
        "points_waived": back.waived,
    }
    if any(move.kind == -REDEEM for move in moves):
        named["points_returned"] = back.returned
    return {name: points for name, points in named.items() if points}


def _at(instant: int) -> str:
    return rfc3339(moment(instant))


def public_event(event: Event, ids: PostingIds, *, for_shop: bool = False) -> dict[str, Any]:
    """An event as the API shows it, and as the body of a webhook by the Standard Webhooks spec.

    A shop that named a member by a contact, or did not name them, is told no id.
    """
    if for_shop and BY_CONTACT in event.payload:
        event = replace(event, member=None, payload={**event.payload, "member": None})
    return {
        "id": event.public_id(ids),
        "type": event.type,
        "timestamp": _at(event.at),
        "shop": event.shop,
        "member": event.member,
        "second_member": event.second_member,
        "data": event.data,
    }
