"""All shops of an alliance, and what they are called."""

from contextlib import closing

from coalition.alliance import Alliance
from coalition.locale.formats import Lang
from coalition.merchants.change_shop import load_shop
from coalition.merchants.shop_status import ShopStatus
from coalition.merchants.store import Shop, all_shops, all_states
from settlement.ledger import Session


def list_shops(alliance: Alliance) -> list[Shop]:
    """All shops of an alliance by ref, whatever their state."""
    with closing(alliance.database.session()) as session:
        participants = alliance.book.config(session).by_ref
    with alliance.database.engine.connect() as connection:
        return all_shops(connection, alliance.id, dict(participants))


def shop_states(alliance: Alliance, session: Session) -> dict[str, ShopStatus]:
    """How each shop of an alliance stands, by ref."""
    in_book = alliance.book.config(session).by_ref
    with alliance.database.engine.connect() as connection:
        return all_states(connection, alliance.id, in_book)


def shop_names(alliance: Alliance, lang: Lang) -> dict[str, str]:
    """The names of an alliance's shops in a language, by their refs."""
    return {shop.ref: shop.profile.name_in(lang) for shop in list_shops(alliance)}


def shop_name(alliance: Alliance, ref: str, lang: Lang) -> str:
    """The name of one shop in a language; its ref where there is no such shop."""
    shop = load_shop(alliance, ref)
    return ref if shop is None else shop.profile.name_in(lang)
