"""What can't be done with a till: named facts that carry their values.

CoalitionError
└── TillError
    ├── TillCodeUnknown    a code that connects no device, or none any more
    ├── TillKeyInvalid     what a device sent is no public key of P-256
    ├── TillProofRefused   a signature that the till's key has not made, or of a till that was removed
    ├── TillUnknown        no such till
    ├── CashierUnknown     no such cashier, or one who works here no more
    ├── PinWeak            digits that are guessed first
    ├── PinWrong           the wrong PIN
    ├── PinLocked          too many wrong PINs
    ├── ShiftNeeded        a sale of a connected till that names no shift
    ├── ShiftUnknown       no such shift of this till
    └── ShiftOver          a sale in a shift that has ended
"""

from http import HTTPStatus

from coalition.errors import CoalitionError, Invalid, NotFound
from coalition.locale.messages import N_
from coalition.members.errors import MemberError


class TillError(CoalitionError):
    """Base of all errors of tills."""


class TillCodeUnknown(TillError):
    """The code was used, is over, or was never made: which of them is not said."""

    code = "till_code_unknown"
    status = HTTPStatus.NOT_FOUND
    title = N_("Code not valid")
    remedy = N_("Ask the shop's manager for a new code.")
    detail = N_("This code is wrong, was used, or has expired. Ask the shop's manager for a new one.")


class TillKeyInvalid(TillError, like=Invalid):
    """No point of the curve, or not written as asked."""

    detail = N_("This is no public key: send the 65 bytes of an uncompressed point of P-256 in base64url.")
    concerns = "public_key"


class TillProofRefused(TillError):
    """The device can't prove that it is the till: it may have been removed by a manager."""

    code = "till_proof_refused"
    status = HTTPStatus.UNAUTHORIZED
    title = N_("Till not connected")
    remedy = N_("Ask for a new challenge and sign it; if that is refused too, connect the device again.")
    detail = N_("This till is not connected to the shop any more. A manager can connect it again with a new code.")


class TillUnknown(TillError, like=NotFound):
    """No such till, or another shop's."""

    detail = N_("There is no till {id:name} that you can see.")
    id: str


class CashierUnknown(TillError, like=NotFound):
    """No such cashier, or another shop's."""

    detail = N_("There is no cashier {id:name} here.")
    id: str


class PinWeak(TillError, like=Invalid):
    """Digits that somebody who guesses tries first."""

    detail = N_("A PIN has 4 to 8 digits, and neither repeats one of them nor counts up or down.")
    concerns = "pin"


class PinWrong(TillError):
    """A wrong PIN, with tries left."""

    code = "pin_wrong"
    status = HTTPStatus.FORBIDDEN
    title = N_("Wrong PIN")
    remedy = N_("Type it again.")
    detail = N_("This PIN is wrong. Tries left: {tries_left}.")
    tries_left: int


class PinLocked(TillError):
    """Five wrong PINs: nobody signs in as this cashier until a manager says so."""

    code = "pin_locked"
    status = HTTPStatus.FORBIDDEN
    title = N_("PIN locked")
    remedy = N_("A manager of the shop unlocks it (`updateCashier`).")
    detail = N_("Too many wrong PINs. A manager of the shop has to unlock this cashier.")


class ShiftNeeded(MemberError):
    """A connected till sells only while somebody is signed in there."""

    code = "shift_needed"
    status = HTTPStatus.CONFLICT
    title = N_("Nobody is signed in")
    remedy = N_("Begin a shift (`beginShift`) and name it in the sale.")
    detail = N_("Nobody is signed in at this till. Sign in with your PIN, then sell.")


class ShiftUnknown(MemberError, like=NotFound):
    """No such shift, or another till's."""

    detail = N_("There is no shift {id:name} of this till.")
    concerns = "shift"
    id: str


class ShiftOver(MemberError):
    """The cashier has signed out."""

    code = "shift_over"
    status = HTTPStatus.CONFLICT
    title = N_("Shift over")
    remedy = N_("Begin a new shift (`beginShift`).")
    detail = N_("This shift has ended. Sign in with your PIN again. Nothing was booked.")
