"""The alliance itself: name and windows, terms and earning rules by date, and in a sandbox its clock."""

from contextlib import closing
from datetime import time
from fractions import Fraction
from typing import Annotated, Literal

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import EVERYBODY, OWNERS, Caller
from coalition.agreement.add_earning_rules import add_earning_rules
from coalition.agreement.add_terms import add_terms
from coalition.agreement.advance_clock import advance_clock
from coalition.agreement.change_settings import SettingsChange, change_settings
from coalition.agreement.confirm_clock import confirm_clock
from coalition.agreement.set_spending_rule import set_spending_rule
from coalition.alliance import Alliance as AllianceAtWork
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.etag import IfMatch, etag, must_match
from coalition.api.fields import Text
from coalition.api.problems import TWO_PEOPLE, invalid, responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.approvals.approvals import Approvals
from coalition.earning.rates import parse_rate
from coalition.locale.formats import fraction_text, instant, moment
from coalition.programme.rules import SPEND_BY_ID_MAX
from settlement import Breakage, Funding, reason_of
from settlement import Terms as TermsRecord
from settlement.ledger import FOREVER_AGO

router = Router(prefix="/v1/alliance", tags=["alliance"])
POSITION = 10

CLOCK_SECONDS_MAX = 10 * 366 * 86_400
Anybody = Annotated[Caller, Depends(allow(EVERYBODY))]
Owner = Annotated[Caller, Depends(allow(OWNERS))]
WindowLength = Literal["daily", "weekly", "monthly"]
LocalTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$")]
Rate = Annotated[str, Field(max_length=40, pattern=r"^\d+(\.\d+)?$")]

PROBLEMS = responses((401, "No valid key."), (403, "Not for this role."), (422, "A field can't be used."))
CHANGES = responses(
    TWO_PEOPLE,
    (412, "The alliance was changed since you read it."),
    (428, "If-Match is missing."),
)


class AllianceSettings(BaseModel):
    """What the alliance calls itself, and when its windows begin and end, from a window on."""

    effective_at: Moment | None = Field(
        description="When the first window under them opens: they hold from then on; null for the first."
    )
    name: str = Field(description="The alliance's name.")
    timezone: str = Field(description="The time zone in which windows and days begin, an IANA name.")
    settlement: WindowLength = Field(description="The length of a settlement window.")
    cutoff_weekday: int = Field(description="The weekday on which weekly windows close: 0 for Monday, 6 for Sunday.")
    cutoff_day: int = Field(
        description="The day on which monthly windows close, or the month's last day where it has fewer."
    )
    cutoff_at: str = Field(description="The local time at which windows close.", examples=["00:00:00"])


class Terms(BaseModel):
    """Terms: what a point issued under them is worth and costs. A point keeps its terms for life."""

    effective_at: Moment | None = Field(description="From when on they apply; null for the first.")
    points_per_unit: str = Field(description="Points per unit of money at redemption, exact.", examples=["100"])
    funding: Funding = Field(description="When the issuing shop pays for a point: `on_redemption` or `on_issue`.")
    redeem_fee_bps: int = Field(description="The fee that a redeeming shop pays, in basis points.")
    issue_fee_bps: int = Field(description="The fee that an issuing shop pays, in basis points.")
    breakage_to: Breakage = Field(description="Who gets the money behind expired points under `on_issue`.")


class EarningRules(BaseModel):
    """Earning rules: what a purchase earns under them."""

    effective_at: Moment | None = Field(description="From when on they apply; null for the first.")
    earn_points_per_unit: str = Field(description="Points earned per unit of money, exact.", examples=["5"])
    expiry_months: int = Field(
        description="Points expire at the end of the month that is so many months after the purchase."
    )


class Alliance(BaseModel):
    """An alliance with its terms and earning rules.

    `name`, `timezone` and `settlement` are those that hold now; `settings` has those before and after.
    """

    name: str = Field(description="The alliance's name.")
    currency: str = Field(description="ISO 4217 code of the currency.", examples=["EUR"])
    minor_digits: int = Field(description="Decimals of the currency: 2 for cents.")
    timezone: str = Field(description="The time zone in which windows and days begin, an IANA name.")
    settlement: WindowLength = Field(description="The length of a settlement window.")
    settings: list[AllianceSettings] = Field(description="Name and windows by date, future ones included.")
    sandbox: bool = Field(description="Whether it is a sandbox: its clock can be moved, and no real money is paid.")
    now: Moment = Field(description="The time on the alliance's clock.")
    terms: list[Terms] = Field(description="By date, future ones included.")
    earning: list[EarningRules] = Field(description="By date, future ones included.")
    spend_by_id_up_to_minor: int = Field(
        description="Up to what amount of a sale, in minor units, a till may spend a member's points by their id "
        "alone. Above it, and always where it is 0, spending takes a pay code or the member's yes."
    )


