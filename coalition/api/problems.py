"""Errors as RFC 9457 problem details, with a stable `code` and text in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.exceptions import HTTPException

from coalition.api.error_codes import ErrorCode
from coalition.api.errors import BadRequest, Internal, MethodNotAllowed, NoSuchPage, Unauthorized
from coalition.api.field_texts import field_phrase, place
from coalition.api.own_key import own_key
from coalition.errors import CoalitionError, Invalid, Unavailable
from coalition.locale.error_text import phrase_text
from coalition.locale.formats import Lang
from coalition.locale.messages import N_, translate
from coalition.web.public_text import public_text
from coalition.web.request import language_of
from settlement import DatabaseUnusable, KeyReused, NamedFact, Phrase

MEDIA_TYPE = "application/problem+json"
FIELDS_MAX = 50
"""Of how many fields an answer says what is wrong with them: a body may have thousands that can't be used."""

OF_STATUS: Mapping[int, NamedFact] = {404: NoSuchPage(), 405: MethodNotAllowed()}
"""What the framework answers by itself, as errors of ours."""


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str = Field(description="Where it is: a path such as events.3.amount.")
    problem: str = Field(description="What is wrong with it, and what is allowed.")


class Problem(BaseModel):
    """Problem details of RFC 9457."""

    type: str = Field(description="A name of the kind of problem: urn:coalition:problem: and the code.")
    title: str = Field(description="The kind of problem, in the language of Accept-Language (en or zh).")
    status: int = Field(description="The HTTP status code.")
    code: ErrorCode = Field(description="A stable name of the kind of problem, to decide on in a program.")
    detail: str = Field(description="What happened this time, and what to do.")
    request_id: str = Field(description="The id of this request, as in the header X-Request-Id and in the log.")
    fields: list[FieldProblem] = Field(
        default=[], description=f"The fields concerned, where there are any: the first {FIELDS_MAX}."
    )


class FieldsInvalid(CoalitionError, like=Invalid):
    """Fields that can't be used: (field, name of the error, its values)."""

    detail = "{problems:each}"
    left_out = ("field_errors",)
    field_errors: Sequence[tuple[str, str, Mapping[str, Any]]]

    @property
    def problems(self) -> list[Phrase]:
        """What is wrong, field by field, and of how many more."""
        first = [
            Phrase("{field}: {problem}", field=field, problem=field_phrase(name, values))
            for field, name, values in self.field_errors[:FIELDS_MAX]
        ]
        more = len(self.field_errors) - len(first)
        return [*first, Phrase(N_("and {count:number} more fields"), count=more)] if more else first


def invalid(field: str, error: str, /, **values: object) -> FieldsInvalid:
    """A field that can't be used, for a reason that its schema can't say: one of those in `field_texts`."""
    return FieldsInvalid([(field, error, values)])


def invalid_by_schema(errors: Sequence[Any], body: object) -> FieldsInvalid:
    """What a schema does not allow in a body: the errors that pydantic lists."""
    return FieldsInvalid(
        [
            (place(error["loc"], body, missing=error["type"] == "missing"), error["type"], error.get("ctx", {}))
            for error in errors
        ]
    )


def _invalid_request(errors: Sequence[Any], body: object) -> FieldsInvalid:
    """The errors that the framework lists. Their paths begin with where in the request it is: body, query, header …"""
    in_body = [{**error, "loc": error["loc"][1:]} for error in errors if error["loc"][0] == "body"]
    elsewhere = [
        (".".join(map(str, error["loc"][1:])), error["type"], error.get("ctx", {}))
        for error in errors
        if error["loc"][0] != "body"
    ]
    return FieldsInvalid([*elsewhere, *invalid_by_schema(in_body, body).field_errors])


def answer_to(request: Request, error: NamedFact) -> Response:
    """An error as a response: as a page to a browser that asks for one, as a problem to everybody else."""
    for error_page in request.app.state.error_pages:
        page: Response | None = error_page(request, error)
        if page is not None:
            page.headers.update(_headers_of(error))
            return page
    return problem_of(request, error)


def problem_of(request: Request, error: NamedFact) -> JSONResponse:
    """An error as a problem, in the language of its request."""
    lang, caller = language_of(request), getattr(request.state, "caller", None)
    if isinstance(error, KeyReused):
        error = own_key(error, caller, request.headers.get("idempotency-key"))
    # The one that the request has opened, if it came that far: opening it now could fail as the request did.
    detail = public_text(error, lang, getattr(request.state, "alliance", None))
    kind = error.error_kind
    problem = Problem(
        type=f"urn:coalition:problem:{kind.code}",
        title=translate(kind.title, lang),
        status=kind.status,
        code=kind.code,
        detail=detail,
        request_id=request.state.request_id,
        fields=fields_of(error, detail, lang),
    )
    return JSONResponse(problem.model_dump(), kind.status, headers=_headers_of(error), media_type=MEDIA_TYPE)


def fields_of(error: NamedFact, detail: str, lang: Lang) -> list[FieldProblem]:
    """The fields that an error is about, with what is wrong with each: its detail, if it is about one."""
    if isinstance(error, FieldsInvalid):
        return [
            FieldProblem(field=field, problem=phrase_text(field_phrase(name, values), lang))
            for field, name, values in error.field_errors[:FIELDS_MAX]
        ]
    field = error.concerns.format_map(vars(error))
    problem = error.field_says.format_map(vars(error)) or detail
    return [FieldProblem(field=field, problem=problem)] if field else []


def _headers_of(error: NamedFact) -> dict[str, str]:
    wait_seconds = getattr(error, "retry_after_seconds", None)
    if wait_seconds is not None:
        return {"Retry-After": str(wait_seconds)}
    return {"WWW-Authenticate": "Bearer"} if isinstance(error, Unauthorized) else {}


def add_handlers(app: FastAPI) -> None:
    """Let every error leave the API as a problem."""

    @app.exception_handler(NamedFact)
    def _fact(request: Request, error: NamedFact) -> Response:
        if not error.public:
            # No caller can bring it about: a fault of ours, so it goes where those go, the log included.
            raise error
        answer = answer_to(request, error)
        # What is to be done once a refusal is out, which FastAPI's own background tasks are not after an error.
        answer.background = getattr(request.state, "background", None)
        return answer

    @app.exception_handler(PoolExhausted)
    @app.exception_handler(DatabaseUnusable)
    def _database(request: Request, error: Exception) -> Response:
        # It names the database, so the log has it and the caller does not.
        request.state.error = error
        return answer_to(request, Unavailable())

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        answer = answer_to(request, OF_STATUS.get(error.status_code, BadRequest()))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> Response:
        errors = error.errors()
        if any(each["type"] == "json_invalid" for each in errors):
            return answer_to(request, BadRequest())
        return answer_to(request, _invalid_request(errors, error.body))

    @app.exception_handler(Exception)
    def _internal(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the log has it, not the caller
        answer = answer_to(request, Internal(request.state.request_id))
        answer.headers["X-Request-Id"] = request.state.request_id
        return answer


TWO_PEOPLE = (409, "It takes two people (approval_awaited): send it again once another person has approved it.")
"""When something is answered with `approval_awaited`."""


def responses(*codes: tuple[int, str]) -> dict[int | str, dict[str, object]]:
    """The problems of a route, for its OpenAPI description: (status, when)."""
    return {
        status: {
            "description": when,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, when in codes
    }
