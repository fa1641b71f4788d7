"""An error as a page: what happened, in the visitor's words, and where to go on, with the navigation of its face."""

from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import Request, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.routing import Match

from coalition.access.caller import Caller, Role
from coalition.access.callers import Callers
from coalition.alliance import Alliance, Alliances
from coalition.locale.messages import translate
from coalition.pages.console.sections import OVERVIEW, READERS, SECTIONS, ConsolePage, Section
from coalition.pages.error_words import NOT_HERE, error_words
from coalition.pages.page import show
from coalition.pages.page_router import READS
from coalition.pages.page_words import page_text
from coalition.pages.visit import Visit, named_alliance, page_language
from coalition.web.cookies import session_cookie
from coalition.web.prove_session import keep_renewed
from settlement import NamedFact

MEANT = frozenset({400, 405, 413, 422})
"""Where something was wrong with how a page was asked, and not with which one."""
OF_PROGRAMS = ("/v1/", "/health", "/openapi.json")
"""Where programs ask, who want no page."""


@dataclass(frozen=True, slots=True)
class ErrorPage(ConsolePage):
    """What went wrong. `request_id` is the name of the request in the log.

    `layout` has the navigation of the face that the visitor is in, with the `section` of the console. `onward` is the
    nearest page that opens, `again` where it is the one that was meant, and `here` where this one is shown again in
    another language.
    """

    title: str
    detail: str
    status: int
    request_id: str
    layout: str
    onward: str
    here: str
    again: bool
    section: Section


def error_page(request: Request, error: NamedFact) -> Response | None:
    """The page of an error; None to whoever is no browser."""
    if request.url.path.startswith(OF_PROGRAMS) or "text/html" not in request.headers.get("accept", ""):
        return None
    lang, kind = page_language(request), error.error_kind
    caller, alliance = _visitor(request, kind.status)
    words = error_words(error, written=request.method not in READS)
    sentence = "" if words is None else words.detail
    path, onward = request.url.path, _onward(request, caller)
    page = ErrorPage(
        title=translate(kind.title if words is None else words.title, lang),
        detail=translate(sentence, lang) if sentence else page_text(error, lang, alliance),
        status=kind.status,
        request_id=request.state.request_id,
        layout=_layout(caller, path),
        onward=onward,
        here=path if request.method in READS else onward,
        again=kind.status in MEANT and words is not NOT_HERE,
        section=max((each for each in SECTIONS if path.startswith(each.path)), key=_depth, default=OVERVIEW),
    )
    answer = show(Visit(request, lang, alliance, caller), page, kind.status)
    keep_renewed(request, answer)
    return answer


def _visitor(request: Request, status: int) -> tuple[Caller | None, Alliance | None]:
    """Who looks, and the alliance whose name stands on top: looked up where the address was wrong, so no page knew.

    Nothing is asked where the database may be what failed, and nothing else needs it, so it may fail.
    """
    caller: Caller | None = getattr(request.state, "caller", None)
    alliance: Alliance | None = getattr(request.state, "alliance", None)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return caller, alliance
    callers: Callers = request.app.state.callers
    alliances: Alliances = request.app.state.alliances
    with suppress(NamedFact, SQLAlchemyError):
        token = session_cookie(request)
        if caller is None and token is not None:
            caller = callers.known(token) or callers.look_up(token)
            caller = caller if caller is not None and caller.session is not None else None
        if alliance is None:
            id_ = named_alliance(request) if caller is None else caller.alliance_id
            alliance = None if id_ is None else alliances.get(id_)
    return caller, alliance


def _layout(caller: Caller | None, path: str) -> str:
    """The layout with the navigation of whoever looks; strangers have that of the face in the address."""
    if caller is not None and caller.role in READERS:
        return "console/layout.html"
    is_wallet = caller.role is Role.MEMBER if caller is not None else path.startswith("/wallet")
    return "wallet/layout.html" if is_wallet else "layout.html"


def _onward(request: Request, caller: Caller | None) -> str:
    """The nearest page above this address that opens by itself: the page with the form, or the list of such things.

    Whoever is in a face that is not theirs is led to their own.
    """
    path = request.url.path.rstrip("/")
    if caller is not None and path.startswith("/wallet") is not (caller.role is Role.MEMBER):
        return "/"
    if request.method in READS and not request.url.query:
        path = path.rpartition("/")[0]
    while path:
        scope = {**request.scope, "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b""}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes):
            return path
        path = path.rpartition("/")[0]
    return "/"


def _depth(section: Section) -> int:
    return len(section.path)
