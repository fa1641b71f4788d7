"""Log out: on this device, or on another one."""

from typing import Annotated

from fastapi import Form
from fastapi.responses import RedirectResponse

from coalition.access.errors import ProofNeeded
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember
from coalition.web.cookies import drop_session_cookie
from coalition.web.end_sessions import end_sessions

router = PageRouter("/wallet/log-out")


@router.post("")
def log_out(own: AsMember, session: Annotated[str, Form(max_length=40)] = "") -> RedirectResponse:
    """End a session of the member's, and the pay codes of its phone: this one, where none is named.

    Another one takes a proof first. The browser forgets what it kept of the wallet.
    """
    here = session in ("", own.caller.session)
    answer = RedirectResponse("/wallet/log-in" if here else "/wallet/me/devices?done=out", 303)
    try:
        end_sessions(own.visit.request, own.caller, own.caller.session if here else session)
    except ProofNeeded:
        return RedirectResponse("/wallet/prove?next=/wallet/me/devices", 303)
    if here:
        drop_session_cookie(own.visit.request, answer)
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer
