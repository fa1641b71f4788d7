"""Amounts as people type them into forms. Pure."""

import re

from coalition.locale.messages import N_
from coalition.pages.errors import FieldWrong
from settlement import Phrase
from settlement.ledger import BookSettings

AMOUNT = N_("Write an amount such as 500 or 12.50, without a separator of thousands.")
PAID = N_("Write an amount above zero, such as 500 or 12.50, without a separator of thousands.")
POINTS = N_("Write a whole number above zero, such as 500, without a separator of thousands.")


def typed_minor(settings: BookSettings, field: str, text: str) -> int:
    """An amount in minor units, as in 12, 12.50 or 12,50. Raises FieldWrong for what could be read in two ways."""
    digits = settings.minor_digits
    decimals = rf"(?:[.,](\d{{{digits}}}))?" if digits else "()?"
    typed = re.fullmatch(rf"(\d{{1,12}}){decimals}", "".join(text.split()), re.ASCII)
    if typed is None:
        raise FieldWrong(field, Phrase(AMOUNT))
    return int(typed[1] + (typed[2] or "0" * digits))


def typed_amount(settings: BookSettings, field: str, text: str) -> int:
    """The same for what is paid: above zero. Raises FieldWrong."""
    try:
        minor = typed_minor(settings, field, text)
    except FieldWrong:
        minor = 0
    if not minor:
        raise FieldWrong(field, Phrase(PAID))
    return minor


def typed_points(field: str, text: str) -> int:
    """A whole number above zero. Raises FieldWrong for anything else, separators of thousands included."""
    if not re.fullmatch(r"[0-9]{1,12}", text.strip()) or int(text) == 0:
        raise FieldWrong(field, Phrase(POINTS))
    return int(text)
