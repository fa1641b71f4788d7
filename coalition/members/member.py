"""A member as this package knows them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from coalition.members.contacts import Contact

TERMS = "terms"
PURPOSES = (TERMS, "marketing", "profiling")
"""What a member may consent to: the programme's terms, being written to, being sorted into groups by purchases."""


class MemberState(StrEnum):
    """How a member stands."""

    ACTIVE = "active"
    FROZEN = "frozen"
    """Neither earns nor spends until the alliance has looked into something."""
    MERGED = "merged"
    """Was a duplicate: the id answers for the member it was merged into."""
    ERASED = "erased"
    """The person is gone; the moves stay."""


@dataclass(frozen=True, slots=True)
class StoredConsent:
    """A yes or no to one purpose, since `at` (microseconds since 1970 UTC).

    `version` is that of the alliance's terms to which somebody said yes, where it had any.
    """

    purpose: str
    given: bool
    at: int
    version: int | None = None


NAME_CHARS_MAX = 200
LANGUAGE_TAG = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$"
"""A language as BCP 47 writes it, as a regular expression."""
BIRTHDAY_EARLIEST = date(1900, 1, 1)


class NoticesBy(StrEnum):
    """How a member hears of their points where no browser of theirs takes messages."""

    EMAIL = "email"
    """And of what the alliance lets all members know."""
    SMS = "sms"
    """Where the alliance pays for it."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MemberProfile:
    """A member's profile, all of it optional. `birthday` is yyyymmdd.

    Who never chose `notices_by` hears of their points by e-mail, and not of what the alliance lets all members know.
    """

    name: str | None = None
    language: str | None = None
    birthday: int | None = None
    notices_by: NoticesBy | None = None


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """A member. `version` counts up with every change; `created_at` is microseconds since 1970 UTC.

    While they are `spend_locked` nothing of their points is spent. `enrolled_by` is the shop whose till enrolled them.
    """

    id: str
    state: MemberState
    merged_into: str | None
    household: str | None
    profile: MemberProfile
    version: int
    created_at: int
    spend_locked: bool = False
    enrolled_by: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A member with their contacts, their latest consent to each purpose, and the merged ids that stand for them."""

    member: MemberRecord
    contacts: Sequence[Contact]
    consents: Sequence[StoredConsent]
    merged_ids: Sequence[str]
