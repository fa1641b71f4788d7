"""What the wallet says of what was refused, missed or lost: why, and what to do."""

from collections.abc import Iterator
from secrets import token_hex

import pytest

from coalition.access.member_code import TRIES
from coalition.members.past_mates import past_mates_of
from tests.pages.page_town import PageTown
from tests.pages.visitor import Visitor
from tests.support.clock import MINUTE
from tests.support.wallets import People


@pytest.fixture
def once_a_day(town: PageTown) -> Iterator[None]:
    """At the café a purchase gives five points, to each member once a day."""
    operator, effect = town.api.client(), {"kind": "fixed_bonus", "bonus_points": 5, "minimum_minor": 5}
    rule = {"rule": f"once-{token_hex(4)}", "effect": effect, "funders": [{"shop": "operator"}], "shops": ["cafe"]}
    assert operator.post("/v1/rules", json={**rule, "budget": 50, "most_member_day": 5}).status_code == 201
    yield
    assert operator.post(f"/v1/rules/{rule['rule']}/end").status_code == 200


@pytest.mark.parametrize(
    ("sale", "why"),
    [
        ({"amount_minor": 19}, "What you paid in money was too little: points begin at €0.20."),
        ({"amount_minor": 60, "points": 60}, "Points paid for all of it, and only what is paid in money earns."),
        (
            {"amount_minor": 900, "lines": [{"ref": "bag", "amount_minor": 900, "earns": False}]},
            "Nothing of what you bought earns points.",
        ),
        ({"amount_minor": 900, "shop": "diner"}, "The shop could give no points at that time."),
        ({"amount_minor": 9, "shop": "cafe"}, "You had already had the most that the offer gives to one person."),
    ],
)
@pytest.mark.usefixtures("once_a_day")
def test_a_purchase_that_earned_nothing_says_why(town: PageTown, sale: dict[str, object], why: str) -> None:
    people = People(town.api)
    member = people.enrol(email=f"{token_hex(6)}@example.com")
    people.buy(member, 2_000, "cafe")
    code = people.app.post(f"/v1/members/{member}/short-codes").json()["code"]
    assert people.buy(None, pay_code=code, **sale).json()["points_earned"] == 0
    visitor = Visitor(town, town.member(member))
    visitor.open("/wallet/history")
    assert visitor.words.count(why) == 1
    visitor.click(why)
    assert f"Nothing earned {why} 0" in visitor.words
    visitor.open("/wallet/questions?since=0")
    assert why in " ".join(visitor.html.split())


def named(town: PageTown, *names: str) -> list[tuple[str, Visitor]]:
    """Members of these names, each logged in."""
    people = People(town.api)
    ids = [people.enrol(email=f"{name}-{token_hex(4)}@example.com", name=name) for name in names]
    return [(id_, Visitor(town, town.member(id_))) for id_ in ids]


def test_what_can_t_be_given_is_refused_before_it_is_asked_once_more(town: PageTown) -> None:
    people = People(town.api)
    contact = f"{token_hex(6)}@example.com"
    giver = people.enrol(email=contact)
    people.buy(giver, shop="cafe")
    visitor = Visitor(town, town.member(giver))

    def asked(to: str, points: str) -> str:
        visitor.send("/wallet/gift", key=token_hex(16), to=to, points=points)
        return visitor.words

    assert "You can't give more points than you have." in asked("somebody@example.com", "501")
    assert "That is you. Name somebody else." in asked(contact, "5")
    assert "Give 500 points?" in asked("somebody@example.com", "500")
    visitor.send("/wallet/me/lock", locked="yes")
    assert "Your points are locked. Unlock them under Me" in asked("somebody@example.com", "5")


