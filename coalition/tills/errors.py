"""What can't be done with a till: named facts that carry their values.

CoalitionError
└── TillError
    ├── TillCodeUnknown    a code that connects no device, or none any more
    ├── TillKeyInvalid     what a device sent is no public key of P-256
    ├── TillProofRefused   a signature that the till's key has not made, or of a till that was removed
    ├── TillUnknown        no such till
    ├── CashierUnknown     no such cashier, or one who works here no more
    ├── CashierNameMissing (Invalid) a cashier without a name
    ├── CashierNameTaken   (Invalid) another cashier of the shop has the name
    ├── PinWeak            digits that are guessed first
    ├── PinWrong           the wrong PIN
    ├── PinLocked          too many wrong PINs
    ├── ShiftNeeded        a sale of a connected till that names no shift
    ├── ShiftUnknown       no such shift of this till
    ├── ShiftOver          a sale in a shift that has ended
    ├── SignatureNeeded    a connected till's sale of earlier, which it has not signed
    ├── SaleNotSigned      a sale that the till's key has not signed
    ├── SellerRemoved      a sale made offline by a till that was removed since
    ├── OfflineTooLate     a sale made offline longer ago than the alliance allows
    ├── OfflineFull        more sales made offline on a day than the alliance allows
    ├── TillLimitReached   more than a till may book on a day without a manager
    └── ShopLimitReached   more than a shop may book on a day without the alliance
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


class CashierNameTaken(TillError, like=Invalid):
    """Another cashier of the shop has the name: at a till nobody could tell them apart."""

    detail = N_("There is a cashier {name:name} already. Add a letter of the other name.")
    concerns = "name"
    name: str


class CashierNameMissing(TillError, like=Invalid):
    """A till shows a cashier by name, and a button without one could be anybody's."""

    detail = N_("A cashier needs a name.")
    concerns = "name"


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


class SignatureNeeded(MemberError):
    """A till that is connected says that it sold something a while ago, and does not prove it."""

    code = "signature_needed"
    status = HTTPStatus.CONFLICT
    title = N_("Signature needed")
    remedy = N_("Sign a sale that was made offline and send it with `createOfflineSales`; set the device's clock.")
    detail = N_("This sale is said to have happened a while ago. Set the till's clock, then ring it up again.")


class SaleNotSigned(MemberError):
    """The content is not what the till's key has signed, or there is no such till of the shop."""

    code = "sale_not_signed"
    status = HTTPStatus.CONFLICT
    title = N_("Signature wrong")
    remedy = N_("Ring the sale up again: this record of it was not made by the till that it names.")
    detail = N_("This record of a sale was not signed by the till that it names. Nothing was booked.")


class SellerRemoved(MemberError):
    """A till that was lost or stolen could claim any sale of before."""

    code = "seller_removed"
    status = HTTPStatus.CONFLICT
    title = N_("Till removed")
    remedy = N_("Ring the sale up again on a till that is connected, with the member's phone number or address.")
    detail = N_("The till that made this sale was removed before it could be sent. Nothing was booked.")


class OfflineTooLate(MemberError):
    """Nobody knows any more whether it is true."""

    code = "offline_too_late"
    status = HTTPStatus.CONFLICT
    title = N_("Sent too late")
    remedy = N_("Ring the sale up again, with the member's phone number or address.")
    detail = N_("This sale was made offline more than {hours} hours ago. Nothing was booked.")
    hours: int


class OfflineFull(MemberError):
    """A till that is out of reach all day, or a key that signs what was never sold."""

    code = "offline_full"
    status = HTTPStatus.CONFLICT
    title = N_("Too many sales offline")
    remedy = N_("Ring the sale up again online; the alliance can allow more a day (`setTillSettings`).")
    detail = N_("A till may make at most {most} sales a day offline, and this is one more. Nothing was booked.")
    most: int


class TillLimitReached(TillError):
    """The till has booked as much today as it may without a manager."""

    code = "day_limit_reached"
    status = HTTPStatus.FORBIDDEN
    title = N_("Limit of the day reached")
    remedy = N_("A manager of the shop books it, or lets the till go on for today (`updateTill`).")
    detail = N_(
        "This till may book no more today without a manager: {limit:code} is at most {most}. Nothing was booked."
    )
    limit: str
    most: int


class ShopLimitReached(TillError, like=TillLimitReached):
    """All tills of the shop together have booked as much today as they may without the alliance."""

    remedy = N_("A manager of the shop books it, or the alliance raises the limit (`setTillSettings`).")
    detail = N_("This shop may book no more today: {limit:code} is at most {most}. Nothing was booked.")
    limit: str
    most: int
