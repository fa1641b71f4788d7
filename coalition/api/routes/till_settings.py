"""What an alliance lets tills do, offline and on a day."""

from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import ALLIANCE, OWNERS, Caller
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.etag import IfMatch, etag, must_match
from coalition.api.fields import AMOUNT_MAX, POINTS_MAX
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.tills.change_till_rules import change_till_rules
from coalition.tills.till_rules import (
    HOURS_MAX,
    PER_DAY_MAX,
    DayLimit,
    LossBearer,
    TillRules,
    find_till_rules,
)

router = Router(prefix="/v1/settings/tills", tags=["settings"])
POSITION = 102

COUNT_MAX = 1_000_000


class TillDayLimit(BaseModel):
    """The most that may be booked on a day without a manager."""

    model_config = ConfigDict(extra="forbid")

    sales: StrictInt | None = Field(
        default=None, description="How many sales; null for no limit.", ge=1, le=COUNT_MAX, examples=[500]
    )
    amount_minor: StrictInt | None = Field(
        default=None, description="What they come to, in minor units.", ge=1, le=AMOUNT_MAX, examples=[500_000]
    )
    points: StrictInt | None = Field(
        default=None,
        description="Points that pay. A sale that asks for all of the member's goes through while any is left.",
        ge=1,
        le=POINTS_MAX,
        examples=[100_000],
    )

    def read(self) -> DayLimit:
        """The same as a rule."""
        return DayLimit(self.sales, self.amount_minor, self.points)


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
    till_day: TillDayLimit = Field(
        default=TillDayLimit(),
        description="What one connected till may book on a day. A manager lets it go on for a day (`updateTill`), or "
        "books the sale in their own session.",
    )
    shop_day: TillDayLimit = Field(
        default=TillDayLimit(),
        description="What all tills, till systems and cashiers of one shop may book on a day together.",
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
        return _render(response, find_till_rules(connection, alliance.id))


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
    """They count at once, and within two seconds in other processes; a till that is open hears of them within a few
    minutes.
    """
    alliance = alliance_now(request, caller)
    with alliance.database.engine.connect() as connection:
        version = find_till_rules(connection, alliance.id).version
    must_match(if_match, version)
    wanted = TillRules(
        body.offline_sales_per_day,
        body.offline_hours,
        body.offline_loss,
        version,
        body.till_day.read(),
        body.shop_day.read(),
    )
    return _render(response, change_till_rules(alliance, caller, wanted))


def _render(response: Response, rules: TillRules) -> TillSettings:
    response.headers["ETag"] = etag(rules.version)
    return TillSettings(
        offline_sales_per_day=rules.per_day,
        offline_hours=rules.hours,
        offline_loss=rules.loss,
        till_day=_day(rules.till),
        shop_day=_day(rules.shop),
    )


def _day(limit: DayLimit) -> TillDayLimit:
    return TillDayLimit(sales=limit.sales, amount_minor=limit.minor, points=limit.points)
