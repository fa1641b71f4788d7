"""Choose another password."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import BackgroundTasks, Form, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.log import record
from coalition.access.log_in import change_password
from coalition.access.messages import CredentialEvent
from coalition.access.rate_limits import LOG_IN_ACCOUNT
from coalition.access.shared_rate_limits import SharedRates
from coalition.access.user_store import find_user
from coalition.pages.errors import LogInNeeded
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsStaff, Visiting
from coalition.web.cookies import drop_session_cookie
from coalition.web.credential_notices import tell_person
from settlement import NamedFact

router = PageRouter("/account/password")


@dataclass(frozen=True, slots=True)
class PasswordPage(Page):
    """The form, with what was wrong with the last try."""

    problem: str = ""


@router.get("")
def form(visit: Visiting, caller: AsStaff) -> HTMLResponse:  # noqa: ARG001 - for staff alone
    """An empty form."""
    return show(visit, PasswordPage())


@router.post("")
def choose(
    visit: Visiting,
    caller: AsStaff,
    background: BackgroundTasks,
    old: Annotated[str, Form(max_length=200)],
    new: Annotated[str, Form(max_length=200)],
) -> Response:
    """Ends all sessions, this one included: log in again with the new one. The user is told by message."""
    rates: SharedRates = visit.request.app.state.log_in_rates
    alliance = visit.town
    with alliance.database.engine.connect() as connection:
        user = find_user(connection, caller.alliance_id, caller.id.removeprefix("user:"))
    if user is None:
        raise LogInNeeded("/log-in", ended=False)
    try:
        rates.take(LOG_IN_ACCOUNT, caller.id)
        with alliance.database.engine.begin() as connection:
            change_password(connection, user, old, new)
            record(connection, caller, "user.change_password", user.id)
    except NamedFact as error:
        return show(visit, PasswordPage(visit.explain(error)), error.error_kind.status)
    rates.clear(LOG_IN_ACCOUNT, caller.id)
    tell_person(background, visit.request, caller.alliance_id, caller.id, CredentialEvent.PASSWORD_CHANGED)
    visit.forget_callers()
    answer = RedirectResponse("/log-in", 303)
    drop_session_cookie(visit.request, answer)
    return answer
