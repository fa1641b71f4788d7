"""Limits of what points may pay for in one sale: a greatest share of it, a least, steps."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import ALLIANCE, OWNERS, Caller
from coalition.agreement.change_spend_limit import add_limit, end_limit
from coalition.agreement.spend_limit_store import AddedLimit, limit_versions
from coalition.alliance import Alliance
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.fields import RuleName, Text
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.times import Day, Moment
from coalition.locale.error_text import reason_text
from coalition.locale.formats import Lang, moment
from coalition.spending.limit_kinds import limit_kinds
from coalition.spending.spend_limits import LimitTerms
from coalition.web.request import language_of
from settlement import date_text, day_number

router = Router(prefix="/v1/spend-limits", tags=["rules"])
POSITION = 16

SHOPS_MAX = 200
Owner = Annotated[Caller, Depends(allow(OWNERS))]
Readers = Annotated[Caller, Depends(allow(ALLIANCE))]
LimitName = Annotated[Text, Path(description="The limit's name.", examples=["half-in-points"])]
PROBLEMS = responses((401, "No valid key."), (403, "Not for this role."), (422, "A field can't be used."))

if TYPE_CHECKING:
    Effect = Any
else:
    # One model a kind: a kind that is added is one here too.
    Effect = Annotated[reduce(or_, limit_kinds().values()), Field(discriminator="kind")]


class SpendLimitCreate(BaseModel):
    """A limit, or the next version of one."""

    model_config = ConfigDict(extra="forbid")

    rule: RuleName = Field(
        description="Its name. A limit that is there gets its next version.", examples=["half-in-points"]
    )
    effect: Effect = Field(description="What it asks, by `kind`.")
    first_day: Day | None = Field(default=None, description="The first day; null: from now on.")
    last_day: Day | None = Field(default=None, description="The last day, which counts whole; null: until it is ended.")
    shops: list[Text] = Field(default=[], max_length=SHOPS_MAX, description="Only at these shops; none: at all.")


class SpendLimit(BaseModel):
    """A version of a limit."""

    rule: str = Field(description="The limit.", examples=["half-in-points"])
    version: int = Field(description="The version, from 1 on.")
    description: str = Field(
        description="What it asks, in the language of Accept-Language.",
        examples=["Points pay for at most 50 % of a sale"],
    )
    effect: Effect = Field(description="The same by `kind`.")
    first_day: str = Field(description="The first day.", examples=["2026-12-01"])
    last_day: str | None = Field(description="The last day; null: until it is ended.")
    shops: list[str] = Field(description="Only at these shops; none: at all.")
    starts_at: Moment = Field(description="From when on it holds for sales: it was added then.")
    ended_at: Moment | None = Field(description="From when on it holds no more; null: it was not ended.")
    created_by: str = Field(description="Who added it.")


class SpendLimits(BaseModel):
    """Versions of limits."""

    data: list[SpendLimit] = Field(description="By limit and version.")


@router.post(
    "",
    operation_id="addSpendLimit",
    summary="Limit what points may pay for in one sale",
    status_code=201,
    responses={**PROBLEMS, **responses((412, "Another version was added."))},
)
def create_limit(request: Request, body: SpendLimitCreate, caller: Owner) -> SpendLimit:
    """It holds for sales from now on, or from its first day on, and takes over from the version before. All limits that
    hold for a sale hold together. A hold has no amount yet, and is not limited.
    """
    alliance = alliance_now(request, caller)
    terms = LimitTerms(
        body.effect,
        alliance.today if body.first_day is None else day_number(body.first_day),
        None if body.last_day is None else day_number(body.last_day),
        frozenset(body.shops),
    )
    return _render(alliance, [add_limit(alliance, caller, body.rule, terms)], language_of(request))[0]


@router.get("", operation_id="listSpendLimits", summary="List the limits of spending", responses=PROBLEMS)
def list_limits(request: Request, caller: Readers) -> SpendLimits:
    """All versions, those that are over too."""
    alliance = alliance_now(request, caller)
    with alliance.database.engine.connect() as connection:
        versions = limit_versions(connection, alliance.id)
    return SpendLimits(data=_render(alliance, versions, language_of(request)))


@router.post(
    "/{rule}/end",
    operation_id="endSpendLimit",
    summary="End a limit of spending",
    responses={**PROBLEMS, **responses((404, "No such limit."))},
)
def close_limit(request: Request, rule: LimitName, caller: Owner) -> SpendLimits:
    """It holds for no sale from now on."""
    alliance = alliance_now(request, caller)
    return SpendLimits(data=_render(alliance, end_limit(alliance, caller, rule), language_of(request)))


def _render(alliance: Alliance, added: Sequence[AddedLimit], lang: Lang) -> list[SpendLimit]:
    return [
        SpendLimit(
            rule=version.rule,
            version=version.version,
            description=reason_text(version.terms.effect.sentence(), lang, alliance.book.settings),
            effect=version.terms.effect,
            first_day=date_text(version.terms.first_day),
            last_day=None if version.terms.last_day is None else date_text(version.terms.last_day),
            shops=sorted(version.terms.shops),
            starts_at=moment(version.starts_at),
            ended_at=None if version.ended_at is None else moment(version.ended_at),
            created_by=created_by,
        )
        for version, created_by in added
    ]
