"""Errors as RFC 9457 problem details, with a stable `code` and text in the reader's language."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from coalition.i18n import Lang
from settlement import DatabaseUnusable

MEDIA_TYPE = "application/problem+json"

TITLES: Mapping[str, Mapping[Lang, str]] = {
    "bad_request": {"en": "The request can't be read", "zh": "请求无法解析"},
    "unauthorized": {"en": "An API key is needed", "zh": "需要有效的 API 密钥"},
    "not_found": {"en": "There is nothing here", "zh": "未找到"},
    "method_not_allowed": {"en": "This method is not allowed here", "zh": "不支持此方法"},
    "body_too_large": {"en": "The request's body is too large", "zh": "请求内容过大"},
    "invalid": {"en": "A field of the request can't be used", "zh": "请求中有无效字段"},
    "scenario_invalid": {"en": "The scenario can't be read", "zh": "方案文件有误"},
    "purchases_invalid": {"en": "A row of the purchases can't be used", "zh": "消费记录有误"},
    "event_refused": {"en": "An event can't happen at that moment", "zh": "事件此刻无法发生"},
    "run_too_large": {"en": "The run is too large", "zh": "模拟规模过大"},
    "run_too_long": {"en": "The run took too long", "zh": "模拟时间过长"},
    "unavailable": {"en": "Not available now", "zh": "暂时不可用"},
    "internal": {"en": "Something went wrong on our side", "zh": "服务器内部错误"},
}

CODES = {400: "bad_request", 401: "unauthorized", 404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str = Field(description="Where it is: a path such as events.3.amount.")
    problem: str = Field(description="What is wrong with it, and what is allowed.")


class Problem(BaseModel):
    """Problem details of RFC 9457."""

    type: str = Field(description="A name of the kind of problem: urn:coalition:problem: and the code.")
    title: str = Field(description="The kind of problem, in the language of Accept-Language (en or zh).")
    status: int = Field(description="The HTTP status code.")
    code: str = Field(description="A stable name of the kind of problem, to decide on in a program.")
    detail: str = Field(description="What happened this time, and what to do.")
    request_id: str = Field(description="The id of this request, as in the header X-Request-Id and in the log.")
    fields: list[FieldProblem] = Field(default=[], description="The fields concerned, where there are any.")


class ApiError(Exception):
    """A problem that a route answers with."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        fields: Sequence[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status, self.code, self.detail, self.fields = status, code, detail, list(fields)
        self.headers = dict(headers or {})
        super().__init__(detail)


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
    status: int,
    code: str,
    detail: str,
    fields: list[FieldProblem] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A problem as a response."""
    problem = Problem(
        type=f"urn:coalition:problem:{code}",
        title=TITLES[code][language_of(request)],
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
        return answer(request, error.status, error.code, error.detail, error.fields, error.headers)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> JSONResponse:
        code = CODES.get(error.status_code, "bad_request")
        return answer(request, error.status_code, code, str(error.detail), headers=error.headers)

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        fields = [
            FieldProblem(field=".".join(str(part) for part in one["loc"][1:]) or str(one["loc"][0]), problem=one["msg"])
            for one in error.errors()
        ]
        return answer(request, 422, "invalid", "; ".join(f"{one.field}: {one.problem}" for one in fields), fields)

    @app.exception_handler(DatabaseUnusable)
    def _database(request: Request, error: DatabaseUnusable) -> JSONResponse:  # noqa: ARG001 - it names the database
        detail = "The database can't be used now. Nothing was done; the same request may be sent again."
        return answer(request, HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", detail, headers={"Retry-After": "5"})

    @app.exception_handler(Exception)
    def _internal(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001 - the log has it, not the caller
        detail = f"The request failed; its id in our log is {request.state.request_id}."
        return answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal", detail)


def responses(*codes: tuple[int, str]) -> dict[int | str, dict[str, object]]:
    """The problems of a route, for its OpenAPI description: (status, when)."""
    return {
        status: {
            "description": when,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, when in codes
    }
