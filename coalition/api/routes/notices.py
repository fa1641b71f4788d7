"""Notices of the alliance to its members."""

from typing import Annotated

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import ALLIANCE, HELPERS, WALLET, Caller
from coalition.api.access import allow, not_found
from coalition.api.alliance import alliance_now
from coalition.api.fields import PlainText, Text
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.locale.formats import instant, moment
from coalition.notices.notice import Bilingual, MemberNotice
from coalition.notices.post_notice import post_notice
from coalition.notices.store import find_notice, list_notices
from coalition.notices.withdraw_notice import withdraw_notice
from settlement import Phrase

router = Router(prefix="/v1/notices", tags=["notices"])
POSITION = 135

Readers = Annotated[Caller, Depends(allow(ALLIANCE | WALLET))]
Helpers = Annotated[Caller, Depends(allow(HELPERS))]
Words = Annotated[str, Field(min_length=1, max_length=4_000), PlainText(lines=True)]
NoticeId = Annotated[Text, Path(description="The notice's id.", examples=["ntc_4k8q2m0w9z7xdmh3f6kq0w9z7x"])]
PROBLEMS = responses(
    (401, "No valid key."),
    (403, "Not for this role."),
    (404, "No such notice, or none that you can see."),
    (422, "A field can't be used."),
)


class NoticeTitle(BaseModel):
    """A title in both languages."""

    model_config = ConfigDict(extra="forbid")

    en: Text = Field(description="In English.", examples=["Closed on Monday"])
    zh: Text = Field(description="In Chinese.", examples=["周一休息"])


class NoticeText(BaseModel):
    """A text in both languages. It may have lines."""

    model_config = ConfigDict(extra="forbid")

    en: Words = Field(description="In English.")
    zh: Words = Field(description="In Chinese.")


class NoticeCreate(BaseModel):
    """A notice to post."""

    model_config = ConfigDict(extra="forbid")

    title: NoticeTitle = Field(description="What it is about.")
    text: NoticeText = Field(description="What it says.")
    visible_from: Moment | None = Field(default=None, description="From when on members see it; null: from now on.")
    visible_until: Moment | None = Field(default=None, description="Until when; null: until it is withdrawn.")


class Notice(BaseModel):
    """A notice of the alliance to its members."""

    id: str = Field(description="The notice's id.", examples=["ntc_4k8q2m0w9z7xdmh3f6kq0w9z7x"])
    title: NoticeTitle = Field(description="What it is about.")
    text: NoticeText = Field(description="What it says.")
    visible_from: Moment = Field(description="From when on members see it.")
    visible_until: Moment | None = Field(description="Until when; null: until it is withdrawn.")
    posted_at: Moment = Field(description="When it was posted.")
    posted_by: str | None = Field(description="Who posted it: a person or a key of the alliance; null to members.")
    withdrawn_at: Moment | None = Field(description="When it was withdrawn, if it was.")


@router.post("", operation_id="createNotice", summary="Post a notice", status_code=201, responses=PROBLEMS)
def create_notice(request: Request, body: NoticeCreate, caller: Helpers) -> Notice:
    """All members see it, and the event `notice.posted` says so when they do."""
    return _render(
        caller,
        post_notice(
            alliance_now(request, caller),
            caller,
            Bilingual(body.title.en, body.title.zh),
            Bilingual(body.text.en, body.text.zh),
            None if body.visible_from is None else instant(body.visible_from),
            None if body.visible_until is None else instant(body.visible_until),
        ),
    )


@router.get("", operation_id="listNotices", summary="List the notices", responses=PROBLEMS)
def get_notices(request: Request, caller: Readers, limit: Limit = 20, cursor: Cursor = None) -> Page[Notice]:
    """Newest first. A member and an app see those that are there now; the alliance sees all."""
    alliance = alliance_now(request, caller)
    position = position_of(cursor, int, str)
    before = None if position is None else (int(position[0]), str(position[1]))
    seen_at = alliance.clock() if caller.role in WALLET else None
    with alliance.database.engine.connect() as connection:
        rows = list_notices(connection, alliance.id, seen_at, before, limit + 1)
    return page(rows, limit, lambda notice: [notice.from_at, notice.id], lambda notice: _render(caller, notice))


@router.get("/{notice}", operation_id="getNotice", summary="Get a notice", responses=PROBLEMS)
def get_notice(request: Request, notice: NoticeId, caller: Readers) -> Notice:
    """A notice by its id; a member and an app see those that are there now."""
    alliance = alliance_now(request, caller)
    with alliance.database.engine.connect() as connection:
        posted = find_notice(connection, alliance.id, notice)
    if posted is None or (caller.role in WALLET and not posted.is_due(alliance.clock())):
        not_found(Phrase("notice"), notice)
    return _render(caller, posted)


@router.post("/{notice}/withdraw", operation_id="withdrawNotice", summary="Withdraw a notice", responses=PROBLEMS)
def withdraw(request: Request, notice: NoticeId, caller: Helpers) -> Notice:
    """Members see it no more. Withdrawn already, it stays as it is."""
    withdrawn = withdraw_notice(alliance_now(request, caller), caller, notice)
    if withdrawn is None:
        not_found(Phrase("notice"), notice)
    return _render(caller, withdrawn)


def _render(caller: Caller, notice: MemberNotice) -> Notice:
    return Notice(
        id=notice.id,
        title=NoticeTitle(en=notice.title.en, zh=notice.title.zh),
        text=NoticeText(en=notice.text.en, zh=notice.text.zh),
        visible_from=moment(notice.from_at),
        visible_until=None if notice.until_at is None else moment(notice.until_at),
        posted_at=moment(notice.posted_at),
        posted_by=notice.posted_by if caller.role in ALLIANCE else None,
        withdrawn_at=None if notice.withdrawn_at is None else moment(notice.withdrawn_at),
    )
