"""The states of a dispute."""

from enum import StrEnum


class DisputeStatus(StrEnum):
    """The state of a dispute."""

    OPEN = "open"
    """Waits for the alliance's answer."""
    ACCEPTED = "accepted"
    """The shop was right; a correction was booked if one was due."""
    REJECTED = "rejected"
    """The statement stands."""
    WITHDRAWN = "withdrawn"
    """The shop withdrew it."""
