"""Import of members of an older scheme, with staged release of their balances."""

from typing import Annotated, Literal

from fastapi import Body, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import OWNERS, Caller
from coalition.access.log import record_separately
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found
from coalition.api.alliance import alliance_now
from coalition.api.error_codes import ErrorCode
from coalition.api.fields import Text
from coalition.api.problems import TWO_PEOPLE, responses
from coalition.api.router import LARGE_BYTES, Router
from coalition.api.routes.member_schemas import MemberCreate
from coalition.api.times import Moment, WrittenDate
from coalition.locale.error_text import phrase_text
from coalition.locale.formats import Lang, moment
from coalition.members.errors import MemberError
from coalition.members.import_file import Row, check_readable, import_readable, read_rows
from coalition.members.import_members import (
    LATEST,
    PARTS_MAX,
    POINTS_MAX,
    ImportedMember,
    MemberRow,
    Part,
)
from coalition.members.releases import BalanceRelease, release_due, releases_of_row
from coalition.web.public_text import public_text
from coalition.web.request import language_of
from settlement import EARLIEST, Phrase, customs_of, date_text, day_number

router = Router(prefix="/v1/member-imports", tags=["members"])
POSITION = 90

ROWS_MAX, CSV_BYTES_MAX = 1_000, 4_000_000
Owners = Annotated[Caller, Depends(allow(OWNERS))]
PROBLEMS = responses(
    (401, "No valid key."),
    (403, "Not for this role; or it takes two people, and a key can't be one of them."),
    (422, "A field can't be used."),
)
APPROVED = responses(TWO_PEOPLE)


class ImportPartCreate(BaseModel):
    """Points that are released on one day."""

    model_config = ConfigDict(extra="forbid")

    points: StrictInt = Field(description="How many; 0 only enrols the member.", ge=0, le=POINTS_MAX, examples=[500])
    release_on: WrittenDate = Field(
        description="On which day, in the alliance's time zone; a day that is over: at once.",
        ge=EARLIEST,
        le=LATEST,
        examples=["2027-01-01"],
    )


class ImportRowCreate(MemberCreate):
    """A member of the older scheme; who is enrolled already by one of the contacts gets the balance all the same."""

    ref: Text = Field(
        description="The older scheme's own name for the row, unique for ever: it makes the row happen once.",
        examples=["card-4711"],
    )
    shop: Text | None = Field(default=None, description="The shop that stands for the points.")
    parts: list[ImportPartCreate] = Field(
        default=[], description="The balance, in parts: each is issued on its day.", max_length=PARTS_MAX
    )
    expires_on: WrittenDate | None = Field(
        default=None,
        description="The points' last day; left out, they are good as long as points earned on their day of release.",
        ge=EARLIEST,
        le=LATEST,
    )

    @property
    def row(self) -> MemberRow:
        """The same without its outer form."""
        return MemberRow(
            self.ref,
            self.phone,
            self.email,
            self.profile,
            self.consents.by_purpose,
            self.shop,
            [Part(part.points, day_number(part.release_on)) for part in self.parts if part.points],
            None if self.expires_on is None else day_number(self.expires_on),
        )


class MemberImportCreate(BaseModel):
    """Rows to import."""

    model_config = ConfigDict(extra="forbid")

    rows: list[ImportRowCreate] = Field(description="The rows.", min_length=1, max_length=ROWS_MAX)


class ImportRowResult(BaseModel):
    """The answer to one row."""

    ref: str = Field(description="Which one it is.")
    status: Literal["imported", "already", "failed"] = Field(description="`already`: it was imported before.")
    member: str | None = Field(description="The member it became.")
    new: bool = Field(description="Whether the member was enrolled by it.")
    code: ErrorCode | None = Field(description="Why it failed.")
    detail: str | None = Field(description="The same as a sentence.")


class MemberImport(BaseModel):
    """The answers, in order."""

    imported: int = Field(description="How many are in, now or before.")
    failed: int = Field(description="How many are not.")
    data: list[ImportRowResult] = Field(description="An answer for each row.")
    read_as: list[str] = Field(
        description="How a CSV was written where it is not UTF-8 with commas and dates as 2025-12-31.",
        examples=[["columns separated by ';'", "the day first in dates"]],
    )


class ImportPart(BaseModel):
    """What became of a part."""

    part: int = Field(description="Which one, from 1.")
    points: int = Field(description="How many points.")
    release_on: str = Field(description="On which day it is released.", examples=["2027-01-01"])
    released_at: Moment | None = Field(description="When it was issued; null as long as it was not.")
    refusal: str | None = Field(description="Why the book did not take it the last time; it is tried again.")


