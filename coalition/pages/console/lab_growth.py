"""How a scheme grows, stops growing, or is run on: many random runs of it, month by month, as fans and a table.

A simulation in floating point, in the lab's own process and within its limits; nothing is stored.
"""

import json
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import Depends, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from coalition.lab.growth import GROWTH_PARAMS
from coalition.lab.worker_process import GrowthReportJob, GrowthSummaryJob
from coalition.pages.console.charts import HEIGHT, WIDTH, Column, Fan, columns, fan
from coalition.pages.console.lab import SoldScheme, sold_scheme
from coalition.pages.console.lab_run import Asked, AskedRun, lab_file, lab_problem, run_in_lab
from coalition.pages.console.lab_sliders import Slider, chosen, sliders
from coalition.pages.console.sections import LAB, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from settlement import NamedFact

router = PageRouter("/console/lab/{scheme}/growth")
Staff = Annotated[StaffVisit, Depends(admit(LAB.roles))]
GROWTH_FIELD = "g."
"""What the name of a growth experiment's field begins with."""
FIRST = {"members": "2000", "runs": "200"}
"""What a page begins with: an experiment that takes part of a second."""
MOST = {
    "months": ("120", "1"),
    "members": ("10000", "100"),
    "rate": ("1", "0.01"),
    "stop_month": ("120", "1"),
    "run_month": ("120", "1"),
    "runs": ("1000", "10"),
    "spread": ("2", "0.05"),
}
"""How far sliders go, and by which steps, where four times what a parameter is at first is no measure."""
MAIN = ("months", "members", "rate", "stop_month", "run_month", "run_share")
ROWS = 12


@dataclass(frozen=True, slots=True)
class GrowthRow:
    """A month's figures as people read them: medians, and the spread of nine tenths of the runs."""

    month: int
    entrants: int
    got_back: str
    spread: str
    coverage: str
    price: str
    held: str


@dataclass(frozen=True, slots=True)
class GrowthView:
    """What the runs show; `price` is None where the scheme has no price."""

    words: list[str]
    entrants: list[Column]
    got_back: Fan
    coverage: Fan
    price: Fan | None
    rows: list[GrowthRow]


@dataclass(frozen=True, slots=True)
class LabGrowthPage(ConsolePage):
    """The form and what came of it; `run` is None where `problem` says why there is none. `terms` are fields of the
    scheme's own, which stay as they are.
    """

    scheme: SoldScheme
    preset: str
    choices: dict[str, str]
    main: list[Slider]
    more: list[Slider]
    terms: dict[str, str]
    query: str
    run: GrowthView | None
    problem: str = ""
    width: int = WIDTH
    height: int = HEIGHT
    section: Section = LAB


@router.get("")
async def lab_growth(staff: Staff, asked: AskedRun) -> HTMLResponse:
    """Let it grow as the sliders stand."""
    run, problem, status = None, "", 200
    try:
        run = _view(json.loads(await run_in_lab(staff, asked, GrowthSummaryJob(staff.visit.lang), _growth(asked))))
    except NamedFact as error:
        problem = lab_problem(staff, error, (*asked.model.specs, *GROWTH_PARAMS))
        status = error.error_kind.status
    return await run_in_threadpool(show, staff.visit, _page(staff, asked, run, problem), status)


@router.get("/report")
async def lab_growth_report(staff: Staff, asked: AskedRun) -> Response:
    """The whole report: one page in both languages that loads nothing, so it can be sent to anybody."""
    page = await run_in_lab(staff, asked, GrowthReportJob(staff.visit.lang), _growth(asked))
    return lab_file(page, "text/html; charset=utf-8", f"{asked.preset.name}-growth.html")


def _growth(asked: Asked) -> dict[str, str]:
    return FIRST | chosen(GROWTH_PARAMS, FIRST, asked.fields, GROWTH_FIELD)


def _page(staff: StaffVisit, asked: Asked, run: GrowthView | None, problem: str) -> LabGrowthPage:
    visit, model = staff.visit, asked.model
    by_name = {each.field.removeprefix(GROWTH_FIELD): each for each in _sliders(asked)}
    return LabGrowthPage(
        scheme=sold_scheme(model, visit),
        preset=asked.preset.name,
        choices=asked.choices(visit.lang),
        main=[by_name[name] for name in MAIN],
        more=[each for name, each in by_name.items() if name not in MAIN],
        terms=asked.terms,
        query=str(visit.request.url.query),
        run=run,
        problem=problem,
    )


def _sliders(asked: Asked) -> list[Slider]:
    made = sliders(GROWTH_PARAMS, FIRST, asked.fields, GROWTH_FIELD)
    named = ((each, MOST.get(each.field.removeprefix(GROWTH_FIELD))) for each in made)
    return [each if most is None else replace(each, most=most[0], step=most[1]) for each, most in named]


def _view(data: dict[str, Any]) -> GrowthView:
    months = data["months"]
    entrants = [(str(each["month"]), "", round(each["entrants"]), 0) for each in months]
    has_price = any(each["price"] for each in months)
    listed = sorted({round(len(months) * part / ROWS) or 1 for part in range(1, ROWS + 1)})
    return GrowthView(
        words=data["words"],
        entrants=columns(entrants),
        got_back=_fan(months, "got_back"),
        coverage=_fan(months, "coverage"),
        price=_fan(months, "price") if has_price else None,
        rows=[_row(months[month - 1]) for month in listed],
    )


def _fan(months: list[dict[str, Any]], name: str) -> Fan:
    """The fan of a figure, from the first month on that has one."""
    known = (each[name] for each in months if each[name])
    return fan([(each["p5"], each["p25"], each["p50"], each["p75"], each["p95"]) for each in known])


def _row(month: dict[str, Any]) -> GrowthRow:
    back = month["got_back"]
    return GrowthRow(
        month["month"],
        round(month["entrants"]),
        _percent(back and back["p50"]),
        f"{_percent(back['p5'])} … {_percent(back['p95'])}" if back else "–",
        _percent(month["coverage"] and month["coverage"]["p50"]),
        f"{month['price']['p50']:.4g}" if month["price"] else "–",
        f"{month['held']['p50']:,.0f}" if month["held"] else "–",
    )


def _percent(part: float | None) -> str:
    return "–" if part is None else f"{part * 100:.3g} %"
