"""What can't be done with a pay code: named facts that carry their values.

MemberError
├── PayCodeInvalid         a text that is no pay code of this alliance, or no longer one
├── PayCodeOver            a pay code whose time is over, or of a phone whose clock is wrong
├── PayCodesStopped        a till that has sent too many wrong codes
├── DeviceUnknown          no such phone
├── PayCodeElsewhere       a pay code that another till has asked the member to confirm
├── ConfirmationNeeded     an amount that the member is to confirm first
├── ConfirmationOver       a confirmation whose time is over
├── ConfirmationDeclined   an amount that the member has declined
└── ConfirmationUnknown    nothing to confirm by that id
"""

from http import HTTPStatus

from coalition.errors import NotFound
from coalition.locale.messages import N_
from coalition.members.errors import MemberError


class PayCodeInvalid(MemberError):
    """A code that no phone of a member makes, or none any more."""

    code = "pay_code_invalid"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Invalid pay code")
    remedy = N_("Scan it again, or ask the member for a new one.")
    detail = N_("This is no pay code of this alliance. Scan it again, or ask the member for a new one.")


class PayCodeOver(MemberError):
    """A code is good for its step of 30 seconds and the one after it, by a clock that is right."""

    code = "pay_code_over"
    status = HTTPStatus.CONFLICT
    title = N_("Pay code expired")
    remedy = N_("Ask the member for a new code.")
    detail = N_(
        "This pay code has expired, or the phone's clock is wrong. Ask the member for a new one; if that is refused "
        "too, they open the wallet with reception, which sets its clock right."
    )


class PayCodesStopped(MemberError):
    """Somebody may be guessing: no pay code of this till is looked at for a while."""

    code = "pay_codes_stopped"
    status = HTTPStatus.TOO_MANY_REQUESTS
    title = N_("Too many wrong pay codes")
    remedy = N_("Wait for Retry-After seconds, or take money: sales without a pay code go on.")
    detail = N_(
        "This till has sent too many wrong pay codes. It can take them again in {retry_after_seconds} s; sales without "
        "a code go on."
    )
    retry_after_seconds: int


class DeviceUnknown(MemberError, like=NotFound):
    """No such phone, or none of the caller's."""

    detail = N_("There is no device {device:name} that you can see.")
    device: str


class PayCodeElsewhere(MemberError):
    """One code, one purchase: another one with the same code waits for the member to confirm it."""

    code = "pay_code_used"
    status = HTTPStatus.CONFLICT
    title = N_("Pay code already used")
    remedy = N_("Ask the member for a new code.")
    detail = N_("This pay code was used for another purchase. Ask the member for a new one.")


class ConfirmationNeeded(MemberError):
    """Above the alliance's threshold the member sees the amount and confirms it."""

    code = "confirmation_needed"
    status = HTTPStatus.CONFLICT
    title = N_("Confirmation needed")
    remedy = N_("Send the same request with the same key again once the member has confirmed on the phone.")
    detail = N_("The member is asked to confirm the amount ({confirmation}). Send the same request again.")
    confirmation: str


class ConfirmationOver(MemberError):
    """A member has two minutes to answer, and the till as long to book it."""

    code = "confirmation_over"
    status = HTTPStatus.CONFLICT
    title = N_("Confirmation expired")
    remedy = N_("Ask the member again, or scan their pay code.")
    detail = N_("This confirmation has expired. Ask the member again.")


class ConfirmationDeclined(MemberError):
    """The member declined."""

    code = "confirmation_declined"
    status = HTTPStatus.CONFLICT
    title = N_("Declined by the member")
    remedy = N_("Nothing was booked. Take the payment in money.")
    detail = N_("The member declined this amount. Nothing was booked.")


class ConfirmationUnknown(MemberError, like=NotFound):
    """Nothing by that id waits for this member to confirm it."""

    detail = N_("There is no confirmation {confirmation:name} that waits for you.")
    confirmation: str
