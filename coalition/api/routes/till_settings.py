"""What an alliance lets tills do offline."""

from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import ALLIANCE, OWNERS, Caller
from coalition.access.log import record
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.etag import IfMatch, etag, must_match
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.tills.offline_rules import HOURS_MAX, LossBearer, OfflineRules, find_offline_rules, set_offline_rules

router = Router(prefix="/v1/settings/tills", tags=["settings"])
POSITION = 102

PER_DAY_MAX = 1000


class TillSettings(BaseModel):
    """Settings for tills. Offline they only earn: nobody knows there whether points are still to be spent."""

    model_config = ConfigDict(extra="forbid")

    offline_sales_per_day: StrictInt = Field(
        description="How many sales a connected till may make offline on a day; 0: none.",
        ge=0,
        le=PER_DAY_MAX,
        examples=[100],
    )
    offline_hours: StrictInt = Field(
        description="Within how many hours a sale made offline has to be sent.", ge=1, le=HOURS_MAX, examples=[72]
    )
    offline_loss: LossBearer = Field(
        description="Who bears that a sale made offline earns no points after all, because its code was not good, say. "
        "`member`: they get none. `shop`: it rings the amount up again. `alliance`: it gives the points by a "
        "correction.",
        examples=["shop"],
    )


@router.get(
    "",
    operation_id="getTillSettings",
    summary="Settings for tills",
    responses=responses((401, "No valid key."), (403, "Not for this role.")),
)
def get_till_settings(
    request: Request, response: Response, caller: Annotated[Caller, Depends(allow(ALLIANCE))]
) -> TillSettings:
    """With the header ETag, which a change must bring along."""
    alliance = alliance_now(request, caller)
    with alliance.database.engine.connect() as connection:
        return _render(response, find_offline_rules(connection, alliance.id))


@router.put(
    "",
    operation_id="setTillSettings",
    summary="Replace the settings for tills",
    responses=responses(
        (401, "No valid key."),
        (403, "Not for this role."),
        (412, "Somebody else changed them since you read them."),
        (422, "A field can't be used."),
        (428, "No If-Match."),
    ),
)
def set_till_settings(
    request: Request,
    response: Response,
    body: TillSettings,
    caller: Annotated[Caller, Depends(allow(OWNERS))],
    if_match: IfMatch = None,
) -> TillSettings:
    """They count at once; a till that is open hears of them within a few minutes."""
    alliance = alliance_now(request, caller)
    with alliance.database.engine.begin() as connection:
        version = find_offline_rules(connection, alliance.id).version
        must_match(if_match, version)
        wanted = OfflineRules(body.offline_sales_per_day, body.offline_hours, body.offline_loss, version)
        done = set_offline_rules(connection, alliance.id, wanted)
        if done is not None:
            record(connection, caller, "settings.tills", str(done.version))
        else:
            # Somebody else was faster, between our look and our write.
            done = find_offline_rules(connection, alliance.id)
            must_match(if_match, done.version)
    return _render(response, done)


def _render(response: Response, rules: OfflineRules) -> TillSettings:
    response.headers["ETag"] = etag(rules.version)
    return TillSettings(offline_sales_per_day=rules.per_day, offline_hours=rules.hours, offline_loss=rules.loss)
