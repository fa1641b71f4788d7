"""What single pages of the wallet say: names, notices, the lock, opening hours, and what fits on a screen."""

import re
from secrets import token_hex

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect

from coalition.access.prove import PROOF_MINUTES
from tests.pages.browser import LANGUAGES, context_of
from tests.pages.page_town import PageTown
from tests.pages.visitor import BROWSER, Visitor
from tests.support.clock import MINUTE
from tests.support.town_api import send
from tests.support.wallets import People

LARGE_PX = 32
"""Letters of twice their usual size, as a phone's settings make them."""
SIDE = {"width": 640, "height": 360}
FITS = """[...document.querySelectorAll('main :is(h1, .qr, .bars, [data-digits], progress, .button)')]
    .filter(it => it.checkVisibility() && it.getBoundingClientRect().bottom > document.querySelector('.tabs').offsetTop)
    .map(it => it.outerHTML)"""
"""What of the code's page lies below the edge of its tabs."""
CUT = """[...document.querySelectorAll('.button, h1:not(.visually-hidden)')]
    .filter(it => it.scrollWidth > it.clientWidth + 1).length"""
LIFTED = ("/wallet", "/wallet/code", "/wallet/join?shop=cafe")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_that_it_takes_to_pay_is_seen_at_once_on_a_small_phone(town: PageTown, browser: Browser, lang: str) -> None:
    context = context_of(browser, "phone", lang, "light")
    town.log_in(context, town.member("dan"))
    page = context.new_page()
    page.goto(f"{town.url}/wallet/code")
    expect(page.locator("[data-digits]")).not_to_be_empty()
    assert page.evaluate(FITS) == []
    context.close()


@pytest.mark.parametrize("path", LIFTED)
def test_large_letters_and_a_phone_on_its_side_leave_every_page_usable(
    town: PageTown, browser: Browser, path: str
) -> None:
    context = context_of(browser, "phone", "en", "light")
    if "join" not in path:
        town.log_in(context, town.member("dan"))
    page = context.new_page()
    page.goto(f"{town.url}{path}")
    page.set_viewport_size(SIDE)
    reachable(page)
    context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": LARGE_PX, "fixed": LARGE_PX}})
    page.reload()
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == LARGE_PX
    reachable(page)
    page.set_viewport_size({"width": 360, "height": 640})
    reachable(page)
    context.close()


def reachable(page: Page) -> None:
    """Nothing scrolls sideways or is cut off, and the main action can be tapped."""
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(CUT) == 0
    page.locator(".button.next, [data-digits]").first.click(trial=True)


def test_a_gift_names_its_giver_to_whoever_gets_it_and_nobody_else(town: PageTown) -> None:
    people = People(town.api)
    mia, noah = (people.enrol(email=f"{name}@example.com", name=name.title()) for name in ("mia", "noah"))
    people.buy(mia)
    assert people.give(mia, 7, to=noah).status_code == 201
    of_noah, of_mia = (Visitor(town, town.member(member)) for member in (noah, mia))
    of_noah.open("/wallet")
    assert "Gift from Mia" in of_noah.words
    of_noah.click("Gift from Mia")
    assert "Gift from Mia" in of_noah.words
    of_noah.open("/wallet/gift")
    assert "From Mia" in of_noah.words
    for path in ("/wallet", "/wallet/history", "/wallet/gift"):
        of_mia.open(path)
        assert "Noah" not in of_mia.words, "whoever knows a number learns no name"
    assert people.give(noah, 2, to=mia).status_code == 201
    of_mia.open("/wallet/history")
    assert "Gift from Noah" in of_mia.words
    assert "Gift to Noah" in of_mia.words
    of_mia.open("/wallet/gift")
    assert "To Noah" in of_mia.words
    duplicate = people.enrol(email="mia-two@example.com")
    assert people.give(noah, 1, to=duplicate).status_code == 201
    assert people.operator.post(f"/v1/members/{duplicate}/merge", json={"into": mia}).status_code == 200
    of_mia.open("/wallet/history")
    assert len(re.findall(r"Gift from Noah[^+]*\+1 ", of_mia.words)) == 1


def test_a_gift_that_waits_says_for_whom(town: PageTown) -> None:
    ann = Visitor(town, town.member("ann"))
    ann.open("/wallet/gift")
    assert "To +49 1518 7654321" in ann.words.replace("\xa0", " ")


