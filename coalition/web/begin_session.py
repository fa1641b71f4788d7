"""Begin the session of somebody who has just logged in."""

from typing import NamedTuple

from fastapi import Request, Response
from sqlalchemy import Connection

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.access.session_store import NewSession, add_session
from coalition.access.user import lifetime_of
from coalition.web.cookies import set_session_cookie


class BegunSession(NamedTuple):
    """A new session, and whose it is."""

    caller: Caller
    session: NewSession


def begin_session(
    request: Request, connection: Connection, caller: Caller, now: int, by: str, cookie: Response | None
) -> BegunSession:
    """Begin and log a session; `by` is how they logged in. Its cookie is set on the answer `cookie`, if there is one.

    Raises ForeignPage where there is, and another site's page sent the log-in.
    """
    agent = request.headers.get("user-agent", "")
    new = add_session(connection, caller.alliance_id, caller.id, lifetime_of(caller.role), agent, now)
    if cookie is not None:
        set_session_cookie(request, cookie, new.token.text, (new.expires_at - now) // 1_000_000)
    record(connection, caller, "session.begin", caller.id.partition(":")[2], {"session": new.token.id, "by": by})
    return BegunSession(caller, new)
