"""Errors as RFC 9457 problem details, with a stable `code` and text in the reader's language."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.exceptions import HTTPException

from coalition.access.errors import AccessError, RequestReused, TooManyRequests
from coalition.api.alliance import alliance_now
from coalition.api.codes import CODES
from coalition.api.error_codes import ErrorCode
from coalition.api.field_texts import field_text, place
from coalition.api.own_key import own_key
from coalition.api.public_text import public_text
from coalition.api.titles import TITLES
from coalition.errors import CoalitionError, FileUnreadable
from coalition.gifts.errors import GiftDiffers
from coalition.locale.formats import Lang
from coalition.locale.messages import N_, translate
from coalition.members.errors import ContactInvalid, MemberError
from coalition.merchants.change_shop import ShopChanged, ShopExists
from coalition.merchants.shop_status import ShopStatusUnreachable
from coalition.payments.bank_errors import BankSettingsFileInvalid
from coalition.purchases.errors import LineUnknown, NothingCaptured, RefundTooLarge
from settlement import DatabaseUnusable, KeyReused, NamedFact

MEDIA_TYPE = "application/problem+json"

NO_JSON = N_("The body is not JSON that can be read.")

CODE_OF_STATUS = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
}


SENTENCES: Mapping[type[CoalitionError], str] = {
    ShopChanged: "changed_meanwhile",
    ShopExists: "shop_exists",
    ShopStatusUnreachable: "status_unreachable",
    RefundTooLarge: "refund_exceeds_original",
    NothingCaptured: "refund_exceeds_original",
    FileUnreadable: "not_set_up",
    BankSettingsFileInvalid: "not_set_up",
}
"""The code of the errors of use cases that are a sentence and nothing more."""


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
    fields: list[FieldProblem] = Field(default=[], description="The fields concerned, where there are any.")


class ApiError(Exception):
    """A problem that a route answers with."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        fields: Sequence[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.code, self.detail, self.fields = code, detail, list(fields)
        self.headers = dict(headers or {})
        super().__init__(detail)


class FieldsInvalid(ApiError):
    """Fields that can't be used: (field, name of the error, its values). What is said is in the reader's language."""

    def __init__(self, found: Sequence[tuple[str, str, Mapping[str, Any]]]) -> None:
        self.found = found
        super().__init__("invalid", self.told("en")[0], fields=self.told("en")[1])

    def told(self, lang: Lang) -> tuple[str, list[FieldProblem]]:
        """The same as a sentence, and field by field."""
        fields = [
            FieldProblem(field=field, problem=field_text(name, values, lang)) for field, name, values in self.found
        ]
        sentences = (translate("{field}: {problem}", lang, field=it.field, problem=it.problem) for it in fields)
        return translate("; ", lang).join(sentences), fields


def invalid(field: str, error: str, /, **values: object) -> FieldsInvalid:
    """A field that can't be used, for a reason that its schema can't say: one of those in `field_texts`."""
    return FieldsInvalid([(field, error, values)])


def invalid_by_schema(errors: Sequence[Any], body: object) -> FieldsInvalid:
    """What pydantic found in a body."""
    return FieldsInvalid(
        [(place(one["loc"], body, missing=one["type"] == "missing"), one["type"], one.get("ctx", {})) for one in errors]
    )


def _invalid_request(errors: Sequence[Any], body: object) -> FieldsInvalid:
    """What the framework found. A path of its errors begins with where in the request it is: body, query, header …"""
    in_body = [{**one, "loc": one["loc"][1:]} for one in errors if one["loc"][0] == "body"]
    elsewhere = [
        (".".join(map(str, one["loc"][1:])), one["type"], one.get("ctx", {}))
        for one in errors
        if one["loc"][0] != "body"
    ]
    return FieldsInvalid([*elsewhere, *invalid_by_schema(in_body, body).found])


def language_of(request: Request) -> Lang:
    """The first of our languages that Accept-Language names; English otherwise."""
    for part in request.headers.get("accept-language", "").split(","):
        name = part.split(";")[0].strip().lower()[:2]
        if name == "en":
            return "en"
        if name == "zh":
            return "zh"
    return "en"


