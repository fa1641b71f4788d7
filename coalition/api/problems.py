"""Errors as RFC 9457 problem details, with a stable `code` and text in the reader's language."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.exceptions import HTTPException

from coalition.access.errors import AccessError, RequestReused, TooManyRequests
from coalition.bank.errors import BankSettingsFileInvalid
from coalition.disputes.answer_dispute import DisputeDecided
from coalition.errors import CoalitionError, FileUnreadable
from coalition.i18n import Lang
from coalition.members.errors import ContactInvalid, GiftDiffers, MemberError
from coalition.merchants.change_shop import ShopChanged, ShopExists
from coalition.merchants.status import StatusUnreachable
from coalition.purchases.refund_purchase import LineUnknown, RefundTooLarge
from coalition.refusals import refusal_text
from settlement import BookSettings, DatabaseUnusable, KeyReused, PosterClosed, Refusal, SettlementError

MEDIA_TYPE = "application/problem+json"

TITLES: Mapping[str, Mapping[Lang, str]] = {
    "bad_request": {"en": "The request can't be read", "zh": "请求无法解析"},
    "unauthorized": {"en": "An API key is needed", "zh": "需要有效的 API 密钥"},
    "csrf_token_missing": {"en": "The session's csrf_token is needed", "zh": "需要会话的 csrf_token"},
    "log_in_refused": {"en": "This log-in is not right", "zh": "登录信息有误"},
    "second_factor_needed": {"en": "A one-time code is needed", "zh": "需要一次性验证码"},
    "invitation_unknown": {"en": "This invitation can't be used", "zh": "邀请无效或已过期"},
    "password_weak": {"en": "This password can't be chosen", "zh": "密码不符合要求"},
    "user_exists": {"en": "There is such a user", "zh": "用户已存在"},
    "last_owner": {"en": "The alliance needs an owner", "zh": "联盟至少需要一位所有者"},
    "passkey_refused": {"en": "This passkey can't be added", "zh": "无法添加此通行密钥"},
    "rate_limited": {"en": "Too many requests", "zh": "请求过于频繁"},
    "approval_not_open": {"en": "This can't be decided any more", "zh": "该审批已不可处理"},
    "person_needed": {"en": "A person has to ask for this", "zh": "需由本人登录后申请"},
    "second_person_needed": {"en": "Another person has to approve this", "zh": "需由另一人审批"},
    "forbidden": {"en": "You may not do this", "zh": "无权执行此操作"},
    "idempotency_key_missing": {"en": "An Idempotency-Key is needed", "zh": "需要 Idempotency-Key"},
    "key_reused": {"en": "This key was used for something else", "zh": "该键已用于其他请求"},
    "key_malformed": {"en": "This key can't be one", "zh": "键的格式无效"},
    "not_found": {"en": "There is nothing here", "zh": "未找到"},
    "method_not_allowed": {"en": "This method is not allowed here", "zh": "不支持此方法"},
    "body_too_large": {"en": "The request's body is too large", "zh": "请求内容过大"},
    "invalid": {"en": "A field of the request can't be used", "zh": "请求中有无效字段"},
    "scenario_invalid": {"en": "The scenario can't be read", "zh": "方案文件有误"},
    "purchases_invalid": {"en": "A row of the purchases can't be used", "zh": "消费记录有误"},
    "event_refused": {"en": "An event can't happen at that moment", "zh": "事件此刻无法发生"},
    "run_too_large": {"en": "The run is too large", "zh": "模拟规模过大"},
    "run_too_long": {"en": "The run took too long", "zh": "模拟时间过长"},
    "if_match_missing": {"en": "If-Match is needed", "zh": "需要 If-Match"},
    "changed_meanwhile": {"en": "It was changed meanwhile", "zh": "内容已被他人修改"},
    "shop_exists": {"en": "There is such a shop already", "zh": "该商家已存在"},
    "status_unreachable": {"en": "It can't go there from where it stands", "zh": "无法从当前状态转换"},
    "dispute_decided": {"en": "The dispute was decided before", "zh": "争议已处理"},
    "no_sandbox": {"en": "This is no sandbox", "zh": "这不是沙盒"},
    "refund_exceeds_original": {"en": "More than is left to refund", "zh": "退款超过可退金额"},
    "line_unknown": {"en": "No such line is left to refund", "zh": "没有可退的该行商品"},
    "refused": {"en": "The book does not take this", "zh": "账本拒绝此操作"},
    "member_frozen": {"en": "The member is frozen", "zh": "会员已被冻结"},
    "member_owes": {"en": "The member still owes points", "zh": "会员尚欠积分"},
    "same_member": {"en": "Both are the same member", "zh": "两者为同一会员"},
    "contact_invalid": {"en": "This contact can't be used", "zh": "联系方式无效"},
    "contact_needed": {"en": "A phone number or an e-mail address is needed", "zh": "需要手机号或邮箱"},
    "contact_taken": {"en": "This contact is another member's", "zh": "联系方式已属于其他会员"},
    "contacts_differ": {"en": "The contacts are two members'", "zh": "联系方式分属两位会员"},
    "birthday_invalid": {"en": "This birthday can't be one", "zh": "生日无效"},
    "row_invalid": {"en": "A row can't be used", "zh": "数据行无效"},
    "already_in_household": {"en": "The member is in a household already", "zh": "会员已在家庭中"},
    "household_full": {"en": "The household is full", "zh": "家庭成员已满"},
    "pay_code_invalid": {"en": "This is no pay code", "zh": "付款码无效"},
    "pay_code_over": {"en": "The pay code is over", "zh": "付款码已过期"},
    "pay_code_used": {"en": "The pay code was used", "zh": "付款码已使用"},
    "confirmation_needed": {"en": "The member is to confirm the amount", "zh": "需要会员确认金额"},
    "confirmation_declined": {"en": "The member declined", "zh": "会员已拒绝"},
    "poster_closed": {"en": "The server is stopping", "zh": "服务器正在停止"},
    "signature_wrong": {"en": "The webhook is not signed by Stripe", "zh": "Webhook 签名无效"},
    "news_malformed": {"en": "The webhook is no event of Stripe's", "zh": "Webhook 不是有效的 Stripe 事件"},
    "unavailable": {"en": "Not available now", "zh": "暂时不可用"},
    "url_refused": {"en": "No webhook can be sent to this URL", "zh": "无法向该网址发送通知"},
    "webhook_endpoint_exists": {"en": "This URL is an endpoint already", "zh": "该网址已登记"},
    "too_many_endpoints": {"en": "There are too many endpoints", "zh": "通知端点过多"},
    "nets_not_zero": {"en": "The nets do not add up to zero", "zh": "净额合计不为零"},
    "shop_not_leaving": {"en": "The shop is not leaving", "zh": "该商户未在退出"},
    "payment_refused": {"en": "The payment can't go there", "zh": "该付款无法执行此操作"},
    "money_short": {"en": "There is not enough money", "zh": "余额不足"},
    "rail_unknown": {"en": "There is no such rail", "zh": "没有该支付渠道"},
    "line_matched": {"en": "This movement has its place already", "zh": "该笔流水已匹配"},
    "bank_file_not_found": {"en": "There is no such bank file", "zh": "没有该银行文件"},
    "nothing_to_export": {"en": "There is nothing to export", "zh": "没有可导出的付款"},
    "bank_file_unreadable": {"en": "The bank's file can't be read", "zh": "无法读取银行文件"},
    "foreign_statement": {"en": "The statement is of another account", "zh": "该对账单属于其他账户"},
    "bank_line_not_found": {"en": "There is no such line", "zh": "没有该笔流水"},
    "bank_line_settled": {"en": "The line is dealt with already", "zh": "该笔流水已处理"},
    "attempt_not_found": {"en": "There is no such payment in a bank file", "zh": "银行文件中没有该付款"},
    "attempt_settled": {"en": "The payment can't be given up", "zh": "该付款不可放弃"},
    "line_does_not_fit": {"en": "The line can't be this payment", "zh": "该笔流水与付款不符"},
    "stripe_missing": {"en": "There is no account at Stripe", "zh": "未开通 Stripe 账户"},
    "stripe_refused": {"en": "Stripe refused this", "zh": "Stripe 拒绝此操作"},
    "stripe_unreachable": {"en": "Stripe gives no answer", "zh": "Stripe 无响应"},
    "amount_not_payable": {"en": "Stripe can't move this amount", "zh": "Stripe 无法处理该金额"},
    "not_set_up": {"en": "Payments are not set up", "zh": "付款设置有误"},
    "internal": {"en": "Something went wrong on our side", "zh": "服务器内部错误"},
}

CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
}


STATUS_OF_ERROR: Mapping[str, int] = {
    "book_not_found": 404,
    "key_malformed": 400,
    "poster_closed": 503,
    "window_not_found": 404,
    "participant_unknown": 404,
    "window_not_over": 409,
    "earlier_window_open": 409,
    "payment_not_found": 404,
    "nets_not_zero": 409,
    "line_not_found": 404,
    "payment_refused": 409,
    "money_short": 409,
    "stripe_refused": 409,
    "stripe_unreachable": 503,
    "digits_too_few": 409,
    "bank_file_not_found": 404,
    "bank_line_not_found": 404,
    "attempt_not_found": 404,
    "nothing_to_export": 409,
    "bank_line_settled": 409,
    "attempt_settled": 409,
    "line_does_not_fit": 409,
}
"""The status of an error of the book; 422 where it is not here."""

STATUS_OF_MEMBER_ERROR: Mapping[str, int] = {
    "not_found": 404,
    "same_member": 422,
    "contact_invalid": 422,
    "contact_needed": 422,
    "birthday_invalid": 422,
    "row_invalid": 422,
    "key_reused": 422,
    "pay_code_invalid": 422,
}
"""The status of what can't be done with a member; 409 where it is not here."""

