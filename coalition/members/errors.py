"""What can't be done with a member, a gift, a household or a pay code: named facts that carry their values.

MemberError
├── MemberUnknown          no such member, or one whose data was erased
├── MemberFrozen           a member who may neither earn nor spend now
├── MemberOwes             a merge away from a member who still owes a shop
├── SameMember             one member where two are needed
├── ContactInvalid         a phone number or an e-mail address that can't be one
├── ContactNeeded          a member needs a phone number or an e-mail address
├── ContactTaken           a contact that belongs to another member
├── ContactsDiffer         two contacts that belong to two different members
├── BirthdayInvalid        a birthday that lies ahead
├── ImportInvalid          a row of an import that can't be used
├── GiftUnknown            no such gift
├── GiftDiffers            a key that was used for another gift
├── AlreadyInHousehold     a member of a household who would join or found one
├── NotInHousehold         a member of no household, or of another one
├── HouseholdFull          one member more than a household takes
├── InvitationUnknown      no such invitation, or one that was answered or is over
├── PayCodeInvalid         a text that is no pay code of this alliance
├── PayCodeOver            a pay code whose time is over
├── PayCodeElsewhere       a pay code that another till has asked the member to confirm
├── ConfirmationNeeded     an amount that the member is to confirm first
├── ConfirmationDeclined   an amount that the member has declined
└── ConfirmationUnknown    nothing to confirm by that id
"""

from coalition.errors import CoalitionError, quoted


class MemberError(CoalitionError):
    """Base of all of them. `code` is stable, the text may change."""

    code = "member_error"


class MemberUnknown(MemberError):
    """No such member in this alliance; one who was erased is none any more."""

    code = "not_found"

    def __init__(self, member: str) -> None:
        self.member = member
        super().__init__(f"There is no member {member!r} that you can see.")


class MemberFrozen(MemberError):
    """A member whose points are held back while something is looked into."""

    code = "member_frozen"

    def __init__(self, member: str) -> None:
        self.member = member
        super().__init__(f"Member {member!r} is frozen, and neither earns nor spends; the alliance can tell why.")


class MemberOwes(MemberError):
    """A member who owes points since a refund keeps their id, or the debt would stay behind unpaid."""

    code = "member_owes"

    def __init__(self, member: str, points: int) -> None:
        self.member, self.points = member, points
        super().__init__(f"Member {member!r} still owes {points} points; merge the other one into this one.")


class SameMember(MemberError):
    """One member named twice, or under two ids that were merged."""

    code = "same_member"

    def __init__(self, member: str) -> None:
        self.member = member
        super().__init__(f"Both are the same member, {member!r}; name two.")


class ContactInvalid(MemberError):
    """A contact that nobody can be reached by. `field` is phone or email."""

    code = "contact_invalid"

    def __init__(self, field: str, given: str, why: str) -> None:
        self.field, self.given, self.why = field, given, why
        super().__init__(f"{field} {quoted(given)} can't be used: {why}")


class ContactNeeded(MemberError):
    """A member can be reached by phone or by e-mail, or nobody could ever find them again."""

    code = "contact_needed"

    def __init__(self) -> None:
        super().__init__("Give a phone number or an e-mail address; one of them is enough.")


class ContactTaken(MemberError):
    """A contact belongs to one member at a time."""

    code = "contact_taken"

    def __init__(self, field: str, member: str) -> None:
        self.field, self.member = field, member
        super().__init__(f"The {field} given belongs to another member; merge the two, or give another one.")


class ContactsDiffer(MemberError):
    """The phone number is one member's, the e-mail address another's."""

    code = "contacts_differ"

    def __init__(self, members: tuple[str, str]) -> None:
        self.members = members
        super().__init__("The phone number and the e-mail address belong to two different members; give one of them.")


class BirthdayInvalid(MemberError):
    """Nobody was born after today."""

    code = "birthday_invalid"

    def __init__(self) -> None:
        super().__init__("A birthday lies in the past; write it as YYYY-MM-DD.")


class ImportInvalid(MemberError):
    """A row of an import that can't be used; the others are none the worse for it."""

    code = "row_invalid"

    def __init__(self, ref: str, why: str) -> None:
        self.ref, self.why = ref, why
        super().__init__(f"Row {quoted(ref)}: {why}")


class GiftUnknown(MemberError):
    """No such gift, or none of the caller's."""

    code = "not_found"

    def __init__(self, gift: str) -> None:
        self.gift = gift
        super().__init__(f"There is no gift {gift!r} that you can see.")


class GiftDiffers(MemberError):
    """The key of an earlier gift came again with something else."""

    code = "key_reused"

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(f"This Idempotency-Key was used for a gift with another {field}; take a new key.")


class AlreadyInHousehold(MemberError):
    """A member is in one household at a time."""

    code = "already_in_household"

    def __init__(self, member: str) -> None:
        self.member = member
        super().__init__(f"Member {member!r} is in a household already; they leave it before they join another.")


class NotInHousehold(MemberError):
    """The member is in no household, or in another one."""

    code = "not_found"

    def __init__(self, household: str) -> None:
        self.household = household
        super().__init__(f"There is no household {household!r} that you can see.")


class HouseholdFull(MemberError):
    """A household has a bound, since each purchase looks at all of its members."""

    code = "household_full"

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"A household has at most {most} members.")


class InvitationUnknown(MemberError):
    """No such invitation, or it was answered, taken back, or is over."""

    code = "not_found"

    def __init__(self, invitation: str) -> None:
        self.invitation = invitation
        super().__init__(f"There is no open invitation {invitation!r} that you can see.")


class PayCodeInvalid(MemberError):
    """A code that this alliance never signed."""

    code = "pay_code_invalid"

    def __init__(self) -> None:
        super().__init__("This is no pay code of this alliance; scan it again, or ask the member for a new one.")


class PayCodeOver(MemberError):
    """A code is good for a minute."""

    code = "pay_code_over"

    def __init__(self) -> None:
        super().__init__("This pay code's time is over; ask the member for a new one.")


class PayCodeElsewhere(MemberError):
    """One code, one purchase: another one with the same code waits for the member's word."""

    code = "pay_code_used"

    def __init__(self) -> None:
        super().__init__("This pay code was used for another purchase; ask the member for a new one.")


class ConfirmationNeeded(MemberError):
    """Above the alliance's threshold the member sees the amount and confirms it."""

    code = "confirmation_needed"

    def __init__(self, confirmation: str) -> None:
        self.confirmation = confirmation
        super().__init__(f"The member is asked to confirm the amount ({confirmation}); send the same request again.")


class ConfirmationDeclined(MemberError):
    """The member said no."""

    code = "confirmation_declined"

    def __init__(self) -> None:
        super().__init__("The member declined this amount; nothing was booked.")


class ConfirmationUnknown(MemberError):
    """Nothing by that id waits for this member's word."""

    code = "not_found"

    def __init__(self, confirmation: str) -> None:
        self.confirmation = confirmation
        super().__init__(f"There is no confirmation {confirmation!r} that waits for you.")
