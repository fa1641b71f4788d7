"""The lab's pages: what a scheme does is the lab's own run, with and without a script, and its report can be shared."""

import json
import re
from io import BytesIO

from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from coalition.lab.params import Param
from coalition.lab.sample_town import TOWN_PARAMS, town_params, town_purchases
from coalition.pages.console.lab_sliders import chosen, sliders
from tests.pages.browser import context_of
from tests.pages.page_town import PageTown
from tests.pages.test_console import FINANCE, MANAGER, check_figures, visitor

LOCAL_LIFE = "/console/lab/appreciation?preset=local-life"
OWN_RATES = {"points_per_unit": "100", "earn_points_per_unit": "5"}


def run_of(town: PageTown, size: dict[str, str], **params: str) -> dict:
    """The API's run of the same scheme on the same town."""
    body = {
        "model": "appreciation",
        "preset": "local-life",
        "params": params,
        "currency": "EUR",
        "coalition": OWN_RATES,
        "purchases": town_purchases(town_params(size).text),
    }
    answer = town.api.client().post("/v1/lab/runs", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_schemes_page_is_the_labs_run_of_it(town: PageTown) -> None:
    mona = visitor(town, MANAGER)
    page = mona.open(f"{LOCAL_LIFE}&members=20&weeks=5&amount=80&p.pool_rate=18.5")
    assert mona.status == 200
    check_figures(mona)
    read = run_of(town, {"members": "20", "weeks": "5", "amount": "80"}, pool_rate="0.185")
    (row,) = page.all("tr", data_side="shops")
    gave, gave_coalition = (int(each.attributes["value"]) for each in row.all("data")[:2])
    assert gave == round(float(read["verdict"]["kinds"]["shop"]["paid"]) * 100)
    assert 0 < gave_coalition < gave
    moments = page.all("section", aria_labelledby="moments")[0].all("data")
    assert int(moments[-2].attributes["value"]) == round(float(read["verdict"]["promises"]) * 100)


def test_growth_is_the_labs_experiment_of_it(town: PageTown) -> None:
    mona = visitor(town, MANAGER)
    mona.open(LOCAL_LIFE)
    mona.click("How it grows")
    growth = {"months": "12", "members": "300", "runs": "20", "stop_month": "6", "run_month": "0", "run_share": "0.25"}
    fields = "&".join(f"g.{name}={value}" for name, value in growth.items() if name != "run_share")
    page = mona.open(f"/console/lab/appreciation/growth?preset=local-life&p.exit_multiple=2&{fields}&g.run_share=25")
    assert mona.status == 200
    body = {"model": "appreciation", "preset": "local-life", "params": {"exit_multiple": "2"}, "growth": growth}
    answer = town.api.client().post("/v1/lab/growth", json=body).json()
    rows = {int(row.attributes["data-month"]): row for row in page.all("tr") if "data-month" in row.attributes}
    assert list(rows) == list(range(1, 13))
    for month, row in rows.items():
        figures = answer["months"][month - 1]
        for name, cell in (("got_back", row.all("td", data_back="")), ("coverage", row.all("td", data_coverage=""))):
            assert cell[0].text == (f"{figures[name]['p50'] * 100:.3g} %" if figures[name] else "–")
    assert "Nobody joins after month 6" in mona.words
    (report,) = [link.attributes["href"] for link in page.all("a") if "download" in link.attributes]
    file = mona.http.get(report)
    assert file.headers["Content-Disposition"] == 'attachment; filename="local-life-growth.html"'
    assert not re.search(r"(src|href)=", file.text), "it loads nothing"
    for typed in ("g.months=0", "g.members=much", "g.shape=wave", "g.runs=10000&g.members=100000"):
        page = mona.open(f"/console/lab/appreciation/growth?preset=local-life&{typed}")
        assert mona.status in (413, 422), typed
        assert page.all("p", role="alert"), typed
        assert page.all("form", method="get"), typed


def test_what_cant_be_run_is_said_beside_the_form(town: PageTown) -> None:
    fina = visitor(town, FINANCE)
    for typed in ("members=1000", "weeks=0", "amount=much", "p.pool_rate=101", "p.exit_multiple=%20"):
        page = fina.open(f"{LOCAL_LIFE}&{typed}")
        assert fina.status == 422, typed
        assert page.all("p", role="alert"), typed
        assert page.all("form", method="get"), typed
    fina.open("/console/lab/pyramid")
    assert fina.status == 404


def test_the_report_and_the_poster_are_files_without_anybodys_name(town: PageTown) -> None:
    fina = visitor(town, FINANCE)
    page = fina.open(f"{LOCAL_LIFE}&members=10&weeks=3")
    files = [link.attributes["href"] for link in page.all("a") if "download" in link.attributes]
    report, poster = (fina.http.get(each) for each in files)
    for answer, ending in ((report, "html"), (poster, "pdf")):
        assert answer.headers["Content-Disposition"] == f'attachment; filename="local-life.{ending}"'
    assert "Who pays?" in report.text
    assert not re.search(r"(src|href)=", report.text), "it loads nothing"
    assert "Sommer" not in report.text
    assert len(PdfReader(BytesIO(poster.content)).pages) == 1


def test_a_slider_runs_the_scheme_anew_and_the_address_has_it(town: PageTown, browser: Browser) -> None:
    context = context_of(browser, "desk", "en", "light")
    town.log_in(context, town.staff(MANAGER))
    page = context.new_page()
    page.goto(f"{town.url}{LOCAL_LIFE}&members=10&weeks=3")
    shops = page.locator("[data-side=shops] data").first
    before = shops.get_attribute("value")
    page.get_by_role("slider", name="members, who join").press("End")
    expect(shops).not_to_have_attribute("value", before or "")
    expect(page.locator("[name=members]")).to_have_value("300")
    assert "members=300" in page.url
    context.close()


def test_a_share_is_typed_in_percent_and_only_what_differs_is_sent() -> None:
    specs = (Param("rate", "0.16", "share", "rate"), Param("exit", "1.2", "positive", "exit"))
    first = {"exit": "2"}
    by_field = {slider.field: slider for slider in sliders(specs, first, {})}
    assert (by_field["p.rate"].value, by_field["p.rate"].most) == ("16", "100")
    assert (by_field["p.exit"].value, by_field["p.exit"].most) == ("2", "10")
    assert chosen(specs, first, {"p.rate": "16", "p.exit": "2"}) == {}
    assert chosen(specs, first, {"p.rate": "11.2", "p.exit": "x", "other": "1"}) == {"rate": "0.112", "exit": "x"}


def test_members_join_evenly_and_buy_once_a_week() -> None:
    rows = town_purchases(town_params({"members": "4", "weeks": "4"}).text).splitlines()[1:]
    assert len(rows) == 1 + 2 + 3 + 4
    assert [row.split(",")[4] for row in rows].count("all") == 1
    assert json.dumps([param.name for param in TOWN_PARAMS]) == '["members", "weeks", "amount"]'
