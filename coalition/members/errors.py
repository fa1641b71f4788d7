"""What can't be done with a member: named facts that carry their values.

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
└── ImportInvalid          a row of an import that can't be used
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
