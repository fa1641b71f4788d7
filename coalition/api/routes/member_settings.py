"""What an alliance decides about its members."""

from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from coalition.access.caller import ALLIANCE, OWNERS, Caller
from coalition.access.log import record
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.etag import IfMatch, etag, must_match
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.members.member_cache import member_cache
from coalition.members.settings import MemberRules, set_settings

router = Router(prefix="/v1/settings/members", tags=["settings"])
POSITION = 100

AMOUNT_MAX = 10**12


class MemberSettings(BaseModel):
    """Settings for members."""

    model_config = ConfigDict(extra="forbid")

    region: str | None = Field(
        description="The country (ISO 3166) of phone numbers that are given without one; at first that of the "
        "alliance's time zone. Null: numbers need their country's code.",
        pattern=r"^[A-Z]{2}$",
        examples=["DE"],
    )
    confirm_above_minor: StrictInt | None = Field(
        description="Above this amount, in minor units, a member who spends points by pay code confirms it first; "
        "null: never.",
        ge=0,
        le=AMOUNT_MAX,
        examples=[10_000],
    )
    gift_days: StrictInt = Field(
        description="After so many days a gift to somebody who is not enrolled goes back.", ge=1, le=365, examples=[14]
    )
    expiry_notice_days: StrictInt = Field(
        description="So many days before points of a member expire, the event `points.expiring` says so.",
        ge=1,
        le=365,
        examples=[30],
    )
    sms_notices: StrictBool = Field(
        default=False,
        description="Whether members may choose to have messages of their points by SMS, for which the alliance pays: "
        "at most 5 a day for each, and at most half of what it pays for in a day.",
    )


@router.get(
    "",
    operation_id="getMemberSettings",
    summary="Settings for members",
    responses=responses((401, "No valid key."), (403, "Not for this role.")),
)
def get_member_settings(
    request: Request, response: Response, caller: Annotated[Caller, Depends(allow(ALLIANCE))]
) -> MemberSettings:
    """With the header ETag, which a change must bring along."""
    alliance = alliance_now(request, caller)
    member_cache(alliance).refresh()
    return _render(response, member_cache(alliance).settings)


@router.put(
    "",
    operation_id="setMemberSettings",
    summary="Replace the settings for members",
    responses=responses(
        (401, "No valid key."),
        (403, "Not for this role."),
        (412, "Somebody else changed them since you read them."),
        (422, "A field can't be used."),
        (428, "No If-Match."),
    ),
)
def set_member_settings(
    request: Request,
    response: Response,
    body: MemberSettings,
    caller: Annotated[Caller, Depends(allow(OWNERS))],
    if_match: IfMatch = None,
) -> MemberSettings:
    """Other processes go by them within two seconds."""
    alliance = alliance_now(request, caller)
    member_cache(alliance).refresh()
    version = member_cache(alliance).settings.version
    must_match(if_match, version)
    wanted = MemberRules(
        body.region, body.confirm_above_minor, body.gift_days, body.expiry_notice_days, body.sms_notices, version
    )
    with alliance.database.engine.begin() as connection:
        done = set_settings(connection, alliance.id, wanted)
        if done is not None:
            record(connection, caller, "settings.members", str(done.version))
    member_cache(alliance).refresh()
    if done is None:
        # Somebody else was faster, between our look and our write.
        must_match(if_match, member_cache(alliance).settings.version)
        done = member_cache(alliance).settings
    return _render(response, done)


def _render(response: Response, rules: MemberRules) -> MemberSettings:
    response.headers["ETag"] = etag(rules.version)
    return MemberSettings(
        region=rules.region,
        confirm_above_minor=rules.confirm_above_minor,
        gift_days=rules.gift_days,
        expiry_notice_days=rules.expiry_notice_days,
        sms_notices=rules.sms_notices,
    )
