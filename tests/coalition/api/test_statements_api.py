"""A statement as a shop gets it: who is who, which receipt each sale had, what is due when, and how to pay it."""

import csv
from io import StringIO
from pathlib import Path

import pytest

from settlement.rails.bank import reference_of
from tests.support.bank import SHOP_IBAN
from tests.support.camt import OWN_IBAN
from tests.support.clock import DAY
from tests.support.settling import OPENING, sent
from tests.support.town_api import ApiTown, purchase

BANK = f'holder = "Altstadt Verbund e.V."\naccount = "{OWN_IBAN}"\nbic = "COBADEFF"\ncollect = "requests_csv"\n'


@pytest.fixture
def settled(town: ApiTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ApiTown:
    """The bakery owes the café 3 euros, which it is asked to transfer to the alliance's bank."""
    path = tmp_path / "bank.toml"
    path.write_bytes(b"\xef\xbb\xbf" + BANK.encode())
    monkeypatch.setenv("COALITION_BANK", str(path))
    operator = town.client()
    for shop, name, name_zh in (("bakery", "Bäckerei Sommer", "夏日面包房"), ("cafe", "山田\u3000珈琲", None)):
        version = operator.get(f"/v1/shops/{shop}").headers["ETag"]
        answer = operator.patch(
            f"/v1/shops/{shop}", json={"name": name, "name_zh": name_zh}, headers={"If-Match": version}
        )
        assert answer.status_code == 200, answer.text
    purchase(town.till(), "k1", amount_minor=10_000, external_ref="R-1")
    purchase(town.till("cafe"), "k2", shop="cafe", amount_minor=1_000, points=300, external_ref="C:2")
    town.clock.now += 7 * DAY
    assert operator.post(f"/v1/windows/{OPENING}/close").status_code == 200
    for shop in ("bakery", "cafe"):
        where = f"/v1/shops/{shop}/payment-account"
        headers = {"If-Match": operator.get(where).headers["ETag"], "Idempotency-Key": f"a-{shop}"}
        body = {"rail": "bank", "details": {"name": shop, "iban": SHOP_IBAN}}
        assert operator.put(where, json=body, headers=headers).status_code in (200, 403)
    return town


def test_a_statement_says_who_when_and_how_to_pay(settled: ApiTown) -> None:
    payment = sent(settled)
    at = f"/v1/windows/{OPENING}/statements/bakery"
    statement = settled.client().get(at, params={"moves": True}).json()
    assert statement["participant_name"] == "Bäckerei Sommer"
    lines = [line for section in statement["sections"] for line in section["lines"] if line["counterpart"] == "cafe"]
    assert {line["counterpart_name"] for line in lines} == {"山田\u3000珈琲"}
    assert {move["receipt"] for line in lines for move in line["drill_down"]} == {"C:2"}
    (asked,) = statement["payments"]
    due = settled.client().get(f"/v1/payments/{payment}").json()["due_on"]
    assert (asked["due_on"], asked["money"]["minor"], asked["rail"]) == (due, -300, "bank")
    assert asked["pay_to"] == {"holder": "Altstadt Verbund e.V.", "account": OWN_IBAN, "bic": "COBADEFF"}
    assert asked["reference"] == reference_of(settled.alliance.id, f"{payment}-1")

    text = settled.client().get(at, params={"format": "text"}).text
    assert "Bäckerei Sommer (bakery)" in text
    for part in ("Please transfer 3.00 EUR", "山田\u3000珈琲 (cafe)", "Altstadt Verbund e.V.", OWN_IBAN[:4]):
        assert part in text
    in_chinese = settled.client().get(at, params={"format": "text"}, headers={"Accept-Language": "zh"}).text
    assert "夏日面包房 (bakery)" in in_chinese
    table = settled.client().get(at, params={"format": "csv"}).content.decode("utf-8-sig")
    (row,) = [row for row in csv.DictReader(StringIO(table)) if row["level"] == "payment"]
    assert (row["minor"], row["account"], row["reference"]) == ("-300", OWN_IBAN, asked["reference"])