def test_a_gift_is_news_until_it_was_looked_at_and_one_that_is_gone_says_so_once(town: PageTown) -> None:
    people = People(town.api)
    (gil, of_gil), (hal, of_hal), (_, of_ira) = named(town, "Gil", "Hal", "Ira")
    people.buy(gil, shop="cafe")
    assert people.give(gil, 5, to=hal).status_code == 201
    for _ in range(2):
        of_hal.open("/wallet")
        assert "Gil gave you 5 points." in of_hal.words
    of_hal.click("Look at it")
    of_hal.open("/wallet")
    assert "gave you" not in of_hal.words
    link = people.give(gil, 7, by_link=True).json()["link"]
    path = f"/wallet/gift/{link.rpartition('/')[2]}"
    assert of_hal.send(f"{path}/take") == 200
    of_ira.send(f"{path}/take")
    assert of_ira.words.count("Somebody") == 1
    of_gil.open(path)
    assert "Somebody took it up." in of_gil.words


def test_a_line_goes_on_naming_a_mate_as_they_were_called_until_they_are_erased(town: PageTown) -> None:
    people = People(town.api)
    (kim, of_kim), (leo, of_leo) = named(town, "Kim", "Leo")
    people.buy(kim, 2_000, "cafe")
    people.buy(leo, 600, "cafe")
    household = people.share(leo, kim)
    code = people.app.post(f"/v1/members/{leo}/short-codes").json()["code"]
    assert people.buy(None, 110, "diner", pay_code=code, points="all").json()["points_spent"] == 110
    assert people.give(kim, 1, to=leo).status_code == 201
    assert people.app.delete(f"/v1/households/{household}/members/{leo}").status_code == 204
    of_leo.send("/wallet/me/profile", name="Leopold")
    town.api.clock.forward(1)
    assert people.give(kim, 2, to=leo).status_code == 201
    of_kim.open("/wallet/history")
    assert "Spent by Leo ·" in of_kim.words
    assert ("Gift to Leo " in of_kim.words, "Gift that you gave" in of_kim.words) == (True, True)
    of_kim.open("/wallet/gift")
    assert ("To Leo " in of_kim.words, "Leopold" in of_kim.words) == (True, False)
    of_leo.open("/wallet/history")
    of_leo.click("Purchase")
    assert "of which from Kim 80" in of_leo.words
    assert people.operator.post(f"/v1/members/{leo}/erase").status_code == 204
    of_kim.open("/wallet/history")
    assert "Spent by somebody of your household" in of_kim.words
    assert "Leo" not in of_kim.words
    with town.api.database.engine.connect() as connection:
        assert past_mates_of(connection, town.api.alliance.id, [kim, leo]) == []


@pytest.mark.parametrize("page", ["join", "log-in", "prove", "me/contact"])
def test_a_code_that_was_typed_wrong_too_often_is_used_up_and_another_one_is_offered(town: PageTown, page: str) -> None:
    contact = f"{token_hex(6)}@example.com"
    visitor = Visitor(town, town.member(People(town.api).enrol(email=contact)))
    if page in ("join", "log-in"):
        visitor.http.cookies.clear()
        visitor.csrf = ""
    typed = contact if page != "me/contact" else f"new-{contact}"
    assert visitor.send(f"/wallet/{page}", contact=typed) == 200
    for left in reversed(range(TRIES)):
        assert visitor.send(f"/wallet/{page}/code", contact=typed, code="no way", terms="yes", version="1") == 401
        assert ("is used up" in visitor.words, "That code is not right" in visitor.words) == (left == 0, left > 0)
    assert [field.attributes["name"] for field in visitor.page.all("input", id="code")] == []
    (button,) = visitor.page.all("main")[0].all("button")
    assert (button.text, "next" in button.attributes["class"]) == ("Send a new code", True)


@pytest.mark.parametrize("page", ["log-in", "prove", "me/contact"])
def test_another_code_says_that_it_is_another(town: PageTown, page: str) -> None:
    contact = f"{token_hex(6)}@example.com"
    visitor = Visitor(town, town.member(People(town.api).enrol(email=contact)))
    if page == "log-in":
        visitor.http.cookies.clear()
        visitor.csrf = ""
    typed = contact if page != "me/contact" else f"new-{contact}"
    assert visitor.send(f"/wallet/{page}", contact=typed) == 200
    assert "new code is on its way" not in visitor.words
    assert visitor.send(f"/wallet/{page}", contact=typed, again="yes") == 200
    assert "new code is on its way" in visitor.words


