"""Bank files: files for the bank, files from the bank, and statement lines that somebody has to match."""

import binascii
from base64 import b64decode
from typing import Annotated

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import ALLIANCE, TREASURERS, Caller
from coalition.access.log import record_separately
from coalition.alliance import Alliance
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.errors import NoBankAccount
from coalition.api.fields import PlainText, Text
from coalition.api.problems import invalid, responses
from coalition.api.router import LARGE_BYTES, Router
from coalition.api.routes.payments import Evidence
from coalition.api.times import Moment
from coalition.locale.error_text import phrase_text, reason_text
from coalition.locale.formats import Lang, moment
from coalition.payments.import_bank_file import import_bank_file
from coalition.payments.match_bank_line import match_bank_line
from coalition.payments.rails.bank import bank_settings_of
from coalition.web.request import language_of
from settlement import date_text
from settlement.rails.bank import (
    BankImport,
    BankSettings,
    FileKind,
    MissingStatement,
    WaitingLine,
    bank_files,
    count_waiting,
    export_file,
    gaps,
    give_up_payment,
    waiting_lines,
)

router = Router(prefix="/v1/bank", tags=["bank"])
POSITION = 210

Reader = Annotated[Caller, Depends(allow(ALLIANCE))]
Treasurer = Annotated[Caller, Depends(allow(TREASURERS))]
FileId = Annotated[int, Path(description="The file's number.", ge=1, le=2**31 - 1)]
LineId = Annotated[Text, Path(description="The line's id.")]
FILES_MAX = LINES_MAX = 500
CONTENT_CHARS_MAX = 7_500_000
PROBLEMS = responses(
    (401, "No valid key or session."),
    (403, "Not for this role."),
    (404, "This alliance has no account at a bank, or there is no such file, line or payment."),
    (422, "A field can't be used."),
    (429, "Too many requests."),
)


class BankFile(BaseModel):
    """A file for the bank."""

    id: int = Field(description="The file's number.")
    kind: FileKind = Field(description="The kind of file: credit transfers, direct debits, or tables of these.")
    payments: int = Field(description="How many payments it has.")
    amount_minor: int = Field(description="The sum of its payments, in minor units.")
    opened_at: Moment = Field(description="When the first payment was added.")
    exported_at: Moment | None = Field(description="When it was exported; null while payments are still added.")


class BankFileExport(BaseModel):
    """A file as it goes to the bank. Every export of it gives the same bytes."""

    id: int = Field(description="The file's number.")
    name: str = Field(description="The file's name.")
    sha256: str = Field(description="The SHA-256 of its bytes, in hexadecimal.")
    encoding: str = Field(description="How the content is to be written: tables of Chinese banks are not in UTF-8.")
    content: str = Field(description="The content: XML, a table, or lines of text. Write it in its encoding.")


