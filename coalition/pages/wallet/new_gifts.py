"""Gifts that came just now, and that the member has not looked at, on whatever device."""

from collections.abc import Iterable

from sqlalchemy import Connection

from coalition.members.store import resolve_merged
from coalition.notices.reads import gifts_looked_at, keep_gifts_looked_at
from coalition.pages.visit import MemberVisit
from coalition.pages.wallet.lines import RECEIVED, HistoryLine

DAY = 24 * 3600 * 1_000_000


def new_gifts(connection: Connection, own: MemberVisit, lines: Iterable[HistoryLine]) -> list[HistoryLine]:
    """Those of these lines that are gifts of the last day, after the newest that was looked at."""
    alliance = own.alliance
    seen = gifts_looked_at(connection, alliance.id, resolve_merged(connection, alliance.id, own.member).id)
    since = max(seen, alliance.clock() - DAY)
    return [line for line in lines if line.what in RECEIVED and line.at > since]


def look_at_gifts(connection: Connection, own: MemberVisit) -> None:
    """Let all gifts that came until now be looked at."""
    alliance = own.alliance
    me = resolve_merged(connection, alliance.id, own.member).id
    keep_gifts_looked_at(connection, alliance.id, me, alliance.clock())