def test_a_notice_that_was_read_is_no_news_any_more(town: PageTown) -> None:
    cleo = Visitor(town, town.member("cleo"))
    for path in ("/wallet", "/wallet/me"):
        cleo.open(path)
        assert "1 new notice" in cleo.words
    cleo.click("1 new notice")
    assert "Closed on Monday New" in cleo.words
    for path in ("/wallet", "/wallet/me"):
        cleo.open(path)
        assert "new notice" not in cleo.words
    cleo.open("/wallet/notices")
    assert "Closed on Monday New" not in cleo.words
    other = town.member("dan")
    cleo.http.cookies.set("session", Visitor(town, other).http.cookies["session"])
    cleo.open("/wallet")
    assert "1 new notice" in cleo.words, "another member's of the same browser"


def test_the_lock_says_what_is_locked_and_how_it_is_lifted(town: PageTown) -> None:
    member = People(town.api).enrol(email="eve-lock@example.com")
    eve = Visitor(town, town.member(member))
    eve.send("/wallet/me/lock", locked="yes")
    assert "Your points are locked. Nobody spends them or gives them away" in eve.words
    assert "To spend again, unlock them here" in eve.words
    eve.open("/wallet")
    eve.click("Unlock them")
    town.api.clock.forward((PROOF_MINUTES + 1) * MINUTE)
    eve.send("/wallet/me/lock", locked="yes")
    eve.send("/wallet/me/lock", locked="no")
    assert "Is it you?" in eve.words
    eve.click("Back")
    assert "Your points are locked." in eve.words
    proven = Visitor(town, town.member(member))
    proven.send("/wallet/me/lock", locked="no")
    assert "Your points are unlocked." in proven.words


@pytest.mark.parametrize(
    ("path", "fields", "words"),
    [
        ("/wallet/me/profile", {"name": "Eve", "language": "zh"}, "Messages to you are in Chinese."),
        ("/wallet/notices", {"by": "none"}, "Without messages on a device you hear nothing"),
        ("/wallet/household", {}, "You have a household."),
        ("/wallet/household/leave", {}, "You left the household."),
    ],
)
def test_what_was_done_is_said(town: PageTown, path: str, fields: dict[str, str], words: str) -> None:
    people = People(town.api)
    member = people.enrol(email=f"done-{path.replace('/', '-')}@example.com")
    if "leave" in path:
        people.share(member)
    visitor = Visitor(town, town.member(member))
    visitor.send(path, **fields)
    assert words in visitor.words


def test_a_shop_that_is_closed_says_when_it_opens_and_where_it_is(town: PageTown) -> None:
    dan = Visitor(town, town.member("dan"))
    page = dan.open("/wallet/shops")
    assert re.search(r"closed opens (Mon|Tue|Wed|Thu|Fri|Sat|Sun )?.*\d\d:\d\d", dan.words)
    maps = [link.attributes["href"] for link in page.all("a", target="_blank")]
    assert "https://www.openstreetmap.org/?mlat=52.52&mlon=13.405#map=18/52.52/13.405" in maps
    assert "Show on OpenStreetMap" in dan.words
    assert "Join Old Town" not in dan.words


def test_the_list_of_shops_leads_a_stranger_to_join_that_alliance(town: PageTown) -> None:
    client = TestClient(town.api.app, base_url=town.url, headers=BROWSER)
    shops = client.get("/wallet/shops").text
    link = re.search(r'href="(/wallet/join\?town=[^"]*)"', shops)
    assert link is not None
    joining = client.get(link[1])
    assert (joining.status_code, "Join Old Town" in joining.text) == (200, True)


def test_an_invitation_is_seen_and_taken_back_by_whoever_sent_it(town: PageTown) -> None:
    people = People(town.api)
    host, guest = (people.enrol(email=f"{name}@example.com") for name in ("ines", "jon"))
    of_host, of_guest = (Visitor(town, town.member(member)) for member in (host, guest))
    of_host.send("/wallet/household")
    of_host.send("/wallet/household/invite", contact="jon@example.com")
    assert "Invited, without an answer yet jon@example.com" in of_host.words
    of_guest.open("/wallet")
    assert "Somebody invites you" in of_guest.words
    (button,) = of_host.page.all("button", name="invitation")
    assert of_guest.send("/wallet/household/withdraw", invitation=button.attributes["value"]) == 404
    of_host.send("/wallet/household/withdraw", invitation=button.attributes["value"])
    assert "You took the invitation back." in of_host.words
    assert "jon@example.com" not in of_host.words
    of_guest.open("/wallet/household")
    assert "invites you" not in of_guest.words
    answered = of_guest.send("/wallet/household/answer", invitation=button.attributes["value"], answer="yes")
    assert answered == 404


