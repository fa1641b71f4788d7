"""What tests of members do all the time: enrol, buy, look into a wallet."""

from itertools import count
from typing import NamedTuple

from fastapi.testclient import TestClient
from httpx2 import Response

from coalition.access.caller import Role
from coalition.client import make_pay_code
from tests.support.clock import SECOND, Clock
from tests.support.town_api import ApiTown

_keys = count(1)


class Phone(NamedTuple):
    """A member's phone."""

    member: str
    id: str
    number: str
    key: str
    clock: Clock

    def code(self, seconds: float = 0) -> str:
        """The code that it makes with a clock that is so many seconds ahead."""
        return make_pay_code(self.key, self.number, self.clock() / SECOND + seconds)


class People:
    """A town's wallet app, its tills and its operator."""

    def __init__(self, town: ApiTown) -> None:
        self.town = town
        self.app = town.client(Role.APP)
        self.operator = town.client()
        self.tills: dict[str, TestClient] = {}

    def enrol(self, **profile: object) -> str:
        """A new member's id."""
        answer = self.app.post("/v1/members", json=profile)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def buy(
        self,
        member: str | None = None,
        amount_minor: int = 10_000,
        shop: str = "bakery",
        key: str = "",
        **fields: object,
    ) -> Response:
        """A purchase, under a key of its own where none is given."""
        till = self.tills.setdefault(shop, self.town.till(shop))
        buyer = {} if member is None else {"member": member}
        body = {"shop": shop, "amount_minor": amount_minor, **buyer, **fields}
        return till.post("/v1/purchases", json=body, headers={"Idempotency-Key": key or f"k{next(_keys)}"})

    def wallet(self, member: str) -> dict[str, object]:
        """A wallet as the app shows it."""
        answer = self.app.get(f"/v1/wallets/{member}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def points(self, member: str) -> int:
        """What a member can spend."""
        return self.wallet(member)["points"]

    def give(self, member: str, points: int, key: str = "", **to: object) -> Response:
        """A gift."""
        body = {"member": member, "points": points, **to}
        return self.app.post("/v1/gifts", json=body, headers={"Idempotency-Key": key or f"k{next(_keys)}"})

    def phone(self, member: str) -> Phone:
        """A new phone of a member's, which makes pay codes."""
        answer = self.app.post(f"/v1/members/{member}/pay-devices", json={"name": "a phone"})
        assert answer.status_code == 201, answer.text
        return Phone(member, answer.json()["id"], answer.json()["number"], answer.json()["key"], self.town.clock)

    def code(self, member: str) -> str:
        """The pay code of a new phone."""
        return self.phone(member).code()

    def share(self, *members: str) -> str:
        """A household of these members."""
        first, *others = members
        household = self.app.post("/v1/households", json={"member": first}).json()["id"]
        for other in others:
            # Who joined first is spent first.
            self.town.clock.forward(1)
            body = {"invited_by": first, "member": other}
            sent = self.app.post(f"/v1/households/{household}/invitations", json=body).json()["id"]
            assert self.app.post(f"/v1/members/{other}/invitations/{sent}/accept").status_code == 200
        return household
