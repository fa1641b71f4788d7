"""Disputes in the console: a shop objects, the alliance answers; and members who are merged or erased there."""

import pytest

from tests.pages.page_town import PageTown
from tests.pages.test_console import FINANCE, MANAGER, SUPPORT, visitor
from tests.pages.test_console_work import enrolled
from tests.support.town_api import purchase


@pytest.fixture
def closed(town: PageTown) -> str:
    """A closed window in which the bakery has a statement."""
    listed = town.api.client().get("/v1/windows").json()["data"]
    return next(str(each["id"]) for each in listed if each["status"] == "closed")


def test_a_shop_objects_and_the_alliance_corrects(town: PageTown, closed: str) -> None:
    mona, fina, api = visitor(town, MANAGER), visitor(town, FINANCE), town.api.client()
    mona.open(f"/console/windows/{closed}/bakery")
    assert mona.page.all("textarea", name="statement")
    wrong = {"statement": "The café's sale is missing.", "line": "redeemed_here"}
    assert mona.send(f"/console/windows/{closed}/cafe/object", **wrong) == 404
    for nothing in ("", " \n "):
        assert mona.send(f"/console/windows/{closed}/bakery/object", **{**wrong, "statement": nothing}) == 422
        (field,) = mona.page.all("textarea", aria_invalid="true")
        assert (field.attributes["name"], "Please fill this in" in mona.words) == ("statement", True)
    assert mona.send(f"/console/windows/{closed}/bakery/object", **wrong) == 200
    at = mona.path.partition("?")[0]
    assert mona.send(f"{at}/answer", status="accepted", answer="Yes") == 403
    fina.open("/console")
    fina.click("for an answer")
    # Others' disputes of the same shop may stand there too.
    fina.click("The café's sale is missing.")
    assert "Bäckerei Sommer" in fina.words
    assert fina.clicks == 2
    correction = {"payer": "cafe", "payee": "bakery", "points": "1,5"}
    assert fina.send(f"{at}/answer", status="accepted", answer="It is.", **correction) == 422
    fina.http.cookies.set("language", "zh")
    fina.send(f"{at}/answer", status="accepted", answer="It is.", **correction)
    assert "请填写大于零的整数" in fina.words
    fina.http.cookies.set("language", "en")
    assert "It is." in [each.text for each in fina.page.all("textarea")], "what was typed stays"
    assert fina.send(f"{at}/answer", status="accepted", answer="It is.", **{**correction, "points": "7"}) == 200
    dispute = api.get(f"/v1/disputes/{at.rpartition('/')[2]}").json()
    assert dispute["status"] == "accepted"
    assert dispute["correction"] == {"payer": "cafe", "payee": "bakery", "points": 7}
    mona.open(at)
    assert "Café Central pays Bäckerei Sommer 7 points" in mona.words
    assert "Fina" not in mona.words
    assert fina.send(f"{at}/answer", status="rejected", answer="No") == 409


def test_a_shop_takes_its_dispute_back_and_nobody_answers_their_own(town: PageTown, closed: str) -> None:
    mona, fina = visitor(town, MANAGER), visitor(town, FINANCE)
    objection = {"statement": "Too little."}
    mona.send(f"/console/windows/{closed}/bakery/object", **objection)
    assert mona.send(f"{mona.path.partition('?')[0]}/withdraw") == 200
    assert "Withdrawn" in mona.words
    fina.send(f"/console/windows/{closed}/bakery/object", **objection)
    assert fina.send(f"{fina.path.partition('?')[0]}/answer", status="rejected", answer="No") == 403
    open_window = town.api.client().get("/v1/windows").json()["data"][0]["id"]
    assert mona.send(f"/console/windows/{open_window}/bakery/object", **objection) == 404


def test_two_members_become_one(town: PageTown) -> None:
    sue, api = visitor(town, SUPPORT), town.api.client()
    twice, kept = enrolled(town, "kay@example.com"), enrolled(town, "kay.long@example.com")
    purchase(api, "kay-1", member=twice, shop="bakery", amount_minor=4_000)
    points = api.get(f"/v1/wallets/{twice}").json()["points"]
    assert points > 0
    assert sue.send(f"/console/members/{twice}/merge", into="nobody@example.com") == 404
    assert sue.send(f"/console/members/{twice}/merge", into="Kay.Long@example.com") == 422, "not sure"
    assert sue.send(f"/console/members/{twice}/merge", into="Kay.Long@example.com", sure="yes") == 200
    assert sue.path.partition("?")[0].endswith(kept)
    assert sue.page.all("b", data_figure="points")[0].figure() == points
    sue.open(f"/console/members/{twice}")
    assert kept in sue.words, "the other id answers for the one who stayed"


def test_a_person_is_erased_only_by_whoever_is_sure(town: PageTown) -> None:
    sue = visitor(town, SUPPORT)
    gone = enrolled(town, "lea@example.com")
    assert sue.send(f"/console/members/{gone}/erase") == 422
    assert "lea@example.com" in sue.words
    assert sue.send(f"/console/members/{gone}/erase", sure="yes") == 200
    assert "lea@example.com" not in sue.html
    assert visitor(town, FINANCE).send(f"/console/members/{gone}/erase", sure="yes") == 403
