"""What a shop sells: one category of a list, so that members can look for it."""

from collections.abc import Mapping
from enum import StrEnum

from coalition.locale.messages import N_


class Category(StrEnum):
    """What a shop sells in the main."""

    BAKERY = "bakery"
    BOOKS = "books"
    BUTCHER = "butcher"
    CAFE = "cafe"
    CLOTHING = "clothing"
    CULTURE = "culture"
    ELECTRONICS = "electronics"
    FLOWERS = "flowers"
    GROCERY = "grocery"
    HAIRDRESSER = "hairdresser"
    HEALTH = "health"
    HOME = "home"
    HOTEL = "hotel"
    JEWELLERY = "jewellery"
    MARKET = "market"
    PHARMACY = "pharmacy"
    RESTAURANT = "restaurant"
    SERVICES = "services"
    SPORTS = "sports"
    TOYS = "toys"
    OTHER = "other"


CATEGORY_NAMES: Mapping[Category, str] = {
    Category.BAKERY: N_("Bakery"),
    Category.BOOKS: N_("Books"),
    Category.BUTCHER: N_("Butcher"),
    Category.CAFE: N_("Café"),
    Category.CLOTHING: N_("Clothing and shoes"),
    Category.CULTURE: N_("Culture"),
    Category.ELECTRONICS: N_("Electronics"),
    Category.FLOWERS: N_("Flowers"),
    Category.GROCERY: N_("Groceries"),
    Category.HAIRDRESSER: N_("Hair and beauty"),
    Category.HEALTH: N_("Health"),
    Category.HOME: N_("House and garden"),
    Category.HOTEL: N_("Hotel"),
    Category.JEWELLERY: N_("Jewellery"),
    Category.MARKET: N_("Market stall"),
    Category.PHARMACY: N_("Pharmacy"),
    Category.RESTAURANT: N_("Restaurant"),
    Category.SERVICES: N_("Services"),
    Category.SPORTS: N_("Sports"),
    Category.TOYS: N_("Toys"),
    Category.OTHER: N_("Other shops"),
}
"""What members read."""