STATUS_OF_REFUSAL: Mapping[str, int] = {
    "shop_unknown": 404,
    "hold_unknown": 404,
    "posting_unknown": 404,
    "lot_unknown": 404,
    "account_unknown": 404,
    "occurs_in_future": 422,
    "amount_not_positive": 422,
    "amount_too_large": 422,
    "same_account": 422,
    "lot_over": 422,
}
"""The status of a refusal: 409 where it is not here, since another day it may be taken."""


STATUS_OF_ACCESS: Mapping[str, int] = {
    "log_in_refused": 401,
    "second_factor_needed": 401,
    "invitation_unknown": 404,
    "password_weak": 422,
    "passkey_refused": 422,
    "key_reused": 422,
    "rate_limited": 429,
    "second_person_needed": 403,
    "person_needed": 403,
}
"""The status of an error of access: 409 where it is not here."""

CONFLICTS: Mapping[type[CoalitionError], tuple[int, str]] = {
    ShopChanged: (412, "changed_meanwhile"),
    ShopExists: (409, "shop_exists"),
    DisputeDecided: (409, "dispute_decided"),
    StatusUnreachable: (409, "status_unreachable"),
    RefundTooLarge: (409, "refund_exceeds_original"),
    FileUnreadable: (503, "not_set_up"),
    BankSettingsFileInvalid: (503, "not_set_up"),
}
"""Status and code of the errors of use cases that are a sentence and nothing more."""


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


