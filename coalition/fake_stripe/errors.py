"""What the fake answers instead of an object: Stripe's documented errors, as named classes that carry their values.

StripeRefusal
├── InvalidRequest             400 unless it says otherwise
│   ├── ParameterUnknown       a parameter that the endpoint does not have
│   ├── ParameterMissing       a parameter that the endpoint needs
│   ├── ParameterInvalid       a value of the wrong kind, or one that the endpoint does not take
│   ├── NotActedOn             a parameter that Stripe has and this fake does nothing with
│   ├── ResourceMissing        404, no such object
│   ├── UnexpectedState        an object that is not in the state that the request needs
│   └── BalanceInsufficient    a transfer, reversal or payout of more than is available
├── CardError                  402, a payment that was refused
├── IdempotencyError           400 or 409, a key used twice
├── Unauthorized               401, no usable key
├── NotYourKey                  403, somebody else's account
├── RateLimited                429, too many requests
├── LockTimeout                429, an object held by another request
└── ServerError                500 or 503, injected
"""

from collections.abc import Mapping
from typing import Any


class StripeRefusal(Exception):
    """An error answer. `status` is the HTTP status, the rest are the fields of Stripe's error object."""

    status = 400
    type = "invalid_request_error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        status: int | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self.message, self.code, self.param = message, code, param
        self.status = status or self.status
        self.more = dict(more or {})
        super().__init__(message)

    def body(self, request_id: str) -> dict[str, Any]:
        """The error in the shape that Stripe sends it."""
        error: dict[str, Any] = {"type": self.type, "message": self.message}
        if self.code:
            error |= {
                "code": self.code,
                "doc_url": f"https://docs.stripe.com/error-codes#{self.code.replace('_', '-')}",
            }
        if self.param:
            error["param"] = self.param
        error["request_log_url"] = f"https://dashboard.stripe.com/test/logs/{request_id}"
        return {"error": error | self.more}


class InvalidRequest(StripeRefusal):
    """A request that Stripe does not take."""


class ParameterUnknown(InvalidRequest):
    """A parameter that the endpoint does not have."""

    def __init__(self, param: str) -> None:
        super().__init__(f"Received unknown parameter: {param}", code="parameter_unknown", param=param)


class ParameterMissing(InvalidRequest):
    """A parameter that the endpoint needs."""

    def __init__(self, param: str) -> None:
        super().__init__(f"Missing required param: {param}.", code="parameter_missing", param=param)


class ParameterInvalid(InvalidRequest):
    """A value of the wrong kind, or one that the endpoint does not take."""

    def __init__(self, param: str, message: str, code: str | None = None) -> None:
        super().__init__(message, code=code, param=param)


class NotActedOn(InvalidRequest):
    """A parameter that Stripe knows and this fake would silently ignore; better refused than pretended."""

    def __init__(self, param: str, endpoint: str) -> None:
        super().__init__(
            f"{endpoint}: Stripe has a parameter {param}, but this fake does nothing with it. Leave it out, "
            f"or teach the fake what it does.",
            code="fake_does_not_act_on",
            param=param,
        )


class ResourceMissing(InvalidRequest):
    """No object of that id in these books."""

    status = 404

    def __init__(self, what: str, object_id: str, param: str = "id") -> None:
        super().__init__(f"No such {what}: '{object_id}'", code="resource_missing", param=param)


class UnexpectedState(InvalidRequest):
    """An object that is not in the state that the request needs."""

    def __init__(self, what: str, status: str, message: str) -> None:
        super().__init__(f"{message} It has the status {status}.", code=f"{what}_unexpected_state")


class BalanceInsufficient(InvalidRequest):
    """More than is available. Amounts in minor units."""

    def __init__(self, asked_minor: int, available_minor: int, currency: str) -> None:
        super().__init__(
            f"You have insufficient available funds in your Stripe account: {asked_minor} {currency} asked for, "
            f"{available_minor} available.",
            code="balance_insufficient",
        )


class CardError(StripeRefusal):
    """A payment that the bank refused at once; carries the intent as it stands now."""

    status = 402
    type = "card_error"

    def __init__(self, message: str, code: str, more: Mapping[str, Any]) -> None:
        super().__init__(message, code=code, more=more)


class IdempotencyError(StripeRefusal):
    """A key used again for something else, or while the first request is still under way."""

    type = "idempotency_error"


class Unauthorized(StripeRefusal):
    """No key, or one that is not a test key."""

    status = 401


class NotYourKey(StripeRefusal):
    """An account that this key has no access to."""

    status = 403


class RateLimited(StripeRefusal):
    """Too many requests. `reason` is the header that says which limit."""

    status = 429

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            "Request rate limit exceeded. Learn more about rate limits here https://docs.stripe.com/rate-limits.",
            code="rate_limit",
        )


class LockTimeout(StripeRefusal):
    """An object that another request held for too long; worth another try."""

    status = 429

    def __init__(self) -> None:
        super().__init__(
            "This object cannot be accessed right now because another API request or Stripe process is currently "
            "accessing it.",
            code="lock_timeout",
        )


class ServerError(StripeRefusal):
    """Something went wrong on Stripe's side; whether the request took effect is not known."""

    status = 500
    type = "api_error"
