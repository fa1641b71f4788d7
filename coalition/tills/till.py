"""A till, a cashier and a shift, and what a device signs. Pure."""

import hmac
import re
from hashlib import sha256
from itertools import pairwise
from typing import NamedTuple

from coalition.access.caller import till_caller
from coalition.access.tokens import hashes_match
from coalition.tills.errors import PinWeak, TillKeyInvalid

TILL_PREFIX, CASHIER_PREFIX, SHIFT_PREFIX = "till", "cash", "shift"
TRIES = 5
CHALLENGE_US = 2 * 60 * 1_000_000
"""How long a challenge may be signed."""
POINT_BYTES, SIGNATURE_BYTES = 65, 64
_PIN = re.compile(r"\d{4,8}", re.ASCII)
_CHALLENGE = re.compile(r"(\d{1,18})\.([0-9a-f]{64})", re.ASCII)


class TillDevice(NamedTuple):
    """A device of a shop. Times are microseconds since 1970 UTC."""

    id: str
    shop: str
    name: str
    created_at: int
    seen_at: int
    lifted_on: int | None = None
    """The day (yyyymmdd) on which it may book more than its limit."""

    @property
    def subject(self) -> str:
        """Whose its sessions are: see `find_session_caller`."""
        return till_subject(self.id, self.shop)


class Cashier(NamedTuple):
    """Somebody who works at a shop's tills. Times are microseconds since 1970 UTC."""

    id: str
    shop: str
    name: str
    tries_left: int
    created_at: int

    @property
    def is_locked(self) -> bool:
        """Whether a manager has to unlock the PIN first."""
        return self.tries_left == 0


class Shift(NamedTuple):
    """The time from a cashier's PIN at a till to the end of it (microseconds since 1970 UTC); None while it lasts."""

    id: str
    till: str
    cashier: str
    begun_at: int
    ended_at: int | None = None


def till_subject(till: str, shop: str) -> str:
    """A till as the owner of sessions."""
    return f"{till_caller(till)}:{shop}"


def check_pin(pin: str) -> str:
    """The PIN. Raises PinWeak for one that is no PIN, or that is guessed first."""
    if not _PIN.fullmatch(pin) or {int(after) - int(before) for before, after in pairwise(pin)} in ({0}, {1}, {-1}):
        raise PinWeak
    return pin


def make_challenge(secret: bytes, till: str, now: int) -> str:
    """What a till is to sign now. Nothing is stored: it proves by itself when it was made, and for whom."""
    until = now + CHALLENGE_US
    return f"{until}.{_mac(secret, till, until)}"


def is_challenge(secret: bytes, till: str, challenge: str, now: int) -> bool:
    """Whether a challenge was made for this till, not too long ago."""
    match = _CHALLENGE.fullmatch(challenge)
    if match is None or int(match[1]) < now:
        return False
    return hashes_match(bytes.fromhex(match[2]), bytes.fromhex(_mac(secret, till, int(match[1]))))


def check_public_key(point: bytes) -> bytes:
    """The point. Raises TillKeyInvalid for what is no point of P-256."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except ValueError:
        raise TillKeyInvalid from None
    if len(point) != POINT_BYTES:
        raise TillKeyInvalid
    return point


def is_signed(point: bytes, signature: bytes, text: str) -> bool:
    """Whether the key of a public point has made a signature (ECDSA with SHA-256, r and s as WebCrypto joins them)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    if len(signature) != SIGNATURE_BYTES:
        return False
    half = SIGNATURE_BYTES // 2
    encoded = encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
    key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    try:
        key.verify(encoded, text.encode(), ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _mac(secret: bytes, till: str, until: int) -> str:
    # The secret signs other things too: naming the purpose keeps one from being taken for another.
    return hmac.digest(secret, b"till challenge\0" + f"{till}.{until}".encode(), sha256).hex()
