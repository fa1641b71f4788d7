"""The link of a gift that whoever opens it first takes up. Pure.

It names the gift and proves that it was made here, so nothing more is stored: who sees a gift's id can't take it up.
"""

import hmac
import re
from hashlib import sha256

from coalition.gifts.give_points import PREFIX

_CODE = re.compile(r"([0-9a-f]{32})([0-9a-f]{32})", re.ASCII)


def link_code(secret: bytes, gift: str) -> str:
    """What the link of a gift ends with."""
    id_ = gift.removeprefix(f"{PREFIX}_")
    return f"{id_}{_mac(secret, id_)}"


def gift_of_link(secret: bytes, code: str) -> str | None:
    """The id of the gift that a link names; None for a link that was not made here."""
    match = _CODE.fullmatch(code)
    if match is None or not hmac.compare_digest(match[2], _mac(secret, match[1])):
        return None
    return f"{PREFIX}_{match[1]}"


def _mac(secret: bytes, id_: str) -> str:
    return hmac.digest(secret, b"gift link\0" + id_.encode(), sha256)[:16].hex()
