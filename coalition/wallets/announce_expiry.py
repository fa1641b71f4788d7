"""Tell members which of their points are about to expire: once for each member and day, some days ahead.

The sweep of a day looks at every day up to then, not only at the one that came in sight: points may be issued, or
brought along by an import, for a day that others have heard of already.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from sqlalchemy import Connection, Select, delete, insert, select, text

from coalition.alliance import Alliance
from coalition.events.emit import begin_after_postings, emit_to_members
from coalition.members.member_cache import member_cache
from coalition.members.store import ids_merged_into, living_members
from coalition.wallets.event_types import POINTS_EXPIRING
from coalition.wallets.tables import expiry_notices, expiry_sweeps
from coalition.wallets.wallet import worth_minor
from settlement import date_of, date_text, day_number
from settlement.ledger import LotHeld, lots_of, owners_of_lots

READ_AT_ONCE = 10_000
"""Owners that are read at once: each reading passes over those who have heard already."""
ANNOUNCED_AT_ONCE = 1_000
"""Members in one transaction, during which nobody else adds events."""

_SWEPT = text(
    "INSERT INTO expiry_sweeps (alliance_id, swept_on) VALUES (:alliance_id, :today) "
    "ON CONFLICT (alliance_id) DO UPDATE SET swept_on = excluded.swept_on"
)


def is_sweep_due(alliance: Alliance) -> bool:
    """Whether the sweep of today has not come to its end."""
    with alliance.database.engine.connect() as connection:
        swept_on = connection.execute(
            select(expiry_sweeps.c.swept_on).where(expiry_sweeps.c.alliance_id == alliance.id)
        ).scalar()
    return swept_on is None or swept_on < alliance.today


def announce_expiry(alliance: Alliance, go_on: Callable[[], bool]) -> None:
    """Announce what expires soon, as long as `go_on` says so; the next call goes on from there."""
    today = alliance.today
    for day in _days(alliance, today):
        while owners := _owners(alliance, day):
            for at in range(0, len(owners), ANNOUNCED_AT_ONCE):
                if not go_on():
                    return
                _announce(alliance, day, owners[at : at + ANNOUNCED_AT_ONCE])
    with alliance.database.engine.begin() as connection:
        connection.execute(
            delete(expiry_notices).where(
                expiry_notices.c.alliance_id == alliance.id, expiry_notices.c.expires_on < today
            )
        )
        connection.execute(_SWEPT, {"alliance_id": alliance.id, "today": today})


def _days(alliance: Alliance, today: int) -> Iterator[int]:
    """The days (yyyymmdd) whose points are announced, today first."""
    first = date_of(today)
    for ahead in range(member_cache(alliance).settings.expiry_notice_days + 1):
        yield day_number(first + timedelta(days=ahead))


def _owners(alliance: Alliance, day: int) -> list[str]:
    """Some owners of points that expire on a day and were not announced."""
    with alliance.database.engine.connect() as connection:
        return owners_of_lots(alliance.book, connection, day, _announced(alliance.id, day), READ_AT_ONCE)


def _announced(alliance_id: int, day: int) -> Select[str]:
    return select(expiry_notices.c.owner).where(
        expiry_notices.c.alliance_id == alliance_id, expiry_notices.c.expires_on == day
    )


def _announce(alliance: Alliance, day: int, owners: Sequence[str]) -> None:
    """Add the events of those whom these owners stand for.

    What is left under a merged id counts for the member. Nobody hears of what erased members and waiting gifts have.
    """
    with begin_after_postings(alliance) as connection:
        members = living_members(connection, alliance.id, owners)
        members |= ids_merged_into(connection, alliance.id, set(members.values()))
        members |= {member: member for member in members.values()}
        by_member: dict[str, list[LotHeld]] = defaultdict(list)
        for lot in lots_of(alliance.book, connection, sorted(members), day):
            by_member[members[lot.owner]].append(lot)
        named = [id_ for id_, member in members.items() if member in by_member]
        known = _keep(connection, alliance.id, day, {*named, *owners})
        payloads = {
            member: {
                "member": member,
                "points": sum(lot.points for lot in lots),
                "worth_minor": worth_minor(alliance, lots),
                "expires_on": date_text(day),
            }
            for member, lots in by_member.items()
            if member not in known
        }
        emit_to_members(connection, alliance.id, POINTS_EXPIRING, alliance.clock(), payloads)


def _keep(connection: Connection, alliance_id: int, day: int, owners: set[str]) -> set[str]:
    """Keep that these owners were seen to; those of them that were before.

    A second run at the same time fails here, as a whole, and finds them when it is repeated.
    """
    query = _announced(alliance_id, day).where(expiry_notices.c.owner.in_(sorted(owners)))
    known = {owner for (owner,) in connection.execute(query)}
    rows = [{"alliance_id": alliance_id, "expires_on": day, "owner": owner} for owner in sorted(owners - known)]
    if rows:
        connection.execute(insert(expiry_notices), rows)
    return known
