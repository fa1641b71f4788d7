"""Lines of a sale at the till, where a shop wants them: what each earns, what is taken off, what is given back."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.pages.page_town import PageTown
from tests.pages.till_counter import (
    SHOP,
    add_line,
    enrich_ann,
    next_sale,
    on_screen,
    open_till,
    ring_up,
    scan,
    six_digits,
    type_who,
)

PRODUCT = "4006381333931"


@pytest.fixture
def phone(town: PageTown, page: Page) -> Page:
    """A till that asks for lines."""
    enrich_ann(town)
    open_till(town, page, lines=True)
    return page


def newest_lines(town: PageTown) -> list[tuple[str, int, bool, int]]:
    """Ref, amount, whether it earns, and points of each line of the café's newest sale."""
    client = town.api.client()
    newest = client.get(f"/v1/purchases?shop={SHOP}&limit=1").json()["data"][0]["id"]
    lines = client.get(f"/v1/purchases/{newest}").json()["lines"]
    return [(line["ref"], line["amount_minor"], line["earns"], line["points_earned"]) for line in lines]


def rows(page: Page) -> list[str]:
    return page.locator("[data-list=lines] .line-title").all_text_contents()


def test_a_till_asks_for_one_amount_where_its_shop_wants_no_lines(town: PageTown, page: Page) -> None:
    open_till(town, page)
    expect(page.locator("[data-act=add-line]")).to_be_hidden()
    ring_up(page, "3,00")
    on_screen(page, "scan")
    type_who(page, "bob@example.com")
    on_screen(page, "result")
    assert newest_lines(town) == []


def test_each_line_earns_or_not_and_one_is_given_back(town: PageTown, phone: Page) -> None:
    add_line(phone, "20,00")
    scan(phone, PRODUCT)
    expect(phone.locator("[data-read]")).to_contain_text(PRODUCT)
    add_line(phone, "6,00")
    add_line(phone, "1,00", take_off=True)
    phone.locator("[data-lines] summary").click()
    expect(phone.locator("[data-lines] summary")).to_have_text("Lines: 3 · €25.00")
    phone.get_by_role("button", name=f"{PRODUCT}: Earns points").click()
    ring_up(phone, "2,00")
    expect(phone.locator("[data-screen=scan] [data-fill=amount]")).to_have_text("€27.00")
    scan(phone, six_digits(town))
    on_screen(phone, "pay")
    phone.locator("[data-act=pay-none]").click()
    on_screen(phone, "result")
    expect(phone.get_by_text("+105 points")).to_be_visible()
    assert newest_lines(town) == [
        ("1", 2_000, True, 100),
        (PRODUCT, 600, False, 0),
        ("3", -100, True, -5),
        ("4", 200, True, 10),
    ]
    next_sale(phone)
    phone.locator("[data-go=refunds]:visible").click()
    phone.locator("[data-list=sales] button").first.click()
    phone.get_by_label("1", exact=False).first.check()
    expect(phone.locator("#refund-amount")).to_have_value("20.00")
    phone.locator("[data-form=refund] .next").click()
    on_screen(phone, "undone")
    expect(phone.get_by_text("Points taken back: 100.")).to_be_visible()
    next_sale(phone)
    phone.locator("[data-go=refunds]:visible").click()
    first = phone.locator("[data-list=sales] button").first
    expect(first).to_contain_text("€20.00 refunded")
    first.click()
    boxes = phone.locator("[data-refund-lines] input")
    expect(boxes).to_have_count(4)
    assert [box.is_disabled() for box in boxes.all()] == [True, False, False, False]
    expect(phone.locator("[data-list=refund-lines] li").first).to_contain_text("€20.00 · Refunded")


def test_lines_are_removed_and_can_t_come_to_less_than_zero(town: PageTown, phone: Page) -> None:
    add_line(phone, "2,00")
    add_line(phone, "5,00", take_off=True)
    phone.locator("[data-next]").click()
    expect(phone.locator("#amount-problem")).to_contain_text("More is taken off")
    phone.locator("[data-lines] summary").click()
    phone.get_by_role("button", name="2: Remove").click()
    assert rows(phone) == ["1"]
    phone.locator("[data-act=add-line]").click()
    expect(phone.locator("#amount-problem")).to_have_text("Type the price of the line first.")
    add_line(phone, "1,00")
    assert rows(phone) == ["1", "2"]
    phone.locator("[data-next]").click()
    expect(phone.locator("[data-screen=scan] [data-fill=amount]")).to_have_text("€3.00")
    phone.get_by_role("button", name="Another amount").click()
    assert rows(phone) == ["1", "2"]


def test_the_same_product_twice_is_two_lines(phone: Page) -> None:
    for _ in range(3):
        scan(phone, PRODUCT)
        add_line(phone, "1,00")
    assert rows(phone) == [PRODUCT, f"{PRODUCT} 2", f"{PRODUCT} 3"]


def test_a_member_s_code_is_no_product(town: PageTown, phone: Page) -> None:
    digits = six_digits(town)
    add_line(phone, "4,00")
    phone.locator("#amount").fill("1,00")
    scan(phone, digits)
    on_screen(phone, "pay")
    expect(phone.locator("[data-fill=can-pay]")).to_contain_text("€5.00")


def test_a_lost_answer_and_a_reload_keep_the_lines(town: PageTown, phone: Page) -> None:
    """The answer is lost, and the page is left: what is sent again is the same, line by line."""

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    purchases = re.compile(r"/v1/purchases$")
    phone.context.route(purchases, lose)
    add_line(phone, "7,00")
    ring_up(phone, "3,00")
    on_screen(phone, "scan")
    type_who(phone, "bob@example.com")
    on_screen(phone, "checking")
    phone.context.unroute(purchases)
    phone.reload()
    on_screen(phone, "result")
    assert newest_lines(town) == [("1", 700, True, 35), ("2", 300, True, 15)]


def test_what_was_sold_is_no_part_of_the_next_sale_whichever_way_leads_there(town: PageTown, phone: Page) -> None:
    """Also past the list of what waits, whose way back leads to the amount."""
    phone.context.set_offline(True)
    add_line(phone, "4,00")
    ring_up(phone, "2,00")
    on_screen(phone, "scan")
    type_who(phone, "bob@example.com")
    on_screen(phone, "result")
    phone.locator("[data-queue-badge]").click()
    phone.locator("[data-screen=queue] [data-go=amount]").click()
    on_screen(phone, "amount")
    assert rows(phone) == []
    expect(phone.locator("#amount")).to_have_value("")
    phone.context.set_offline(False)


def test_lines_outlive_a_reload_until_they_are_sold(phone: Page) -> None:
    add_line(phone, "4,00")
    scan(phone, PRODUCT)
    phone.reload()
    on_screen(phone, "amount")
    assert rows(phone) == ["1"]
    expect(phone.locator("[data-read]")).to_contain_text(f"{PRODUCT}: now its price.")
    add_line(phone, "2,00")
    assert rows(phone) == ["1", PRODUCT]
    ring_up(phone, "1,00")
    type_who(phone, "bob@example.com")
    on_screen(phone, "result")
    next_sale(phone)
    phone.reload()
    on_screen(phone, "amount")
    assert rows(phone) == []
