"""Take over members of an older scheme from a file: what is in it and what will happen, before anything does."""

import base64
import binascii
from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated

from fastapi import Depends, File, Form, Response, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import OWNERS, STAFF
from coalition.members.errors import ContactInvalid, ImportInvalid
from coalition.members.import_file import COLUMNS, rows_to_mend
from coalition.members.import_members import MemberRow
from coalition.members.import_task import PROBLEMS_MOST, ROWS_MAX, foreseen, read_import, start_import
from coalition.pages.console.sections import MEMBERS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import FormKey, page_key
from settlement import NamedFact

router = PageRouter("/console/members/import")
Owner = Annotated[StaffVisit, Depends(admit(OWNERS & STAFF))]
FILE_BYTES_MAX = 4_000_000
BODY_BYTES_MAX = 6_000_000
"""A file as the second form sends it again, in base64."""
SAMPLE = 10


@dataclass(frozen=True, slots=True)
class RowProblem:
    """All that keeps a row out, and on which line of the file it begins."""

    ref: str
    why: list[str]
    line: int


@dataclass(frozen=True, slots=True)
class ImportPage(ConsolePage):
    """A file to choose; then what was read of it, with `content` to send again under `key`, which imports it once.

    `sample` are the first rows that can be taken, `good` how many can, and `points` those of all of these.
    """

    columns: tuple[str, ...] = COLUMNS
    rows_max: int = ROWS_MAX
    content: str = ""
    key: str = ""
    read_as: tuple[str, ...] = ()
    sample: tuple[MemberRow, ...] = ()
    good: int = 0
    points: int = 0
    problems: tuple[RowProblem, ...] = ()
    bad: int = 0
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


@router.post("/to-mend", max_body_size=BODY_BYTES_MAX)
def to_mend(staff: Owner, content: Annotated[str, Form(max_length=BODY_BYTES_MAX)]) -> Response:
    """The rows that stay out as a file, to be mended and chosen again. Nothing is written."""
    try:
        file = read_import(staff.alliance, base64.b64decode(content, validate=True))
    except binascii.Error:
        problem = staff.visit.say("Choose a CSV file of at most 4 MB.")
        return show(staff.visit, ImportPage(problem=problem), 422)
    wrong = [at for at, problems in enumerate(foreseen(staff.alliance, file)) if problems and file.cells]
    headers = {"content-disposition": 'attachment; filename="rows-to-mend.csv"'}
    return Response("\ufeff" + rows_to_mend(file, wrong), media_type="text/csv; charset=utf-8", headers=headers)


@router.post("", max_body_size=BODY_BYTES_MAX)
def take(staff: Owner, key: FormKey, content: Annotated[str, Form(max_length=BODY_BYTES_MAX)]) -> Response:
    """Import what can be; the page of that work shows how far it is."""
    try:
        file = base64.b64decode(content, validate=True)
    except binascii.Error:
        problem = staff.visit.say("Choose a CSV file of at most 4 MB.")
        return show(staff.visit, ImportPage(problem=problem), 422)
    try:
        task = start_import(staff.alliance, staff.approvals, staff.caller, file, page_key(staff.caller, key))
    except NamedFact as error:
        return _preview(staff, file, staff.visit.explain(error), error.error_kind.status)
    return RedirectResponse(f"/console/tasks/{task.id}", 303)


def _preview(staff: StaffVisit, content: bytes, problem: str = "", status: int = 200) -> HTMLResponse:
    file = read_import(staff.alliance, content)
    problems, good = list[RowProblem](), list[MemberRow]()
    for (ref, row), wrong, line in zip(file.rows, foreseen(staff.alliance, file), file.lines, strict=True):
        if wrong:
            problems.append(RowProblem(ref, [_why(staff, each) for each in wrong], line))
        elif isinstance(row, MemberRow):
            good.append(row)
    page = ImportPage(
        content=base64.b64encode(content).decode(),
        key=token_hex(16),
        read_as=tuple(staff.visit.reason(part) for part in file.form),
        sample=tuple(good[:SAMPLE]),
        good=len(good),
        points=sum(part.points for row in good for part in row.parts),
        problems=tuple(problems[:PROBLEMS_MOST]),
        bad=len(problems),
        problem=problem,
    )
    return show(staff.visit, page, status)


def _why(staff: StaffVisit, wrong: NamedFact | str) -> str:
    """What is wrong, with the column as it is called in the file."""
    if isinstance(wrong, str):
        return staff.visit.reason(wrong)
    if isinstance(wrong, ImportInvalid):
        return staff.visit.say("Column {column}: {why}", column=wrong.field, why=staff.visit.reason(wrong.why))
    sentence = staff.visit.explain(wrong)
    if isinstance(wrong, ContactInvalid):
        return staff.visit.say("Column {column}: {why}", column=wrong.field, why=sentence)
    return sentence
