"""What can't be done with a pay code: named facts that carry their values.

MemberError
├── PayCodeInvalid         a text that is no pay code of this alliance
├── PayCodeOver            a pay code whose time is over
├── PayCodeElsewhere       a pay code that another till has asked the member to confirm
├── ConfirmationNeeded     an amount that the member is to confirm first
├── ConfirmationDeclined   an amount that the member has declined
└── ConfirmationUnknown    nothing to confirm by that id
"""

from coalition.members.errors import MemberError


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
