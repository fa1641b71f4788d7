"""The till without a connection: what it makes waits, signed, and is sent once; what is refused says what to do."""

import re

import pytest
from playwright.sync_api import Page, expect

from coalition.pages.assets import asset_url
from tests.pages.page_town import PageTown
from tests.pages.till_counter import (
    SHOP,
    cut_before,
    enrich_ann,
    next_sale,
    on_screen,
    open_till,
    points_of,
    prepared,
    ring_up,
    sales,
    scan,
    sign_in,
    six_digits,
    type_who,
)

OUTCOME_MS = 40_000


@pytest.fixture
def phone(town: PageTown, page: Page) -> Page:
    """A till of the café's, at which Karla is signed in, on a phone."""
    enrich_ann(town)
    open_till(town, page)
    return page


def test_offline_points_are_earned_and_sent_once_later(town: PageTown, phone: Page) -> None:
    before, points = sales(town), points_of(town, "ann")
    digits = six_digits(town)
    phone.context.set_offline(True)
    ring_up(phone, "4")
    scan(phone, digits)
    expect(phone.get_by_text("points can be earned, and not spent")).to_be_visible()
    phone.get_by_role("button", name="Earn, and send it later").click()
    on_screen(phone, "result")
    next_sale(phone)
    ring_up(phone, "6")
    type_who(phone, "jürgen.nobody@example.com")
    on_screen(phone, "result")
    next_sale(phone)
    expect(phone.get_by_role("button", name="2 to send")).to_be_visible()
    phone.reload()
    expect(phone.get_by_role("button", name="2 to send")).to_be_visible()
    phone.context.set_offline(False)
    expect(phone.get_by_role("button", name="1 refused")).to_be_visible()
    phone.get_by_role("button", name="1 refused").click()
    expect(phone.get_by_text("Nobody is a member with jürgen.nobody@example.com yet.")).to_be_visible()
    expect(phone.get_by_text("the shop gives the points. Ring the amount up again")).to_be_visible()
    phone.get_by_role("button", name="Remove").click()
    expect(phone.locator("[data-queue-badge]")).to_be_visible()
    phone.get_by_role("button", name="Remove it for good?").click()
    expect(phone.locator("[data-queue-badge]")).to_be_hidden()
    assert sales(town) == before + 1
    assert points_of(town, "ann") == points + 20


def test_without_an_answer_only_the_first_sale_that_earns_waits_long(town: PageTown, phone: Page) -> None:
    before = sales(town)
    phone.clock.install()
    cut_off = re.compile("/v1/(purchases|offline-sales)$")
    phone.context.route(cut_off, cut_before)
    ring_up(phone, "1")
    type_who(phone, "bob@example.com")
    on_screen(phone, "checking")
    for _ in range(20):
        phone.clock.run_for(2_000)
    on_screen(phone, "result", OUTCOME_MS)
    next_sale(phone)
    ring_up(phone, "2")
    type_who(phone, "bob@example.com")
    on_screen(phone, "result")
    phone.context.unroute(cut_off)
    next_sale(phone)
    phone.get_by_role("button", name="2 to send").click()
    phone.get_by_role("button", name="Send now").click()
    expect(phone.get_by_text("Waiting: 0")).to_be_visible()
    assert sales(town) == before + 2


def test_a_sale_that_finds_the_queue_full_is_voided_and_said_not_to_be_booked(town: PageTown, phone: Page) -> None:
    before, digits = sales(town), six_digits(town)
    phone.context.set_offline(True)
    fill = "async (store) => { const { enqueue } = await import(store); for (let at = 0; at < 100; at += 1) "
    fill += "await enqueue({ kind: 'earn', key: `full-${at}`, body: {}, at: Date.now() }); }"
    phone.evaluate(fill, asset_url("till-store.js"))
    ring_up(phone, "4")
    scan(phone, digits)
    phone.get_by_role("button", name="Earn, and send it later").click()
    expect(phone.get_by_text("100 sales were made offline today")).to_be_visible()
    kinds = "async (store) => (await (await import(store)).queued()).map(({ kind }) => kind)"
    assert phone.evaluate(kinds, asset_url("till-store.js")).count("void") == 1
    assert sales(town) == before


def test_what_a_removed_till_has_not_sent_is_refused_with_what_to_do(town: PageTown, phone: Page) -> None:
    before = sales(town)
    phone.context.set_offline(True)
    ring_up(phone, "4")
    type_who(phone, "bob@example.com")
    on_screen(phone, "result")
    next_sale(phone)
    for till in town.api.client().get(f"/v1/shops/{SHOP}/tills").json()["data"]:
        town.api.client().delete(f"/v1/tills/{till['id']}")
    phone.context.set_offline(False)
    on_screen(phone, "connect")
    phone.locator("#code").fill(prepared(town)["code"])
    sign_in(phone)
    phone.get_by_role("button", name="1 refused").click()
    expect(phone.get_by_text("The till that made this sale was removed")).to_be_visible()
    assert sales(town) == before
