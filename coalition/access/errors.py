"""Why access was not given or not changed. Each has a stable code, and says what to do.

CoalitionError
└── AccessError
    ├── LogInRefused            wrong name, password, code, passkey or contact: which one is not said
    ├── SecondFactorNeeded      the password is right, the one-time code is missing
    ├── InvitationUnknown       no such invitation, or used, or over
    ├── PasswordWeak            a password that can't be chosen
    ├── UserExists              the e-mail address is another user's
    ├── LastOwner               the alliance would be left without an owner
    ├── PasskeyRefused          a passkey that can't be added
    ├── TooManyRequests         a rate limit was reached
    ├── ApprovalNotOpen         it was decided already, or is over
    ├── SecondPersonNeeded      who asked can't approve
    ├── PersonNeeded            a key can't ask for what takes two people
    └── RequestReused           the key stands for another request
"""

from coalition.errors import CoalitionError


class AccessError(CoalitionError):
    """Base of all errors of access."""

    code = "forbidden"


class LogInRefused(AccessError):
    """The log-in does not hold. It is not said what is wrong, so that nobody learns who is there."""

    code = "log_in_refused"

    def __init__(self) -> None:
        super().__init__("This log-in is not right, or not valid any more; check it, or ask for a new code.")


class SecondFactorNeeded(AccessError):
    """A one-time code is needed beside the password."""

    code = "second_factor_needed"

    def __init__(self) -> None:
        super().__init__("Send the six digits that your authenticator app shows now as `code`.")


class InvitationUnknown(AccessError):
    """There is no such invitation that could be used."""

    code = "invitation_unknown"

    def __init__(self) -> None:
        super().__init__("This invitation was used, or is over; ask for a new one.")


class PasswordWeak(AccessError):
    """A password that can't be chosen."""

    code = "password_weak"


class UserExists(AccessError):
    """The alliance has a user of this e-mail address."""

    code = "user_exists"

    def __init__(self, user_id: str) -> None:
        self.user_id = user_id
        super().__init__(f"User {user_id} has this e-mail address.")


class LastOwner(AccessError):
    """The only owner can't be disabled or given another role."""

    code = "last_owner"

    def __init__(self, user_id: str) -> None:
        self.user_id = user_id
        super().__init__(f"User {user_id} is the only owner; make somebody else one first.")


class PasskeyRefused(AccessError):
    """A passkey that can't be added."""

    code = "passkey_refused"

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"The passkey can't be added: {why}.")


class TooManyRequests(AccessError):
    """A rate limit was reached; `retry_after_seconds` is when the next request is taken."""

    code = "rate_limited"

    def __init__(self, policy: str, retry_after_seconds: int) -> None:
        self.policy, self.retry_after_seconds = policy, retry_after_seconds
        super().__init__(f"The limit {policy!r} is reached; try again in {retry_after_seconds} s.")


class ApprovalNotOpen(AccessError):
    """The request can't be decided any more."""

    code = "approval_not_open"

    def __init__(self, approval_id: str, state: str) -> None:
        self.approval_id, self.state = approval_id, state
        super().__init__(f"Approval {approval_id} is {state}; it can't be decided any more.")


class SecondPersonNeeded(AccessError):
    """Who asked for it can't approve it."""

    code = "second_person_needed"

    def __init__(self, approval_id: str) -> None:
        self.approval_id = approval_id
        super().__init__(f"You asked for {approval_id} yourself; another person has to approve it.")


class PersonNeeded(AccessError):
    """A key asked for what takes two people: whoever holds it could approve it as the second one."""

    code = "person_needed"

    def __init__(self, action: str) -> None:
        self.action = action
        super().__init__(f"{action} takes two people here, and a key is none; log in and ask for it yourself.")


class RequestReused(AccessError):
    """The same key came with another request."""

    code = "key_reused"

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(f"This key was used for a request with another {field}; choose a new key.")
