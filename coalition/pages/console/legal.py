"""The alliance's legal texts: which it has, and in which version."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.responses import HTMLResponse

from coalition.legal.legal_text import LEGAL_NAMES, LegalKind, LegalVersion
from coalition.legal.legal_texts import LegalTexts, legal_texts_of
from coalition.pages.console.sections import LEGAL, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter

router = PageRouter("/console/legal")
Staff = Annotated[StaffVisit, Depends(admit(LEGAL.roles))]


@dataclass(frozen=True, slots=True)
class TextStatus:
    """A text: the version in force, the one that follows, and how many there are."""

    kind: LegalKind
    name: str
    current: LegalVersion | None
    coming: LegalVersion | None
    count: int


@dataclass(frozen=True, slots=True)
class LegalTextsPage(ConsolePage):
    """The texts."""

    texts: list[TextStatus]
    section: Section = LEGAL


@router.get("")
def legal(staff: Staff) -> HTMLResponse:
    """All three."""
    texts = legal_texts_of(staff.alliance)
    texts.refresh()
    return show(staff.visit, LegalTextsPage([status_of(staff, texts, kind) for kind in LegalKind]))


def status_of(staff: StaffVisit, texts: LegalTexts, kind: LegalKind) -> TextStatus:
    """How far a text is."""
    versions, now = [each for each in texts.versions if each.kind is kind], staff.alliance.clock()
    coming = [each for each in versions if each.effective_at > now]
    first = min(coming, key=lambda each: (each.effective_at, -each.version), default=None)
    return TextStatus(kind, LEGAL_NAMES[kind], texts.current(kind), first, len(versions))
