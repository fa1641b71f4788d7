"""A pay code: whose points it spends and until when, signed under a secret of the alliance. Pure.

It is checked without asking the database. The book makes sure that it is good for once: the purchase takes the code's
token in the very posting that spends the points, so of any number of tills one gets it.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from hashlib import sha256

from coalition.paycodes.errors import PayCodeInvalid

SECONDS = 60
"""How long a code is good."""
PREFIX = "pay_"
CHARS_MAX = 256
_NONCE_BYTES, _TIME_BYTES, _MAC_BYTES = 12, 8, 16


@dataclass(frozen=True, slots=True)
class SignedPayCode:
    """A code of `member`, good until `over_at` (microseconds since 1970 UTC)."""

    member: str
    nonce: str
    over_at: int

    @property
    def token(self) -> str:
        """What a purchase takes in the book, once and for all."""
        return f"{PREFIX}{self.nonce}"

    @property
    def made_at(self) -> int:
        """When it was made (microseconds since 1970 UTC)."""
        return self.over_at - SECONDS * 1_000_000

    def is_over(self, now: int) -> bool:
        """Whether its time is over at `now` (microseconds since 1970 UTC)."""
        return now >= self.over_at


def new_pay_code(member: str, now: int) -> SignedPayCode:
    """A fresh code."""
    return SignedPayCode(member, secrets.token_hex(_NONCE_BYTES), now + SECONDS * 1_000_000)


def encode_pay_code(code: SignedPayCode, secret: bytes) -> str:
    """A code as the phone shows it: printable, some 100 characters."""
    body = bytes.fromhex(code.nonce) + code.over_at.to_bytes(_TIME_BYTES) + code.member.encode()
    return PREFIX + urlsafe_b64encode(_mac(secret, body) + body).rstrip(b"=").decode()


def decode_pay_code(text: str, secret: bytes) -> SignedPayCode:
    """The code that a till has read. Raises PayCodeInvalid where it was not signed under this secret."""
    if not text.startswith(PREFIX) or not text.isascii() or len(text) > CHARS_MAX:
        raise PayCodeInvalid
    try:
        raw = urlsafe_b64decode(text[len(PREFIX) :] + "==")
    except (NotBase64, ValueError):
        raise PayCodeInvalid from None
    mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(secret, body)) or len(body) <= _NONCE_BYTES + _TIME_BYTES:
        raise PayCodeInvalid
    nonce, rest = body[:_NONCE_BYTES], body[_NONCE_BYTES:]
    return SignedPayCode(rest[_TIME_BYTES:].decode(), nonce.hex(), int.from_bytes(rest[:_TIME_BYTES]))


def _mac(secret: bytes, body: bytes) -> bytes:
    # The secret signs other things too: naming the purpose keeps a signature from being valid for another one.
    return hmac.digest(secret, b"pay code\0" + body, sha256)[:_MAC_BYTES]
