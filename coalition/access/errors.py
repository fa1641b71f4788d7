"""Why access was not given or not changed. Each has a stable code, and says what to do.

CoalitionError
└── AccessError
    ├── LogInRefused            wrong name, password, code, passkey or contact: which one is not said
    │   └── CodeUsedUp          … a code that was typed wrong too often
    ├── SecondFactorNeeded      the password is right, the one-time code is missing
    ├── ProofNeeded             it is too long ago that the session proved whose it is
    ├── InvitationUnknown       no such invitation, or used, or over
    ├── PasswordWeak            a password that can't be chosen
    ├── UserExists              the e-mail address is another user's
    ├── LastOwner               the alliance would be left without an owner
    ├── PasskeyRefused          a passkey that can't be added
    ├── TooManyRequests         a rate limit was reached
    ├── ApprovalAwaited         it takes two people, and the second has to approve it first
    ├── ApprovalNotOpen         it was decided already, or is over
    ├── AskerNeeded             only who asked can withdraw it
    ├── AskerDisabled           who asked was disabled since
    ├── ApproverTied            one of the two invited, changed or reset the other
    ├── ApproverNew             the approver was invited, changed or reset a moment ago
    ├── SecondPersonNeeded      who asked can't approve
    ├── PersonNeeded            a key can't ask for what takes two people
    ├── RequestReused           the key stands for another request
    ├── RoleNotAllowed          it is for other roles
    ├── ApprovalNotDecidable    that action is for others to decide on
    ├── UserNotManageable       users in that role are for others to manage
    ├── UserOnOneSide           nobody moves between the alliance and a shop
    ├── EmailInvalid            an address that nobody can be written to at
    ├── KeyNotCreatable         a manager makes keys for the own tills only
    ├── KeyOfKey                a key makes keys for tills only
    ├── KeyLifeTooLong          an operator's key would be good for too long
    └── LimitChanged            somebody else changed the limit meanwhile
"""

from collections.abc import Sequence
from http import HTTPStatus

from coalition.errors import ChangedMeanwhile, CoalitionError, Forbidden, Invalid
from coalition.locale.messages import N_
from settlement import KeyReused


class AccessError(CoalitionError):
    """Base of all errors of access."""


class LogInRefused(AccessError):
    """The log-in does not hold. Nothing says what is wrong, so that nobody learns who has an account."""

    code = "log_in_refused"
    status = HTTPStatus.UNAUTHORIZED
    title = N_("Log-in refused")
    remedy = N_("Check the log-in, or ask for a new code.")
    detail = N_("This log-in is wrong or no longer valid. Check it, or ask for a new code.")


class CodeUsedUp(LogInRefused):
    """A code that was typed wrong as often as it may be: it does not count any more, whoever's the contact is."""

    detail = N_("This code was typed wrong too often and does not count any more. Ask for a new code.")


class SecondFactorNeeded(AccessError):
    """A one-time code is needed beside the password."""

    code = "second_factor_needed"
    status = HTTPStatus.UNAUTHORIZED
    title = N_("One-time code needed")
    remedy = N_("Send the authenticator app's six digits as `code`.")
    detail = N_("Send the six digits that your authenticator app shows now as `code`.")


class ProofNeeded(AccessError):
    """A credential is added or removed by a session that might be stolen: the last proof is too old."""

    code = "proof_needed"
    status = HTTPStatus.FORBIDDEN
    title = N_("Fresh proof needed")
    remedy = N_("Prove who you are with `proveSession`, or log in again, and repeat the request.")
    detail = N_(
        "This takes a proof of who you are that is at most {minutes} minutes old. Show your password, code or passkey "
        "again, then repeat it."
    )
    minutes: int


class InvitationUnknown(AccessError):
    """There is no such invitation that could be used."""

    code = "invitation_unknown"
    status = HTTPStatus.NOT_FOUND
    title = N_("Invitation not valid")
    remedy = N_("Ask for a new invitation.")
    detail = N_("This invitation was used or has expired. Ask for a new one.")


class PasswordWeak(AccessError):
    """A password that can't be chosen."""

    code = "password_weak"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Password too weak")
    remedy = N_("Choose a longer password that is not known from a leak.")
    detail = N_("This password can't be used: {why}.")
    why: str


class UserExists(AccessError):
    """The alliance has a user of this e-mail address."""

    code = "user_exists"
    status = HTTPStatus.CONFLICT
    title = N_("User already exists")
    remedy = N_("Change that user, or use another e-mail address.")
    detail = N_("User {user_id} has this e-mail address.")
    user_id: str


class LastOwner(AccessError):
    """The only owner can't be disabled or given another role."""

    code = "last_owner"
    status = HTTPStatus.CONFLICT
    title = N_("Last owner")
    remedy = N_("Make somebody else an owner first.")
    detail = N_("User {user_id} is the only owner. Make somebody else an owner first.")
    user_id: str


class PasskeyRefused(AccessError):
    """A passkey that can't be added."""

    code = "passkey_refused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Passkey refused")
    remedy = N_("Register the passkey again, from the start.")
    detail = N_("The passkey can't be added: {why}.")
    why: str


class TooManyRequests(AccessError):
    """A rate limit was reached; `retry_after_seconds` is when the next request is taken."""

    code = "rate_limited"
    status = HTTPStatus.TOO_MANY_REQUESTS
    title = N_("Too many requests")
    remedy = N_("Send it again after Retry-After seconds.")
    detail = N_("The limit {policy:name} is reached. Try again in {retry_after_seconds} s.")
    policy: str
    retry_after_seconds: int


