"""Tokens: `<sort>_<alliance>_<id>_<secret>`, of which only the hash of the secret is kept.

A secret is 32 random bytes, so a plain SHA-256 hides it as well as a slow hash would, and costs a caller nothing.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256


class Sort(StrEnum):
    """What a token is; it stands in front, so that a leaked one is recognised and none is taken for another."""

    KEY = "coalition"
    """An API key."""
    SESSION = "session"
    """A person's session."""
    INVITATION = "invitation"
    """An invitation to choose a password."""


_SHAPE = re.compile(rf"({'|'.join(Sort)})_(\d{{1,9}})_([0-9a-f]{{16}})_([A-Za-z0-9_-]{{43}})", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A token as it is shown, once, and what is kept of it."""

    text: str
    id: str
    secret_hash: bytes


@dataclass(frozen=True, slots=True)
class PresentedKey:
    """A token as a caller sends it."""

    sort: Sort
    alliance_id: int
    id: str
    secret_hash: bytes


def new_key(alliance_id: int, sort: Sort = Sort.KEY) -> NewKey:
    """A fresh token of an alliance."""
    id_, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    return NewKey(f"{sort}_{alliance_id}_{id_}_{secret}", id_, _hash(secret))


def presented_key(text: str) -> PresentedKey | None:
    """The parts of a token, or None where it has not the shape of one."""
    match = _SHAPE.fullmatch(text)
    return None if match is None else PresentedKey(Sort(match[1]), int(match[2]), match[3], _hash(match[4]))


def is_same(kept: bytes, presented: bytes) -> bool:
    """Whether two hashes are the same, in a time that does not tell how far they agree."""
    return hmac.compare_digest(kept, presented)


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
