"""Errors of HTTP itself, and of what only the API asks for. Those of use cases are with their nouns."""

from http import HTTPStatus
from typing import ClassVar

from coalition.errors import ChangedMeanwhile, CoalitionError, Forbidden, NotFound, Unavailable
from coalition.locale.messages import N_


class ContactNotChangeable(CoalitionError, like=Forbidden):
    """A member's contact is changed with a code that is sent to it."""

    detail = N_(
        "You change your own contact with a code that is sent to it: see `sendContactCode` and `changeContact`."
    )


class Unauthorized(CoalitionError):
    """No key and no session, or one that is not valid."""

    code = "unauthorized"
    status = HTTPStatus.UNAUTHORIZED
    title = N_("Authentication needed")
    remedy = N_("Send a valid key as `Authorization: Bearer …`, or log in.")
    detail = N_(
        "Send a valid key as `Authorization: Bearer coalition_…` (`coalition keys create` makes one), or log in."
    )


class CsrfTokenMissing(CoalitionError):
    """A write with the session's cookie alone, which a page of another site could send."""

    code = "csrf_token_missing"
    status = HTTPStatus.FORBIDDEN
    title = N_("CSRF token missing")
    remedy = N_("Send the session's `csrf_token` as X-CSRF-Token.")
    detail = N_("A write with the session's cookie also sends the session's `csrf_token` as {header:code}.")
    header: str


class IdempotencyKeyMissing(CoalitionError):
    """A request that moves points or money, without a key."""

    code = "idempotency_key_missing"
    status = HTTPStatus.BAD_REQUEST
    title = N_("Idempotency-Key missing")
    remedy = N_("Send a header Idempotency-Key: a text of 1 to 100 characters.")
    detail = N_("Send a header Idempotency-Key with a name of your own for this request, and the same when you retry.")


class IdempotencyKeyInvalid(CoalitionError, like=IdempotencyKeyMissing):
    """A key that is empty or no text."""

    detail = N_("An Idempotency-Key is a text of 1 to 100 characters, without control characters.")


class IfMatchMissing(CoalitionError):
    """A change that does not say which version it was made from."""

    code = "if_match_missing"
    status = HTTPStatus.PRECONDITION_REQUIRED
    title = N_("If-Match missing")
    remedy = N_("Send If-Match with the ETag that you read.")
    detail = N_("Send If-Match with the ETag that you read, so that nobody's change is lost.")


class EtagDiffers(CoalitionError, like=ChangedMeanwhile):
    """It was changed since it was read."""

    detail = N_("It was changed meanwhile: its ETag is {etag}. Read it again, then change that.")
    etag: str


class NoBankAccount(CoalitionError, like=NotFound):
    """The alliance has no account at a bank."""

    detail = N_("This alliance has no bank account set up. COALITION_BANK names the file that sets one up.")


class NoStripeAlliance(CoalitionError, like=NotFound):
    """No alliance of that id has an account at Stripe."""

    detail = N_("There is no such alliance with an account at Stripe.")


class LineMatched(CoalitionError):
    """A movement that has its place already."""

    code = "line_matched"
    status = HTTPStatus.CONFLICT
    title = N_("Movement already matched")
    remedy = N_("Nothing: the movement has its place. Read the settlement.")
    detail = N_("It is matched to {place:name} already.")
    place: str


class BadRequest(CoalitionError):
    """A request that can't be read."""

    code = "bad_request"
    status = HTTPStatus.BAD_REQUEST
    title = N_("Malformed request")
    remedy = N_("Send a body of well-formed JSON.")
    detail = N_("The body is not JSON that can be read.")


class NoSuchPage(CoalitionError, like=NotFound):
    """No operation of that path."""

    detail = N_("There is nothing at this address.")


class MethodNotAllowed(CoalitionError):
    """A path that exists, with another method."""

    code = "method_not_allowed"
    status = HTTPStatus.METHOD_NOT_ALLOWED
    title = N_("Method not allowed")
    remedy = N_("Use a method that the reference has for this path.")
    detail = N_("This address does not support this method.")


class BodiesTooMany(CoalitionError, like=Unavailable):
    """A large body while the server holds as many of them as it can."""

    detail = N_("Other large requests are being read. Send it again in a moment.")
    retry_after_seconds: ClassVar[int] = 5


class Internal(CoalitionError):
    """A fault of ours, which the log describes."""

    code = "internal"
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    detail = N_("The request failed. Its id in our log is {request_id}.")
    request_id: str
