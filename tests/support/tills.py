"""A device that a shop has connected as a till, as a browser would be: it makes a key, signs, and sells in shifts."""

import base64
import json
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi.testclient import TestClient
from httpx2 import Response

from coalition.locale.formats import moment, rfc3339
from tests.support.people import stranger
from tests.support.town_api import ApiTown

PIN = "4711"
_sales = count(1)


def base64url(content: bytes) -> str:
    """As WebCrypto's bytes are sent."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def new_public_key() -> str:
    """The public half of a key that a device made."""
    return public_half(generate_private_key(SECP256R1()))


def public_half(key: EllipticCurvePrivateKey) -> str:
    """As WebCrypto exports it raw."""
    return base64url(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


class Device:
    """A device; `connect` makes it a till, `begin` begins a session."""

    def __init__(self, town: ApiTown) -> None:
        self.key = generate_private_key(SECP256R1())
        self.client: TestClient = stranger(town)
        self.id = ""

    def connect(self, code: str, name: str = "Counter", **changes: object) -> Response:
        """Become a till."""
        body = {"code": code, "name": name, "public_key": public_half(self.key), **changes}
        answer = self.client.post("/v1/tills", json=body)
        if answer.status_code == 201:
            self.id = answer.json()["id"]
        return answer

    def sign(self, text: str) -> str:
        """A signature as WebCrypto makes it."""
        r, s = decode_dss_signature(self.key.sign(text.encode(), ECDSA(SHA256())))
        return base64url(r.to_bytes(32) + s.to_bytes(32))

    def challenge(self) -> Response:
        """What to sign."""
        return self.client.post("/v1/till-challenges", json={"till": self.id})

    def begin(self, **changes: object) -> Response:
        """Begin a session, in which the client then calls."""
        challenge = self.challenge().json().get("challenge", "")
        body = {"till": self.id, "challenge": challenge, "signature": self.sign(challenge), **changes}
        answer = self.client.post("/v1/till-sessions", json=body)
        if answer.status_code == 201:
            self.client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return answer

    def sign_in(self, cashier: str, pin: str = PIN) -> Response:
        """Begin a shift."""
        return self.client.post("/v1/shifts", json={"cashier": cashier, "pin": pin})

    def sell(self, shift: str | None, key: str = "", **fields: object) -> Response:
        """A sale of Ann's in a shift."""
        body = {"shop": "bakery", "member": "ann", "amount_minor": 1_000, "shift": shift, **fields}
        return self.client.post("/v1/purchases", json=body, headers={"Idempotency-Key": key or f"till-{next(_sales)}"})

    def refund(self, shift: str | None, key: str = "", **fields: object) -> Response:
        """A refund of a purchase in a shift."""
        headers = {"Idempotency-Key": key or f"till-{next(_sales)}"}
        return self.client.post("/v1/refunds", json={"shift": shift, **fields}, headers=headers)

    def void(self, shift: str | None, key: str) -> Response:
        """Void the sale of a key in a shift."""
        return self.client.post("/v1/purchases/void", json={"idempotency_key": key, "shift": shift})

    def offline(self, shift: str, key: str, sold_at: int, **fields: object) -> dict[str, str]:
        """A sale of Ann's as it is queued without a connection, at an instant: its content, signed."""
        sale = {
            "till": self.id,
            "idempotency_key": key,
            "shop": "bakery",
            "member": "ann",
            "amount_minor": 1_000,
            "shift": shift,
            "occurred_at": rfc3339(moment(sold_at)),
        }
        content = json.dumps({**sale, **fields})
        return {"content": content, "signature": self.sign(content)}

    def sync(self, *sales: dict[str, str]) -> list[dict[str, Any]]:
        """Send what was queued."""
        answer = self.client.post("/v1/offline-sales", json={"sales": sales})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["data"])


def till_code(town: ApiTown, shop: str) -> str:
    """A code that connects a till to a shop."""
    answer = town.client().post(f"/v1/shops/{shop}/till-codes")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


def cashiers(town: ApiTown, shop: str) -> dict[str, str]:
    """The ids of a shop's cashiers, by name."""
    listed = town.client().get(f"/v1/shops/{shop}/cashiers").json()["data"]
    return {each["name"]: each["id"] for each in listed}


def cashier(town: ApiTown, shop: str, name: str) -> str:
    """A cashier of this name, who is added where there is none."""
    existing = cashiers(town, shop).get(name)
    if existing is not None:
        return existing
    answer = town.client().post(f"/v1/shops/{shop}/cashiers", json={"name": name, "pin": PIN})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
