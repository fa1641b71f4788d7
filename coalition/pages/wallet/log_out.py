"""Log out: on this device, or on another one."""

from typing import Annotated

from fastapi import Form
from fastapi.responses import RedirectResponse

from coalition.access.callers import Callers
from coalition.access.log import record
from coalition.access.session_store import revoke_sessions
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember
from coalition.web.cookies import drop_session_cookie

router = PageRouter("/wallet/log-out")


@router.post("")
def log_out(own: AsMember, session: Annotated[str, Form(max_length=40)] = "") -> RedirectResponse:
    """End a session of the member's: this one, where none is named. The browser forgets what it kept of the wallet."""
    here = session in ("", own.caller.session)
    answer = RedirectResponse("/wallet/log-in" if here else "/wallet/me", 303)
    with own.alliance.database.engine.begin() as connection:
        ended = own.caller.session if here else session
        now = own.alliance.machine_clock()
        if revoke_sessions(connection, own.alliance.id, own.caller.id, now, ended):
            record(connection, own.caller, "session.end", str(ended), {"ended": 1})
    callers: Callers = own.visit.request.app.state.callers
    callers.forget()
    if here:
        drop_session_cookie(own.visit.request, answer)
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer
