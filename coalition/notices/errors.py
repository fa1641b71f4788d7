"""Errors of notices."""

from coalition.errors import CoalitionError, Invalid
from coalition.locale.messages import N_


class NoticeOver(CoalitionError, like=Invalid):
    """A notice that nobody would ever see."""

    detail = N_("The notice would be over at {until:moment}, before anybody could see it.")
    concerns = "visible_until"
    until: int
