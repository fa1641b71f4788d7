"""Record a purchase: the request to the book that a till's purchase becomes."""

from fractions import Fraction

from coalition.programme.rules import AllianceRules
from coalition.purchases.purchase import PurchasePlan
from settlement import Calendar, Posting, month_end


class PurchaseRecorder:
    """Makes postings of purchases under one alliance's rules."""

    def __init__(self, rules: AllianceRules, calendar: Calendar) -> None:
        self._calendar = calendar
        self._expiry_months = rules.expiry_months
        self._earn_per_minor = rules.earn_points_per_unit / Fraction(10**rules.minor_digits)

    def posting(self, key: str, at: int, shop: str, member: str, amount_minor: int, asked: int) -> Posting:
        """A purchase of `amount_minor` at instant `at`, with `asked` points to spend (ALL for all), under `key`."""
        expires_on = month_end(self._calendar.day(at)[0], self._expiry_months)
        plan = PurchasePlan(shop, member, amount_minor, asked, self._earn_per_minor, expires_on)
        content: dict[str, str | int] = {
            "at": at,
            "shop": shop,
            "member": member,
            "amount_minor": amount_minor,
            "asked": asked,
        }
        return Posting(key, at, content, plan, recorded_at=at)
