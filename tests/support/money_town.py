"""A town whose shops owe each other by the cent, settled over HTTP through a bank that books what it likes."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi.testclient import TestClient

from coalition.access.caller import Role
from tests.support.bank import SHOP_IBAN
from tests.support.camt import Entry, camt
from tests.support.clock import DAY
from tests.support.settling import import_file, put_at_bank, sound
from tests.support.town_api import ApiTown, purchase

POINTS_A_EURO = 5


class MoneyTown:
    """A town, and its treasurer. Amounts are in cents."""

    def __init__(self, town: ApiTown, person: Callable[..., TestClient]) -> None:
        self.town, self._person, self.machine = town, person, town.client()
        self._purchases = 0

    @property
    def treasurer(self) -> TestClient:
        """The treasurer, who has just logged in: a session ends before a week does."""
        return self._person(Role.OWNER)

    def at_bank(self, *shops: str) -> None:
        """These shops pay by direct debit and are paid by transfers."""
        for shop in shops:
            mandate = {"mandate_id": f"M-{shop}", "mandate_signed_on": "2024-01-03"}
            answer = put_at_bank(self.treasurer, shop, f"bank-{shop}", name=shop, iban=SHOP_IBAN, **mandate)
            assert answer.status_code == 200, answer.text

    def owe(self, **minor_by_shop: int) -> None:
        """A week goes by in which members spend so much at the cafe of what these shops gave them; it is closed."""
        for shop, minor in minor_by_shop.items():
            self._buy(shop, amount_minor=minor * 100 // POINTS_A_EURO)
        total = sum(minor_by_shop.values())
        self._buy("cafe", amount_minor=total, points=total)
        self.town.clock.now += 7 * DAY
        (due,) = [each for each in self.machine.get("/v1/windows").json()["data"] if each["status"] == "due"]
        assert self.machine.post(f"/v1/windows/{due['id']}/close").status_code == 200

    def _buy(self, shop: str, **body: int) -> None:
        self._purchases += 1
        answer = purchase(self.town.till(shop), f"p{self._purchases}", shop=shop, **body)
        assert answer["status"] == 201, answer

    def run(self, days: float = 0) -> dict[str, Any]:
        """Some days go by, and the treasurer settles: what came of it."""
        self.town.clock.now += int(days * DAY)
        answer = self.machine.post("/v1/settlements/run")
        assert answer.status_code == 200, answer.text
        done: dict[str, Any] = answer.json()
        return done

    def send(self) -> dict[str, str]:
        """Settle and take all open files to the bank: the reference of each payment that it now has, by shop."""
        self.run()
        for file in self.machine.get("/v1/bank/files").json():
            if file["exported_at"] is None:
                assert self.treasurer.post(f"/v1/bank/files/{file['id']}/export").status_code == 200
        return {payment["shop"]: payment["reference"] for payment in self.payments(state="sent")}

    def tell(self, *entries: Entry, kind: int = 53, change: Callable[[bytes], bytes] = bytes) -> dict[str, Any]:
        """The bank's statement (or notification) of these movements comes in, written as `change` has it."""
        answer = import_file(self.machine, change(camt(entries, 8, kind)))
        assert answer.status_code == 200, answer.text
        done: dict[str, Any] = answer.json()
        return done

    def say(self, shares: Mapping[str, int]) -> None:
        """The treasurer says how much of the one line that waits is each payment, by reference."""
        (line,) = self.machine.get("/v1/bank/lines").json()
        ids = {each["reference"]: each["id"] for each in self.payments()}
        attempts = [f"{ids[reference]}-1" for reference in shares]
        body = {"payments": attempts, "amounts_minor": [*shares.values()], "note": "theirs"}
        assert self.treasurer.post(f"/v1/bank/lines/{line['id']}/match", json=body).json() == {"waiting": 0}

    def payments(self, **filters: str) -> list[dict[str, Any]]:
        """The payments, newest first."""
        listed: list[dict[str, Any]] = self.machine.get("/v1/payments", params=filters).json()["data"]
        return listed

    def collected(self, shop: str) -> dict[str, Any]:
        """The newest collection from a shop."""
        return next(payment for payment in self.payments(shop=shop) if payment["route"] == "collect")

    def open_net(self, shop: str) -> tuple[int, str]:
        """What a shop is owed, below zero what it owes, and what comes next; (0, "") where nothing is open."""
        rows = [row for row in self.machine.get("/v1/settlements").json()["outlook"] if row["shop"] == shop]
        return (rows[0]["net_minor"], rows[0]["next"]) if rows else (0, "")

    def defaults(self) -> list[dict[str, Any]]:
        """Who is in default."""
        listed: list[dict[str, Any]] = self.machine.get("/v1/settlements").json()["defaults"]
        return listed

    def is_sound(self, *rails: str) -> bool:
        """Whether the audit is clean, the journal balances in hledger, and book and these rails agree to the cent."""
        agrees = {rail["rail"]: rail["agrees"] for rail in self.machine.post("/v1/settlements/reconcile").json()}
        return sound(self.town) and all(agrees[rail] for rail in rails)
