"""What is printed, and on what. Pure."""

from enum import StrEnum


class Paper(StrEnum):
    """Sizes of paper."""

    A4 = "a4"
    """210 × 297 mm."""
    LETTER = "letter"
    """8.5 × 11 inches."""


class JoinSheet(StrEnum):
    """How a sheet from which people join stands in a shop."""

    POSTER = "poster"
    """For the window or the wall."""
    STAND = "stand"
    """For the counter: folded in the middle, it shows the same to both sides."""
