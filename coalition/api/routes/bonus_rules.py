"""Bonus rules: what sales earn beside the base rate, when and where, who pays for it, and up to what budget."""

from contextlib import closing
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import ALLIANCE, OWNERS, Caller
from coalition.alliance import Alliance
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.fields import RuleName, Text
from coalition.api.problems import TWO_PEOPLE, responses
from coalition.api.router import Router
from coalition.api.times import Day, Moment
from coalition.bonuses.add_rule import add_rule
from coalition.bonuses.end_rule import end_rule
from coalition.bonuses.store import StoredBonus, bonus_versions
from coalition.earning.bonus import BonusTerms, FunderShare
from coalition.earning.bonus_kinds import bonus_kinds
from coalition.earning.meters import Caps
from coalition.locale.error_text import reason_text
from coalition.locale.formats import Lang, moment
from coalition.web.request import language_of
from settlement import date_text, day_number
from settlement.clearing import pots_left

router = Router(prefix="/v1/rules", tags=["rules"])
POSITION = 15

FUNDERS_MAX = 10
BUDGET_MAX = 10**12
SHARE_MAX = 10_000
PRIORITY_MAX = 1_000
Owner = Annotated[Caller, Depends(allow(OWNERS))]
Readers = Annotated[Caller, Depends(allow(ALLIANCE))]
RulePath = Annotated[Text, Path(description="The rule's name.", examples=["double-tuesday"])]
PROBLEMS = responses((401, "No valid key."), (403, "Not for this role."), (422, "A field can't be used."))

if TYPE_CHECKING:
    Effect = Any
else:
    # One model a kind: a kind that is added is one here too.
    Effect = Annotated[reduce(or_, bonus_kinds().values()), Field(discriminator="kind")]


class RuleFunder(BaseModel):
    """Who pays for a part of a bonus."""

    model_config = ConfigDict(extra="forbid")

    shop: Text = Field(description="A shop, or `operator` for the alliance itself.", examples=["bakery"])
    share: StrictInt = Field(
        default=1, ge=1, le=SHARE_MAX, description="Its share, in parts of all shares together.", examples=[1]
    )


class RuleCreate(BaseModel):
    """A bonus rule, or the next version of one."""

    model_config = ConfigDict(extra="forbid")

    rule: RuleName = Field(
        description="Its name. A rule that is there gets its next version, with a budget of its own.",
        examples=["double-tuesday"],
    )
    effect: Effect = Field(description="What it gives, by `kind`.")
    funders: list[RuleFunder] = Field(
        min_length=1, max_length=FUNDERS_MAX, description="Who pays for it. The greatest share takes odd points."
    )
    budget: StrictInt = Field(
        ge=1,
        le=BUDGET_MAX,
        description="The most that it gives in all, in points. It is set aside by the funders at once, by their "
        "shares, and counts to what they have at risk.",
        examples=[50000],
    )
    first_day: Day | None = Field(default=None, description="The first day; null: from now on.")
    last_day: Day | None = Field(default=None, description="The last day, which counts whole; null: until it is ended.")
    shops: list[Text] = Field(default=[], max_length=200, description="Only at these shops; none: at all.")
    days: list[Annotated[StrictInt, Field(ge=0, le=6)]] = Field(
        default=[], max_length=7, description="Only on these days: 0 for Monday, 6 for Sunday; none: on all."
    )
    from_hour: StrictInt = Field(default=0, ge=0, le=23, description="From this hour on, on the alliance's clock.")
    until_hour: StrictInt = Field(default=24, ge=1, le=24, description="To before this hour.")
    most: StrictInt | None = Field(default=None, ge=1, le=BUDGET_MAX, description="The most for one sale, in points.")
    most_member: StrictInt | None = Field(
        default=None, ge=1, le=BUDGET_MAX, description="The most for one member, in all of its versions, in points."
    )
    most_member_day: StrictInt | None = Field(
        default=None, ge=1, le=BUDGET_MAX, description="The most for one member on one day, in points."
    )
    most_day: StrictInt | None = Field(
        default=None, ge=1, le=BUDGET_MAX, description="The most for all members on one day, in points."
    )
    group: RuleName | None = Field(
        default=None, description="Of the rules of one group a sale gets the one that gives most.", examples=["weekday"]
    )
    priority: StrictInt = Field(
        default=0,
        ge=-PRIORITY_MAX,
        le=PRIORITY_MAX,
        description="Of two in a group that give the same, the one with the higher priority is taken.",
    )


def stated_terms(body: RuleCreate, today: int) -> BonusTerms:
    """The terms of a rule that begins today (yyyymmdd), unless it says when."""
    first_day = today if body.first_day is None else day_number(body.first_day)
    return BonusTerms(
        body.effect,
        tuple(FunderShare(funder.shop, funder.share) for funder in body.funders),
        body.budget,
        first_day,
        None if body.last_day is None else day_number(body.last_day),
        frozenset(body.shops),
        frozenset(body.days),
        body.from_hour,
        body.until_hour,
        body.most,
        body.group,
        body.priority,
        Caps(body.most_member, body.most_member_day, body.most_day),
    )


