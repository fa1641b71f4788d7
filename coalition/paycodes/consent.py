"""What lets one purchase spend: a code that was read, or a confirmation that was given. Pure."""

import hmac
from hashlib import sha256
from typing import NamedTuple

TOKEN_PREFIX = "pay_"  # noqa: S105 - the name of an account
NONCE_BYTES = 12


class SpendingConsent(NamedTuple):
    """A member's consent to one purchase. `text` is what the purchase keeps of it, `is_over` whether its time is past.

    The book makes sure that it is good for once: the purchase takes its token in the very posting that spends the
    points, so of any number of tills one gets it.
    """

    member: str
    nonce: str
    text: str
    is_over: bool

    @property
    def token(self) -> str:
        """What a purchase takes in the book, once and for all."""
        return f"{TOKEN_PREFIX}{self.nonce}"


def nonce_of_step(secret: bytes, device: str, step: int) -> str:
    """The nonce of a device's code at a step: each step has one, so each code is good for once."""
    return hmac.digest(secret, f"pay step\0{device}\0{step}".encode(), sha256)[:NONCE_BYTES].hex()
