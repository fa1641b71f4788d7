"""What was typed in the step before, carried in the address of the next one: so a step can be loaded again.

Whoever changes the language or reloads the page stays where they were. It is sealed with the alliance's secret, so
that logs of addresses show no phone number; it is over when the code is that was sent.
"""

import hmac
import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated

from fastapi import Query

from coalition.access.member_code import CODE_MINUTES
from coalition.alliance import Alliance

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

SECOND = 1_000_000
STEP_SECONDS = CODE_MINUTES * 60
Step = Annotated[str, Query(max_length=2000)]
"""A step, as the address of a page has it."""


def seal_step(alliance: Alliance, **typed: str) -> str:
    """What was typed, as a part of an address."""
    return _fernet(alliance).encrypt_at_time(json.dumps(typed, ensure_ascii=False).encode(), _now(alliance)).decode()


def read_step(alliance: Alliance, token: str) -> dict[str, str]:
    """What was typed; nothing for a token that is over or was not made here."""
    if not token.isascii():
        return {}
    from cryptography.fernet import InvalidToken

    try:
        typed: dict[str, str] = json.loads(_fernet(alliance).decrypt_at_time(token, STEP_SECONDS, _now(alliance)))
    except InvalidToken:
        return {}
    return typed


def _fernet(alliance: Alliance) -> "Fernet":
    from cryptography.fernet import Fernet

    return Fernet(urlsafe_b64encode(hmac.digest(alliance.programme.secret, b"step of a form", sha256)))


def _now(alliance: Alliance) -> int:
    return alliance.machine_clock() // SECOND
