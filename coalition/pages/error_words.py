"""What pages of errors say: the API's words are for whoever writes a program, and name ids, fields and headers."""

from collections.abc import Mapping
from typing import NamedTuple

from coalition.access.errors import RoleNotAllowed
from coalition.locale.messages import N_
from coalition.pages.errors import AllianceUnclear
from settlement import NamedFact


class ErrorWords(NamedTuple):
    """A title, and a sentence or two with what to do; empty where the error's own are for people."""

    title: str
    detail: str


NOT_HERE = ErrorWords(
    N_("This page is not there"),
    N_("The address has a mistake, or what stood here is gone or is somebody else's. Go on with the button below."),
)
FIELDS = ErrorWords(
    N_("This can't be used"),
    N_("Something in the address or in what you filled in can't be used. Open the page again, and look at it."),
)
OF_CODES: Mapping[str, ErrorWords] = {
    "bad_request": FIELDS,
    "body_too_large": ErrorWords(
        N_("Too much at once"), N_("What you sent is too large. Choose a smaller file, or write less.")
    ),
    "internal": ErrorWords(
        N_("Something went wrong"),
        N_("That is our fault. Try again in a moment; if you had sent something, look first whether it is there."),
    ),
    "method_not_allowed": ErrorWords(
        N_("A button leads here"),
        N_("This is no page that opens by its address. Open the page with the button, and press it there."),
    ),
    "not_found": NOT_HERE,
    "rate_limited": ErrorWords(N_("Too often"), ""),
    "unavailable": ErrorWords(
        N_("Please wait a moment"),
        N_(
            "The programme can't be reached now. Try again in a few seconds; if you had sent something, look first "
            "whether it is there."
        ),
    ),
}
ROLE = ErrorWords(N_("Not for you"), "")


def error_words(error: NamedFact, *, written: bool) -> ErrorWords | None:
    """The words for an error; None where its own are for people already.

    Where nothing was `written`, fields that can't be used are those of the address.
    """
    if isinstance(error, AllianceUnclear):
        return None
    if hasattr(error, "field_errors"):
        return FIELDS if written else NOT_HERE
    if isinstance(error, RoleNotAllowed):
        return ROLE
    return OF_CODES.get(error.error_kind.code)
