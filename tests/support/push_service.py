"""A browser maker's push service: takes what is posted for its browsers, checks who sent it, and reads it as they do.

It reads by RFC 8291 and RFC 8188 as they are written, and not by the library that encrypts.
"""

import json
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_bytes, token_urlsafe
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

POINT = Encoding.X962, PublicFormat.UncompressedPoint


def to_text(data: bytes) -> str:
    """Bytes in base64url."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def of_text(text: str) -> bytes:
    """Bytes out of base64url."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True)
class PushMessageRead:
    """A message as its browser read it, with the headers and what the sender signed."""

    content: dict[str, str]
    headers: Mapping[str, str]
    claims: dict[str, Any]


@dataclass
class Subscriber:
    """A browser that has subscribed with an alliance's public key."""

    url: str
    sender: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: token_bytes(16))

    @property
    def subscription(self) -> dict[str, str]:
        """What it says of itself."""
        public = self.key.public_key().public_bytes(*POINT)
        return {"endpoint": self.url, "p256dh": to_text(public), "auth": to_text(self.secret)}

    def read(self, body: bytes) -> dict[str, str]:
        """Decrypt a message of one record."""
        salt, length = body[:16], body[20]
        sender_point, record = body[21 : 21 + length], body[21 + length :]
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender_point)
        shared = self.key.exchange(ec.ECDH(), sender)
        info = b"WebPush: info\0" + self.key.public_key().public_bytes(*POINT) + sender_point
        material = HKDF(hashes.SHA256(), 32, self.secret, info).derive(shared)
        content_key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(material)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(material)
        padded = AESGCM(content_key).decrypt(nonce, record, None)
        text, mark, padding = padded.rpartition(b"\x02")
        assert mark == b"\x02"
        assert not padding.strip(b"\0")
        read: dict[str, str] = json.loads(text)
        return read

    def claims(self, authorization: str) -> dict[str, Any]:
        """What the sender signed, who must be the one whom the browser subscribed with."""
        scheme, _, rest = authorization.partition(" ")
        assert scheme == "vapid"
        fields = dict(part.strip().split("=", 1) for part in rest.split(","))
        assert fields["k"].rstrip("=") == self.sender
        signed, _, signature = fields["t"].rpartition(".")
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), of_text(self.sender))
        raw = of_text(signature)
        numbers = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
        public.verify(encode_dss_signature(*numbers), signed.encode(), ec.ECDSA(hashes.SHA256()))
        claims: dict[str, Any] = json.loads(of_text(signed.partition(".")[2]))
        return claims


@dataclass
class PushService:
    """What arrived at it, by the path of the browser; and how it answers: `statuses` by turns, the last for ever."""

    url: str = ""
    subscribers: dict[str, Subscriber] = field(default_factory=dict)
    received: dict[str, list[PushMessageRead]] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=lambda: [201])
    lock: threading.Lock = field(default_factory=threading.Lock)

    def subscribe(self, sender: str) -> Subscriber:
        """A browser subscribes with an alliance's public key."""
        path = f"/send/{token_urlsafe(16)}"
        new = self.subscribers[path] = Subscriber(f"{self.url}{path}", sender)
        return new

    def messages(self, subscriber: Subscriber) -> list[PushMessageRead]:
        """What a browser has read, in order."""
        return self.received.get(subscriber.url.removeprefix(self.url), [])

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        """Take a message for a browser; the status of the answer."""
        with self.lock:
            status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
            if status == 201:
                subscriber = self.subscribers[path]
                assert headers["content-encoding"] == "aes128gcm"
                read = PushMessageRead(subscriber.read(body), headers, subscriber.claims(headers["authorization"]))
                self.received.setdefault(path, []).append(read)
        return status


@contextmanager
def push_service() -> Iterator[PushService]:
    """A push service on a port of its own."""
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                status = service.take(self.path, headers, body)
            except (AssertionError, InvalidSignature, InvalidTag, KeyError, ValueError):
                # What its browser can't read is refused, and seen missing.
                status = 400
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
