"""What tests of settling over HTTP share: a closed week, a payment that was sent, what a problem says."""

import base64
from contextlib import closing

import httpx2 as httpx
from fastapi.testclient import TestClient

from settlement.audit import audit_book
from tests.support.bank import SHOP_IBAN
from tests.support.camt import OWN_IBAN
from tests.support.hledger import check_in_hledger
from tests.support.town_api import ApiTown

OPENING = "win_20240512T220000Z"
BANK = f"""
holder = "Altstadt Verbund e.V."
account = "{OWN_IBAN}"
creditor_id = "DE98ZZZ09999999999"
"""
BAKERY_AT_BANK = {"name": "Bakery", "iban": SHOP_IBAN, "mandate_id": "M-1", "mandate_signed_on": "2024-01-03"}
PAID = {"outcome": "paid", "evidence": "receipt 17"}


def sent(town: ApiTown) -> str:
    """The one payment that a run has sent."""
    assert town.client().post("/v1/settlements/run").status_code == 200
    (payment,) = town.client().get("/v1/payments", params={"state": "sent"}).json()["data"]
    return str(payment["id"])


def code(answer: object) -> tuple[int, str]:
    """Status and code of a problem."""
    return answer.status_code, answer.json()["code"]


def put_at_bank(client: TestClient, shop: str, key: str, **details: str) -> httpx.Response:
    """A shop chooses the bank, with these details of its account."""
    path = f"/v1/shops/{shop}/payment-account"
    headers = {"If-Match": client.get(path).headers["ETag"], "Idempotency-Key": key}
    return client.put(path, json={"rail": "bank", "details": details}, headers=headers)


def import_file(client: TestClient, content: bytes, name: str = "s.xml") -> httpx.Response:
    """A file from the bank comes in."""
    return client.post("/v1/bank/statements", json={"name": name, "content": base64.b64encode(content).decode()})


def sound(town: ApiTown) -> bool:
    """Whether the audit finds nothing; raises AssertionError where the journal does not balance in hledger."""
    book = town.alliance.book
    with closing(town.database.session()) as session:
        check_in_hledger(book, session)
        return audit_book(book, session).ok
