"""What shops are called."""

from contextlib import closing

from coalition.alliance import Alliance
from coalition.merchants.shop_status import ShopStatus
from coalition.merchants.store import Shop, all_shops


def all_of(alliance: Alliance) -> list[Shop]:
    """All shops of an alliance, whatever their state."""
    with closing(alliance.database.session()) as session:
        participants = alliance.book.config(session).by_ref
    with alliance.database.engine.connect() as connection:
        return all_shops(connection, alliance.id, dict(participants))


def shop_names(alliance: Alliance) -> dict[str, str]:
    """The names of an alliance's shops, by their refs."""
    return {shop.ref: shop.profile.name for shop in all_of(alliance)}


def open_shops(alliance: Alliance) -> list[Shop]:
    """Shops that take part now, by name."""
    shops = [shop for shop in all_of(alliance) if shop.status is ShopStatus.ACTIVE]
    return sorted(shops, key=lambda shop: shop.profile.name.casefold())
