"""The scheme lab: its models, and runs with limits on size and time."""

from typing import Annotated, Any

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import EVERYBODY, Caller
from coalition.access.rate_limits import LAB_RUNS, Rates
from coalition.api.access import allow
from coalition.api.problems import responses
from coalition.api.router import LARGE_BYTES, Router
from coalition.lab import find_models
from coalition.lab.worker_process import Sandbox
from coalition.locale.error_text import phrase_text
from coalition.web.request import language_of

router = Router(prefix="/v1/lab", tags=["lab"])
POSITION = 370

Anybody = Annotated[Caller, Depends(allow(EVERYBODY))]


class LabParameter(BaseModel):
    """A parameter of a model."""

    name: str = Field(description="The parameter's key in `params`.")
    default: str = Field(description="The default, as text.")
    allowed: str = Field(description="The values it may have.")
    note: str = Field(description="What it means.")


class LabModel(BaseModel):
    """A model of the lab."""

    name: str = Field(description="The name to send as `model`.")
    presets: list[str] = Field(description="The names to send as `preset`.")
    parameters: list[LabParameter] = Field(description="The parameters to send in `params`.")
    events: list[str] = Field(description="The values that `do` of an event may have.")


class LabScenario(BaseModel):
    """A scenario, as in the lab's TOML files."""

    model_config = ConfigDict(extra="forbid")

    model: str = Field(description="The model's name.", examples=["appreciation"])
    preset: str = Field(
        default="", description="The name of one of the model's presets, or empty.", examples=["local-life"]
    )
    params: dict[str, str] = Field(
        default={}, description="Parameters by name, in place of the preset's; decimals as text."
    )
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


class LabRun(BaseModel):
    """The result of a run."""

    model: str = Field(description="The model.")
    preset: str | None = Field(description="The preset; null if none.")
    params: dict[str, str] = Field(description="All parameters of the run.")
    rows: list[dict[str, Any]] = Field(
        description="One row for each event, with the model's figures after it as decimal text."
    )
    verdict: dict[str, Any] = Field(
        description="Who pays, who gets back what was promised, and what happens at the end."
    )


@router.get(
    "/models", operation_id="listLabModels", summary="List the models", responses=responses((401, "No valid key."))
)
def list_models(request: Request, _: Anybody) -> list[LabModel]:
    """The schemes of the lab, with their presets, parameters and events."""
    lang = language_of(request)
    return [
        LabModel(
            name=model.name,
            presets=[preset.name for preset in model.presets],
            parameters=[
                LabParameter(
                    name=spec.name,
                    default=spec.default,
                    allowed=phrase_text(spec.allowed(), lang),
                    note=phrase_text(spec.note, lang),
                )
                for spec in model.specs
            ],
            events=[kind.do for kind in model.kinds],
        )
        for model in find_models().values()
    ]


@router.post(
    "/runs",
    operation_id="runLabScenario",
    max_body_size=LARGE_BYTES,
    summary="Run a scheme",
    responses=responses(
        (401, "No valid key."),
        (422, "The scenario can't be read or run, or is too large."),
        (429, "Your last run is not over yet, or you have run too many; Retry-After says when."),
        (503, "Too many runs are waiting."),
    )
    | {200: {"model": LabRun, "description": "The result."}},
)
async def run_scenario(request: Request, body: LabScenario, caller: Anybody) -> Response:
    """Runs a scenario beside a fixed-rate coalition on the same purchases. Nothing is stored. A caller has one run at a
    time, and 60 in a quarter of an hour.
    """
    rates: Rates = request.app.state.rates
    rates.take(LAB_RUNS, caller.id)
    sandbox: Sandbox = request.app.state.lab
    scenario = body.model_dump(exclude={"purchases"})
    # As it left its process: 20,000 rows are not looked at again beside the tills.
    return Response(await sandbox.run(caller.id, scenario, body.purchases), media_type="application/json")
