"""Staff log out."""

from fastapi.responses import RedirectResponse

from coalition.access.callers import Callers
from coalition.access.log import record
from coalition.access.session_store import revoke_sessions
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsStaff, Visiting
from coalition.web.cookies import drop_session_cookie

router = PageRouter("/account/log-out")


@router.post("")
def log_out(visit: Visiting, caller: AsStaff) -> RedirectResponse:
    """End this session."""
    answer = RedirectResponse("/log-in", 303)
    with visit.town.database.engine.begin() as connection:
        revoke_sessions(connection, caller.alliance_id, caller.id, visit.town.machine_clock(), caller.session)
        record(connection, caller, "session.end", str(caller.session), {"ended": 1})
    callers: Callers = visit.request.app.state.callers
    callers.forget()
    drop_session_cookie(visit.request, answer)
    return answer
