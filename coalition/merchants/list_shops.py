"""All shops of an alliance, what they are called, and how they look."""

from contextlib import closing
from typing import NamedTuple

from coalition.alliance import Alliance
from coalition.locale.formats import Lang
from coalition.merchants.change_shop import load_shop
from coalition.merchants.set_shop_image import image_path
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


class ShopFaces(NamedTuple):
    """The names of shops in a language, and where the logos are of those that have one, by their refs."""

    names: dict[str, str]
    logos: dict[str, str]


def shop_faces(alliance: Alliance, lang: Lang) -> ShopFaces:
    """How an alliance's shops are shown in a list."""
    profiles = {shop.ref: shop.profile for shop in list_shops(alliance)}
    logos = {ref: image_path(profile.logo) for ref, profile in profiles.items() if profile.logo is not None}
    return ShopFaces({ref: profile.name_in(lang) for ref, profile in profiles.items()}, logos)


def shop_name(alliance: Alliance, ref: str, lang: Lang) -> str:
    """The name of one shop in a language; its ref where there is no such shop."""
    shop = load_shop(alliance, ref)
    return ref if shop is None else shop.profile.name_in(lang)
