"""A device that makes and shows passkeys, in software: what a browser would send (W3C Web Authentication, level 3)."""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

USER_PRESENT, USER_VERIFIED, HAS_CREDENTIAL = 0x01, 0x04, 0x40
ES256, EC2, P256 = -7, 2, 1


def encoded(raw: bytes) -> str:
    """Base64 as it goes into JSON here."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """And out of it."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authenticator:
    """One device with one passkey. Set `origin`, `verified` or `signs` to have it do something else."""

    def __init__(self, origin: str, host: str) -> None:
        self.origin = origin
        self.host = host
        self.verified = True
        self.id = secrets.token_bytes(16)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.count = 0

    def create(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Make the passkey."""
        point = self.key.public_key().public_numbers()
        key = cbor2.dumps({1: EC2, 3: ES256, -1: P256, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})
        attested = bytes(16) + len(self.id).to_bytes(2) + self.id + key
        data = self._data(HAS_CREDENTIAL) + attested
        response = {
            "clientDataJSON": self._client_data("webauthn.create", options["challenge"]),
            "attestationObject": encoded(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
        }
        return self._credential(response)

    def get(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Show the passkey."""
        self.count += 1
        data = self._data(0)
        client_data = self._client_data("webauthn.get", options["challenge"])
        signed = data + sha256(decoded(client_data)).digest()
        response = {
            "clientDataJSON": client_data,
            "authenticatorData": encoded(data),
            "signature": encoded(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
        }
        return self._credential(response)

    def _data(self, flags: int) -> bytes:
        flags |= USER_PRESENT | (USER_VERIFIED if self.verified else 0)
        return sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _client_data(self, kind: str, challenge: str) -> str:
        return encoded(json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode())

    def _credential(self, response: Mapping[str, str]) -> dict[str, Any]:
        return {"id": encoded(self.id), "rawId": encoded(self.id), "type": "public-key", "response": dict(response)}
