"""The till at a counter: taps counted, by hand and by scanner; each sale has one outcome, whatever the network does."""

import re
from collections.abc import Iterator
from secrets import token_hex

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from coalition.access.caller import Role
from settlement import date_text
from tests.pages.browser import context_of
from tests.pages.page_town import PageTown
from tests.pages.till_counter import (
    SHOP,
    STRANGER,
    connect,
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
    six_digits,
    type_who,
)
from tests.support.people import person
from tests.support.tills import cashier, cashiers

TABLET = {"width": 1024, "height": 768}
KEY_PX = 56
OUTCOME_MS = 40_000
READ_DAY = """rows => rows.map(row =>
    [row.dataset.figure, ...[...row.querySelectorAll("td")].map(cell => cell.textContent)])"""
PURCHASES = re.compile(r"/v1/purchases$")


@pytest.fixture(params=["phone", "tablet"])
def till(request: pytest.FixtureRequest, town: PageTown, browser: Browser) -> Iterator[Page]:
    """A till of the café's, at which Karla is signed in, on a phone and on a tablet."""
    enrich_ann(town)
    context = context_of(browser, "phone", "en", "light")
    page = context.new_page()
    if request.param == "tablet":
        page.set_viewport_size(TABLET)
    open_till(town, page)
    yield page
    context.close()


@pytest.fixture
def phone(town: PageTown, page: Page) -> Page:
    """The same on a phone only."""
    enrich_ann(town)
    open_till(town, page)
    return page


def new_member(town: PageTown) -> str:
    """Somebody who has no points yet."""
    answer = town.api.client(Role.APP).post("/v1/members", json={"email": f"{token_hex(6)}@example.org"})
    return str(answer.json()["id"])


def newest_sale(town: PageTown) -> dict[str, object]:
    return dict(town.api.client().get(f"/v1/purchases?shop={SHOP}&limit=1").json()["data"][0])


def cash(page: Page) -> Locator:
    return page.locator("[data-fill=cash]:visible")


