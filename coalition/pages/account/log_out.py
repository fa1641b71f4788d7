"""Staff log out."""

from fastapi.responses import RedirectResponse

from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsStaff, Visiting
from coalition.web.cookies import drop_session_cookie
from coalition.web.end_sessions import end_sessions

router = PageRouter("/account/log-out")


@router.post("")
def log_out(visit: Visiting, caller: AsStaff) -> RedirectResponse:
    """End this session."""
    answer = RedirectResponse("/log-in", 303)
    end_sessions(visit.request, caller, caller.session)
    drop_session_cookie(visit.request, answer)
    return answer
