"""What can't be done with a member: named facts that carry their values.

MemberError
├── MemberUnknown          no such member, or one whose data was erased
├── MemberFrozen           a member who may neither earn nor spend now
├── SpendLocked            a member who locked their points
├── MemberOwes             a merge away from a member who still owes a shop
├── SameMember             one member where two are needed
├── ContactInvalid         a phone number or an e-mail address that can't be one
├── ContactNeeded          a member needs a phone number or an e-mail address
├── ContactTaken           a contact that belongs to another member
├── ContactsDiffer         two contacts that belong to two different members
├── BirthdayInvalid        a birthday that lies ahead
├── TermsNeeded            somebody who joins has not agreed to the terms
└── ImportInvalid          a row of an import that can't be used
"""

from http import HTTPStatus

from coalition.errors import CoalitionError, NotFound
from coalition.locale.messages import N_


class MemberError(CoalitionError):
    """Base of all of them."""


class MemberUnknown(MemberError, like=NotFound):
    """No such member in this alliance; one who was erased is none any more."""

    detail = N_("There is no member {member:name} that you can see.")
    member: str


class MemberFrozen(MemberError):
    """A member whose points are held back while something is looked into."""

    code = "member_frozen"
    status = HTTPStatus.CONFLICT
    title = N_("Member frozen")
    remedy = N_("The member asks the alliance.")
    detail = N_("Member {member:name} is frozen and can neither earn nor spend. The alliance can tell why.")
    member: str


class SpendLocked(MemberError):
    """A member who locked their points in the wallet: they earn, and nothing is spent until they unlock them."""

    code = "spend_locked"
    status = HTTPStatus.CONFLICT
    title = N_("Points locked by the member")
    remedy = N_("The member unlocks their points in the wallet, or pays in money.")
    detail = N_("Member {member:name} has locked their points. They can be unlocked in the wallet.")
    member: str


class MemberOwes(MemberError):
    """A member who owes points since a refund keeps their id, or the debt would stay behind unpaid."""

    code = "member_owes"
    status = HTTPStatus.CONFLICT
    title = N_("Member owes points")
    remedy = N_("Merge the other way round.")
    detail = N_("Member {member:name} still owes {points:number} points. Merge the other member into this one.")
    member: str
    points: int


class SameMember(MemberError):
    """One member named twice, or under two ids that were merged."""

    code = "same_member"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Same member")
    remedy = N_("Name two members.")
    detail = N_("Both are the same member, {member:name}. Name two.")
    member: str


class ContactInvalid(MemberError):
    """A contact that nobody can be reached by. `field` is phone or email."""

    code = "contact_invalid"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Invalid contact")
    remedy = N_("Send a phone number with country code, or an e-mail address.")
    detail = N_("{field:code} {value:name} can't be used: {why}.")
    concerns = "{field}"
    field: str
    value: str
    why: str


class ContactNeeded(MemberError):
    """A member can be reached by phone or by e-mail, or nobody could ever find them again."""

    code = "contact_needed"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Contact needed")
    remedy = N_("Send a phone number or an e-mail address.")
    detail = N_("Send a phone number or an e-mail address. One of them is enough.")


class ContactTaken(MemberError):
    """A contact belongs to one member at a time."""

    code = "contact_taken"
    status = HTTPStatus.CONFLICT
    title = N_("Contact belongs to another member")
    remedy = N_("Send another contact, or merge the two members.")
    detail = N_("This {field:code} belongs to another member. Merge the two, or send another one.")
    left_out = ("member",)
    field: str
    member: str


class ContactsDiffer(MemberError):
    """The phone number is one member's, the e-mail address another's."""

    code = "contacts_differ"
    status = HTTPStatus.CONFLICT
    title = N_("Contacts belong to two members")
    remedy = N_("Send one of the two contacts.")
    detail = N_("The phone number and the e-mail address belong to two different members. Send one of them.")
    left_out = ("members",)
    members: tuple[str, str]


class BirthdayInvalid(MemberError):
    """Nobody was born after today."""

    code = "birthday_invalid"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Invalid birthday")
    remedy = N_("Send a date in the past, YYYY-MM-DD.")
    detail = N_("A birthday lies in the past. Write it as YYYY-MM-DD.")


class TermsNeeded(MemberError):
    """Nobody is enrolled by themselves without a yes to the programme's terms."""

    code = "terms_needed"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Agreement needed")
    remedy = N_("Show the programme's terms, and send `consents.terms` as true once they are agreed to.")
    detail = N_("To join, agree to the programme's terms.")
    concerns = "consents.terms"


class TermsChanged(MemberError):
    """The terms that somebody read before they joined are not those in force any more."""

    code = "terms_changed"
    status = HTTPStatus.CONFLICT
    title = N_("Terms changed")
    remedy = N_("Show the terms that are in force now, and send their version once they are agreed to.")
    detail = N_("The terms were changed while you read them. Read version {version}, and agree to it.")
    concerns = "consents.terms_version"
    version: int


class ImportInvalid(MemberError):
    """A row of an import that can't be used. It does not affect the other rows."""

    code = "row_invalid"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Invalid row")
    remedy = N_("Correct that row. It does not affect the others.")
    detail = N_("Row {ref:name}: {field:code}: {why}.")
    ref: str
    field: str
    why: str
