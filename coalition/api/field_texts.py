"""What is wrong with a field, in both languages: by pydantic's names of errors, and by our own."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from pydantic_core import PydanticCustomError

from coalition.locale.formats import Lang

TEXTS: Mapping[str, Mapping[Lang, str]] = {
    "bool_parsing": {"en": "must be true or false", "zh": "必须为 true 或 false"},
    "bool_type": {"en": "must be true or false", "zh": "必须为 true 或 false"},
    "date_from_datetime_inexact": {"en": "must be a date without a time", "zh": "必须为不含时间的日期"},
    "date_from_datetime_parsing": {"en": "must be a date: YYYY-MM-DD", "zh": "必须为日期：YYYY-MM-DD"},
    "date_parsing": {"en": "must be a date: YYYY-MM-DD", "zh": "必须为日期：YYYY-MM-DD"},
    "date_type": {"en": "must be a date: YYYY-MM-DD", "zh": "必须为日期：YYYY-MM-DD"},
    "datetime_from_date_parsing": {
        "en": "must be a moment with its offset, such as 2026-06-01T10:00:00Z",
        "zh": "必须为带时区偏移的时间，例如 2026-06-01T10:00:00Z",
    },
    "datetime_object_invalid": {
        "en": "must be a moment that there is, such as 2026-06-01T10:00:00Z",
        "zh": "必须为有效的时间，例如 2026-06-01T10:00:00Z",
    },
    "datetime_parsing": {
        "en": "must be a moment with its offset, such as 2026-06-01T10:00:00Z",
        "zh": "必须为带时区偏移的时间，例如 2026-06-01T10:00:00Z",
    },
    "datetime_type": {
        "en": "must be a moment with its offset, such as 2026-06-01T10:00:00Z",
        "zh": "必须为带时区偏移的时间，例如 2026-06-01T10:00:00Z",
    },
    "dict_type": {"en": "must be an object", "zh": "必须为对象"},
    "enum": {"en": "must be {expected}", "zh": "必须为 {expected}"},
    "extra_forbidden": {"en": "is no field of this request", "zh": "此请求没有该字段"},
    "greater_than": {"en": "must be more than {gt}", "zh": "必须大于 {gt}"},
    "greater_than_equal": {"en": "must be {ge} or more", "zh": "不得小于 {ge}"},
    "int_from_float": {"en": "must be a whole number", "zh": "必须为整数"},
    "int_parsing": {"en": "must be a whole number", "zh": "必须为整数"},
    "int_parsing_size": {"en": "is too large a number", "zh": "数值过大"},
    "int_type": {"en": "must be a whole number, without quotes", "zh": "必须为不带引号的整数"},
    "less_than": {"en": "must be less than {lt}", "zh": "必须小于 {lt}"},
    "less_than_equal": {"en": "must be {le} or less", "zh": "不得大于 {le}"},
    "list_type": {"en": "must be a list", "zh": "必须为列表"},
    "literal_error": {"en": "must be {expected}", "zh": "必须为 {expected}"},
    "missing": {"en": "is needed", "zh": "为必填项"},
    "model_attributes_type": {"en": "must be an object", "zh": "必须为对象"},
    "model_type": {"en": "must be an object", "zh": "必须为对象"},
    "string_pattern_mismatch": {"en": "must be of the form {pattern}", "zh": "必须符合格式 {pattern}"},
    "string_too_long": {"en": "may have {max_length} characters at most", "zh": "最多 {max_length} 个字符"},
    "string_too_short": {"en": "must have {min_length} characters or more", "zh": "至少 {min_length} 个字符"},
    "string_type": {"en": "must be a text", "zh": "必须为文本"},
    "string_unicode": {"en": "must be a text in UTF-8", "zh": "必须为 UTF-8 文本"},
    "timezone_aware": {
        "en": "must say its offset from UTC, as 2026-06-01T10:00:00Z does",
        "zh": "必须带有 UTC 偏移，例如 2026-06-01T10:00:00Z",
    },
    "too_long": {"en": "may have {max_length} items at most", "zh": "最多 {max_length} 项"},
    "too_short": {"en": "must have {min_length} items or more", "zh": "至少 {min_length} 项"},
    # What our own schemas check beyond that.
    "all_is_partial": {
        "en": "`all` is as many as there are; name a number to spend exactly so many",
        "zh": "`all` 表示尽可能多；若须精确扣取，请填写具体积分数",
    },
    "app_member_missing": {"en": "an app names the member for whom it asks", "zh": "应用必须指明所查询的会员"},
    "at_stripe": {"en": "an account at Stripe is opened on Stripe's own pages", "zh": "Stripe 账户须在其页面开通"},
    "changes_sides": {
        "en": "the alliance's people and a shop's people don't change sides",
        "zh": "联盟人员与商户人员不能互换",
    },
    "choose_from": {"en": "choose from {choices}", "zh": "请从中选择：{choices}"},
    "cursor_unknown": {
        "en": "is not a cursor of this list; take `next_cursor` of a page",
        "zh": "不是此列表的游标；请使用上一页的 `next_cursor`",
    },
    "email_missing": {"en": "the shop's profile has none; give one", "zh": "商户资料中没有邮箱，请填写"},
    "event_or_range": {"en": "name either an event, or a range by since", "zh": "请指定一个事件，或用 since 指定范围"},
    "given_or_taken": {
        "en": "points are taken back of something (`of`), and given without it",
        "zh": "收回积分须指明 `of`，发放积分则不可",
    },
    "lines_differ": {
        "en": "the lines add up to {whole}, the amount is {amount}",
        "zh": "各行合计为 {whole}，而金额为 {amount}",
    },
    "line_twice": {"en": "a line is named twice", "zh": "同一行出现了两次"},
    "member_or_code": {"en": "give either member or pay_code, and not both", "zh": "member 与 pay_code 只能提供其一"},
    "moment_too_early": {"en": "must lie after {moment}", "zh": "必须晚于 {moment}"},
    "name_taken": {"en": "{name} is a name of the book's own; take another", "zh": "{name} 为账本保留名称，请换一个"},
    "no_statement": {
        "en": "has no net in this window, and so no statement to dispute",
        "zh": "在此结算期没有净额，因此没有可争议的对账单",
    },
    "not_base64": {"en": "must be bytes in base64", "zh": "必须为 base64 编码"},
    "one_receiver": {"en": "give one of to, phone and email", "zh": "to、phone、email 只能提供其一"},
    "only_accepted": {"en": "goes with `accepted` only", "zh": "仅可与 `accepted` 一起使用"},
    "overlap_too_long": {
        "en": "must lie between now and {days} days ahead",
        "zh": "必须在现在与 {days} 天之内",
    },
    "payment_or_name": {"en": "name a payment, or book_as and why", "zh": "请指定付款，或填写 book_as 和 why"},
    "refund_two_ways": {"en": "refund by amount or by lines, not both", "zh": "按金额或按行退款，只能选其一"},
    "shop_of_role": {
        "en": "a manager or a cashier has a shop, and nobody else",
        "zh": "只有店长和收银员属于某个商户",
    },
    "till_has_shop": {"en": "a till's key has a shop, and no other", "zh": "只有收银台的密钥属于某个商户"},
    "unprintable": {"en": "has characters that can't be printed", "zh": "含有不可打印的字符"},
    "unusable": {"en": "{why}", "zh": "{why}"},
    "zero_points": {"en": "points are above or below zero", "zh": "积分不能为零"},
}
"""A sentence without its subject, which is the field. Its places are the error's own values."""

