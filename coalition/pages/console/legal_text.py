"""One of the alliance's legal texts: its versions, and a form that publishes the next one."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import OWNERS, STAFF
from coalition.legal.legal_text import LEGAL_NAMES, TEXT_CHARS_MAX, VERSION_MAX, LegalKind, LegalVersion
from coalition.legal.legal_texts import legal_texts_of
from coalition.legal.publish_legal_text import publish_legal_text
from coalition.pages.checks import check_words
from coalition.pages.console.people import names_of_people
from coalition.pages.console.sections import LEGAL, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.errors import FieldWrong
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.prose import Block, blocks
from coalition.pages.typed import typed_text
from settlement import NamedFact, day_number

router = PageRouter("/console/legal/{text}")
Staff = Annotated[StaffVisit, Depends(admit(LEGAL.roles))]
Owner = Annotated[StaffVisit, Depends(admit(OWNERS & STAFF))]
FORM_BYTES_MAX = 2_000_000
"""Two texts of the longest, each letter written as nine."""
Words = Annotated[str, Form(max_length=2 * TEXT_CHARS_MAX)]
"""A form writes each end of a line as two characters; what is too long after that is refused by name."""


@dataclass(frozen=True, slots=True)
class LegalTextPage(ConsolePage):
    """A text with its versions, the newest first; `text` is the newest in the reader's language.

    `typed` is what the form has: the newest version, or what was refused. `may_publish` is true for owners.
    """

    kind: LegalKind
    name: str
    versions: list[LegalVersion]
    current: LegalVersion | None
    text: list[Block]
    authors: dict[str, str]
    typed: dict[str, str]
    newest: int
    now: int
    may_publish: bool
    done: bool = False
    problem: str = ""
    chars_max: int = TEXT_CHARS_MAX
    section: Section = LEGAL


@router.get("")
def legal_text(staff: Staff, text: LegalKind, done: Annotated[bool, Query()] = False) -> HTMLResponse:  # noqa: FBT002
    """Its versions, and the newest to be changed."""
    return _show(staff, text, done=done)


@router.post("", max_body_size=FORM_BYTES_MAX)
def publish(
    staff: Owner,
    text: LegalKind,
    en: Words = "",
    zh: Words = "",
    day: Annotated[str, Form(max_length=10)] = "",
    replaces: Annotated[int, Form(ge=0, le=VERSION_MAX)] = 0,
) -> Response:
    """The next version: from now on, or from the beginning of a day on."""
    typed = {"en": en, "zh": zh, "day": day}
    try:
        english, chinese = (_words(field, words) for field, words in (("en", en), ("zh", zh)))
        start = _start_of(staff, day)
        publish_legal_text(staff.alliance, staff.caller, text, english, chinese, start, replaces or None)
    except NamedFact as error:
        code = error.error_kind.status
        return _show(staff, text, typed=typed, problem=staff.visit.explain(error), code=code)
    return RedirectResponse(f"/console/legal/{text}?done=yes", 303)


def _words(field: str, typed: str) -> str:
    """A text in one language. Raises FieldWrong."""
    words = typed_text(field, typed.replace("\r\n", "\n"), lines=True)
    if len(words) > TEXT_CHARS_MAX:
        raise FieldWrong(field, check_words("long", count=TEXT_CHARS_MAX))
    return words


def _start_of(staff: StaffVisit, day: str) -> int | None:
    """When a day begins in the alliance's time zone; None for today, which has begun. Raises FieldWrong."""
    if not day.strip():
        return None
    try:
        number = day_number(date.fromisoformat(day))
    except ValueError:
        raise FieldWrong("day", check_words("day")) from None
    return None if number == staff.alliance.today else staff.alliance.calendar.start_of_day(number)


def _show(
    staff: StaffVisit,
    kind: LegalKind,
    *,
    typed: dict[str, str] | None = None,
    done: bool = False,
    problem: str = "",
    code: int = 200,
) -> HTMLResponse:
    texts = legal_texts_of(staff.alliance)
    texts.refresh()
    versions = [each for each in texts.versions if each.kind is kind]
    newest = texts.read(versions[0]) if versions else None
    page = LegalTextPage(
        kind=kind,
        name=LEGAL_NAMES[kind],
        versions=versions,
        current=texts.current(kind),
        text=[] if newest is None else blocks(newest.words_in(staff.visit.lang)),
        authors=names_of_people(staff),
        typed=typed or {"en": newest.en if newest else "", "zh": newest.zh if newest else "", "day": ""},
        newest=versions[0].version if versions else 0,
        now=staff.alliance.clock(),
        may_publish=staff.caller.role in OWNERS,
        done=done,
        problem=problem,
    )
    return show(staff.visit, page, code)