class ApprovalAwaited(AccessError):
    """It takes two people: a second one has to approve it, and then it can be sent again."""

    code = "approval_awaited"
    status = HTTPStatus.CONFLICT
    title = N_("Approval awaited")
    remedy = N_("Let another person approve it, then send the same request again.")
    detail = N_(
        "{action:code} takes two people here. Once another person has approved {approval_id}, send the same request "
        "again."
    )
    action: str
    approval_id: str


class ApprovalNotOpen(AccessError):
    """The request can't be decided any more."""

    code = "approval_not_open"
    status = HTTPStatus.CONFLICT
    title = N_("Approval not open")
    remedy = N_("It was decided or has expired. Ask for it again.")
    detail = N_("Approval {approval_id} is not open any more (`{state}`).")
    approval_id: str
    state: str


class SecondPersonNeeded(AccessError):
    """Who asked for it can't approve it."""

    code = "second_person_needed"
    status = HTTPStatus.FORBIDDEN
    title = N_("Second person needed")
    remedy = N_("Let another person approve it.")
    detail = N_("You asked for {approval_id} yourself. Another person has to approve it.")
    approval_id: str


class AskerNeeded(AccessError):
    """Only who asked for it can withdraw it."""

    code = "asker_needed"
    status = HTTPStatus.FORBIDDEN
    title = N_("Not your request")
    remedy = N_("Let the person who asked for it withdraw it, or reject it.")
    detail = N_("Another person asked for {approval_id}. Only that person can withdraw it.")
    approval_id: str


class AskerDisabled(AccessError):
    """Who asked for it can't log in any more, so nobody stands for the request."""

    code = "asker_disabled"
    status = HTTPStatus.CONFLICT
    title = N_("Asker disabled")
    remedy = N_("Let somebody else ask for it.")
    detail = N_("{asker} asked for {approval_id} and has been disabled since. Let somebody else ask for it.")
    approval_id: str
    asker: str


class ApproverTied(AccessError):
    """One of the two invited, changed or reset the other: that may be one person with two accounts."""

    code = "approver_tied"
    status = HTTPStatus.FORBIDDEN
    title = N_("Not independent")
    remedy = N_("Let a person approve it with whose account neither of the two had to do.")
    detail = N_(
        "One of {asker} and {approver} invited, changed or reset the other. Until {until:moment} somebody else has to "
        "approve it."
    )
    asker: str
    approver: str
    until: int


class ApproverNew(AccessError):
    """Somebody who was invited, changed or reset by another person waits before approving anything."""

    code = "approver_new"
    status = HTTPStatus.FORBIDDEN
    title = N_("Approver too new")
    remedy = N_("Wait, or let somebody else approve it.")
    detail = N_("The account of {approver} was added or changed by another person. It approves from {from_:moment} on.")
    approver: str
    from_: int


class PersonNeeded(AccessError):
    """A key asked for what takes two people: whoever holds it could approve it as the second one."""

    code = "person_needed"
    status = HTTPStatus.FORBIDDEN
    title = N_("Person needed")
    remedy = N_("Log in as a person and ask for it then.")
    detail = N_("{action:code} takes two people, and a key is not a person. Log in and ask for it yourself.")
    action: str


class RequestReused(AccessError, like=KeyReused):
    """The same key came with another request."""

    detail = N_("This key was used for a request with another {field:code}. Use a new key.")
    concerns = "{field}"
    field: str


class RoleNotAllowed(AccessError, like=Forbidden):
    """The operation is for other roles."""

    detail = N_("This is for {roles:code}. You call as {role:code}.")
    roles: Sequence[str]
    role: str


class ApprovalNotDecidable(AccessError, like=Forbidden):
    """A caller who may not decide on that action."""

    detail = N_("A {role:code} can't decide on {action:code}.")
    role: str
    action: str


class UserNotManageable(AccessError, like=Forbidden):
    """A caller who may not manage users in that role."""

    detail = N_("A {role:code} can't manage a user in the role {managed:code}.")
    role: str
    managed: str


class UserOnOneSide(AccessError, like=Invalid):
    """A user of the alliance can't become one of a shop, nor the other way round."""

    detail = N_("Nobody can move between the alliance and a shop.")
    concerns = "role"


class KeyNotCreatable(AccessError, like=Forbidden):
    """A manager creates keys for the own shop's tills only."""

    detail = N_("A manager creates keys only for the tills of their own shop.")


class KeyOfKey(AccessError, like=Forbidden):
    """A key would make or replace a key that is no till's."""

    detail = N_("A key makes keys for tills only. For one in the role {role:code} an owner has to log in.")
    role: str


class KeyLifeTooLong(AccessError, like=Invalid):
    """An operator's key would be good for longer than one may be."""

    detail = N_("An operator's key is good for at most {days} days.")
    concerns = "expires_at"
    days: int


class LimitChanged(AccessError, like=ChangedMeanwhile):
    """Somebody else changed the limit between our look and our write."""

    detail = N_("The limit was changed meanwhile. Read it again, then repeat your change.")


class EmailInvalid(AccessError, like=Invalid):
    """An address that nobody can be written to at."""

    detail = N_("{email:name} is no e-mail address.")
    concerns = "email"
    email: str
