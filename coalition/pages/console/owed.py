"""What a shop owes of closed windows: which these are, how much of each is left, and how it pays that."""

from contextlib import closing
from dataclasses import dataclass
from typing import NamedTuple

from coalition.ids import window_id
from coalition.locale.formats import money_text
from coalition.pages.console.staff_visit import StaffVisit
from coalition.payments.rails.bank import bank_settings_of
from coalition.statements.details import payments_to_make
from coalition.statements.sheet import Row, payment_words
from settlement.payments import unpaid_minor, unpaid_windows


class OwedWindow(NamedTuple):
    """A closed window, and how much of its net the shop has not paid, in minor units."""

    ref: str
    opens_at: int
    closes_at: int
    minor: int


@dataclass(frozen=True, slots=True)
class OwedByShop:
    """What a shop owes in minor units, its windows with the oldest first, and how it pays: each payment's title and
    (label, value), as on the statement.
    """

    shop: str
    minor: int
    windows: list[OwedWindow]
    payments: list[tuple[str, tuple[Row, ...]]]


def owed_by_shop(staff: StaffVisit, shop: str, name: str = "") -> OwedByShop:
    """What a shop owes of closed windows; `name` is how it is called, empty to its own people."""
    alliance, lang, bank = staff.alliance, staff.visit.lang, bank_settings_of(staff.alliance)
    settings = alliance.book.settings
    with closing(alliance.database.session()) as session:
        owed = unpaid_minor(alliance.book, session).get(shop, 0)
        unpaid = unpaid_windows(alliance.book, session, {shop: owed}).get(shop, []) if owed else []
        payments = payments_to_make(alliance.book, session, shop, bank)
    windows = [
        OwedWindow(window_id(each.opens_at), *alliance.calendar.window(each.opens_at), each.minor)
        for each in reversed(unpaid)
    ]
    amounts = [money_text(abs(each.minor), settings.minor_digits, lang) for each in payments]
    return OwedByShop(
        shop,
        owed,
        windows,
        [
            payment_words(payment, {"amount": amount, "currency": settings.currency}, lang, name)
            for payment, amount in zip(payments, amounts, strict=True)
        ],
    )
