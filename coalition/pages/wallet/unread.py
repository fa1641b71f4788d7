"""Which notices of the alliance a member has not read, on whatever device they did."""

from sqlalchemy import Connection

from coalition.members.store import resolve_merged
from coalition.notices.notice import MemberNotice
from coalition.notices.reads import read_until
from coalition.notices.store import list_notices
from coalition.pages.visit import MemberVisit

MOST = 50


def unread_notices(connection: Connection, own: MemberVisit) -> list[MemberNotice]:
    """Those that are there now and came after the newest that they have read, the newest first."""
    alliance = own.alliance
    posted = list_notices(connection, alliance.id, alliance.clock(), None, MOST)
    read = read_until(connection, alliance.id, resolve_merged(connection, alliance.id, own.member).id)
    return [notice for notice in posted if notice.from_at > read]
