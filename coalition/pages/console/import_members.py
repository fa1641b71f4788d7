"""Take over members of an older scheme from a file: what is in it and what will happen, before anything does."""

import base64
import binascii
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, File, Form, Response, UploadFile
from fastapi.responses import HTMLResponse

from coalition.access.caller import OWNERS, STAFF
from coalition.access.log import record_separately
from coalition.locale.error_text import phrase_text
from coalition.members.import_file import COLUMNS, Row, check_readable, import_readable, read_rows
from coalition.members.import_members import ImportedMember, MemberRow, find_problems
from coalition.members.releases import release_due
from coalition.pages.console.sections import MEMBERS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from settlement import NamedFact, Phrase, customs_of

router = PageRouter("/console/members/import")
Owner = Annotated[StaffVisit, Depends(admit(OWNERS & STAFF))]
ROWS_MAX, FILE_BYTES_MAX = 1_000, 4_000_000
BODY_BYTES_MAX = 6_000_000
"""A file as the second form sends it again, in base64."""
SAMPLE, PROBLEMS_MOST = 10, 50


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row is not taken."""

    ref: str
    why: str


@dataclass(frozen=True, slots=True)
class ImportPage(ConsolePage):
    """A file to choose; then what was read of it, with `content` to send again; then what became of its rows.

    `sample` are the first rows that can be taken, `good` how many can, and `points` those of all of these.
    """

    columns: tuple[str, ...] = COLUMNS
    rows_max: int = ROWS_MAX
    content: str = ""
    read_as: tuple[str, ...] = ()
    sample: tuple[MemberRow, ...] = ()
    good: int = 0
    points: int = 0
    problems: tuple[RowProblem, ...] = ()
    bad: int = 0
    imported: int = 0
    already: int = 0
    done: bool = False
    problem: str = ""
    section: Section = MEMBERS


@router.get("")
def choose(staff: Owner) -> HTMLResponse:
    """Choose a file."""
    return show(staff.visit, ImportPage())


@router.post("/preview", max_body_size=BODY_BYTES_MAX)
def preview(staff: Owner, file: Annotated[UploadFile, File()]) -> Response:
    """What was read, and what will happen. Nothing is written."""
    content = file.file.read(FILE_BYTES_MAX + 1)
    if not content.strip() or len(content) > FILE_BYTES_MAX:
        problem = staff.visit.say("Choose a CSV file of at most 4 MB.")
        return show(staff.visit, ImportPage(problem=problem), 422)
    return _preview(staff, content)


@router.post("", max_body_size=BODY_BYTES_MAX)
def take(staff: Owner, content: Annotated[str, Form(max_length=BODY_BYTES_MAX)]) -> Response:
    """Import what can be. Whatever was imported before stays as it is."""
    try:
        file = base64.b64decode(content, validate=True)
    except binascii.Error:
        problem = staff.visit.say("Choose a CSV file of at most 4 MB.")
        return show(staff.visit, ImportPage(problem=problem), 422)
    alliance, (rows, _) = staff.alliance, _read(staff, file)
    try:
        check_readable(alliance, staff.approvals, staff.caller, [row for _, row in rows])
    except NamedFact as error:
        return _preview(staff, file, staff.visit.explain(error), error.error_kind.status)
    record_separately(alliance.database, staff.caller, "members.import", "csv")
    answers = import_readable(alliance, [row for _, row in rows])
    release_due(alliance)
    taken = [answer for answer in answers if isinstance(answer, ImportedMember)]
    problems = [
        RowProblem(ref, _why(staff, answer))
        for (ref, _), answer in zip(rows, answers, strict=True)
        if not isinstance(answer, ImportedMember)
    ]
    again = sum(answer.again for answer in taken)
    page = ImportPage(
        problems=tuple(problems[:PROBLEMS_MOST]),
        bad=len(problems),
        imported=len(taken) - again,
        already=again,
        done=True,
    )
    return show(staff.visit, page)


def _preview(staff: StaffVisit, content: bytes, problem: str = "", status: int = 200) -> HTMLResponse:
    rows, form = _read(staff, content)
    checked = iter(find_problems(staff.alliance, [row for _, row in rows if isinstance(row, MemberRow)]))
    problems, good = list[RowProblem](), list[MemberRow]()
    for ref, row in rows:
        wrong = next(checked) if isinstance(row, MemberRow) else row
        if wrong is not None:
            problems.append(RowProblem(ref, _why(staff, wrong)))
        elif isinstance(row, MemberRow):
            good.append(row)
    page = ImportPage(
        content=base64.b64encode(content).decode(),
        read_as=tuple(phrase_text(part, staff.visit.lang) for part in form),
        sample=tuple(good[:SAMPLE]),
        good=len(good),
        points=sum(part.points for row in good for part in row.parts),
        problems=tuple(problems[:PROBLEMS_MOST]),
        bad=len(problems),
        problem=problem,
    )
    return show(staff.visit, page, status)


def _read(staff: StaffVisit, content: bytes) -> tuple[list[tuple[str, Row]], list[Phrase]]:
    """The rows of a file, those beyond the most that are taken at once refused; and how it was written."""
    rows, form = read_rows(content, customs_of(staff.alliance.book.settings.timezone))
    too_many = Phrase("One import takes at most {most} rows.", most=ROWS_MAX)
    return [(ref, too_many if at >= ROWS_MAX else row) for at, (ref, row) in enumerate(rows)], list(form)


def _why(staff: StaffVisit, wrong: NamedFact | str) -> str:
    return phrase_text(wrong, staff.visit.lang) if isinstance(wrong, str) else staff.visit.explain(wrong)
