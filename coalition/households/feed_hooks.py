"""Members hear of it when somebody else of their household spends their points, or when some come back to them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from coalition.alliance import Alliance
from coalition.events.event import Event
from coalition.events.hooks import Published
from coalition.households.event_types import HOUSEHOLD_POINTS_CHANGED
from coalition.locale.formats import moment, rfc3339
from coalition.members.member import MemberState
from settlement.ledger import Session


def on_published(session: Session, alliance: Alliance, published: Sequence[Published]) -> dict[int, list[Event]]:
    """An event for each member whose points moved by a posting that names others, by posting.

    An id that was merged into a member is that member. Whoever was erased hears of nothing.
    """
    shared = [each for each in published if _others(each)]
    asked = {id_ for each in shared for id_ in (*each.posted.changes, *_named(each.event))}
    members = _members(session, alliance.id, asked) if asked else {}
    return {each.posted.id: _events(each, members) for each in shared}


def _named(event: Event) -> set[str]:
    return {id_ for id_ in (event.member, event.second_member) if id_ is not None}


def _others(each: Published) -> set[str]:
    """The owners of points that it moved, beside whom it names; none where it says of nobody whose it is."""
    return set() if each.event.member is None else each.posted.changes.keys() - _named(each.event)


def _members(session: Session, alliance_id: int, ids: set[str]) -> dict[str, str]:
    """The members whom these ids stand for; those of gifts that wait are nobody's."""
    rows = session.rows(
        "SELECT id, merged_into FROM members WHERE alliance_id = ? AND id = ANY(?) AND state <> ?",
        alliance_id,
        sorted(ids),
        MemberState.ERASED.value,
    )
    return {id_: merged_into or id_ for id_, merged_into in rows}


def _events(each: Published, members: Mapping[str, str]) -> list[Event]:
    posted, event = each
    named = {members.get(id_, id_) for id_ in _named(event)}
    changes: dict[str, int] = defaultdict(int)
    for owner, points in posted.changes.items():
        if owner in members and members[owner] not in named:
            changes[members[owner]] += points
    by = members.get(event.member or "", event.member)
    facts = {
        "id": event.payload["id"],
        "cause": event.type,
        "occurred_at": rfc3339(moment(posted.occurred_at)),
        "shop": event.shop,
    }
    return [
        Event(
            seq=0,
            type=HOUSEHOLD_POINTS_CHANGED,
            at=event.at,
            posting_id=None,
            # A shop's feed has what names its shop, and who shares points with whom is none of its business.
            shop=None,
            member=owner,
            second_member=by,
            payload={**facts, "member": owner, "by": by, "points_change": points},
        )
        for owner, points in changes.items()
        if points
    ]