class ImportRow(BaseModel):
    """The parts of a row."""

    ref: str = Field(description="The row.")
    member: str = Field(description="Whose they are.")
    data: list[ImportPart] = Field(description="The parts, in order.")


@router.post(
    "",
    operation_id="importMembers",
    max_body_size=LARGE_BYTES,
    summary="Import members and their old balances",
    responses={**PROBLEMS, **APPROVED},
)
def import_members(request: Request, body: MemberImportCreate, caller: Owners) -> MemberImport:
    """Each row is taken whole or not at all, with its own answer, and happens once by its `ref`: send it all again
    after a failure. Parts whose day has come are issued at once; those to come, on their days. More points than one
    person may import take two people.
    """
    rows: list[tuple[str, Row]] = [(row.ref, row.row) for row in body.rows]
    return _imported(request, caller, rows, str(len(body.rows)), [])


@router.post(
    "/csv",
    operation_id="importMembersCsv",
    max_body_size=CSV_BYTES_MAX,
    summary="The same as CSV",
    responses={**PROBLEMS, **APPROVED},
)
def import_members_csv(
    request: Request,
    body: Annotated[
        bytes,
        Body(
            media_type="application/octet-stream",
            max_length=CSV_BYTES_MAX,
            description="A CSV file with the columns ref, phone, email, name, language, birthday, shop, points, "
            "release_on, expires_on. Each part has a line; the lines of one ref are one row. What a spreadsheet of the "
            "alliance's country writes is read too: semicolons, dates as 31/12/2025, UTF-16 or its own code page.",
            json_schema_extra={"format": "binary"},
            examples=["ref,phone,shop,points,release_on\ncard-1,+4915123456789,bakery,500,2027-01-01\n"],
        ),
    ],
    caller: Owners,
) -> MemberImport:
    """At most 1,000 rows; those beyond are answered as failed."""
    alliance = alliance_now(request, caller)
    lang = language_of(request)
    too_many = Phrase("One import takes at most {most} rows.", most=ROWS_MAX)
    rows, form, *_ = read_rows(body, customs_of(alliance.book.settings.timezone))
    taken = [(ref, too_many if number >= ROWS_MAX else row) for number, (ref, row) in enumerate(rows)]
    return _imported(request, caller, taken, "csv", [phrase_text(part, lang) for part in form])


@router.get(
    "/{ref}",
    operation_id="getMemberImport",
    summary="What became of a row's balance",
    responses={**PROBLEMS, **responses((404, "No such row with a balance."))},
)
def get_member_import(
    request: Request, ref: Annotated[Text, Path(description="The row's ref.")], caller: Owners
) -> ImportRow:
    """Each part: whether it was issued, or why not yet."""
    alliance = alliance_now(request, caller)
    with alliance.database.engine.connect() as connection:
        parts = releases_of_row(connection, alliance.id, ref)
    if not parts:
        not_found(Phrase("import"), ref)
    return ImportRow(
        ref=ref,
        member=parts[0][0].member,
        data=[render_part(part, released_at) for part, released_at in parts],
    )


def render_part(part: BalanceRelease, released_at: int | None) -> ImportPart:
    """A part as the API shows it; `released_at` is microseconds since 1970 UTC."""
    return ImportPart(
        part=part.part,
        points=part.points,
        release_on=date_text(part.release_on),
        released_at=None if released_at is None else moment(released_at),
        refusal=part.refusal,
    )


def _imported(
    request: Request, caller: Caller, rows: list[tuple[str, Row]], logged_as: str, read_as: list[str]
) -> MemberImport:
    alliance, lang = alliance_now(request, caller), language_of(request)
    check_readable(alliance, request.app.state.approvals, caller, [row for _, row in rows])
    record_separately(alliance.database, caller, "members.import", logged_as)
    answers = import_readable(alliance, [row for _, row in rows])
    results = [_result(alliance, ref, answer, lang) for (ref, _), answer in zip(rows, answers, strict=True)]
    release_due(alliance)
    failed = sum(result.status == "failed" for result in results)
    return MemberImport(imported=len(results) - failed, failed=failed, data=results, read_as=read_as)


def _result(alliance: Alliance, ref: str, done: ImportedMember | MemberError | str, lang: Lang) -> ImportRowResult:
    if not isinstance(done, ImportedMember):
        why = phrase_text(done, lang) if isinstance(done, str) else public_text(done, lang, alliance)
        code = "row_invalid" if isinstance(done, str) else done.code
        return ImportRowResult(ref=ref, status="failed", member=None, new=False, code=code, detail=why)
    return ImportRowResult(
        ref=ref,
        status="already" if done.again else "imported",
        member=done.member,
        new=done.new,
        code=None,
        detail=None,
    )