class BankStatementImport(BaseModel):
    """A file from the bank."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200), PlainText()] = Field(
        description="The file's name.", examples=["s.xml"]
    )
    content: str = Field(
        min_length=1,
        max_length=CONTENT_CHARS_MAX,
        pattern=r"^[A-Za-z0-9+/]+={0,2}$",
        description="A camt.053, camt.054, pain.002, MT940 or CSV file, or a zip of these: its bytes in base64.",
    )


class MissingBankStatement(BaseModel):
    """A statement that is missing between two that were imported: one opens with another balance than the last closed
    with.
    """

    after: str = Field(description="The last day of the statement before.", examples=["2026-06-05"])
    before: str = Field(description="The first day of the statement after.", examples=["2026-06-08"])
    change_minor: int = Field(description="By how much the account changed in between, in minor units.")


class BankStatementImported(BaseModel):
    """The result of an import."""

    kind: str = Field(description="The kind of file.", examples=["camt.053"])
    known_since: Moment | None = Field(
        description="When the same file was imported before, in which case nothing was done; null for a new file."
    )
    lines_new: int = Field(description="How many movements are new.")
    lines_known: int = Field(description="How many movements were imported before.")
    matched: int = Field(description="How many lines, of this file or earlier ones, were matched to payments.")
    waiting: int = Field(description="How many lines somebody has to match.")
    rejected: int = Field(description="How many payments the bank rejected.")
    unknown: int = Field(description="How many rejected payments are in no exported file.")
    read_as: list[str] = Field(
        description="How a table was written where it is not UTF-8 with commas and dates as 2025-12-31.",
        examples=[["columns separated by ';'", "decimal commas"]],
    )
    other_accounts: list[str] = Field(
        description="Accounts that the file has statements of too; import it again where these are set up."
    )
    doubts: list[str] = Field(description="What of the file does not add up, or was left out of it.")
    missing: list[MissingBankStatement] = Field(description="Statements that are missing between those imported.")


class BankLineCandidate(BaseModel):
    """A payment that a line may belong to."""

    payment: str = Field(description="The payment's key, to match the line with.")
    reference: str = Field(description="The payment's reference at the bank.")
    shop: str = Field(description="The shop.")
    amount_minor: int = Field(description="The amount in minor units; above zero comes in.")
    misfit: str | None = Field(description="Why the line was not matched automatically; null if it fits.")


class BankLine(BaseModel):
    """A statement line that somebody has to match."""

    id: str = Field(description="The line's id.")
    booked_on: str = Field(description="The bank's booking date.", examples=["2026-06-08"])
    amount_minor: int = Field(description="The amount in minor units; above zero came in.")
    fee_minor: int = Field(description="The bank's fee, in minor units.")
    counterparty: str = Field(description="Who paid or was paid, according to the bank.")
    text: str = Field(description="The line's text.")
    candidates: list[BankLineCandidate] = Field(description="Payments that it may belong to, likeliest first.")


class BankLineMatch(BaseModel):
    """The payments that a line belongs to; none if it is no payment of ours."""

    model_config = ConfigDict(extra="forbid")

    payments: list[Text] = Field(
        max_length=100,
        description="Keys or references of payments that the line belongs to, whatever it comes to. Empty sets the "
        "line aside, to be booked under a name (`matchLine`).",
    )
    amounts_minor: list[Annotated[StrictInt, Field(ge=1, le=10**15)]] = Field(
        default=[],
        max_length=100,
        description="How much of the line each of them is, in minor units and in their order; what they leave over "
        "waits as a line of its own. Left out, one payment takes the whole line, and several are what they ask for.",
        examples=[[950]],
    )
    note: Evidence = Field(description="The reason.", examples=["by phone with the bakery"])


class PaymentGiveUp(BaseModel):
    """A payment that will never be made."""

    model_config = ConfigDict(extra="forbid")

    payment: Text = Field(description="The payment's key or reference.")
    why: Evidence = Field(description="Why it will never be paid.", examples=["the bank was told not to carry it out"])


class BankLinesWaiting(BaseModel):
    """How many lines are left."""

    waiting: int = Field(description="How many lines somebody still has to match.")


@router.get("/files", operation_id="listBankFiles", summary="List the files for the bank", responses=PROBLEMS)
def list_files(request: Request, caller: Reader) -> list[BankFile]:
    """Newest first, at most 500."""
    alliance = alliance_now(request, caller)
    settings = bank_settings_of(alliance)
    files = [] if settings is None else bank_files(alliance.book, settings)
    return [
        BankFile(
            id=file.id,
            kind=file.kind,
            payments=file.payments,
            amount_minor=file.minor,
            opened_at=moment(file.opened_at),
            exported_at=None if file.exported_at is None else moment(file.exported_at),
        )
        for file in reversed(files[-FILES_MAX:])
    ]


@router.post(
    "/files/{file}/export",
    operation_id="exportBankFile",
    summary="Export a file",
    responses={**PROBLEMS, **responses((409, "The file has no payments."))},
)
def post_export(request: Request, file: FileId, caller: Treasurer) -> BankFileExport:
    """Freezes the file: its payments count as sent from now on. A second export gives the same file."""
    alliance = alliance_now(request, caller)
    exported = export_file(alliance.book, _settings(alliance), file)
    record_separately(alliance.database, caller, "bank_file.export", str(file), {"sha256": exported.sha256})
    return BankFileExport(
        id=file,
        name=exported.file_name,
        sha256=exported.sha256,
        encoding=exported.encoding,
        content=exported.content.decode(exported.encoding),
    )


@router.post(
    "/statements",
    operation_id="importBankStatement",
    summary="Import a file from the bank",
    responses={**PROBLEMS, **responses((409, "Another person has to approve it first."))},
    max_body_size=LARGE_BYTES,
)
def post_statement(request: Request, body: BankStatementImport, caller: Treasurer) -> BankStatementImported:
    """Imports the whole file or nothing; the same file again changes nothing. The next run settles what it reports.

    A file that reports more than one may import alone (`import_bank_file` in `listApprovalLimits`) takes two people.
    """
    alliance = alliance_now(request, caller)
    settings = _settings(alliance)
    try:
        content = b64decode(body.content, validate=True)
    except binascii.Error:
        raise invalid("content", "not_base64") from None
    done = import_bank_file(alliance, request.app.state.approvals, caller, settings, body.name, content)
    return _taken(alliance, done, language_of(request))


@router.get(
    "/missing-statements",
    operation_id="listMissingBankStatements",
    summary="List the statements that are missing",
    responses=PROBLEMS,
)
def list_missing(request: Request, caller: Reader) -> list[MissingBankStatement]:
    """By day. Statements without balances, and notifications, say nothing of it."""
    alliance = alliance_now(request, caller)
    settings = bank_settings_of(alliance)
    return [] if settings is None else [_missing(gap) for gap in gaps(alliance.book, settings)]


@router.get("/lines", operation_id="listBankLines", summary="List the lines to match", responses=PROBLEMS)
def list_lines(request: Request, caller: Reader) -> list[BankLine]:
    """Statement lines that could not be matched automatically, oldest first, at most 500."""
    alliance = alliance_now(request, caller)
    settings = bank_settings_of(alliance)
    lines = [] if settings is None else waiting_lines(alliance.book, settings)
    return [_waiting(line) for line in lines[:LINES_MAX]]


@router.post(
    "/lines/{line}/match",
    operation_id="matchBankLine",
    summary="Match a line",
    responses={**PROBLEMS, **responses((409, "The line is matched already, or does not fit these payments."))},
)
def post_match(request: Request, line: LineId, body: BankLineMatch, caller: Treasurer) -> BankLinesWaiting:
    """Matches the line to one payment, whatever the amount of either, to several, or to none of ours. What a payment
    misses after that stays owed, what it has too much is a credit, and what goes back is owed again.
    """
    alliance = alliance_now(request, caller)
    settings = _settings(alliance)
    match_bank_line(alliance, settings, caller, line, body.payments, body.note, body.amounts_minor)
    return BankLinesWaiting(waiting=count_waiting(alliance.book, settings))


@router.post(
    "/give-up",
    operation_id="giveUpPayment",
    summary="Give a payment up",
    responses={**PROBLEMS, **responses((409, "The payment was paid, was returned or failed before."))},
)
def post_give_up(request: Request, body: PaymentGiveUp, caller: Treasurer) -> BankLinesWaiting:
    """Marks the payment as failed, and leaves it out of its file if that is still open."""
    alliance = alliance_now(request, caller)
    book, settings, why = alliance.book, _settings(alliance), body.why
    give_up_payment(book, settings, body.payment, caller.id, why)
    record_separately(alliance.database, caller, "bank_payment.give_up", body.payment, {"why": why})
    return BankLinesWaiting(waiting=count_waiting(book, settings))


def _settings(alliance: Alliance) -> BankSettings:
    """The settings of the alliance's bank account. Answers 404 if it has none."""
    settings = bank_settings_of(alliance)
    if settings is None:
        raise NoBankAccount
    return settings