def invalid(field: str, problem: str) -> ApiError:
    """A field that can't be used, for a reason that its schema can't say."""
    return ApiError(422, "invalid", f"{field}: {problem}", fields=[FieldProblem(field=field, problem=problem)])


class RefusedByBook(ApiError):
    """A refusal of the book: its code is the refusal's, its sentence is in the reader's language."""

    def __init__(self, refusal: Refusal, settings: BookSettings) -> None:
        self.refusal, self.settings = refusal, settings
        super().__init__(STATUS_OF_REFUSAL.get(refusal.code, 409), refusal.code, str(refusal))


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
        title=TITLES.get(code, TITLES["refused"])[language_of(request)],
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

    @app.exception_handler(RefusedByBook)
    def _refused(request: Request, error: RefusedByBook) -> JSONResponse:
        detail = refusal_text(error.refusal, language_of(request), error.settings)
        return answer(request, error.status, error.code, detail)

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
        if any(one["type"] == "json_invalid" for one in error.errors()):
            return answer(request, 400, "bad_request", "The body is no JSON that can be read.")
        return answer(request, 422, "invalid", "; ".join(f"{one.field}: {one.problem}" for one in fields), fields)

    app.exception_handler(MemberError)(_member)

    @app.exception_handler(Exception)
    def _internal(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001 - the log has it, not the caller
        detail = f"The request failed; its id in our log is {request.state.request_id}."
        headers = {"X-Request-Id": request.state.request_id}
        return answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal", detail, headers=headers)

    _add_domain_handlers(app)


def _add_domain_handlers(app: FastAPI) -> None:
    @app.exception_handler(AccessError)
    def _access(request: Request, error: AccessError) -> JSONResponse:
        headers = {}
        if isinstance(error, TooManyRequests):
            headers["Retry-After"] = str(error.retry_after_seconds)
        fields = [FieldProblem(field=error.field, problem=str(error))] if isinstance(error, RequestReused) else None
        return answer(request, STATUS_OF_ACCESS.get(error.code, 409), error.code, str(error), fields, headers)

    @app.exception_handler(PoolExhausted)
    @app.exception_handler(DatabaseUnusable)
    def _database(request: Request, error: Exception) -> JSONResponse:
        # It names the database, so the log has it and the caller does not.
        request.state.error = error
        detail = "The database can't be used now. Nothing was done; the same request may be sent again."
        return answer(request, HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", detail, headers={"Retry-After": "5"})

    @app.exception_handler(SettlementError)
    def _settlement(request: Request, error: SettlementError) -> JSONResponse:
        status = STATUS_OF_ERROR.get(error.code, HTTPStatus.UNPROCESSABLE_ENTITY)
        code = error.code if error.code in TITLES else "invalid"
        fields = [FieldProblem(field=error.field, problem=str(error))] if isinstance(error, KeyReused) else None
        headers = {"Retry-After": "5"} if isinstance(error, PosterClosed) else None
        return answer(request, status, code, str(error), fields, headers)

    for kind, (status, code) in CONFLICTS.items():
        app.add_exception_handler(kind, _conflict(status, code))

    @app.exception_handler(LineUnknown)
    def _line_unknown(request: Request, error: LineUnknown) -> JSONResponse:
        fields = [FieldProblem(field="lines", problem=str(error))]
        return answer(request, HTTPStatus.CONFLICT, "line_unknown", str(error), fields)


def _member(request: Request, error: MemberError) -> JSONResponse:
    fields = None
    if isinstance(error, ContactInvalid | GiftDiffers):
        fields = [FieldProblem(field=error.field, problem=str(error))]
    return answer(request, STATUS_OF_MEMBER_ERROR.get(error.code, 409), error.code, str(error), fields)


def _conflict(status: int, code: str) -> Callable[[Request, Exception], JSONResponse]:
    def handle(request: Request, error: Exception) -> JSONResponse:
        return answer(request, status, code, str(error))

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
