"""The alliance's own legal texts: terms for members, privacy notice, imprint, in their versions."""

from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import ALLIANCE, OWNERS, Caller
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.fields import PlainText
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.legal.legal_text import TEXT_CHARS_MAX, VERSION_MAX, LegalKind
from coalition.legal.legal_text import LegalText as LegalTextRecord
from coalition.legal.publish_legal_text import publish_legal_text
from coalition.legal.store import list_texts
from coalition.locale.formats import instant, moment

router = Router(prefix="/v1/legal-texts", tags=["legal texts"])
POSITION = 12

BODY_BYTES_MAX = 1_000_000
"""Two texts of the longest, in letters of three bytes each, and what JSON adds."""
TEXTS_DEFAULT = 3
"""A page of long texts is short."""
Words = Annotated[str, Field(min_length=1, max_length=TEXT_CHARS_MAX), PlainText(lines=True)]
Readers = Annotated[Caller, Depends(allow(ALLIANCE))]
Owners = Annotated[Caller, Depends(allow(OWNERS))]
Kind = Annotated[LegalKind | None, Query(description="Only this text.")]
SHAPE = (
    "Plain text: an empty line begins a paragraph, a line that begins with `# ` is a heading, and lines that begin "
    "with `- ` are a list."
)


class LegalWords(BaseModel):
    """What a text says, in both languages."""

    model_config = ConfigDict(extra="forbid")

    en: Words = Field(description=f"In English. {SHAPE}", examples=["# Earning\n\nEach shop says what it gives."])
    zh: Words = Field(description="In Chinese, of the same shape.", examples=["# 获得积分\n\n各商户自行说明。"])


class LegalTextCreate(BaseModel):
    """A new version of a text."""

    model_config = ConfigDict(extra="forbid")

    kind: LegalKind = Field(description="Which text: terms for members, privacy notice, or imprint.")
    text: LegalWords = Field(description="What it says.")
    effective_at: Moment | None = Field(default=None, description="From when on it holds; null: from now on.")
    replaces: Annotated[StrictInt, Field(ge=1, le=VERSION_MAX)] | None = Field(
        default=None,
        description="The newest version so far, so that nobody overwrites what they have not read; null for the first.",
    )


class LegalText(BaseModel):
    """A version of a legal text. It never changes."""

    kind: LegalKind = Field(description="Which text.")
    version: int = Field(description="Counts up from 1.", examples=[2])
    effective_at: Moment = Field(description="From when on it holds.")
    published_at: Moment = Field(description="When it was published.")
    published_by: str = Field(description="The person or the key that published it.")
    text: LegalWords = Field(description="What it says.")


@router.post(
    "",
    operation_id="createLegalText",
    summary="Publish a legal text",
    status_code=201,
    responses=responses(
        (401, "No valid key."),
        (403, "Not for this role."),
        (412, "Somebody else published a version since the one in `replaces`."),
        (422, "A field can't be used."),
    ),
    max_body_size=BODY_BYTES_MAX,
)
def create_legal_text(request: Request, body: LegalTextCreate, caller: Owners) -> LegalText:
    """A new version, which nobody can change. The wallet shows what is in force, and those before it.

    Whoever joins agrees to the terms that are in force then, and their consent keeps the version. The log says who
    published it.
    """
    added = publish_legal_text(
        alliance_now(request, caller),
        caller,
        body.kind,
        body.text.en,
        body.text.zh,
        None if body.effective_at is None else instant(body.effective_at),
        body.replaces,
    )
    return _render(added)


@router.get(
    "",
    operation_id="listLegalTexts",
    summary="List the legal texts",
    responses=responses((401, "No valid key."), (403, "Not for this role."), (422, "A parameter can't be used.")),
)
def get_legal_texts(
    request: Request,
    caller: Readers,
    kind: Kind = None,
    limit: Limit = TEXTS_DEFAULT,
    cursor: Cursor = None,
) -> Page[LegalText]:
    """By kind, and of each the newest version first: those to come and those that are over included."""
    alliance = alliance_now(request, caller)
    position = position_of(cursor, str, int)
    after = None if position is None else (str(position[0]), int(position[1]))
    with alliance.database.engine.connect() as connection:
        rows = list_texts(connection, alliance.id, kind, after, limit + 1)
    return page(rows, limit, lambda row: [row.version.kind.value, row.version.version], _render)


def _render(text: LegalTextRecord) -> LegalText:
    version = text.version
    return LegalText(
        kind=version.kind,
        version=version.version,
        effective_at=moment(version.effective_at),
        published_at=moment(version.published_at),
        published_by=version.published_by,
        text=LegalWords(en=text.en, zh=text.zh),
    )