def _taken(alliance: Alliance, done: BankImport, lang: Lang) -> BankStatementImported:
    return BankStatementImported(
        kind=done.kind,
        known_since=None if done.known_since is None else moment(done.known_since),
        lines_new=done.lines_new,
        lines_known=done.lines_known,
        matched=done.matched,
        waiting=done.queued,
        rejected=done.rejected,
        unknown=done.unknown,
        read_as=[phrase_text(part, lang) for part in done.read_as],
        other_accounts=list(done.others),
        doubts=[reason_text(doubt, lang, alliance.book.settings) for doubt in done.doubts],
        missing=[_missing(gap) for gap in done.missing],
    )


def _missing(gap: MissingStatement) -> MissingBankStatement:
    return MissingBankStatement(
        after=date_text(gap.closed_on), before=date_text(gap.opened_on), change_minor=gap.change_minor
    )


def _waiting(waiting: WaitingLine) -> BankLine:
    line = waiting.line
    return BankLine(
        id=line.id,
        booked_on=date_text(line.booked_on),
        amount_minor=line.minor,
        fee_minor=line.fee_minor,
        counterparty=line.counterparty,
        text=line.text,
        candidates=[
            BankLineCandidate(
                payment=each.key,
                reference=each.reference,
                shop=each.participant,
                amount_minor=each.minor,
                misfit=each.misfit or None,
            )
            for each in waiting.candidates
        ],
    )