class Taps:
    """Counts what is clicked on a page from now on, but for the keys of the amount."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.evaluate("""() => {
            window.taps = 0;
            addEventListener("click", (event) => { if (!event.target.closest("[data-key]")) window.taps += 1; }, true);
        }""")

    def counted(self) -> int:
        """How many there were since the last count."""
        return int(self._page.evaluate("() => { const { taps } = window; window.taps = 0; return taps; }"))


def test_earning_takes_one_tap_beside_the_amount_and_redeeming_two(town: PageTown, till: Page) -> None:
    sizes = till.locator(".key:visible").evaluate_all("keys => keys.map(key => key.getBoundingClientRect().height)")
    assert min(sizes) >= KEY_PX
    if till.viewport_size == TABLET:
        buttons = till.locator("main button:visible")
        assert min(buttons.evaluate_all("all => all.map(each => each.getBoundingClientRect().height)")) >= KEY_PX
    taps = Taps(till)
    ring_up(till, "20,00")
    on_screen(till, "scan")
    scan(till, six_digits(town, new_member(town)))
    on_screen(till, "result")
    assert taps.counted() == 1
    expect(till.get_by_text("+100 points")).to_be_visible()
    expect(cash(till)).to_have_text("€20.00")
    sold = newest_sale(town)
    assert (sold["cashier"], str(sold["till"])[:5]) == (cashiers(town.api, SHOP)["Karla"], "till_")
    next_sale(till)

    taps.counted()
    before = points_of(town, "ann")
    ring_up(till, "1")
    scan(till, six_digits(town))
    on_screen(till, "pay")
    expect(till.get_by_text("They can pay €1.00 of €1.00 with 100 points.")).to_be_visible()
    till.get_by_role("button", name="Pay €1.00 with points").click()
    on_screen(till, "result")
    assert taps.counted() == 2
    expect(cash(till)).to_have_text("€0.00")
    assert points_of(town, "ann") == before - 100

    till.get_by_role("button", name=re.compile(r"Undo \(\d+ s\)")).click()
    on_screen(till, "undone")
    assert points_of(town, "ann") == before


def test_a_part_is_paid_with_points_and_refunded_by_its_receipt(town: PageTown, phone: Page) -> None:
    before = points_of(town, "ann")
    ring_up(phone, "3,00")
    scan(phone, six_digits(town))
    on_screen(phone, "pay")
    phone.get_by_text("Only a part of it").click()
    phone.get_by_label("How much to pay with points").fill("9")
    phone.get_by_role("button", name="Pay this part").click()
    expect(phone.get_by_text("They can pay at most €3.00.")).to_be_visible()
    phone.get_by_label("How much to pay with points").fill("0,50")
    phone.get_by_role("button", name="Pay this part").click()
    on_screen(phone, "result")
    expect(cash(phone)).to_have_text("€2.50")
    receipt = phone.locator("[data-fill=receipt]").inner_text().removeprefix("Receipt ")
    assert points_of(town, "ann") == before - 50 + 12
    next_sale(phone)

    phone.get_by_role("button", name="Refund").click()
    scan(phone, receipt)
    on_screen(phone, "refund")
    expect(phone.get_by_label("Amount to refund")).to_have_value("3.00")
    phone.get_by_label("Amount to refund").fill("9.000")
    phone.get_by_role("button", name="Refund").click()
    expect(phone.get_by_text("Only 3.00 EUR of this purchase is left to refund, not 9,000.00 EUR.")).to_be_visible()
    phone.get_by_label("Amount to refund").fill("3")
    phone.get_by_role("button", name="Refund").click()
    on_screen(phone, "undone")
    expect(cash(phone)).to_have_text("€2.50")
    assert points_of(town, "ann") == before


def test_who_is_no_member_is_enrolled_with_their_number_and_earns(town: PageTown, phone: Page) -> None:
    ring_up(phone, "10")
    type_who(phone, "0151 123")
    expect(phone.get_by_text("neither a code nor a phone number")).to_be_visible()
    phone.get_by_role("button", name="Try again").click()
    stranger = STRANGER.replace("0000", "7777")
    type_who(phone, stranger)
    phone.get_by_role("button", name="Enrol, and give points").click()
    on_screen(phone, "result")
    expect(phone.get_by_text("+50 points")).to_be_visible()
    expect(phone.get_by_text(f"{stranger} is a member now.")).to_be_visible()
    assert "mem_" not in phone.content(), "a till shows no ids"


@pytest.mark.parametrize("says", ["yes", "no"])
def test_the_member_scans_the_till_and_says_yes_or_no(town: PageTown, phone: Page, browser: Browser, says: str) -> None:
    before = points_of(town, "ann")
    ring_up(phone, "1,50")
    phone.get_by_role("button", name="Let their phone scan this till").click()
    on_screen(phone, "asking")
    picture = phone.locator("[data-qr]")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    code = phone.locator("[data-fill=code]").inner_text().replace(" ", "")
    wallet = context_of(browser, "phone", "en", "light")
    town.log_in(wallet, town.member("ann"))
    asked = wallet.new_page()
    asked.goto(f"{town.url}/wallet/pay/{code}")
    asked.get_by_role("button", name=re.compile("^Yes" if says == "yes" else "^No")).first.click()
    if says == "yes":
        on_screen(phone, "result")
        expect(cash(phone)).to_have_text("€0.00")
    else:
        expect(phone.get_by_text("The member said no.")).to_be_visible()
    assert points_of(town, "ann") == before - (150 if says == "yes" else 0)
    wallet.close()


def test_a_question_that_is_put_away_goes_on_nowhere(town: PageTown, phone: Page) -> None:
    before = sales(town)
    ring_up(phone, "1,50")
    phone.get_by_role("button", name="Let their phone scan this till").click()
    phone.get_by_role("button", name="Scan their code instead").click()
    on_screen(phone, "scan")
    type_who(phone, "bob@example.com")
    on_screen(phone, "result")
    assert sales(town) == before + 1


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("5,00", "€5.00"),
        ("5.00", "€5.00"),
        ("1.234,5", "€1,234.50 · one thousand two hundred and thirty-four and 50/100 euros"),
    ],
)
def test_an_amount_is_read_as_the_town_writes_it(phone: Page, typed: str, read: str) -> None:
    phone.locator("#amount").fill(typed)
    expect(phone.locator("[data-read]")).to_have_text(read)


def test_five_thousand_for_five_is_caught_before_it_is_booked(phone: Page) -> None:
    phone.locator("#amount").fill("5,000")
    phone.locator("[data-next]").click()
    expect(phone.get_by_text("5,000 can't be read with certainty. Type 5.00 for five.")).to_be_visible()
    phone.locator("#amount").fill("5.000")
    phone.locator("[data-next]").click()
    expect(phone.get_by_text("Right? five thousand euros")).to_be_visible()
    phone.get_by_role("button", name="Yes, €5,000.00").click()
    on_screen(phone, "scan")


def test_a_scanner_works_before_the_amount_is_typed_and_leaves_no_digits_in_it(town: PageTown, phone: Page) -> None:
    scan(phone, six_digits(town, "cleo"))
    expect(phone.get_by_text("Code read. Now the amount.")).to_be_visible()
    expect(phone.locator("#amount")).to_have_value("")
    ring_up(phone, "2")
    phone.locator("[data-screen=pay]:visible, [data-screen=result]:visible").wait_for()


def test_the_keyboard_alone_sells(town: PageTown, phone: Page) -> None:
    phone.keyboard.type("4,00", delay=70)
    phone.keyboard.press("Enter")
    on_screen(phone, "scan")
    phone.keyboard.type("bob@example.com", delay=60)
    phone.keyboard.press("Enter")
    on_screen(phone, "result")
    phone.keyboard.press("Enter")
    on_screen(phone, "amount")


def test_a_wrong_pin_locks_after_five_and_a_till_that_is_removed_says_so(town: PageTown, page: Page) -> None:
    manager = person(town.api, Role.MANAGER, SHOP, f"lena-{id(page)}@example.org").log_in()
    lena = cashier(town.api, SHOP, "Lena")
    page.goto(f"{town.url}/till#{prepared(town)['code']}")
    page.get_by_label("What do you call this till?").fill("Window")
    connect(page)
    page.get_by_role("button", name="Lena").click()
    for left in (4, 3, 2, 1):
        page.locator("#pin").fill("0815")
        page.keyboard.press("Enter")
        expect(page.locator("#pin-problem")).to_have_text(f"This PIN is wrong. Tries left: {left}.")
    page.locator("#pin").fill("0815")
    page.keyboard.press("Enter")
    expect(page.get_by_text("A manager of the shop has to unlock this cashier.")).to_be_visible()
    manager.patch(f"/v1/cashiers/{lena}", json={"unlock": True})
    page.get_by_role("button", name="Somebody else").click()
    page.get_by_role("button", name="Lena").click()
    page.locator("#pin").fill("4711")
    page.keyboard.press("Enter")
    on_screen(page, "amount")
    tills = {each["name"]: each["id"] for each in manager.get(f"/v1/shops/{SHOP}/tills").json()["data"]}
    manager.delete(f"/v1/tills/{tills['Window']}")
    ring_up(page, "5")
    type_who(page, "bob@example.com")
    on_screen(page, "connect")
    expect(page.get_by_text("This till was removed by a manager")).to_be_visible()


def test_a_second_tab_waits_until_the_first_is_closed(town: PageTown, phone: Page) -> None:
    second = phone.context.new_page()
    second.goto(f"{town.url}/till")
    on_screen(second, "elsewhere")
    phone.close()
    on_screen(second, "amount")


# Lost answers


def cut_after(route: Route) -> None:
    """The request arrives, and its answer is lost."""
    route.fetch()
    route.abort()


@pytest.mark.parametrize("cut", [cut_before, cut_after])
@pytest.mark.parametrize("spends", [False, True])
def test_a_lost_answer_is_asked_for_again_and_books_once(
    town: PageTown,
    phone: Page,
    cut: object,
    spends: bool,  # noqa: FBT001
) -> None:
    before, points = sales(town), points_of(town, "ann")
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        lost.append(route.request.headers["idempotency-key"])
        cut(route) if len(lost) < 3 else route.continue_()  # type: ignore[operator]

    phone.context.route(PURCHASES, lose_the_first)
    ring_up(phone, "0,10")
    if spends:
        scan(phone, six_digits(town))
        phone.get_by_role("button", name="Pay €0.10 with points").click()
    else:
        type_who(phone, "bob@example.com")
    on_screen(phone, "checking")
    on_screen(phone, "result", 10_000)
    assert len(set(lost)) == 1
    assert sales(town) == before + 1
    assert points_of(town, "ann") == points - (10 if spends else 0)


@pytest.mark.parametrize("cut", [cut_before, cut_after])
def test_a_sale_without_an_answer_is_given_up_and_nothing_stays_of_it(town: PageTown, phone: Page, cut: object) -> None:
    points = points_of(town, "ann")
    phone.clock.install()
    phone.context.route(PURCHASES, cut)  # type: ignore[arg-type]
    ring_up(phone, "0,10")
    scan(phone, six_digits(town))
    phone.get_by_role("button", name="Pay €0.10 with points").click()
    for _ in range(20):
        phone.clock.run_for(2_000)
    on_screen(phone, "not-done", OUTCOME_MS)
    expect(phone.get_by_text("There was no answer for 30 seconds")).to_be_visible()
    expect(cash(phone)).to_have_text("€0.10")
    assert points_of(town, "ann") == points


@pytest.mark.parametrize("cut", [cut_before, cut_after])
def test_after_a_reload_the_sale_goes_on_where_it_was(town: PageTown, phone: Page, cut: object) -> None:
    before = sales(town)
    phone.context.route(PURCHASES, cut)  # type: ignore[arg-type]
    ring_up(phone, "3")
    type_who(phone, "bob@example.com")
    on_screen(phone, "checking")
    phone.context.unroute(PURCHASES)
    phone.reload()
    on_screen(phone, "result", 10_000)
    assert sales(town) == before + 1
    phone.reload()
    on_screen(phone, "result")
    expect(phone.get_by_role("button", name=re.compile("Undo"))).to_be_visible()


def test_the_day_on_the_screen_is_the_apis(town: PageTown, phone: Page) -> None:
    ring_up(phone, "12,50")
    on_screen(phone, "scan")
    scan(phone, six_digits(town))
    on_screen(phone, "pay")
    phone.locator("[data-act=pay-none]").click()
    on_screen(phone, "result")
    next_sale(phone)
    phone.locator("[data-go=day]:visible").click()
    on_screen(phone, "day")
    sheet = town.api.client().get(f"/v1/shops/{SHOP}/days/{date_text(town.api.alliance.today)}").json()
    expect(phone.locator("[data-day] thead th")).to_have_count(1 + len(sheet["rows"]))
    lines = {
        name: re.sub(r"\D", "", cells[0]) for name, *cells in phone.locator("[data-figure]").evaluate_all(READ_DAY)
    }
    assert {name: int(digits) for name, digits in lines.items()} == sheet["total"]
    assert sheet["total"]["sales_minor"] >= 1_250
