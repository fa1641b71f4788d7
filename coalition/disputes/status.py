"""The states of a dispute."""

from enum import StrEnum


class Status(StrEnum):
    """Where a dispute stands."""

    OPEN = "open"
    """It waits for the alliance's answer."""
    ACCEPTED = "accepted"
    """The shop was right; a correction was booked where one was due."""
    REJECTED = "rejected"
    """The statement stands."""
    WITHDRAWN = "withdrawn"
    """The shop took it back."""
