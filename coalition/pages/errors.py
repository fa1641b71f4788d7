"""Errors of forms and visits.

CoalitionError
├── FormForeign     a form that no page of ours sent
├── FormStale       a form of another session
├── LogInNeeded     a page of somebody, for nobody
├── FieldWrong      (Invalid) what was typed into a field of a form can't be used
└── AllianceUnclear several alliances, and none was named
"""

from http import HTTPStatus

from coalition.errors import CoalitionError, Forbidden, Invalid, NotFound
from coalition.locale.messages import N_


class FormForeign(CoalitionError, like=Forbidden):
    """A form that another site sent, or that does not say which site did."""

    detail = N_("This form was not sent from a page of this site. Open the page again here, and send it from there.")


class FormStale(CoalitionError, like=Forbidden):
    """A form without the token of the session that it came with."""

    detail = N_("You have logged in or out since this page was opened. Open it again, and repeat what you wanted.")


class FieldWrong(CoalitionError, like=Invalid):
    """What was typed into a field can't be used; `why` is a whole sentence, with what to type."""

    detail = "{why}"
    concerns = "{field}"
    left_out = ("field",)
    field: str
    why: str


class LogInNeeded(CoalitionError):
    """A page of somebody, opened by nobody who is logged in as such a person; or by whose session has `ended`."""

    code = "log_in_needed"
    status = HTTPStatus.UNAUTHORIZED
    title = N_("Please log in")
    remedy = N_("Log in, and open the page again.")
    detail = N_("This page is for people who are logged in.")
    left_out = ("log_in_at", "ended")
    log_in_at: str
    ended: bool


class AllianceUnclear(CoalitionError, like=NotFound):
    """Several alliances are at this server, and the address names none."""

    detail = N_("Several towns have their programme here. Open the link or the QR code that your town gave you.")
