"""Stamps where they show: what a cashier says after a sale, the member's wallet, and the receipt."""

import re
from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect

from tests.pages.page_town import PageTown
from tests.pages.rule_states import COFFEE, SAM, stamped
from tests.pages.till_counter import next_sale, on_screen, open_till, ring_up, type_who
from tests.pages.visitor import Visitor


@pytest.fixture
def phone(town: PageTown, page: Page) -> Page:
    """A till of the café's, at which Karla is signed in."""
    open_till(town, page)
    return page


def sell(phone: Page, contact: str) -> None:
    ring_up(phone, "3")
    type_who(phone, contact)
    on_screen(phone, "result")


def test_a_cashier_says_how_many_stamps_there_are_and_that_a_card_is_full(town: PageTown, phone: Page) -> None:
    rule, contact = f"page-{token_hex(4)}", f"{token_hex(6)}@example.org"
    operator = town.api.client()
    card = {**COFFEE, "rule": rule, "effect": {**COFFEE["effect"], "stamps": 2}, "shops": ["cafe"], "budget": 250}
    enrolled = operator.post("/v1/members", json={"email": contact})
    member = Visitor(town, town.member(enrolled.json()["id"]))
    assert operator.post("/v1/rules", json=card).status_code == 201
    sell(phone, contact)
    expect(phone.get_by_text("Stamp 1 of 2.")).to_be_visible()
    next_sale(phone)
    sell(phone, contact)
    expect(phone.get_by_text("Card full: 250 points more.")).to_be_visible()
    expect(phone.get_by_text("+265 points")).to_be_visible()
    member.open("/wallet")
    assert "Card full: 250 points, worth €2.50 They are yours. The next stamp begins a new card." in member.words
    assert operator.get(f"/v1/wallets/{enrolled.json()['id']}").json()["stamp_cards"] == []
    receipts = []
    for line in member.open("/wallet/history").all("main")[0].all("a", class_="line"):
        member.open(line.attributes["href"])
        receipts.append(re.search(r"Stamp \d of 2\.|Card full: 250 points more\.", member.words)[0])
    assert receipts == ["Card full: 250 points more.", "Stamp 1 of 2."]
    assert operator.post(f"/v1/rules/{rule}/end").status_code == 200
    next_sale(phone)
    sell(phone, contact)
    expect(phone.locator("[data-screen=result] [data-fill=stamps]")).to_be_empty()


def test_the_wallet_shows_the_card_and_a_receipt_its_stamp_and_its_bonus(town: PageTown) -> None:
    stamped(town)
    sam = Visitor(town, town.member(SAM))
    sam.open("/wallet")
    assert "of 10. 250 points for 10 stamps, one for a sale of €2.80 or more Metzgerei Huber" in sam.words
    sam.open("/wallet/history")
    sam.click("Metzgerei Huber")
    assert "Of these: 5 more points from €1.00 on +5" in sam.words
    assert "of 10. 250 points for 10 stamps, one for a sale of €2.80 or more +1" in sam.words
    anybody = Visitor(town, town.member("lou"))
    anybody.open("/wallet")
    assert "stamps" not in anybody.words
