"""The headers of answers in the API's description, and which answers have them."""

from collections.abc import Iterator, Mapping
from typing import Any

Described = Mapping[str, Any]


def _header(description: str, example: str, *, required: bool = False, integer: bool = False) -> Described:
    schema = {"type": "integer", "minimum": 0} if integer else {"type": "string"}
    return {"description": description, "required": required, "schema": schema, "example": example}


HEADERS: Mapping[str, Described] = {
    "X-Request-Id": _header(
        "The id of this request, as in the server's log. Quote it when you report a problem.",
        "req_5f0c7a1be2d34c9a8b7e6d5c",
        required=True,
    ),
    "RateLimit-Policy": _header(
        "The rate limit: `q` requests in `w` seconds (draft-ietf-httpapi-ratelimit-headers-10).",
        '"systems";q=30000;w=60',
    ),
    "RateLimit": _header("How many requests are left (`r`) in how many seconds (`t`).", '"systems";r=29999;t=1'),
    "Retry-After": _header("After how many seconds to send it again.", "5", integer=True),
    "WWW-Authenticate": _header("How to authenticate.", "Bearer"),
    "ETag": _header("The version of the thing. Send it as If-Match to change that version only.", '"3"', required=True),
    "Idempotent-Replayed": _header("`true`: this repeats the first answer to this key.", "true"),
    "Content-Disposition": _header("A file name.", 'inline; filename="statement.pdf"', required=True),
    "Cache-Control": _header("`no-store`: nothing may keep the answer.", "no-store", required=True),
    "Set-Cookie": _header("The session's cookie, for browsers.", "session=…; HttpOnly; Secure; SameSite=Strict"),
}

LOG_INS = frozenset({"changeContact", "joinAlliance", "logIn", "logInMember", "logInWithPasskey"})
ON_SUCCESS: Mapping[str, frozenset[str]] = {
    "ETag": frozenset(
        {
            "updateShop",
            "createAllianceSettings",
            "createEarningRules",
            "createShop",
            "createTerms",
            "enrolMember",
            "freezeMember",
            "getAlliance",
            "getApprovalLimit",
            "getFindingSettings",
            "getMember",
            "getMemberSettings",
            "getPaymentAccount",
            "getPaymentRules",
            "getShop",
            "getShopRisk",
            "getTillSettings",
            "mergeMember",
            "setApprovalLimit",
            "setFindingSettings",
            "setMemberSettings",
            "setPaymentAccount",
            "setPaymentRules",
            "removeShopImage",
            "setShopImage",
            "setShopLimit",
            "setSpendingRule",
            "setTillSettings",
            "unfreezeMember",
            "updateMember",
        }
    ),
    "Content-Disposition": frozenset(
        {
            "createMemberCards",
            "getBackingProof",
            "getJoinSheet",
            "getJournal",
            "getPaymentSlips",
            "getShopJoinSheet",
            "getStatement",
            "getTaskFile",
        }
    ),
    "Set-Cookie": LOG_INS | {"endSessions", "logOut"},
    "Idempotent-Replayed": frozenset(
        {
            "captureHold",
            "confirmPayment",
            "createAdjustment",
            "createGift",
            "createHold",
            "createPurchase",
            "createRefund",
            "matchLine",
            "refundHold",
            "releaseHold",
        }
    ),
}
"""By header: the operations whose successful answers have it."""
RETRY_LATER = frozenset({"429", "503"})


def add_headers(operation: dict[str, Any]) -> None:
    """Describe the headers of an operation's answers."""
    for status, answer in operation["responses"].items():
        answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in _of(operation, status)}


def _of(operation: dict[str, Any], status: str) -> Iterator[str]:
    yield from ("X-Request-Id", "Cache-Control")
    if "health" not in operation["tags"]:
        yield from ("RateLimit-Policy", "RateLimit")
    if status in RETRY_LATER:
        yield "Retry-After"
    if status == "401":
        yield "WWW-Authenticate"
    if status.startswith("2"):
        yield from (name for name, operations in ON_SUCCESS.items() if operation["operationId"] in operations)