def test_near_me_says_what_it_does(town: PageTown, browser: Browser) -> None:
    context = context_of(browser, "phone", "en", "light")
    page = context.new_page()
    page.add_init_script("navigator.geolocation.getCurrentPosition = (yes, no) => { window.no = no; };")
    page.goto(f"{town.url}/wallet/shops")
    page.get_by_role("button", name="Near me").click()
    expect(page.get_by_text("Looking for where you are.")).to_be_visible()
    for code, words in ((1, "Your browser isn't allowed to say where you are."), (2, "does not know where it is")):
        page.evaluate("code => window.no({code})", code)
        expect(page.get_by_text(words)).to_be_visible()
        page.get_by_role("button", name="Near me").click()
    context.close()


def test_what_is_refused_is_said_to_the_member_and_names_no_id(town: PageTown) -> None:
    people = People(town.api)
    member, other = (people.enrol(email=f"{name}-refused@example.com") for name in ("una", "vic"))
    people.buy(member)
    una = Visitor(town, town.member(member))
    una.open("/wallet/gift")

    def give(contact: str) -> str:
        una.send("/wallet/gift", key=token_hex(16), to=contact, points="1", sure="yes")
        assert "mem_" not in una.words
        return una.words

    assert "That is you. Name somebody else." in give("una-refused@example.com")
    una.send("/wallet/me/lock", locked="yes")
    assert "Your points are locked. Unlock them under Me" in give("vic-refused@example.com")
    una.send("/wallet/me/lock", locked="no")
    people.operator.post(f"/v1/members/{other}/freeze")
    assert "Nothing can be given to this member" in give("vic-refused@example.com")
    una.send("/wallet/household")
    una.send("/wallet/household")
    assert "You are in a household already." in una.words
    una.send("/wallet/household/withdraw", invitation="inv_nothing")
    assert "This invitation is not open any more." in una.words


def test_points_that_another_member_of_the_household_spends_are_in_both_histories(town: PageTown) -> None:
    people = People(town.api)
    pia, quin = (people.enrol(email=f"{name}@example.com", name=name.title()) for name in ("pia", "quin"))
    people.buy(pia, 2_000, "cafe")
    people.buy(quin, 600, "cafe")
    people.share(quin, pia)
    code = people.app.post(f"/v1/members/{quin}/short-codes").json()["code"]
    assert people.buy(None, 110, "diner", pay_code=code, points="all").json()["points_spent"] == 110
    of_pia, of_quin = (Visitor(town, town.member(member)) for member in (pia, quin))
    of_pia.open("/wallet")
    assert re.search(r"Spent by Quin · [^−]*−80 ", of_pia.words)
    of_pia.click("Spent by Quin")
    assert "Spent by Quin" in of_pia.words
    of_quin.open("/wallet/history")
    assert re.search(r"Purchase · [^−]*−30 ", of_quin.words)
    of_quin.click("Purchase")
    assert "Paid with 110 points" in of_quin.words
    assert "of which from Pia 80" in of_quin.words
    assert "Your own points −30 " in of_quin.words


def test_a_gift_says_to_whom_and_is_taken_back_while_it_waits(town: PageTown) -> None:
    people = People(town.api)
    rosa, sam = (people.enrol(email=f"{name}@example.com", name=name.title()) for name in ("rosa", "sam"))
    people.buy(rosa, shop="cafe")
    of_rosa, of_sam = (Visitor(town, town.member(member)) for member in (rosa, sam))
    wanted = {"key": token_hex(16), "points": "15", "to": "sam@example.com", "sure": "yes"}
    of_rosa.send("/wallet/gift", **wanted)
    assert "They have arrived at s•••@example.com." in of_rosa.words
    assert "To s•••@example.com" in of_rosa.words
    of_sam.open("/wallet")
    assert "Rosa gave you 15 points." in of_sam.words
    of_rosa.send("/wallet/gift", **wanted | {"key": token_hex(16), "to": "later@example.com"})
    assert "Nobody writes to them: let them know." in of_rosa.words
    (button,) = of_rosa.page.all("button", name="gift")
    assert of_sam.send("/wallet/gift/back", gift=button.attributes["value"]) == 404, "it is not Sam's"
    of_rosa.send("/wallet/gift/back", gift=button.attributes["value"])
    assert "It came back." in of_rosa.words
    assert people.points(rosa) == 485