class AllianceSettingsCreate(BaseModel):
    """Another name, time zone or length of windows. What is left out stays."""

    model_config = ConfigDict(extra="forbid")

    effective_at: Moment = Field(
        description="They apply from the first window on that opens at this moment or later. It must be later than now "
        "and than all changes so far."
    )
    name: Text | None = Field(default=None, description="The alliance's name.", examples=["Old Town"])
    timezone: Text | None = Field(default=None, description="An IANA name.", examples=["Europe/Berlin"])
    settlement: WindowLength | None = Field(default=None, description="The length of a settlement window.")
    cutoff_weekday: StrictInt | None = Field(
        default=None, ge=0, le=6, description="The weekday on which weekly windows close: 0 for Monday, 6 for Sunday."
    )
    cutoff_day: StrictInt | None = Field(
        default=None, ge=1, le=31, description="The day of the month on which monthly windows close."
    )
    cutoff_at: LocalTime | None = Field(
        default=None, description="The local time at which windows close.", examples=["06:00"]
    )


class TermsCreate(BaseModel):
    """New terms. Points issued before keep theirs."""

    model_config = ConfigDict(extra="forbid")

    effective_at: Moment = Field(description="From when on they apply: later than now and than all terms so far.")
    points_per_unit: Rate = Field(description="Points per unit of money at redemption.", examples=["100"])
    funding: Funding = Field(description="When the issuing shop pays for a point.")
    redeem_fee_bps: StrictInt = Field(
        default=0, ge=0, le=10_000, description="The fee that a redeeming shop pays, in basis points."
    )
    issue_fee_bps: StrictInt = Field(
        default=0, ge=0, le=10_000, description="The fee that an issuing shop pays, in basis points."
    )
    breakage_to: Breakage = Field(
        default=Breakage.ISSUER, description="Who gets the money behind expired points under `on_issue`."
    )


class EarningRulesCreate(BaseModel):
    """New earning rules."""

    model_config = ConfigDict(extra="forbid")

    effective_at: Moment = Field(description="From when on they apply: later than now and than all rules so far.")
    earn_points_per_unit: Rate = Field(description="Points earned per unit of money.", examples=["5"])
    expiry_months: StrictInt = Field(
        ge=0, le=1_200, description="Points expire at the end of the month that is so many months after the purchase."
    )


class SpendingRuleUpdate(BaseModel):
    """What it takes to spend."""

    model_config = ConfigDict(extra="forbid")

    spend_by_id_up_to_minor: StrictInt = Field(
        ge=0,
        le=SPEND_BY_ID_MAX,
        description="Up to what amount of a sale, in minor units, a member's id alone spends their points; 0: never.",
        examples=[0],
    )


class ClockAdvance(BaseModel):
    """How far to move a sandbox's clock."""

    model_config = ConfigDict(extra="forbid")

    advance_seconds: StrictInt = Field(ge=1, le=CLOCK_SECONDS_MAX, description="Seconds to move it ahead.")


class Clock(BaseModel):
    """A sandbox's clock."""

    now: Moment = Field(description="The time on the clock.")


@router.get("", operation_id="getAlliance", summary="Get the alliance and its rules", responses=PROBLEMS)
def get_alliance(request: Request, response: Response, caller: Anybody) -> Alliance:
    """Currency, terms, earning rules and windows, with the ETag that a change needs."""
    alliance = alliance_now(request, caller)
    alliance.refresh()
    return _render(alliance, response)


@router.post(
    "/settings",
    operation_id="createAllianceSettings",
    summary="Change name, time zone or windows",
    status_code=201,
    responses={**PROBLEMS, **CHANGES, **responses((409, "Another alliance has, had or will have that name."))},
)
def create_settings(
    request: Request, response: Response, body: AllianceSettingsCreate, caller: Owner, if_match: IfMatch = None
) -> Alliance:
    """They hold from the first window on that opens at `effective_at` or later, and at least five minutes from now.

    The answer says when that is, as `effective_at` of the last of `settings`. The window that is open until then ends
    there; it and all windows before it keep their name, zone and length.
    """
    alliance = alliance_now(request, caller)
    alliance.refresh()
    must_match(if_match, _version(alliance))
    change = SettingsChange(
        body.name,
        body.timezone,
        body.settlement,
        body.cutoff_weekday,
        body.cutoff_day,
        None if body.cutoff_at is None else time.fromisoformat(body.cutoff_at),
    )
    change_settings(alliance, request.app.state.approvals, caller, instant(body.effective_at), change)
    return _render(alliance, response)


@router.post(
    "/terms",
    operation_id="createTerms",
    summary="Add new terms",
    status_code=201,
    responses={**PROBLEMS, **CHANGES},
)
def create_terms(
    request: Request, response: Response, body: TermsCreate, caller: Owner, if_match: IfMatch = None
) -> Alliance:
    """They apply from `effective_at` on. Every point keeps the terms under which it was issued. Takes two people."""
    alliance = alliance_now(request, caller)
    must_match(if_match, _version(alliance))
    terms = TermsRecord(
        id=0,
        effective_at=instant(body.effective_at),
        points_per_unit=_rate("points_per_unit", body.points_per_unit),
        minor_digits=alliance.book.settings.minor_digits,
        funding=body.funding,
        redeem_fee_bps=body.redeem_fee_bps,
        issue_fee_bps=body.issue_fee_bps,
        breakage_to=body.breakage_to,
    )
    add_terms(alliance, request.app.state.approvals, caller, terms)
    return _render(alliance, response)


