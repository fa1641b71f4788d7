"""Tokens: `<kind>_<alliance>_<id>_<secret>`. Only the hash of the secret is stored.

A secret is 32 random bytes, so a plain SHA-256 hides it as well as a slow hash would, and costs no time.
"""

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256


class TokenKind(StrEnum):
    """What a token is for. It is the token's prefix, so that scanners recognise a leaked token."""

    KEY = "coalition"
    """An API key."""
    SESSION = "session"
    """A person's session."""
    INVITATION = "invitation"
    """An invitation to choose a password."""


_NO_HASH = bytes(32)
_SHAPE = re.compile(rf"({'|'.join(TokenKind)})_(\d{{1,9}})_([0-9a-f]{{16}})_([A-Za-z0-9_-]{{43}})", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A new token: its text, which is shown once, and the id and hash that are stored."""

    text: str
    id: str
    secret_hash: bytes


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """A token as a caller sends it."""

    sort: TokenKind
    alliance_id: int
    id: str
    secret_hash: bytes


def new_token(alliance_id: int, sort: TokenKind = TokenKind.KEY, token_id: str | None = None) -> NewToken:
    """A new random token of an alliance; one that takes the place of another keeps its id."""
    return _token(alliance_id, sort, token_id or secrets.token_hex(8), secrets.token_urlsafe(32))


def token_of_bytes(alliance_id: int, random: bytes) -> NewToken:
    """The API key that 40 random bytes make: of the same bytes the same, so that whoever has them can make it again."""
    secret = urlsafe_b64encode(random[8:40]).decode().rstrip("=")
    return _token(alliance_id, TokenKind.KEY, random[:8].hex(), secret)


def _token(alliance_id: int, sort: TokenKind, id_: str, secret: str) -> NewToken:
    return NewToken(f"{sort}_{alliance_id}_{id_}_{secret}", id_, _hash(secret))


def parse_token(text: str) -> PresentedToken | None:
    """The parts of a token; None if the text is not shaped like one."""
    match = _SHAPE.fullmatch(text)
    return None if match is None else PresentedToken(TokenKind(match[1]), int(match[2]), match[3], _hash(match[4]))


def hashes_match(stored: bytes | None, presented: bytes) -> bool:
    """Whether a presented hash equals the stored one; None matches nothing.

    Takes equally long in every case, so the time does not tell whether anything is stored.
    """
    return hmac.compare_digest(_NO_HASH if stored is None else bytes(stored), presented) and stored is not None


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
