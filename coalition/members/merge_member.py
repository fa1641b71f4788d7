"""Merge a duplicate into the member that it duplicates.

The duplicate's id stands for the other member from then on. First the people are merged, in one transaction; within
two seconds every till earns to the other member. Then the points follow, as gifts, and what bonus rules count. What
still comes to the merged id (from a till with an old cache, a refund, a hold that is released) is forwarded by the
next sweep. Nothing can be lost or counted twice, since each gift is what the id has at that moment.
"""

from sqlalchemy import Connection, update

from coalition.access.caller import Caller
from coalition.access.end_credentials import Ending, end_credentials
from coalition.access.log import record_separately
from coalition.access.member_code import subject_of
from coalition.alliance import Alliance
from coalition.approvals.approval import Payload
from coalition.approvals.approvals import Approvals
from coalition.clock import system_clock
from coalition.events.emit import begin_after_postings, emit
from coalition.members.errors import MemberOwes, SameMember
from coalition.members.event_types import MEMBER_MERGED
from coalition.members.mates import publish_household
from coalition.members.member import MemberRecord, MemberState
from coalition.members.member_cache import member_cache
from coalition.members.past_mates import keep_mates
from coalition.members.points import points_of
from coalition.members.releases import pass_releases_on
from coalition.members.store import (
    all_merged,
    change_member,
    drop_consents,
    lock_members,
    merged_ids,
    pass_contacts_on,
    resolve_merged,
)
from coalition.members.tables import members
from coalition.members.transfer_all import PassAll
from settlement import TransactionConflict
from settlement.ledger import Posting, holdings_of, owners_with_anything

GONE = {"name": None, "language": None, "birthday": None, "notices_by": None, "household": None, "joined_at": None}
FORWARDED_AT_ONCE = 500
MERGE_MEMBERS = "merge_members"
ALONE_POINTS_MAX = 10_000
"""The points that one person may move from one member to another by a merge, unless the alliance sets another limit."""
TRIES = 5
"""How often a merge looks again for points that came meanwhile; the sweep does the rest."""


def merge_member(alliance: Alliance, approvals: Approvals, caller: Caller, duplicate: str, into: str) -> str:
    """Merge one member into another, and log it; returns the id of the one who stays. Repeated, it changes nothing.

    Raises MemberUnknown, SameMember where both are one since another merge, MemberOwes, and ApprovalAwaited and
    PersonNeeded where the duplicate has more points than one person may move.
    """
    with alliance.database.engine.connect() as connection:
        gone, kept_id = (resolve_merged(connection, alliance.id, id_).id for id_ in (duplicate, into))
        points = 0 if gone == kept_id else points_of(connection, alliance, gone)
    if points:
        asked: Payload = {"member": gone, "into": kept_id, "points": points}
        approvals.check_alone(caller, MERGE_MEMBERS, points, alliance.worth_at_most(points), asked)
    with begin_after_postings(alliance) as connection:
        gone, kept = _merge_people(connection, alliance, duplicate, into)
    for _ in range(TRIES):
        if not forward(alliance, {gone: kept}):
            break
    record_separately(alliance.database, caller, "member.merge", duplicate, {"into": kept})
    member_cache(alliance).refresh()
    return kept


def _merge_people(connection: Connection, alliance: Alliance, duplicate: str, into: str) -> tuple[str, str]:
    here = alliance.id
    # All in one go, as everybody locks them: a second pass would wait for whoever waits for the first.
    before = [resolve_merged(connection, here, id_).id for id_ in (duplicate, into)]
    lock_members(connection, here, [duplicate, into, *before, *merged_ids(connection, here, before[0])])
    gone, kept = resolve_merged(connection, here, duplicate), resolve_merged(connection, here, into)
    if [gone.id, kept.id] != before:
        raise TransactionConflict(alliance.database.public_url, "a member was merged meanwhile")
    if gone.id == kept.id:
        if duplicate == into:
            raise SameMember(into)
        return duplicate, kept.id
    owed = holdings_of(alliance.book, connection, [gone.id, *merged_ids(connection, here, gone.id)], 0).debts
    if owed:
        raise MemberOwes(gone.id, sum(debt.points for debt in owed))
    pass_contacts_on(connection, here, gone.id, kept.id)
    drop_consents(connection, here, gone.id)
    pass_releases_on(connection, here, gone.id, kept.id)
    if gone.spend_locked and not kept.spend_locked:
        # Whoever locked one of the two ids locked their points, wherever they are now.
        change_member(connection, here, kept.id, {"spend_locked": True}, publish=True)
    keep_mates(connection, here, gone, alliance.clock())
    change_member(
        connection, here, gone.id, {**GONE, "state": MemberState.MERGED.value, "merged_into": kept.id}, publish=True
    )
    change_member(connection, here, kept.id, _filled(kept, gone), publish=True)
    connection.execute(
        update(members)
        .where(members.c.alliance_id == here, members.c.merged_into == gone.id)
        .values(merged_into=kept.id, changed_at=system_clock())
    )
    end_credentials(connection, here, subject_of(gone.id), Ending.MERGE)
    if MemberState.FROZEN in (kept.state, gone.state):
        end_credentials(connection, here, subject_of(kept.id), Ending.FREEZE)
    publish_household(connection, here, gone.household)
    publish_household(connection, here, kept.household)
    payload = {"member": gone.id, "receiver": kept.id}
    emit(connection, here, MEMBER_MERGED, alliance.clock(), payload, member=gone.id, second_member=kept.id)
    return gone.id, kept.id


def _filled(kept: MemberRecord, gone: MemberRecord) -> dict[str, str | int | None]:
    """The profile of the member who stays, its gaps filled. If one was frozen they are: merging unfreezes nobody."""
    notices_by = kept.profile.notices_by or gone.profile.notices_by
    state = MemberState.FROZEN if MemberState.FROZEN in (kept.state, gone.state) else kept.state
    return {
        "name": kept.profile.name or gone.profile.name,
        "language": kept.profile.language or gone.profile.language,
        "birthday": kept.profile.birthday or gone.profile.birthday,
        "notices_by": notices_by and notices_by.value,
        "state": state.value,
    }


def forward_all(alliance: Alliance) -> int:
    """Forward what came to merged ids since; how many had something. For a sweep, and safe to run twice at once."""
    with alliance.database.engine.connect() as connection:
        return forward(alliance, all_merged(connection, alliance.id))


def forward(alliance: Alliance, merged: dict[str, str]) -> int:
    """Give what these merged ids have to those whom they stand for; how many had something."""
    today = alliance.today
    forwarded = 0
    ids = sorted(merged)
    for at in range(0, len(ids), FORWARDED_AT_ONCE):
        with alliance.database.engine.connect() as connection:
            owners = owners_with_anything(alliance.book, connection, ids[at : at + FORWARDED_AT_ONCE], today)
        if owners:
            now = system_clock()
            alliance.poster.submit([_forwarding(alliance, id_, merged[id_], now) for id_ in owners]).result()
        forwarded += len(owners)
    return forwarded


def _forwarding(alliance: Alliance, id_: str, into: str, now: int) -> Posting:
    content: dict[str, str | int] = {"type": "merge", "member": id_, "receiver": into}
    return Posting(f"merge:{id_}:{now}", alliance.clock(), content, PassAll(id_, into))
