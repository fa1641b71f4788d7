"""An error as a page: what happened, in the visitor's words, and where to go on."""

from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import Request, Response
from sqlalchemy.exc import SQLAlchemyError

from coalition.alliance import Alliance, Alliances
from coalition.locale.messages import translate
from coalition.pages.page import Page, show
from coalition.pages.plain_words import page_text
from coalition.pages.visit import Visit, named_alliance, page_language
from coalition.web.prove_session import keep_renewed
from settlement import NamedFact

OF_PROGRAMS = ("/v1/", "/health", "/openapi.json")
"""Where programs ask, who want no page."""


@dataclass(frozen=True, slots=True)
class ErrorPage(Page):
    """What went wrong. `request_id` is the name of the request in the log."""

    title: str
    detail: str
    status: int
    request_id: str


def error_page(request: Request, error: NamedFact) -> Response | None:
    """The page of an error; None to whoever is no browser."""
    if request.url.path.startswith(OF_PROGRAMS) or "text/html" not in request.headers.get("accept", ""):
        return None
    lang = page_language(request)
    alliance = getattr(request.state, "alliance", None) or _town(request, error)
    kind = error.error_kind
    page = ErrorPage(
        title=translate(kind.title, lang) if kind.title else "",
        detail=page_text(error, lang, alliance),
        status=kind.status,
        request_id=request.state.request_id,
    )
    answer = show(Visit(request, lang, alliance, getattr(request.state, "caller", None)), page, kind.status)
    keep_renewed(request, answer)
    return answer


def _town(request: Request, error: NamedFact) -> Alliance | None:
    """The alliance whose name stands on top of a page that is not there; nothing else needs it, so it may fail."""
    if error.error_kind.status != HTTPStatus.NOT_FOUND:
        return None
    alliances: Alliances = request.app.state.alliances
    with suppress(NamedFact, SQLAlchemyError):
        id_ = named_alliance(request)
        return None if id_ is None else alliances.get(id_)
    return None
