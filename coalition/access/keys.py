"""API keys: `coalition_<alliance>_<id>_<secret>`, of which only the hash is kept.

A secret is 32 random bytes, so a plain SHA-256 hides it as well as a slow hash would, and costs a caller nothing.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256

_SHAPE = re.compile(r"coalition_(\d{1,9})_([0-9a-f]{16})_([A-Za-z0-9_-]{43})", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it is shown, once, and what is kept of it."""

    text: str
    id: str
    secret_hash: bytes


@dataclass(frozen=True, slots=True)
class PresentedKey:
    """A key as a caller sends it."""

    alliance_id: int
    id: str
    secret_hash: bytes


def new_key(alliance_id: int) -> NewKey:
    """A fresh key of an alliance."""
    id_, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    return NewKey(f"coalition_{alliance_id}_{id_}_{secret}", id_, _hash(secret))


def presented_key(text: str) -> PresentedKey | None:
    """The parts of a key, or None where it has not the shape of one."""
    match = _SHAPE.fullmatch(text)
    return None if match is None else PresentedKey(int(match[1]), match[2], _hash(match[3]))


def is_same(kept: bytes, presented: bytes) -> bool:
    """Whether two hashes are the same, in a time that does not tell how far they agree."""
    return hmac.compare_digest(kept, presented)


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
