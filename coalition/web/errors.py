"""Errors of HTTP itself that the API and the pages share."""

from http import HTTPStatus

from coalition.errors import CoalitionError, Forbidden
from coalition.locale.messages import N_


class ForeignPage(CoalitionError, like=Forbidden):
    """A log-in that another site's page sends."""

    detail = N_("A page of another site can't log anybody in here.")


class BodyTooLarge(CoalitionError):
    """A body that no request needs, or one of unknown length."""

    code = "body_too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    title = N_("Body too large")
    remedy = N_("Send less at once, with Content-Length.")
    detail = N_("The body may have at most {most} bytes, and needs a Content-Length.")
    most: int
