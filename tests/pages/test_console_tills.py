"""Settings of tills in the console, and what a manager does where a till has reached its limit of a day."""

from tests.pages.page_town import PageTown
from tests.pages.test_console import FINANCE, MANAGER, visitor
from tests.support.tills import Device, till_code

SETTINGS = "/console/settings/tills"


def test_an_owner_limits_a_day_and_takes_the_limit_away_again(town: PageTown) -> None:
    olga, fina, api = visitor(town, "olga@oldtown.example"), visitor(town, FINANCE), town.api.client()
    fina.open(SETTINGS)
    assert fina.status == 200
    version = olga.open(SETTINGS).all("input", name="version")[0].attributes["value"]
    form = {"version": version, "per_day": "100", "hours": "72", "loss": "shop"}
    assert fina.send(SETTINGS, **form) == 403
    assert olga.send(SETTINGS, **form, till_amount="1.234.567") == 422
    assert olga.page.all("input", id="till_amount")[0].attributes["value"] == "1.234.567", "what was typed stays"
    assert olga.send(SETTINGS, **form, till_sales="200", till_amount="1500", shop_points="90000") == 200
    settings = api.get("/v1/settings/tills").json()
    assert settings["till_day"] == {"sales": 200, "amount_minor": 150_000, "points": None}
    assert settings["shop_day"] == {"sales": None, "amount_minor": None, "points": 90_000}
    assert [each.attributes["value"] for each in olga.page.all("input", id="till_amount")] == ["1500.00"]
    assert olga.send(SETTINGS, **form) == 412, "an old version"

    device = Device(town.api)
    device.connect(till_code(town.api, "bakery"), "Limited")
    mona = visitor(town, MANAGER)
    mona.open("/account/tills")
    assert "No limit for today" in mona.words
    assert mona.send(f"/account/tills/{device.id}/change", action="lift") == 200
    assert "Its limit is lifted for today" in mona.words
    mona.send(f"/account/tills/{device.id}/change", action="remove")

    version = olga.open(SETTINGS).all("input", name="version")[0].attributes["value"]
    assert olga.send(SETTINGS, **{**form, "version": version}) == 200
    assert api.get("/v1/settings/tills").json()["till_day"]["sales"] is None
