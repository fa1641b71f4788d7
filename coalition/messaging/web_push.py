"""Messages to browsers, over the push service that each browser's maker runs.

What is sent is RFC 8030, encrypted for the browser alone by RFC 8291, and signed by RFC 8292 (VAPID): the push service
learns who sends and to whom, and not what.
"""

import hmac
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha512
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from coalition.messaging.messenger import MessageDelayed, MessageNotSent
from coalition.outgoing.post import post

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many points the curve P-256 has (FIPS 186-5): private keys are the numbers below it, from 1 on."""
POINT_BYTES, AUTH_BYTES, SALT_BYTES = 65, 16, 16
SIGNED_SECONDS = 12 * 3600
"""How long a signature is good; push services take none of more than a day."""
GONE = frozenset({404, 410})
LATER = frozenset({408, 425, 429})
"""Statuses below 500 after which the same message may be taken another time."""
NOBODY = "mailto:nobody@localhost.invalid"
"""Whom a push service can turn to where the environment names nobody."""


class DeviceGone(MessageNotSent):
    """The browser takes no messages any more."""


@dataclass(frozen=True, slots=True)
class PushAddress:
    """Where a browser's messages are posted, and what they are encrypted for: its public key and a secret, base64url.

    The place is a secret too: whoever knows it may post there.
    """

    endpoint: str
    p256dh: str
    auth: str

    @property
    def is_whole(self) -> bool:
        """Whether its keys are what they have to be."""
        from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

        try:
            point, auth = _decoded(self.p256dh), _decoded(self.auth)
            EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
        except ValueError:
            return False
        return len(point) == POINT_BYTES and len(auth) == AUTH_BYTES


@dataclass(frozen=True, slots=True)
class WebPush:
    """Sends to browsers. `contact` is whom a push service can turn to: an https URL or mailto:…"""

    contact: str
    timeout_seconds: float
    allow_private: bool

    def send(
        self, to: PushAddress, key: "EllipticCurvePrivateKey", message: bytes, kept_seconds: int, *, urgent: bool
    ) -> None:
        """Send a message; where the browser is not on, the push service keeps it for so long.

        Raises DeviceGone, MessageDelayed and MessageNotSent.
        """
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(kept_seconds),
            "Urgency": "high" if urgent else "normal",
            "Authorization": self._signed(to.endpoint, key),
        }
        outcome = post(
            to.endpoint,
            encrypted(to, message),
            headers,
            timeout_seconds=self.timeout_seconds,
            allow_private=self.allow_private,
        )
        if outcome.taken:
            return
        if outcome.status in GONE:
            raise DeviceGone(f"the push service answered {outcome.status}")
        why = outcome.problem or f"the push service answered {outcome.status}"
        passes = outcome.status is None or outcome.status >= 500 or outcome.status in LATER
        raise MessageDelayed(why) if passes else MessageNotSent(why)

    def _signed(self, endpoint: str, key: "EllipticCurvePrivateKey") -> str:
        from py_vapid import Vapid02

        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(time.time()) + SIGNED_SECONDS,
            "sub": self.contact or NOBODY,
        }
        return str(Vapid02(key).sign(claims)["Authorization"])


def push_key(secret: bytes) -> "EllipticCurvePrivateKey":
    """The key by which push services know an alliance: made from its secret, so that there is no second one to keep.

    Browsers are bound to its public half, so it stays the same for as long as the alliance's secret does.
    """
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

    # 512 bits modulo a number of 256: no key is likelier than another by more than one part in 2^256.
    number = int.from_bytes(hmac.digest(secret, b"web push\0", sha512))
    return derive_private_key(number % (ORDER - 1) + 1, SECP256R1())


def public_push_key(secret: bytes) -> str:
    """The public half as browsers take it: the point, uncompressed, in base64url."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    point = push_key(secret).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()


def encrypted(to: PushAddress, message: bytes) -> bytes:
    """A message as only the browser reads it: a key pair and a salt of its own each time."""
    import http_ece
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

    body: bytes = http_ece.encrypt(
        message,
        salt=secrets.token_bytes(SALT_BYTES),
        private_key=generate_private_key(SECP256R1()),
        dh=_decoded(to.p256dh),
        auth_secret=_decoded(to.auth),
        version="aes128gcm",
    )
    return body


def _decoded(text: str) -> bytes:
    """Bytes out of base64url, padded or not. Raises ValueError."""
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
