"""The scheme lab: its models, and runs with limits on size and time."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import EVERYBODY, Caller
from coalition.access.rate_limits import LAB_RUNS, Rates
from coalition.api.access import allow
from coalition.api.fields import PlainText
from coalition.api.problems import responses
from coalition.api.router import LARGE_BYTES, Router
from coalition.lab import find_models
from coalition.lab.worker_process import GrowthJob, Job, ReportJob, RunJob, Sandbox
from coalition.locale.error_text import phrase_text
from coalition.web.request import language_of

router = Router(prefix="/v1/lab", tags=["lab"])
POSITION = 370

Anybody = Annotated[Caller, Depends(allow(EVERYBODY))]
PIECE_BYTES = 2**18
"""How much of a long answer is held at once."""

Words = Annotated[str, Field(max_length=200), PlainText(empty=True)]


class LabParameter(BaseModel):
    """A parameter of a model."""

    name: str = Field(description="The parameter's key in `params`.")
    default: str = Field(description="The default, as text.")
    allowed: str = Field(description="The values it may have.")
    note: str = Field(description="What it means.")


class LabPreset(BaseModel):
    """A scheme as one vendor sells it."""

    name: str = Field(description="The name to send as `preset`.")
    note: str = Field(description="What it is.")
    params: dict[str, str] = Field(description="The parameters that it sets off their defaults.")


class LabEvent(BaseModel):
    """An event that a model knows."""

    do: str = Field(description="The value of `do`.")
    needs: list[list[str]] = Field(description="The keys that it must have; of each list one.")
    may: list[str] = Field(description="The keys that it may have besides.")
    note: str = Field(description="What it means.")


class LabModel(BaseModel):
    """A model of the lab: all that a scenario of it is made of."""

    name: str = Field(description="The name to send as `model`.")
    title: str = Field(description="What it is called.")
    about: str = Field(description="What it is.")
    promise: str = Field(description="What it promises to its members.")
    presets: list[LabPreset] = Field(description="The presets to choose from.")
    parameters: list[LabParameter] = Field(description="The parameters to send in `params`.")
    events: list[LabEvent] = Field(description="The events to send in `events`.")


class LabScheme(BaseModel):
    """A scheme, as in the lab's TOML files."""

    model_config = ConfigDict(extra="forbid")

    model: str = Field(description="The model's name.", examples=["appreciation"])
    preset: str = Field(
        default="", description="The name of one of the model's presets, or empty.", examples=["local-life"]
    )
    params: dict[str, str] = Field(
        default={}, description="Parameters by name, in place of the preset's; decimals as text."
    )


class LabGrowth(LabScheme):
    """A scheme that grows."""

    growth: dict[str, str] = Field(
        default={},
        description="The growth table: shape, months, members, rate, stop_month, run_month, run_share, amount, spread, "
        "runs and seed. At most 10,000,000 runs × members.",
        examples=[{"members": "1000", "runs": "200", "stop_month": "24"}],
    )


class LabVendorFigure(BaseModel):
    """A figure that a vendor names, to be set beside the lab's."""

    model_config = ConfigDict(extra="forbid")

    says: Words | dict[str, Words] = Field(
        description="What it is: one text, or one for each language.", examples=["price after the second sale"]
    )
    event: StrictInt = Field(default=0, ge=0, description="The number of the event whose row has it, from 0.")
    key: str = Field(
        description="The key in that row, with a dot for each map it lies in; `ends.SHOP` for what a shop ends with.",
        examples=["price"],
    )
    value: str = Field(description="The figure as the vendor shows it.", examples=["1.68"])


class LabScenario(LabScheme):
    """A scenario, as in the lab's TOML files."""

    title: Words | dict[str, Words] = Field(
        default="", description="What the scenario is called: one text, or one for each language."
    )
    coalition: dict[str, str] = Field(
        default={}, description="Parameters of the fixed-rate coalition beside it; decimals as text."
    )
    currency: str = Field(default="CNY", description="What the amounts are in, by ISO 4217.", examples=["CNY"])
    events: list[dict[str, str]] = Field(
        default=[],
        max_length=20_000,
        description="The events, in order; each has `do` and the keys of that kind of event.",
        examples=[[{"do": "purchase", "who": "u1", "amount": "1000"}]],
    )
    purchases: str = Field(
        default="",
        max_length=2_000_000,
        description="Real purchases to run after the events: a CSV file with the header "
        "at,member,merchant,amount,spend.",
    )
    run_share: str = Field(
        default="0.5", description="The share of holders who want to cash out on one day, for the verdict."
    )
    growth: dict[str, str] | None = Field(
        default=None,
        description="How the scheme grows, as for `growLabScheme`; a report then says in which month it ends.",
        examples=[{"months": "36", "members": "10000"}],
    )
    vendor: list[LabVendorFigure] = Field(
        default=[],
        max_length=1_000,
        description="Figures that the vendor names; the answer sets the lab's beside them.",
    )


class LabRunRequest(LabScenario):
    """A scenario to run, and how much of it to answer."""

    every_row: bool = Field(
        default=False, description="Answer the row of every event; else a selection, where there are over 2,000."
    )


