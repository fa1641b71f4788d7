"""What a page shows after the form that made it, and no other time: a new key's text, say.

A form that did something leads on to a page, so that a reload repeats nothing. What that page alone can show travels
there in a cookie, sealed with the alliance's secret for this session and a few minutes. A page that shows a secret
takes the cookie away: loaded again, it says that the secret was shown, and how to make another one.
"""

import hmac
import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from fastapi import Response

from coalition.pages.visit import Visit
from coalition.web.cookies import set_cookie

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

SECOND = 1_000_000
BYTES_MAX = 2_700
"""Sealed it still is a cookie that every browser keeps."""
SECONDS = 300
"""A page is there long before; and nobody comes back to a secret later."""


def carry(visit: Visit, answer: Response, name: str, what: object, seconds: int = SECONDS) -> None:
    """Let the page that an answer leads to show this: anything that JSON can say, of at most BYTES_MAX bytes."""
    sealed = _fernet(visit, name).encrypt_at_time(json.dumps(what, ensure_ascii=False).encode(), _now(visit)).decode()
    set_cookie(visit.request, answer, name, sealed, seconds)


def carried(visit: Visit, name: str, seconds: int = SECONDS) -> Any:
    """What was carried here under this name, in this session; None where it is over, or nothing was."""
    sealed = visit.request.cookies.get(name, "")
    if not sealed.isascii():
        return None
    from cryptography.fernet import InvalidToken

    try:
        return json.loads(_fernet(visit, name).decrypt_at_time(sealed, seconds, _now(visit)))
    except InvalidToken:
        return None


def drop(visit: Visit, answer: Response, name: str) -> None:
    """Show it no other time."""
    set_cookie(visit.request, answer, name, "", 0)


def _fernet(visit: Visit, name: str) -> "Fernet":
    from cryptography.fernet import Fernet

    purpose = f"shown once {name} {visit.csrf}".encode()
    return Fernet(urlsafe_b64encode(hmac.digest(visit.town.programme.secret, purpose, sha256)))


def _now(visit: Visit) -> int:
    return visit.town.machine_clock() // SECOND
