"""Which notices of the alliance a member has not read in this browser, which keeps the newest that it showed."""

from collections.abc import Sequence

from fastapi import Response
from sqlalchemy import Connection

from coalition.notices.notice import MemberNotice
from coalition.notices.store import list_notices
from coalition.pages.visit import MemberVisit
from coalition.web.cookies import YEAR_SECONDS, set_cookie

COOKIE = "notices_read"
MOST = 50


def unread_notices(connection: Connection, own: MemberVisit) -> list[MemberNotice]:
    """Those that are there now and came after the newest that was shown here, the newest first."""
    posted = list_notices(connection, own.alliance.id, own.alliance.clock(), None, MOST)
    return [notice for notice in posted if notice.from_at > read_until(own)]


def read_until(own: MemberVisit) -> int:
    """When the newest notice came that this browser showed this member, in microseconds since 1970 UTC; 0 for none."""
    member, _, instant = own.visit.request.cookies.get(COOKIE, "").rpartition(".")
    return int(instant) if member == own.member and instant.isascii() and instant.isdigit() else 0


def keep_read(own: MemberVisit, notices: Sequence[MemberNotice], answer: Response) -> None:
    """Let these be read, the newest first."""
    newest = max([read_until(own), *(notice.from_at for notice in notices)])
    set_cookie(own.visit.request, answer, COOKIE, f"{own.member}.{newest}", YEAR_SECONDS)
