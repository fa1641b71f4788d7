"""Files for the bank and from the bank: fetch those with payments, and bring what the bank says of its account."""

from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import Depends, File, Path, Query, Response, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import STAFF, TREASURERS
from coalition.access.log import record_separately
from coalition.locale.messages import N_
from coalition.pages.console.sections import PAYMENTS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.shown_once import carried, carry
from coalition.payments.import_bank_file import import_bank_file
from coalition.payments.rails.bank import bank_settings_of
from settlement import NamedFact
from settlement.rails.bank import (
    BankFile,
    FileKind,
    MissingStatement,
    bank_files,
    count_waiting,
    export_file,
    gaps,
)

router = PageRouter("/console/payments/bank")
Staff = Annotated[StaffVisit, Depends(admit(STAFF))]
Treasurer = Annotated[StaffVisit, Depends(admit(TREASURERS & STAFF))]
FILE_ID_MAX = 2**31 - 1
FileId = Annotated[int, Path(ge=1, le=FILE_ID_MAX)]
A_PAGE = 50
IMPORTED = "imported"
DOUBTS_MAX = 5
FILE_BYTES_MAX, BODY_BYTES_MAX = 5_000_000, 5_100_000
KINDS = {
    FileKind.CREDIT_TRANSFER: N_("Transfers to shops"),
    FileKind.DIRECT_DEBIT: N_("Direct debits from shops"),
    FileKind.PAYMENTS_CSV: N_("Payments to shops, as a table"),
    FileKind.REQUESTS_CSV: N_("Requests to shops, as a table"),
}
"""What files of a kind have; those of other countries are called by their kind."""


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did, with its sentences in the reader's language. `known` says that the file was there before."""

    known: bool
    lines_new: int
    lines_known: int
    matched: int
    queued: int
    rejected: int
    read_as: list[str]
    doubts: list[str]


@dataclass(frozen=True, slots=True)
class BankPage(ConsolePage):
    """The files for the bank, the newest first, and how many lines of it are `waiting` for somebody.

    `has_account` is whether the alliance has an account at a bank. `fetched` is the file whose download begins now.
    """

    has_account: bool
    files: list[BankFile]
    kinds: dict[FileKind, str]
    missing: list[MissingStatement]
    waiting: int
    may_move: bool
    number: int
    pages: int
    outcome: ImportOutcome | None = None
    fetched: int = 0
    problem: str = ""
    section: Section = PAYMENTS


@router.get("")
def bank(
    staff: Staff,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    done: bool = False,  # noqa: FBT001, FBT002 - of the query
    fetched: Annotated[int, Query(ge=0, le=FILE_ID_MAX)] = 0,
) -> HTMLResponse:
    """All of them, the newest first. One that was just frozen is downloaded beside the page that says so."""
    outcome = carried(staff.visit, IMPORTED) if done else None
    answer = _show(staff, number=page, outcome=None if outcome is None else ImportOutcome(**outcome), fetched=fetched)
    if fetched and staff.caller.role in TREASURERS:
        answer.headers["Refresh"] = f"0; url=/console/payments/bank/{fetched}/content"
    return answer


@router.post("/import", max_body_size=BODY_BYTES_MAX)
def bring(staff: Treasurer, file: Annotated[UploadFile, File()]) -> Response:
    """Import a file whole or not at all; the same file again changes nothing."""
    settings = bank_settings_of(staff.alliance)
    content = file.file.read(FILE_BYTES_MAX + 1)
    if settings is None or not content or len(content) > FILE_BYTES_MAX:
        return _show(staff, staff.visit.say("Choose a file of the bank of at most 5 MB."), 422)
    name = (file.filename or "")[:200] or staff.visit.say("File from the bank")
    try:
        done = import_bank_file(staff.alliance, staff.approvals, staff.caller, settings, name, content)
    except NamedFact as error:
        return _show(staff, staff.visit.explain(error), error.error_kind.status)
    outcome = ImportOutcome(
        done.known_since is not None,
        done.lines_new,
        done.lines_known,
        done.matched,
        done.queued,
        done.rejected,
        [staff.visit.reason(part) for part in done.read_as],
        [staff.visit.reason(doubt) for doubt in done.doubts[:DOUBTS_MAX]],
    )
    answer = RedirectResponse("/console/payments/bank?done=true", 303)
    carry(staff.visit, answer, IMPORTED, asdict(outcome))
    return answer


@router.post("/{file}/export")
def freeze(staff: Treasurer, file: FileId) -> Response:
    """Freeze a file, and go on to its download; frozen before, it stays as it is."""
    settings = bank_settings_of(staff.alliance)
    if settings is None:
        return _show(staff, staff.visit.say("This alliance has no account at a bank."), 404)
    try:
        exported = export_file(staff.alliance.book, settings, file)
    except NamedFact as error:
        return _show(staff, staff.visit.explain(error), error.error_kind.status)
    logged = {"sha256": exported.sha256}
    record_separately(staff.alliance.database, staff.caller, "bank_file.export", str(file), logged)
    return RedirectResponse(f"/console/payments/bank?fetched={file}", 303)


@router.get("/{file}/content")
def fetch(staff: Treasurer, file: FileId) -> Response:
    """The bytes of a file that is frozen. One that is open is not: to fetch it is to freeze it, by the form."""
    settings, book = bank_settings_of(staff.alliance), staff.alliance.book
    frozen = (
        () if settings is None else (each.id for each in bank_files(book, settings) if each.exported_at is not None)
    )
    if settings is None or file not in frozen:
        return RedirectResponse("/console/payments/bank", 303)
    exported = export_file(book, settings, file)
    headers = {"Content-Disposition": f'attachment; filename="{exported.file_name}"'}
    return Response(exported.content, headers=headers, media_type="application/octet-stream")


def _show(
    staff: StaffVisit,
    problem: str = "",
    status: int = 200,
    outcome: ImportOutcome | None = None,
    number: int = 1,
    fetched: int = 0,
) -> HTMLResponse:
    settings, book = bank_settings_of(staff.alliance), staff.alliance.book
    files = [] if settings is None else bank_files(book, settings)
    page = BankPage(
        has_account=settings is not None,
        files=files[::-1][(number - 1) * A_PAGE : number * A_PAGE],
        number=number,
        pages=max(1, -(-len(files) // A_PAGE)),
        kinds={kind: staff.visit.say(KINDS[kind]) if kind in KINDS else kind.value for kind in FileKind},
        missing=[] if settings is None else gaps(book, settings),
        waiting=0 if settings is None else count_waiting(book, settings),
        may_move=staff.caller.role in TREASURERS,
        outcome=outcome,
        fetched=fetched if any(each.id == fetched and each.exported_at is not None for each in files) else 0,
        problem=problem,
    )
    return show(staff.visit, page, status)