def answer(
    request: Request,
    code: str,
    detail: str,
    fields: list[FieldProblem] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A problem as a response."""
    kind = CODES[code]
    return _respond(request, code, kind.status, TITLES[code][language_of(request)], detail, fields, headers)


def problem_of(request: Request, error: NamedFact) -> JSONResponse:
    """An error as a response, in the language of its request."""
    lang, caller = language_of(request), getattr(request.state, "caller", None)
    if isinstance(error, KeyReused):
        error = own_key(error, caller, request.headers.get("idempotency-key"))
    detail = public_text(error, lang, None if caller is None else alliance_now(request, caller))
    wait_seconds = getattr(error, "retry_after_seconds", None)
    headers = {} if wait_seconds is None else {"Retry-After": str(wait_seconds)}
    kind = error.error_kind
    return _respond(
        request, kind.code, kind.status, translate(kind.title, lang), detail, fields_of(error, detail), headers
    )


def fields_of(error: NamedFact, detail: str) -> list[FieldProblem]:
    """The field that an error is about, if there is one."""
    field = error.concerns.format_map(vars(error))
    return [FieldProblem(field=field, problem=detail)] if field else []


def _respond(
    request: Request,
    code: str,
    status: int,
    title: str,
    detail: str,
    fields: list[FieldProblem] | None,
    headers: Mapping[str, str] | None,
) -> JSONResponse:
    problem = Problem(
        type=f"urn:coalition:problem:{code}",
        title=title,
        status=status,
        code=code,
        detail=detail,
        request_id=request.state.request_id,
        fields=fields or [],
    )
    return JSONResponse(problem.model_dump(), status, headers=headers, media_type=MEDIA_TYPE)


def add_handlers(app: FastAPI) -> None:
    """Let every error leave the API as a problem."""

    @app.exception_handler(ApiError)
    def _api_error(request: Request, error: ApiError) -> JSONResponse:
        return answer(request, error.code, error.detail, error.fields, error.headers)

    @app.exception_handler(FieldsInvalid)
    def _fields(request: Request, error: FieldsInvalid) -> JSONResponse:
        return answer(request, error.code, *error.told(language_of(request)))

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> JSONResponse:
        code = CODE_OF_STATUS.get(error.status_code, "bad_request")
        return answer(request, code, str(error.detail), headers=error.headers)

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = error.errors()
        if any(one["type"] == "json_invalid" for one in errors):
            return answer(request, "bad_request", translate(NO_JSON, language_of(request)))
        return _fields(request, _invalid_request(errors, error.body))

    app.exception_handler(MemberError)(_member)

    @app.exception_handler(Exception)
    def _internal(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001 - the log has it, not the caller
        detail = f"The request failed; its id in our log is {request.state.request_id}."
        headers = {"X-Request-Id": request.state.request_id}
        return answer(request, "internal", detail, headers=headers)

    _add_domain_handlers(app)


def _add_domain_handlers(app: FastAPI) -> None:
    @app.exception_handler(AccessError)
    def _access(request: Request, error: AccessError) -> JSONResponse:
        headers = {}
        if isinstance(error, TooManyRequests):
            headers["Retry-After"] = str(error.retry_after_seconds)
        fields = [FieldProblem(field=error.field, problem=str(error))] if isinstance(error, RequestReused) else None
        return answer(request, error.code, str(error), fields, headers)

    @app.exception_handler(PoolExhausted)
    @app.exception_handler(DatabaseUnusable)
    def _database(request: Request, error: Exception) -> JSONResponse:
        # It names the database, so the log has it and the caller does not.
        request.state.error = error
        # A commit whose answer was lost may have happened: the same key finds out.
        detail = "The database can't be used now. Send the same request again, under the same key if it has one."
        return answer(request, "unavailable", detail, headers={"Retry-After": "5"})

    @app.exception_handler(NamedFact)
    def _fact(request: Request, error: NamedFact) -> JSONResponse:
        if not error.public:
            # No caller can bring it about: a fault of ours, so it goes where those go, the log included.
            raise error
        return problem_of(request, error)

    for kind, code in SENTENCES.items():
        app.add_exception_handler(kind, _sentence(code))

    @app.exception_handler(LineUnknown)
    def _line_unknown(request: Request, error: LineUnknown) -> JSONResponse:
        fields = [FieldProblem(field="lines", problem=str(error))]
        return answer(request, "line_unknown", str(error), fields)


def _member(request: Request, error: MemberError) -> JSONResponse:
    fields = None
    if isinstance(error, ContactInvalid | GiftDiffers):
        fields = [FieldProblem(field=error.field, problem=str(error))]
    return answer(request, error.code, str(error), fields)


def _sentence(code: str) -> Callable[[Request, Exception], JSONResponse]:
    def handle(request: Request, error: Exception) -> JSONResponse:
        return answer(request, code, str(error))

    return handle


def responses(*codes: tuple[int, str]) -> dict[int | str, dict[str, object]]:
    """The problems of a route, for its OpenAPI description: (status, when)."""
    return {
        status: {
            "description": when,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, when in codes
    }