class RulePot(BaseModel):
    """What a funder set aside for a version of a rule, and what is left of it."""

    shop: str = Field(description="The funder.")
    share: int = Field(description="Its share.")
    points_left: int = Field(description="Points that are left.")


class Rule(BaseModel):
    """A version of a bonus rule."""

    rule: str = Field(description="The rule.", examples=["double-tuesday"])
    version: int = Field(description="The version, from 1 on.")
    description: str = Field(
        description="What it gives, in the language of Accept-Language.", examples=["2 times the points"]
    )
    effect: Effect = Field(description="The same by `kind`.")
    funders: list[RulePot] = Field(description="Who pays for it.")
    budget: int = Field(description="The most that it gives in all, in points.")
    first_day: str = Field(description="The first day.", examples=["2026-12-01"])
    last_day: str | None = Field(description="The last day; null: until it is ended.")
    shops: list[str] = Field(description="Only at these shops; none: at all.")
    days: list[int] = Field(description="Only on these days, 0 for Monday; none: on all.")
    from_hour: int = Field(description="From this hour on.")
    until_hour: int = Field(description="To before this hour.")
    most: int | None = Field(description="The most for one sale, in points.")
    most_member: int | None = Field(description="The most for one member, in all of its versions, in points.")
    most_member_day: int | None = Field(description="The most for one member on one day, in points.")
    most_day: int | None = Field(description="The most for all members on one day, in points.")
    group: str | None = Field(description="Of the rules of one group a sale gets the one that gives most.")
    priority: int = Field(description="The higher one is taken where two of a group give the same.")
    starts_at: Moment = Field(description="From when on sales may get it: it was added then.")
    ended_at: Moment | None = Field(description="From when on they get it no more; null: it was not ended.")
    created_by: str = Field(description="Who added it.")


class Rules(BaseModel):
    """Versions of bonus rules."""

    data: list[Rule] = Field(description="By rule and version.")


@router.post(
    "",
    operation_id="addRule",
    summary="Add a bonus rule, or a version of one",
    status_code=201,
    responses={
        **PROBLEMS,
        **responses(TWO_PEOPLE, (409, "A funder may not set so much aside."), (412, "Another version was added.")),
    },
)
def create_rule(request: Request, body: RuleCreate, caller: Owner) -> Rule:
    """It counts for sales from now on, or from its first day on, and takes over from the version before. A budget above
    the limit for one person takes two.
    """
    alliance = alliance_now(request, caller)
    terms = stated_terms(body, alliance.today)
    added = add_rule(alliance, request.app.state.approvals, caller, body.rule, terms)
    return _render(alliance, [added], language_of(request))[0]


@router.get("", operation_id="listRules", summary="List the bonus rules", responses=PROBLEMS)
def list_rules(request: Request, caller: Readers) -> Rules:
    """All versions, those that are over too, with what is left of each budget."""
    alliance = alliance_now(request, caller)
    with alliance.database.engine.connect() as connection:
        versions = bonus_versions(connection, alliance.id)
    return Rules(data=_render(alliance, versions, language_of(request)))


@router.post(
    "/{rule}/end",
    operation_id="endRule",
    summary="End a bonus rule",
    responses={**PROBLEMS, **responses((404, "No such rule."))},
)
def close_rule(request: Request, rule: RulePath, caller: Owner) -> Rules:
    """No sale from now on gets it, and what is left of its budgets goes back to its funders. Again it puts back what
    refunds have returned since.
    """
    alliance = alliance_now(request, caller)
    return Rules(data=_render(alliance, end_rule(alliance, caller, rule), language_of(request)))


def _render(alliance: Alliance, versions: list[StoredBonus], lang: Lang) -> list[Rule]:
    with alliance.database.engine.connect() as connection:
        left: dict[tuple[str, str], int] = {}
        for pot in pots_left(alliance.book, connection):
            left[pot.shop, pot.name] = left.get((pot.shop, pot.name), 0) + pot.points
    with closing(alliance.database.session()) as session:
        settings = alliance.book.config(session).settings_at(alliance.clock())
    return [
        Rule(
            rule=version.rule,
            version=version.version,
            description=reason_text(terms.effect.sentence(), lang, settings),
            effect=terms.effect,
            funders=[
                RulePot(shop=funder.shop, share=funder.share, points_left=left.get((funder.shop, version.name), 0))
                for funder in terms.funders
            ],
            budget=terms.budget,
            first_day=date_text(terms.first_day),
            last_day=None if terms.last_day is None else date_text(terms.last_day),
            shops=sorted(terms.shops),
            days=sorted(terms.days),
            from_hour=terms.from_hour,
            until_hour=terms.until_hour,
            most=terms.most,
            most_member=terms.caps.member,
            most_member_day=terms.caps.member_day,
            most_day=terms.caps.day,
            group=terms.group,
            priority=terms.priority,
            starts_at=moment(version.starts_at),
            ended_at=None if version.ended_at is None else moment(version.ended_at),
            created_by=created_by,
        )
        for version, posting_id, created_by in versions
        if posting_id is not None and (terms := version.terms)
    ]
