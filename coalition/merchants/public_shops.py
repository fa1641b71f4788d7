"""What everybody may see of an alliance's shops: those that earn or take points, with what they say of themselves."""

from dataclasses import dataclass
from datetime import datetime

from coalition.alliance import Alliance
from coalition.locale.formats import local_time
from coalition.merchants.category import Category
from coalition.merchants.list_shops import list_shops
from coalition.merchants.shop_profile import ShopProfile
from coalition.merchants.shop_status import MAY_ISSUE, MAY_REDEEM


@dataclass(frozen=True, slots=True)
class PublicShop:
    """A shop as it stands now, which is `local` by the clock on its wall. `closes_at` is when it closes today; None
    where it is closed.

    `earns` and `redeems` say whether members earn points there, and pay in them.
    """

    ref: str
    profile: ShopProfile
    earns: bool
    redeems: bool
    closes_at: datetime | None
    local: datetime

    @property
    def opens_at(self) -> datetime | None:
        """When it opens next, by the clock on its wall; None where it is open, or does not say."""
        hours = self.profile.hours
        return None if hours is None or self.open_now else hours.opens_at(self.local)

    @property
    def open_now(self) -> bool | None:
        """Whether it is open; None where its hours are not known."""
        return None if self.profile.hours is None else self.closes_at is not None


def public_shops(alliance: Alliance, category: Category | None = None, *, open_now: bool = False) -> list[PublicShop]:
    """The shops that take part, by ref; only those of a category, or that are known to be open now, where so asked."""
    now = alliance.clock()
    local = local_time(now, alliance.calendar.zone_at(now))
    public = [
        PublicShop(
            shop.ref,
            shop.profile,
            shop.status in MAY_ISSUE,
            shop.status in MAY_REDEEM,
            None if shop.profile.hours is None else shop.profile.hours.closes_at(local),
            local,
        )
        for shop in list_shops(alliance)
        if shop.status in MAY_ISSUE | MAY_REDEEM
    ]
    return [
        shop
        for shop in public
        if (category is None or shop.profile.category is category) and (not open_now or shop.open_now)
    ]
