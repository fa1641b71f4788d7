"""Findings in the console: from the overview to a decision, by the manager whom they concern and by the alliance."""

from secrets import token_hex

import pytest

from tests.pages.page_town import PageTown
from tests.pages.test_console import FINANCE, MANAGER, SUPPORT, visitor
from tests.support.findings import planted_finding


@pytest.fixture
def finding(town: PageTown) -> str:
    """A finding about a purchase at the bakery."""
    bought = town.api.client().get("/v1/purchases", params={"shop": "bakery"}).json()["data"][0]["id"]
    return planted_finding(town.api, bought, token_hex(8))


def test_a_manager_comes_from_the_overview_to_the_purchase_and_decides(town: PageTown, finding: str) -> None:
    mona = visitor(town, MANAGER)
    mona.open("/console")
    mona.click("for a decision")
    assert mona.clicks == 1
    mona.open(f"/console/findings/{finding}")
    assert "A card used very often" in mona.words
    mona.click("Purchase")
    assert "Bäckerei Sommer" in mona.words
    at = f"/console/findings/{finding}"
    assert mona.send(f"{at}/decision", status="dismissed", reason=" ") == 422
    assert mona.send(f"{at}/hold") == 200
    assert "5 of them are held" in mona.words
    assert mona.send(f"{at}/hold") == 409
    assert mona.send(f"{at}/decision", status="dismissed", reason="Her office pays by turns.") == 200
    assert "are free again" in mona.words
    assert "Her office pays by turns." in mona.words
    fina = visitor(town, FINANCE)
    assert fina.send(f"{at}/decision", status="confirmed", reason="No.") == 409
    fina.open("/console/log")
    assert "Finding decided" in fina.words


def test_another_shops_finding_is_not_there(town: PageTown, finding: str) -> None:
    cafes = town.api.client().get("/v1/purchases", params={"shop": "cafe"}).json()["data"][0]["id"]
    other = planted_finding(town.api, cafes, token_hex(8), shop="cafe")
    mona = visitor(town, MANAGER)
    mona.open("/console/findings")
    assert finding in mona.html
    assert other not in mona.html
    mona.open(f"/console/findings/{other}")
    assert mona.status == 404
    assert mona.send(f"/console/findings/{other}/decision", status="dismissed", reason="x") == 404


def test_settings_are_read_by_the_alliance_and_changed_by_two_owners(town: PageTown) -> None:
    sue, olga = visitor(town, SUPPORT), visitor(town, "olga@oldtown.example")
    sue.open("/console/settings/findings")
    assert sue.status == 200
    page = olga.open("/console/settings/findings")
    fields = {"name": [each.attributes["value"] for each in page.all("input", name="name")]}
    fields["value"] = [each.attributes["value"] for each in page.all("input", name="value")]
    fields["on"] = [each.attributes["value"] for each in page.all("input", name="on")]
    first = {"version": "0", "hold_days": "14", **fields}
    assert olga.send("/console/settings/findings", **first) == 200  # type: ignore[arg-type]
    assert "It counts from the next look on." in olga.words, "nothing was another"
    changed = {**first, "value": ["3", *fields["value"][1:]]}
    assert olga.send("/console/settings/findings", **changed) == 409  # type: ignore[arg-type]
    assert olga.page.all("input", id="card_velocity-purchases")[0].attributes["value"] == "3", "what was typed stays"
    wrong = {**first, "value": ["1", *fields["value"][1:]]}
    assert olga.send("/console/settings/findings", **wrong) == 422  # type: ignore[arg-type]
