"""An error as a page: what happened, in the visitor's words, and where to go on."""

from dataclasses import dataclass

from fastapi import Request, Response

from coalition.locale.messages import translate
from coalition.pages.page import Page, show
from coalition.pages.visit import Visit, page_language
from coalition.web.prove_session import keep_renewed
from coalition.web.public_text import public_text
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
    alliance = getattr(request.state, "alliance", None)
    kind = error.error_kind
    page = ErrorPage(
        title=translate(kind.title, lang) if kind.title else "",
        detail=public_text(error, lang, alliance),
        status=kind.status,
        request_id=request.state.request_id,
    )
    answer = show(Visit(request, lang, alliance, getattr(request.state, "caller", None)), page, kind.status)
    keep_renewed(request, answer)
    return answer
