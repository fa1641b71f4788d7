"""What the pages of one scheme share: which one is asked for, its run in the lab's own process, and its files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from coalition.access.rate_limits import LAB_RUNS, Rates
from coalition.errors import NotFound
from coalition.lab.errors import ScenarioInvalid
from coalition.lab.numbers import Exact, number_text
from coalition.lab.params import Param
from coalition.lab.report.labels import preset_label
from coalition.lab.scheme import Preset, Scheme
from coalition.lab.worker_process import Job, Sandbox
from coalition.locale.error_text import phrase_text
from coalition.locale.formats import Lang
from coalition.pages.console.lab import vendors_models
from coalition.pages.console.lab_sliders import FIELD, chosen
from coalition.pages.console.staff_visit import StaffVisit
from coalition.pages.typed import Ref
from settlement import NamedFact, Phrase


@dataclass(frozen=True, slots=True)
class Asked:
    """A scheme, the preset that it begins with, and the fields of its form."""

    model: type[Scheme]
    preset: Preset
    fields: Mapping[str, str]

    @property
    def terms(self) -> dict[str, str]:
        """The fields of the scheme's own that were changed."""
        return {name: value for name, value in self.fields.items() if name.startswith(FIELD)}

    def choices(self, lang: Lang) -> dict[str, str]:
        """What the presets of the scheme are called."""
        return {preset.name: phrase_text(preset_label(preset.name), lang) for preset in self.model.presets}


def _asked(request: Request, scheme: Ref) -> Asked:
    model = next((each for each in vendors_models() if each.name == scheme), None)
    if model is None:
        raise NotFound(Phrase("scheme"), scheme)
    wanted = request.query_params.get("preset", "")
    preset = next((each for each in model.presets if each.name == wanted), model.presets[0])
    return Asked(model, preset, dict(request.query_params))


AskedRun = Annotated[Asked, Depends(_asked)]


async def run_in_lab(staff: StaffVisit, asked: Asked, job: Job, growth: Mapping[str, str] | None = None) -> bytes:
    """Run it beside a coalition with this alliance's own rates. Raises LabError and TooManyRequests."""
    state = staff.visit.request.app.state
    rates: Rates = state.rates
    rates.take(LAB_RUNS, staff.caller.id)
    sandbox: Sandbox = state.lab
    scenario: dict[str, Any] = {
        "model": asked.model.name,
        "preset": asked.preset.name,
        "params": chosen(asked.model.specs, asked.preset.params, asked.fields),
        "currency": staff.alliance.book.settings.currency,
        "coalition": await run_in_threadpool(_own_rates, staff),
    }
    if growth is not None:
        scenario["growth"] = dict(growth)
    return await sandbox.run(staff.caller.id, scenario, job)


def _own_rates(staff: StaffVisit) -> dict[str, str]:
    alliance = staff.alliance
    rates = {
        "points_per_unit": alliance.points_per_unit_now(),
        "earn_points_per_unit": alliance.programme.rules_at(alliance.clock()).earn_points_per_unit,
    }
    return {name: number_text(Exact(rate.numerator, rate.denominator)) for name, rate in rates.items()}


def lab_problem(staff: StaffVisit, error: NamedFact, specs: Iterable[Param]) -> str:
    """Why there is no run. A field is called what it is called beside its slider."""
    notes = {spec.name: spec.note for spec in specs}
    field = error.key.rpartition(".")[2] if isinstance(error, ScenarioInvalid) else ""
    if not isinstance(error, ScenarioInvalid) or field not in notes:
        return staff.visit.explain(error)
    lang = staff.visit.lang
    return staff.visit.say(
        "{field}: {problem}. Allowed: {allowed}.",
        field=phrase_text(notes[field], lang),
        problem=phrase_text(error.problem, lang),
        allowed=phrase_text(error.allowed, lang),
    )


def lab_file(content: bytes, media_type: str, name: str) -> Response:
    """A file to be kept or sent on."""
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