class LabGrowthResult(BaseModel):
    """What became of a scheme that grew."""

    model: str = Field(description="The model.")
    preset: str | None = Field(description="The preset; null if none.")
    params: dict[str, str] = Field(description="All parameters of the scheme.")
    growth: dict[str, str] = Field(description="All parameters of its growth.")
    months: list[dict[str, Any]] = Field(
        description="A row for each month: how many entered, and quantiles of each figure over the runs (`p5`, `p50` "
        "…); null before there is a figure."
    )


class LabComparison(BaseModel):
    """A vendor's figure beside the lab's."""

    says: dict[str, str] = Field(description="What it is, by language.")
    value: str = Field(description="The vendor's figure.")
    lab: str = Field(description="The lab's, as exactly as the vendor shows it; a dash where there is none.")
    equal: bool = Field(description="Whether both are the same to the shown digits.")


class LabRun(BaseModel):
    """The result of a run."""

    model: str = Field(description="The model.")
    preset: str | None = Field(description="The preset; null if none.")
    params: dict[str, str] = Field(description="All parameters of the run.")
    currency: str = Field(description="What the amounts are in.")
    events: int = Field(description="How many events were done.")
    rows: list[dict[str, Any]] = Field(
        description="A row for each event, or for a selection of many: the model's figures after it as decimal text."
    )
    vendor: list[LabComparison] = Field(description="The vendor's figures beside the lab's, in the scenario's order.")
    verdict: dict[str, Any] = Field(
        description="Who pays, who gets back what was promised, and what happens at the end."
    )


@router.get(
    "/models", operation_id="listLabModels", summary="List the models", responses=responses((401, "No valid key."))
)
def list_models(request: Request, _: Anybody) -> list[LabModel]:
    """The schemes of the lab, with their presets, parameters and events."""
    sandbox: Sandbox = request.app.state.lab
    # Whoever asks what a scenario is made of will run one soon.
    sandbox.start()
    lang = language_of(request)
    return [
        LabModel(
            name=model.name,
            title=phrase_text(model.title, lang),
            about=phrase_text(model.about, lang),
            promise=phrase_text(model.promise, lang),
            presets=[
                LabPreset(name=preset.name, note=phrase_text(preset.note, lang), params=dict(preset.params))
                for preset in model.presets
            ],
            parameters=[
                LabParameter(
                    name=spec.name,
                    default=spec.default,
                    allowed=phrase_text(spec.allowed(), lang),
                    note=phrase_text(spec.note, lang),
                )
                for spec in model.specs
            ],
            events=[
                LabEvent(
                    do=kind.do,
                    needs=[key.split("|") for key in kind.needs],
                    may=list(kind.may),
                    note=phrase_text(kind.note, lang),
                )
                for kind in model.kinds
            ],
        )
        for model in find_models().values()
    ]


PROBLEMS = responses(
    (401, "No valid key."),
    (422, "The scenario can't be read or run, or is too large."),
    (429, "Your last run is not over yet, or you have run too many; Retry-After says when."),
    (503, "Too many runs are waiting."),
)


@router.post(
    "/runs",
    operation_id="runLabScenario",
    max_body_size=LARGE_BYTES,
    summary="Run a scheme",
    responses=PROBLEMS | {200: {"model": LabRun, "description": "The result."}},
)
async def run_scenario(request: Request, body: LabRunRequest, caller: Anybody) -> Response:
    """Runs a scenario beside a fixed-rate coalition on the same purchases. Nothing is stored. A caller has one run at a
    time, and 60 in a quarter of an hour, reports and growth included.
    """
    # As it left its process: 20,000 rows are not looked at again beside the tills.
    if not body.every_row:
        return Response(await _do(request, caller, body, RunJob(body.purchases)), media_type="application/json")
    with ExitStack() as stack:
        file = stack.enter_context(NamedTemporaryFile(prefix="lab-run-"))
        await _do(request, caller, body, RunJob(body.purchases, Path(file.name)))
        size = os.fstat(file.fileno()).st_size
        # Whoever reads it to its end, or gives it up, closes the file, which removes it.
        stack.pop_all()
        return StreamingResponse(_pieces(file), headers={"Content-Length": str(size)}, media_type="application/json")


@router.post(
    "/reports",
    operation_id="createLabReport",
    max_body_size=LARGE_BYTES,
    summary="Write the report on a scheme",
    response_class=HTMLResponse,
    responses=PROBLEMS | {200: {"content": {"text/html": {}}, "description": "The page."}},
)
async def create_report(request: Request, body: LabScenario, caller: Anybody) -> Response:
    """Runs a scenario and answers its report: one page that loads nothing, in the language of the request."""
    job = ReportJob(language_of(request), RunJob(body.purchases))
    return HTMLResponse(await _do(request, caller, body, job))


@router.post(
    "/growth",
    operation_id="growLabScheme",
    summary="Let a scheme grow",
    responses=PROBLEMS | {200: {"model": LabGrowthResult, "description": "Quantiles of the runs, month by month."}},
)
async def grow_scheme(request: Request, body: LabGrowth, caller: Anybody) -> Response:
    """Simulates how a scheme grows, stops growing or is run on: many random runs, month by month."""
    return Response(await _do(request, caller, body, GrowthJob()), media_type="application/json")


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece


async def _do(request: Request, caller: Caller, body: LabScheme, job: Job) -> bytes:
    rates: Rates = request.app.state.rates
    rates.take(LAB_RUNS, caller.id)
    sandbox: Sandbox = request.app.state.lab
    return await sandbox.run(caller.id, body.model_dump(exclude={"purchases", "every_row"}), job)
