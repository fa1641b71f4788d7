"""The port of a rail: instruct, observe, and tell what came back and what moved.

`settlement.payments` drives every rail through this and nothing else; `tests/settlement/rails/contract.py` is what
each must pass. A rail keeps no books. It is told what to move under an id of ours, says what became of it, and
never raises for a payment that went wrong: that is an Observation.

What a rail must hold to:
- The same Attempt sent again has no second effect, however the first ended.
- An answer that did not come is AMBIGUOUS, never FAILED: only who knows that no money moved, and that none will,
  says FAILED.
- Money that was PAID can come back for as long as `returnable_until` says; then the payment is RETURNED.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Protocol, runtime_checkable

from settlement.amounts import Minor
from settlement.sentences import Phrase


class Direction(StrEnum):
    """Which way the money goes, seen from the clearing house."""

    COLLECT = "collect"
    """From a participant to the clearing house."""
    PAY = "pay"
    """From the clearing house to a participant."""


class RailStatus(StrEnum):
    """What a rail knows of an attempt."""

    UNKNOWN = "unknown"
    """The rail has never heard of it: it may be sent, or sent again under the same key."""
    PENDING = "pending"
    """On its way."""
    PAID = "paid"
    """The money has arrived."""
    FAILED = "failed"
    """No money moved and none will; another attempt needs another key."""
    AMBIGUOUS = "ambiguous"
    """Sent, and no answer that could be trusted: look it up before anything else."""
    RETURNED = "returned"
    """It was paid, and nothing of it is left: the money went back."""


@dataclass(frozen=True, slots=True)
class RailAccount:
    """Where a participant's money comes from and goes to on one rail.

    `details` are the rail's own: Stripe's account and payment method, IBAN and mandate, nothing for cash by hand.
    """

    participant: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaymentAttempt:
    """One attempt to move `minor` units (more than zero) of `currency` to or from an account.

    `key` is ours, unique for ever, and is the idempotency key wherever a rail has one; `payment_id` stays the same
    over several attempts. `group` names what belongs together (a window), `text` is for a bank statement (ASCII, at
    most 140 characters). `due_on` is yyyymmdd in the alliance's time zone.
    """

    key: str
    payment_id: str
    direction: Direction
    account: RailAccount
    minor: Minor
    currency: str
    minor_digits: int
    group: str
    text: str
    due_on: int


class Observation(NamedTuple):
    """What became of an attempt. Instants are microseconds since 1970 UTC.

    `reference` is the rail's own id of it, empty where it has none yet. `why` is for people and `code` for programs
    where it failed or came back. `fee_minor` is what the rail kept or charged for it. `returnable_until` is how long
    a paid collection can still come back; None where it can't, or where it is not paid.

    `moved_minor` is how much of it has moved in its direction, what came back taken off, whatever was asked: less where
    a part is missing or came back, more where too much came; None where the status says it (all, or nothing).
    `decided_by` is until when a rail that moves the money by itself will know at the latest what became of it; None
    where it waits for people, who may never act. `chosen` are details of the account that its owner chose at the rail
    while paying, such as the method on a page.
    """

    status: RailStatus
    at: int
    reference: str = ""
    code: str = ""
    why: str = ""
    fee_minor: int = 0
    returnable_until: int | None = None
    moved_minor: int | None = None
    decided_by: int | None = None
    chosen: Mapping[str, str] = MappingProxyType({})

    def moved_of(self, asked_minor: int) -> int:
        """How much has moved of a payment of `asked_minor`, in its direction."""
        if self.moved_minor is not None:
            return self.moved_minor
        return asked_minor if self.status is RailStatus.PAID else 0


class CashLine(NamedTuple):
    """One movement on the alliance's own account at the rail: positive came in, fees apart.

    `id` is the rail's own and never repeats. `key` is the Attempt's that it belongs to; empty where the rail can't
    tell, so that somebody has to match it.
    """

    id: str
    at: int
    minor: int
    fee_minor: int
    key: str
    text: str


class Rail(Protocol):
    """One way to move money. Calls may take seconds: no transaction is open around them."""

    @property
    def name(self) -> str:
        """Names the rail in payments and in the money book, where `cash:<name>` is what the alliance has there."""

    def least_minor(self, currency: str) -> int:
        """The least amount that it moves; what is smaller waits for the next window."""

    def step_minor(self, currency: str) -> int:
        """What every amount must be a multiple of: 1 nearly everywhere. The rest waits for the next window."""

    def problem(self, account: RailAccount, direction: Direction) -> str:
        """Why this account can't be used in that direction yet; empty where it can."""

    def details_problem(self, account: RailAccount) -> str:
        """What is wrong with an account's details as they are written; empty where they can be kept.

        A name that the rail does not read is wrong, a typing error, and what can't be paid to for lack of something.
        """

    def instruct(self, attempts: Sequence[PaymentAttempt]) -> list[Observation]:
        """Send these, each under its own key; one answer for each, in order."""

    def observe(self, attempts: Sequence[PaymentAttempt]) -> list[Observation]:
        """What became of these: looked up by key, so it also answers for those whose sending got no answer."""

    def learned_since(self, since: int) -> Mapping[str, int]:
        """Attempts, by key, of which the rail itself has learned something since an instant, and when: they are looked
        up by the next run. What tells of itself otherwise, by a webhook, may be left out.
        """

    def available_minor(self, currency: str) -> int | None:
        """What can be paid out right now; None where the rail can't tell and the money book must."""

    def lines(self, since: int, until: int) -> Sequence[CashLine]:
        """All movements on the alliance's own account from `since` to before `until`, oldest first."""


class WeekLimit(NamedTuple):
    """The most that may be collected in any seven days, in minor units, from all accounts whose limit has this name."""

    name: str
    minor: int


@runtime_checkable
class LimitedRail(Protocol):
    """A rail that moves no more than so much at once; others move any amount."""

    def greatest_minor(self, account: RailAccount) -> int:
        """The most that one collection from an account may be, in minor units of the rail's currency."""

    def week_limit(self, account: RailAccount) -> WeekLimit | None:
        """What collections from an account count for; None where any amount goes. It is no less than the greatest."""


class PayeeMatch(StrEnum):
    """What the bank of a payee says of the name of an account (Verification of Payee)."""

    MATCH = "match"
    CLOSE = "close_match"
    """Nearly the name under which the account is held."""
    NONE = "no_match"
    UNCHECKED = "unchecked"
    """It could not or would not say."""


class PayeeCheck(NamedTuple):
    """What a payee's bank answered of an account as it was paid to, at an instant (microseconds since 1970 UTC); `text`
    is what it said beside, such as the name that it has.
    """

    account: RailAccount
    match: PayeeMatch
    text: str
    at: int


@runtime_checkable
class CheckingRail(Protocol):
    """A rail at which the names of payees are compared with those of their accounts."""

    def payee_checks(self, keys: Sequence[str]) -> Mapping[str, PayeeCheck]:
        """The newest answer for attempts, by key; those without one are left out."""

    def newest_payee_checks(self) -> Mapping[str, PayeeCheck]:
        """The newest answer of each participant, whichever payment it was for."""


def unknown_detail(details: Mapping[str, str], known: Sequence[str]) -> str:
    """Which of the details a rail that reads those `known` does not; empty where it reads all of them."""
    unknown = sorted(details.keys() - {*known})
    return Phrase("{name:code} is none of {known:code}", name=unknown[0], known=known) if unknown else ""
