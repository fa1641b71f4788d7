"""Random bytes that a form has for what it makes: sent twice, it makes the same thing twice, and so only one.

They come from the key that was drawn when the page was shown, and nothing keeps that; with the alliance's secret alone
nobody makes them again.
"""

import hmac
from hashlib import sha512

from coalition.access.caller import Caller
from coalition.alliance import Alliance


def form_bytes(alliance: Alliance, caller: Caller, purpose: str, key: str) -> bytes:
    """64 bytes for a form of a caller, by its `key`; `purpose` is what it makes."""
    return hmac.digest(alliance.programme.secret, f"{purpose} of a form\n{caller.id}\n{key}".encode(), sha512)
