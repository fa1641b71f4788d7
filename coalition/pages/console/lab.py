"""The lab: what the schemes sold to shop alliances do, each as its vendors sell it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from coalition.lab import find_models
from coalition.lab.report.labels import preset_label
from coalition.lab.scheme import Scheme
from coalition.lab.schemes.coalition import Coalition
from coalition.lab.worker_process import Sandbox
from coalition.locale.error_text import phrase_text
from coalition.pages.console.sections import LAB, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import Visit

router = PageRouter("/console/lab")
Staff = Annotated[StaffVisit, Depends(admit(LAB.roles))]


@dataclass(frozen=True, slots=True)
class SoldScheme:
    """A scheme as its vendors sell it: how, what each way is called, and what it promises."""

    name: str
    title: str
    about: str
    promise: str
    presets: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class LabPage(ConsolePage):
    """All that can be tried."""

    schemes: list[SoldScheme]
    section: Section = LAB


@router.get("")
def lab(staff: Staff, request: Request) -> HTMLResponse:
    """Choose a scheme."""
    sandbox: Sandbox = request.app.state.lab
    # Whoever looks at the list will run one soon.
    sandbox.start()
    return show(staff.visit, LabPage([sold_scheme(model, staff.visit) for model in vendors_models()]))


def vendors_models() -> list[type[Scheme]]:
    """The models that vendors sell; the coalition stands beside each of them."""
    return [model for model in find_models().values() if model is not Coalition]


def sold_scheme(model: type[Scheme], visit: Visit) -> SoldScheme:
    """A model in the visitor's language."""

    def read(text: str) -> str:
        return phrase_text(text, visit.lang)

    return SoldScheme(
        model.name,
        read(model.title),
        read(model.about),
        read(model.promise),
        [(preset.name, read(preset_label(preset.name)), read(preset.note)) for preset in model.presets],
    )
