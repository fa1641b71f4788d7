"""Answers a form that is refused with its own page: what was typed is still there, and what is wrong stands beside it.

A route that refuses shows its page, and `typed_again` puts into it what was sent. What does not even come as far as a
route, because it is no number, say, or no choice of a list, is answered with the page that the form is on.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.types import Message

from coalition.locale.formats import Lang
from coalition.pages.checks import check_phrase
from coalition.pages.page_words import page_reason
from coalition.pages.typed_again import Sent, type_again
from coalition.pages.visit import page_language, wrong_fields


async def with_what_was_typed(request: Request, answer: Response) -> Response:
    """The page of a refused form, with what was typed into it; every other answer as it is."""
    if not _is_refused(request, answer):
        return answer
    html = type_again(bytes(answer.body).decode(), request.scope["path"], await _sent(request), wrong_fields(request))
    if html is not None:
        answer.body = html.encode()
        answer.headers["content-length"] = str(len(answer.body))
    return answer


async def form_that_cannot_be_read(request: Request, error: RequestValidationError) -> Response | None:
    """The page of a form whose fields are not what they must be; None where it is not the form that is wrong."""
    wrong = _wrong(error.errors(), page_language(request))
    sent = await _sent(request)
    if not wrong or not sent:
        return None
    path = request.scope["path"]
    place = path
    while place.count("/") > 1 or place == path:
        html = await _page_at(request, place)
        page = None if html is None else type_again(html, path, sent, wrong)
        if page is not None:
            return HTMLResponse(page, HTTPStatus.UNPROCESSABLE_ENTITY)
        place = place.rpartition("/")[0]
    return None


def _is_refused(request: Request, answer: Response) -> bool:
    return (
        request.method == "POST"
        and isinstance(answer, HTMLResponse)
        and HTTPStatus.BAD_REQUEST <= answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
    )


async def _sent(request: Request) -> Sent:
    """The texts of a form, by their fields. The framework keeps a form that was read."""
    form, sent = await request.form(), dict[str, list[str]]()
    for name, value in form.multi_items():
        if isinstance(value, str):
            sent.setdefault(name, []).append(value)
    return sent


def _wrong(errors: Sequence[Any], lang: Lang) -> dict[str, str]:
    """What to say beside each field of a form; nothing where anything else of the request is wrong."""
    if any(error["loc"][0] != "body" or len(error["loc"]) < 2 for error in errors):
        return {}
    wrong: dict[str, str] = {}
    for error in errors:
        field, place = error["loc"][1], error["loc"][2:3]
        name = f"{field}.{place[0]}" if place and isinstance(place[0], int) else field
        wrong.setdefault(name, page_reason(check_phrase(error), lang))
    return wrong


async def _page_at(request: Request, path: str) -> str | None:
    """The page at an address as whoever sent the request sees it; None where they see none."""
    scope = {
        **request.scope,
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "path_params": {},
    }
    status, parts = 0, list[bytes]()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)
        parts.append(message.get("body", b""))

    try:
        await request.app.router(scope, receive, send)
    except Exception:  # noqa: BLE001 - what is wrong with that page is no answer to this form
        return None
    return b"".join(parts).decode() if status == HTTPStatus.OK else None
