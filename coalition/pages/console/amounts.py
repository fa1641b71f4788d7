"""Amounts as people type them into forms. Pure."""

import re

from settlement.ledger import BookSettings


def typed_minor(settings: BookSettings, text: str) -> int:
    """An amount in minor units, as in 12, 12.50 or 12,50. Raises ValueError for what could be read in two ways."""
    digits = settings.minor_digits
    decimals = rf"(?:[.,](\d{{{digits}}}))?" if digits else "()?"
    typed = re.fullmatch(rf"(\d{{1,12}}){decimals}", "".join(text.split()), re.ASCII)
    if typed is None:
        raise ValueError(text)
    return int(typed[1] + (typed[2] or "0" * digits))


def typed_amount(settings: BookSettings, text: str) -> int:
    """The same for what is paid: above zero. Raises ValueError."""
    minor = typed_minor(settings, text)
    if not minor:
        raise ValueError(text)
    return minor


def typed_points(text: str) -> int:
    """A whole number above zero. Raises ValueError for anything else, separators of thousands included."""
    if not re.fullmatch(r"[0-9]{1,12}", text.strip()) or int(text) == 0:
        raise ValueError(text)
    return int(text)
