"""Add many shops at once, from a list as people type or paste it: a shop a line."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from coalition.access.caller import Caller
from coalition.alliance import Alliance
from coalition.merchants.change_shop import REF_CHARS_MAX, RESERVED, apply_to_join, change_shop
from coalition.merchants.list_shops import list_shops
from coalition.merchants.shop_profile import ShopProfile
from coalition.merchants.shop_status import ShopStatus
from settlement import NamedFact, clean_text

SHOPS_MAX = 500
"""As many are added at once."""


@dataclass(frozen=True, slots=True)
class RefusedShop:
    """A line of the list that could not be added, and why."""

    line: str
    why: NamedFact | None


def add_shops(alliance: Alliance, caller: Caller, text: str) -> tuple[list[str], list[RefusedShop]]:
    """Add the shops of a list and let them take part: the refs of those that were, and the lines that could not be.

    A line is a name, or a short name and a name with a semicolon between. A shop with a name that is there already is
    left out, so the same list can be sent again. Lines beyond SHOPS_MAX are refused, as are those that are no text.
    """
    shops = list_shops(alliance)
    names, refs = {shop.profile.name for shop in shops}, {shop.ref for shop in shops}
    added: list[str] = []
    refused: list[RefusedShop] = []
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines()))):
        ref, _, name = line.rpartition(";")
        try:
            profile = ShopProfile(clean_text(name))
            if profile.name in names:
                continue
            if number >= SHOPS_MAX:
                refused.append(RefusedShop(line, None))
                continue
            made = apply_to_join(alliance, caller, ref.strip() or _ref_of(profile.name, refs), profile)
            change_shop(alliance, caller, made, profile, ShopStatus.ACTIVE)
        except ValueError:
            refused.append(RefusedShop(line, None))
        except NamedFact as error:
            refused.append(RefusedShop(line, error))
        else:
            names.add(profile.name)
            refs.add(made.ref)
            added.append(made.ref)
    return added, refused


def _ref_of(name: str, taken: Collection[str]) -> str:
    """A short name for a shop, which no other has: the letters and digits of its name, without accents."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    stem = "-".join(re.findall(r"[a-z0-9]+", plain))[: REF_CHARS_MAX - 4].strip("-") or "shop"
    number, ref = 1, stem
    while ref in taken or ref in RESERVED:
        number += 1
        ref = f"{stem}-{number}"
    return ref