STOPS: Mapping[Lang, tuple[str, str]] = {"en": (": ", "; "), "zh": ("：", "；")}
"""What stands between a field and what is wrong with it, and between two of those."""


def field_error(error: str, /, **values: object) -> PydanticCustomError:
    """The error of ours that a validator raises: one of those in TEXTS, with its values."""
    return PydanticCustomError(error, TEXTS[error]["en"], values)


def field_text(error: str, values: Mapping[str, Any], lang: Lang) -> str:
    """What is wrong, by the name of the error and its values."""
    shown = dict(values)
    if lang == "zh" and "expected" in shown:
        shown["expected"] = str(shown["expected"]).replace(" or ", "、").replace(", ", "、")
    return TEXTS[error][lang].format_map(shown)


def place(where: Sequence[str | int], body: object, *, missing: bool) -> str:
    """A field's path, such as lines.0.ref: what is there in the body, not which branch of a choice was tried.

    The last part of the path of a field that is `missing` is not there, and belongs to it all the same.
    """
    path = []
    found = body
    for part in where:
        if not isinstance(found, dict | list):
            break
        try:
            found = cast("dict[object, object]", found)[part]
        except (KeyError, IndexError, TypeError):
            if not missing:
                break
        path.append(str(part))
    return ".".join(path) or "body"