def test_the_field_that_is_wrong_is_marked_alone(town: PageTown) -> None:
    people = People(town.api)
    tess = people.enrol(email="tess@example.com")
    people.buy(tess, shop="cafe")
    of_tess = Visitor(town, town.member(tess))
    wrong = {"nobody": "to", "tess@example.com": "to", "other@example.com": "points"}
    for to, field in wrong.items():
        of_tess.send("/wallet/gift", key=token_hex(16), to=to, points="501", sure="yes")
        assert [each.attributes["name"] for each in of_tess.page.all("input", aria_invalid="true")] == [field]
    code = people.app.post(f"/v1/members/{tess}/short-codes").json()["code"]
    body = {"shop": "cafe", "pay_code": code, "points": 30, "lapses_after_seconds": 900}
    assert send(town.api.till("cafe"), "/v1/holds", "tess", **body)["status"] == "open"
    of_tess.open("/wallet/gift")
    assert "You have 470 points. 30 more are reserved by a shop." in of_tess.words


def test_whoever_is_in_a_household_reads_why_another_cant_be_joined(town: PageTown) -> None:
    people = People(town.api)
    uma, vic = (people.enrol(email=f"{name}@example.com") for name in ("uma", "vic"))
    people.share(uma)
    people.share(vic)
    of_uma, of_vic = (Visitor(town, town.member(member)) for member in (uma, vic))
    of_uma.send("/wallet/household/invite", contact="vic@example.com")
    of_vic.open("/wallet/household")
    assert "You are in a household already: to join this one, leave yours first" in of_vic.words
    assert [button.attributes["value"] for button in of_vic.page.all("button", name="answer")] == ["no"]


def test_a_till_that_asks_says_what_points_can_pay(town: PageTown) -> None:
    people = People(town.api)
    wim, xia = (people.enrol(email=f"{name}@example.com") for name in ("wim", "xia"))
    people.buy(wim, 2_000, "cafe")
    people.buy(xia, 600, "cafe")
    people.share(wim, xia)
    asked = {"shop": "cafe", "member": wim, "amount_minor": 1_240}
    assert town.api.till("cafe").post("/v1/confirmations", json=asked).status_code == 201
    of_wim = Visitor(town, town.member(wim))
    for path in ("/wallet", "/wallet/questions"):
        of_wim.open(path)
        words = re.sub(r"\s+", " ", of_wim.html if path != "/wallet" else of_wim.words)
        for amount in ("€1.30", "€11.10"):
            assert amount in words, (path, amount)


def test_erasing_oneself_takes_a_fresh_proof(town: PageTown) -> None:
    yan = Visitor(town, town.member(People(town.api).enrol(email="yan@example.com")))
    yan.open("/wallet/me/erase")
    assert "You have no points to lose." in yan.words
    town.api.clock.forward((PROOF_MINUTES + 1) * MINUTE)
    yan.open("/wallet/me/erase")
    assert "Is it you?" in yan.words
    yan.send("/wallet/me/erase", sure="yes")
    assert "Is it you?" in yan.words


def test_what_was_typed_wrong_says_what_is_right(town: PageTown) -> None:
    dan = Visitor(town, town.member("dan"))
    dan.open("/wallet/pay/ZZZ")
    assert (dan.status, "A till's code has 8 letters and digits." in dan.words) == (404, True)
    dan.open("/wallet/gift/bogus-link")
    assert (dan.status, "This link leads to no gift" in dan.words, "bogus" in dan.words) == (404, True, False)
    nowhere = dan.open("/wallet/nowhere")
    assert (dan.status, "Old Town" in nowhere.all("header")[0].text) == (404, True)


def test_whoever_has_no_address_is_not_told_that_they_get_e_mail(town: PageTown) -> None:
    zoe = Visitor(town, town.member(People(town.api).enrol(phone="+4915155500099")))
    zoe.open("/wallet/notices?done=yes")
    assert "You get e-mail" not in zoe.words
    assert "Nothing reaches you that way yet" in zoe.words
    assert "You have no e-mail address here." in zoe.words


def test_a_notice_that_was_read_on_one_device_is_read_on_all(town: PageTown) -> None:
    member = town.member(People(town.api).enrol(email="two-devices@example.com"))
    phone, tablet = Visitor(town, member), Visitor(town, member)
    tablet.open("/wallet")
    assert "1 new notice" in tablet.words
    phone.open("/wallet/notices")
    tablet.open("/wallet")
    assert "new notice" not in tablet.words