def test_a_contact_that_one_has_is_no_new_one(town: PageTown) -> None:
    contact = f"{token_hex(6)}@example.com"
    visitor = Visitor(town, town.member(People(town.api).enrol(email=contact)))
    assert visitor.send("/wallet/me/contact", contact=contact.upper()) == 422
    assert "This is the one that we have of you already." in visitor.words


def test_whoever_gave_to_a_number_reads_in_their_history_to_which(town: PageTown) -> None:
    people, contact = People(town.api), f"{token_hex(6)}@example.com"
    giver, receiver = people.enrol(email=f"giver-{contact}"), people.enrol(email=contact, name="Zoe")
    people.buy(giver)
    assert people.give(giver, 2, email=contact).status_code == 201
    visitor = Visitor(town, town.member(giver))
    visitor.open("/wallet/history")
    assert f"Gift to {contact[0]}•••@example.com" in visitor.words
    visitor.click(f"Gift to {contact[0]}•••@example.com")
    assert (f"Gift to {contact[0]}•••@example.com" in visitor.words, "Zoe" in visitor.words) == (True, False)
    assert people.operator.post(f"/v1/members/{receiver}/erase").status_code == 204
    visitor.open("/wallet/history")
    assert ("•••" in visitor.words, "Gift that you gave" in visitor.words) == (False, True)


def test_terms_that_come_are_news_to_whoever_agreed_to_others_until_they_open_them(town: PageTown) -> None:
    people = People(town.api)
    member, other = (
        people.enrol(email=f"{token_hex(6)}@example.com", **consents)
        for consents in ({"consents": {"terms": True}}, {})
    )
    of_member, of_other = (Visitor(town, town.member(id_)) for id_ in (member, other))
    for path in ("/wallet", "/wallet/notices"):
        of_member.open(path)
        assert "New terms hold from 1 Jan 2027 on. Read them" in of_member.words
        of_other.open(path)
        assert "New terms" not in of_other.words
    of_member.click("Read them")
    assert "You agreed to version 1" in of_member.words
    of_member.open("/wallet")
    assert "New terms" not in of_member.words


def test_what_a_till_asked_is_paid_once_it_is_booked_and_its_shop_has_its_logo(town: PageTown) -> None:
    people = People(town.api)
    ((member, visitor),) = named(town, "Mo")
    people.buy(member, shop="cafe")
    till = town.api.till("cafe")
    asked = till.post("/v1/confirmations", json={"shop": "cafe", "amount_minor": 250}).json()
    path = f"/wallet/pay/{asked['code']}"
    visitor.open(path)
    assert "asks to be paid with your points" in visitor.words
    visitor.send(f"/wallet/answers/{asked['id']}", answer="yes")
    visitor.open(path)
    assert "You said yes." in visitor.words
    sold = people.buy(shop="cafe", amount_minor=250, confirmation=asked["id"], points="all")
    assert sold.json()["points_spent"] == 250, sold.text
    visitor.open(path)
    assert ("You said yes." in visitor.words, "Paid: €2.50 at Café Central" in visitor.words) == (False, True)
    town.api.clock.forward(3 * MINUTE)
    visitor.open(path)
    assert "Paid: €2.50 at Café Central" in visitor.words
    visitor.click("Look at the receipt")
    assert "Paid with 250 points" in visitor.words
    for opened in (visitor.path, "/wallet", "/wallet/history"):
        assert visitor.open(opened).all("main")[0].all("img", class_="mark logo"), opened


def test_a_yes_that_the_till_did_nothing_with_says_so_once_its_time_is_over(town: PageTown) -> None:
    people = People(town.api)
    ((member, visitor),) = named(town, "Moe")
    people.buy(member, shop="cafe")
    asked = town.api.till("cafe").post("/v1/confirmations", json={"shop": "cafe", "amount_minor": 251}).json()
    visitor.open(f"/wallet/pay/{asked['code']}")
    visitor.send(f"/wallet/answers/{asked['id']}", answer="yes")
    town.api.clock.forward(3 * MINUTE)
    visitor.open(f"/wallet/pay/{asked['code']}")
    assert "the till booked nothing in time" in visitor.words
