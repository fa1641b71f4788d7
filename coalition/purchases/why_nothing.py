"""Why a purchase earned nothing, as its buyer is told: what was booked says it, and the rules of that moment."""

from bisect import bisect_left
from collections.abc import Collection
from fractions import Fraction

from coalition.alliance import Alliance
from coalition.earning.bonus import NoBonus
from coalition.earning.bonus_outcome import capped_by
from coalition.earning.meters import Cap
from coalition.earning.rule import Sale
from coalition.events.event import Event
from coalition.locale.messages import N_
from coalition.purchases.lines import SaleLine, earning_part
from coalition.purchases.stamp_lines import stamp_lines
from settlement import Phrase
from settlement.ledger import counts_of

SHOP_STOPPED = N_("The shop could give no points at that time.")
PAID_WITH_POINTS = N_("Points paid for all of it, and only what is paid in money earns.")
NOTHING_EARNS = N_("Nothing of what you bought earns points.")
EXPIRED = N_("The shop sent it so late that its points had expired already.")
TOO_LITTLE = N_("What you paid in money was too little: points begin at {least:money}.")
NO_RULE = N_("Purchases there earned no points at that time.")
WHY: dict[NoBonus, str] = {
    NoBonus.MEMBER_HAD_MOST: N_("You had already had the most that the offer gives to one person."),
    NoBonus.DAY_USED_UP: N_("The offer had already given the most that it gives on one day."),
    NoBonus.BUDGET_USED_UP: N_("The points of the offer were used up."),
    NoBonus.STAMPED_TODAY: N_("You had already had the stamps of that day."),
    NoBonus.STAMPED_HERE: N_("Your visit to this shop had counted already."),
    NoBonus.CARD_NOT_FULL: N_("You got a stamp for it. Points come when the card is full."),
}
"""Why an offer gave nothing."""
LEAST_MAX = 10**12
"""Where the search for the smallest purchase that earns ends, in minor units."""


def why_nothing(alliance: Alliance, event: Event, owners: Collection[str]) -> str | None:
    """Why a purchase (`purchase.created`) of a member with these ids earned nothing, as a phrase; None if it did."""
    data = event.data
    if data["points_earned"]:
        return EXPIRED if data.get("points_expired") == data["points_earned"] else None
    if data.get("not_earned") is not None:
        return SHOP_STOPPED
    amount_minor = int(data["amount_minor"])
    lines = [SaleLine(each["ref"], each["amount_minor"], each["earns"]) for each in data.get("lines", ())]
    can_earn = earning_part(amount_minor, lines)
    if amount_minor and not can_earn:
        return NOTHING_EARNS
    if amount_minor and not data["cash_due_minor"]:
        return PAID_WITH_POINTS
    money = Fraction(min(int(data["cash_due_minor"]), can_earn))
    calendar, minor_per_unit = alliance.calendar, 10**alliance.book.settings.minor_digits
    sale = Sale(str(event.shop), str(event.member), amount_minor, event.at, calendar, minor_per_unit)
    return _by_offers(alliance, event, sale, money, owners) or _least(alliance, sale)


def _by_offers(alliance: Alliance, event: Event, sale: Sale, money: Fraction, owners: Collection[str]) -> str | None:
    """Why an offer gave nothing that would have given something; None where none would have."""
    for version in alliance.programme.bonuses.for_sale(sale):
        card = version.card
        if card is not None and card.stamps(money):
            posted = None if event.posting_id is None else alliance.posting(event.posting_id)
            has_stamp = posted is not None and any(stamp_lines(alliance, [posted.moves]))
            none = NoBonus.STAMPED_HERE if card.once_a_shop else NoBonus.STAMPED_TODAY
            return WHY[NoBonus.CARD_NOT_FULL if has_stamp else none]
        if card is None and version.terms.points(0, money):
            reached = (cap for cap in version.caps(sale, sale.member) if _is_reached(alliance, cap, sale, owners))
            return WHY[next(map(capped_by, reached), NoBonus.BUDGET_USED_UP)]
    return None


def _is_reached(alliance: Alliance, cap: Cap, sale: Sale, owners: Collection[str]) -> bool:
    """Whether so much is counted as a cap allows: of the member under all their ids, or of the offer."""
    ref = cap.meter
    counted_of = sorted(owners) if ref.owner == sale.member else [ref.owner]
    with alliance.database.engine.connect() as connection:
        counts = counts_of(alliance.book, connection, counted_of, [ref.number])
    return sum(of_owner.get((ref.number, ref.until), 0) for of_owner in counts.values()) >= cap.most


def _least(alliance: Alliance, sale: Sale) -> str:
    """From which amount on something would have been earned."""
    rules = alliance.programme.rules_at(sale.at).rules
    offers = [version.terms for version in alliance.programme.bonuses.for_sale(sale) if version.card is None]

    def earns(minor: int) -> int:
        money = Fraction(minor)
        return min(1, sum(rule.points(sale, money) for rule in rules) + sum(terms.points(0, money) for terms in offers))

    if not earns(LEAST_MAX):
        return NO_RULE
    return Phrase(TOO_LITTLE, least=bisect_left(range(LEAST_MAX), 1, key=earns))