@router.post(
    "/earning",
    operation_id="createEarningRules",
    summary="Add new earning rules",
    status_code=201,
    responses={**PROBLEMS, **CHANGES},
)
def create_earning(
    request: Request, response: Response, body: EarningRulesCreate, caller: Owner, if_match: IfMatch = None
) -> Alliance:
    """They apply from `effective_at` on. Earlier purchases earn by the old rules, even if they are sent later. Takes
    two people.
    """
    alliance = alliance_now(request, caller)
    must_match(if_match, _version(alliance))
    rate = _rate("earn_points_per_unit", body.earn_points_per_unit)
    approvals: Approvals = request.app.state.approvals
    add_earning_rules(alliance, approvals, caller, instant(body.effective_at), rate, body.expiry_months)
    return _render(alliance, response)


@router.put(
    "/spending",
    operation_id="setSpendingRule",
    summary="Set what it takes to spend",
    responses={**PROBLEMS, **CHANGES},
)
def put_spending_rule(
    request: Request, response: Response, body: SpendingRuleUpdate, caller: Owner, if_match: IfMatch = None
) -> Alliance:
    """By default a till needs a fresh pay code or the member's yes. Whoever learns an id could spend up to the amount.

    More than before takes two people. It counts at once; other processes go by it within two seconds.
    """
    alliance = alliance_now(request, caller)
    alliance.refresh()
    must_match(if_match, _version(alliance))
    set_spending_rule(alliance, request.app.state.approvals, caller, body.spend_by_id_up_to_minor)
    return _render(alliance, response)


@router.post(
    "/clock",
    operation_id="advanceClock",
    summary="Move a sandbox's clock",
    responses={**PROBLEMS, **responses((409, "The alliance is not a sandbox."))},
)
def move_clock(request: Request, body: ClockAdvance, caller: Owner) -> Clock:
    """Moves it ahead, never back. What falls due in between happens at the next run of the jobs."""
    alliance = alliance_now(request, caller)
    advance_clock(alliance, caller, body.advance_seconds)
    return Clock(now=moment(alliance.clock()))


@router.post(
    "/clock/confirm",
    operation_id="confirmClock",
    summary="Confirm the server's clock",
    responses=PROBLEMS,
)
def confirm(request: Request, caller: Owner) -> Clock:
    """Where the server's clock went ahead so far that nothing expires and no window closes, and it is right.

    To confirm a clock that was believed anyway changes nothing.
    """
    return Clock(now=moment(confirm_clock(alliance_now(request, caller), caller)))


def _render(alliance: AllianceAtWork, response: Response) -> Alliance:
    with closing(alliance.database.session()) as session:
        config = alliance.book.config(session)
    settings, terms = config.settings_at(alliance.clock()), config.terms
    response.headers["ETag"] = etag(_version(alliance))
    return Alliance(
        name=settings.name,
        currency=settings.currency,
        minor_digits=settings.minor_digits,
        timezone=settings.timezone,
        settlement=settings.cutoff.every,
        settings=[
            AllianceSettings(
                effective_at=_moment(each.since),
                name=each.name,
                timezone=each.timezone,
                settlement=each.cutoff.every,
                cutoff_weekday=each.cutoff.weekday,
                cutoff_day=each.cutoff.day,
                cutoff_at=each.cutoff.at.isoformat(),
            )
            for each in config.eras
        ],
        sandbox=alliance.programme.sandbox,
        now=moment(alliance.clock()),
        terms=[
            Terms(
                effective_at=_moment(each.effective_at),
                points_per_unit=fraction_text(each.points_per_unit),
                funding=each.funding,
                redeem_fee_bps=each.redeem_fee_bps,
                issue_fee_bps=each.issue_fee_bps,
                breakage_to=each.breakage_to,
            )
            for each in terms
        ],
        earning=[
            EarningRules(
                effective_at=_moment(each.effective_at),
                earn_points_per_unit=fraction_text(each.earn_points_per_unit),
                expiry_months=each.expiry_months,
            )
            for each in alliance.programme.rules
        ],
        spend_by_id_up_to_minor=alliance.programme.spend_by_id_minor,
    )


def _version(alliance: AllianceAtWork) -> int:
    """The number of settings, terms and rules, which are only ever added, and of changes of the spending rule."""
    programme = alliance.programme
    with closing(alliance.database.session()) as session:
        config = alliance.book.config(session)
    return len(config.eras) + len(config.terms) + len(programme.rules) + programme.spending_version


def _moment(effective_at: int) -> Moment | None:
    return None if effective_at == FOREVER_AGO else moment(effective_at)


def _rate(field: str, text: str) -> Fraction:
    try:
        return parse_rate(text)
    except ValueError as error:
        raise invalid(field, "unusable", why=reason_of(error)) from None
