"""A scheme of the lab: sliders for its terms, who pays and who gets beside the coalition, and the report to share.

A run takes part of a second in the lab's own process, within its limits of size, time and memory; nothing is stored.
"""

import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from coalition.lab.numbers import Exact, number
from coalition.lab.sample_town import MOST, TOWN_PARAMS, town_params, town_purchases
from coalition.lab.worker_process import PosterJob, ReportJob, RunJob, SummaryJob
from coalition.pages.console.charts import HEIGHT, WIDTH, Column, columns, part_of
from coalition.pages.console.lab import SoldScheme, sold_scheme
from coalition.pages.console.lab_run import Asked, AskedRun, lab_file, lab_problem, run_in_lab
from coalition.pages.console.lab_sliders import Slider, sliders, town_sliders
from coalition.pages.console.sections import LAB, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from settlement import NamedFact

router = PageRouter("/console/lab/{scheme}")
Staff = Annotated[StaffVisit, Depends(admit(LAB.roles))]
MAIN_SLIDERS = 6
"""Sliders that are not folded away: those first in which the vendors' own variants differ."""


@dataclass(frozen=True, slots=True)
class SideRow:
    """What one kind of participant gave and got, in minor units, in the scheme and in the coalition.

    The parts are in percent of the largest of all.
    """

    name: str
    gave: int
    gave_coalition: int
    got: int
    got_coalition: int
    gave_part: float
    gave_coalition_part: float


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """What one kind of participant paid to another, in minor units, and how much of it later entrants brought."""

    payer: str
    to: str
    minor: int
    later: int


@dataclass(frozen=True, slots=True)
class LabRunView:
    """What came of a run."""

    headline: str
    good: bool
    flags: list[str]
    answers: list[dict[str, Any]]
    beside: list[list[str]]
    sides: list[SideRow]
    payments: list[PaymentRow]
    moments: list[Column]


@dataclass(frozen=True, slots=True)
class LabSchemePage(ConsolePage):
    """The form and what came of it; `run` is None where `problem` says why there is none. `terms` are the fields of the
    scheme's own that were changed.
    """

    scheme: SoldScheme
    preset: str
    town: list[Slider]
    main: list[Slider]
    more: list[Slider]
    choices: dict[str, str]
    query: str
    terms: dict[str, str]
    run: LabRunView | None
    problem: str = ""
    width: int = WIDTH
    height: int = HEIGHT
    section: Section = LAB


@router.get("")
async def lab_scheme(staff: Staff, asked: AskedRun) -> HTMLResponse:
    """Run it as the sliders stand."""
    run, problem, status = None, "", 200
    try:
        summary = json.loads(await run_in_lab(staff, asked, SummaryJob(staff.visit.lang, RunJob(_town(asked)))))
        run = _view(summary, staff.alliance.book.settings.minor_digits)
    except NamedFact as error:
        problem, status = lab_problem(staff, error, (*TOWN_PARAMS, *asked.model.specs)), error.error_kind.status
    return await run_in_threadpool(show, staff.visit, _page(staff, asked, run, problem), status)


@router.get("/report")
async def lab_report(staff: Staff, asked: AskedRun) -> Response:
    """The whole report: one page in both languages that loads nothing, so it can be sent to anybody."""
    page = await run_in_lab(staff, asked, ReportJob(staff.visit.lang, RunJob(_town(asked))))
    return lab_file(page, "text/html; charset=utf-8", f"{asked.preset.name}.html")


@router.get("/poster")
async def lab_poster(staff: Staff, asked: AskedRun) -> Response:
    """The same on one page for the wall."""
    page = await run_in_lab(staff, asked, PosterJob(staff.visit.lang, RunJob(_town(asked))))
    return lab_file(page, "application/pdf", f"{asked.preset.name}.pdf")


def _town(asked: Asked) -> str:
    """The purchases. Raises ScenarioInvalid."""
    return town_purchases(town_params({name: asked.fields[name] for name in MOST if name in asked.fields}).text)


def _page(staff: StaffVisit, asked: Asked, run: LabRunView | None, problem: str) -> LabSchemePage:
    visit, model = staff.visit, asked.model
    all_sliders = sliders(model.specs, asked.preset.params, asked.fields)
    # What the vendors' own variants differ in is what there is to bargain about.
    varied = {f"p.{name}" for preset in model.presets for name in preset.params}
    numbers = [each for each in all_sliders if not each.choices]
    ordered = sorted(numbers, key=lambda each: each.field not in varied)
    return LabSchemePage(
        scheme=sold_scheme(model, visit),
        preset=asked.preset.name,
        town=town_sliders(TOWN_PARAMS, asked.fields),
        main=ordered[:MAIN_SLIDERS],
        more=[*ordered[MAIN_SLIDERS:], *(each for each in all_sliders if each.choices)],
        choices=asked.choices(visit.lang),
        query=str(visit.request.url.query),
        terms=asked.terms,
        run=run,
        problem=problem,
    )


def _view(summary: dict[str, Any], digits: int) -> LabRunView:
    def minor(text: str) -> int:
        # The lab's numbers may be of a library of their own.
        rounded = round((number(text) or Exact(0)) * 10**digits)
        return int(rounded)

    pairs = [(minor(row["gave"]), minor(row["gave_coalition"])) for row in summary["sides"]]
    largest = max((max(pair) for pair in pairs), default=0)
    return LabRunView(
        headline=summary["headline"],
        good=summary["good"],
        flags=summary["flags"],
        answers=summary["answers"],
        beside=summary["beside"],
        sides=[
            SideRow(
                row["name"],
                gave,
                gave_coalition,
                minor(row["got"]),
                minor(row["got_coalition"]),
                part_of(gave, largest),
                part_of(gave_coalition, largest),
            )
            for row, (gave, gave_coalition) in zip(summary["sides"], pairs, strict=True)
        ],
        payments=[
            PaymentRow(each["payer"], each["to"], minor(each["all"]), minor(each["later"]))
            for each in summary["payments"]
        ],
        moments=columns(
            [(str(each["event"]), "", minor(each["owed"]), minor(each["held"])) for each in summary["moments"]]
        ),
    )
