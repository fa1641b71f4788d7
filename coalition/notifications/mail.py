"""Notifications of other nouns: each declares in its `mails.py` what to write, by how the names of its notices begin.

So this folder imports no noun above it, such as the daily figures of shops.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from coalition.alliance import Alliance
from coalition.discovery import declared
from coalition.locale.formats import Lang


class Mail(NamedTuple):
    """A kind of notification: the subject and the text of a notice whose name begins with `prefix`."""

    prefix: str
    compose: Callable[[Alliance, str, Lang], tuple[str, str]]


def mail_of(notice: str) -> Mail | None:
    """The kind that a notice is of; None for one of a payment or a window."""
    return next((mail for mail in _mails() if notice.startswith(mail.prefix)), None)


@cache
def _mails() -> Sequence[Mail]:
    return [mail for module in declared("mails", "MAILS") for mail in module.MAILS]
