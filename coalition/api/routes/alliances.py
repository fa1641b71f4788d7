"""The alliance itself: what it agreed on, from when on, and in a sandbox its clock."""

from contextlib import closing
from fractions import Fraction
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt
from sqlalchemy.exc import IntegrityError

from coalition.access.caller import EVERYBODY, OWNERS, Caller
from coalition.access.log import record_separately
from coalition.alliance import Alliance as AllianceAtWork
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.etag import IfMatch, etag, must_match
from coalition.api.problems import ApiError, invalid, responses
from coalition.api.times import Moment
from coalition.locale.formats import fraction_text, instant, moment
from coalition.programme.programme import EarningRules as EarningRulesRecord
from coalition.programme.rules import parse_rate
from coalition.programme.store import add_rules, set_clock_offset
from settlement import Breakage, Funding
from settlement import Terms as TermsRecord
from settlement.ledger import FOREVER_AGO

router = APIRouter(prefix="/v1/alliance", tags=["alliance"])
POSITION = 10

CLOCK_SECONDS_MAX = 10 * 366 * 86_400
Anybody = Annotated[Caller, Depends(allow(EVERYBODY))]
Owner = Annotated[Caller, Depends(allow(OWNERS))]
Rate = Annotated[str, Field(max_length=40, pattern=r"^\d+(\.\d+)?$")]

PROBLEMS = responses((401, "No valid key."), (403, "Not for this role."), (422, "A field can't be used."))
CHANGES = responses((412, "It was changed since you read it."), (428, "If-Match is missing."))


class Terms(BaseModel):
    """What a point issued from a moment on is worth and costs; it keeps that for life."""

    effective_at: Moment | None = Field(description="From when on; null for the first, which hold from ever on.")
    points_per_unit: str = Field(description="Points that are worth a whole unit of money, exact.", examples=["100"])
    funding: Funding = Field(description="Who backs a point: paid when it is redeemed, or when it is issued.")
    redeem_fee_bps: int = Field(description="Taken from what a redeeming shop gets, in basis points.")
    issue_fee_bps: int = Field(description="Paid on top by the issuing shop, in basis points.")
    breakage_to: Breakage = Field(description="Who gets the money behind expired points, under `on_issue`.")


class EarningRules(BaseModel):
    """What a purchase earns from a moment on."""

    effective_at: Moment | None = Field(description="From when on; null for the first, which hold from ever on.")
    earn_points_per_unit: str = Field(description="Points for a whole unit of money, exact.", examples=["5"])
    expiry_months: int = Field(description="Points are good to the end of the month so many months after.")


class Alliance(BaseModel):
    """An alliance, and what it agreed on."""

    name: str = Field(description="Its name.")
    currency: str = Field(description="ISO 4217 code of its currency.", examples=["EUR"])
    minor_digits: int = Field(description="Decimals of its currency: 2 for cents.")
    timezone: str = Field(description="Its time zone, in which its windows and days begin.")
    settlement: Literal["daily", "weekly", "monthly"] = Field(description="How long a window is.")
    sandbox: bool = Field(description="Whether its clock can be moved, and its money is none.")
    now: Moment = Field(description="What its clock shows.")
    terms: list[Terms] = Field(description="In order of effect, those to come included.")
    earning: list[EarningRules] = Field(description="In order of effect, those to come included.")


class TermsCreate(BaseModel):
    """New terms; points that are there already keep theirs."""

    model_config = ConfigDict(extra="forbid")

    effective_at: Moment = Field(description="From when on: later than now, and than all terms so far.")
    points_per_unit: Rate = Field(description="Points that are worth a whole unit of money.", examples=["100"])
    funding: Funding = Field(description="Who backs a point.")
    redeem_fee_bps: StrictInt = Field(default=0, ge=0, le=10_000, description="Fee on redeeming, in basis points.")
    issue_fee_bps: StrictInt = Field(default=0, ge=0, le=10_000, description="Fee on issuing, in basis points.")
    breakage_to: Breakage = Field(default=Breakage.ISSUER, description="Who gets the money behind expired points.")


class EarningRulesCreate(BaseModel):
    """New rules of earning."""

    model_config = ConfigDict(extra="forbid")

    effective_at: Moment = Field(description="From when on: later than now, and than all rules so far.")
    earn_points_per_unit: Rate = Field(description="Points for a whole unit of money.", examples=["5"])
    expiry_months: StrictInt = Field(
        ge=0, le=1_200, description="Points are good to the end of the month so many after."
    )


class ClockAdvance(BaseModel):
    """How to move a sandbox's clock."""

    model_config = ConfigDict(extra="forbid")

    advance_seconds: StrictInt = Field(ge=1, le=CLOCK_SECONDS_MAX, description="How far ahead of where it stands now.")


class Clock(BaseModel):
    """A sandbox's clock."""

    now: Moment = Field(description="What it shows.")


@router.get("", operation_id="getAlliance", summary="The alliance and its rules", responses=PROBLEMS)
def get_alliance(request: Request, response: Response, caller: Anybody) -> Alliance:
    """Currency, rates with their dates, fees, windows. The ETag is what a change needs."""
    alliance = alliance_now(request, caller)
    alliance.refresh()
    return _render(alliance, response)


@router.post(
    "/terms",
    operation_id="createTerms",
    summary="Agree on new rates and fees",
    status_code=201,
    responses={**PROBLEMS, **CHANGES},
)
def create_terms(
    request: Request, response: Response, body: TermsCreate, caller: Owner, if_match: IfMatch = None
) -> Alliance:
    """They take effect at their moment. Every point keeps the terms under which it was issued."""
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
    alliance.book.add_terms(terms)
    record_separately(
        alliance.database,
        caller,
        "alliance.terms",
        alliance.book.settings.name,
        {"from": body.effective_at.isoformat()},
    )
    return _render(alliance, response)


@router.post(
    "/earning",
    operation_id="createEarningRules",
    summary="Agree on new rules of earning",
    status_code=201,
    responses={**PROBLEMS, **CHANGES},
)
def create_earning(
    request: Request, response: Response, body: EarningRulesCreate, caller: Owner, if_match: IfMatch = None
) -> Alliance:
    """They take effect at their moment; purchases before it earn by the old ones, even when they come late."""
    alliance = alliance_now(request, caller)
    must_match(if_match, _version(alliance))
    effective_at = instant(body.effective_at)
    latest = max(alliance.clock(), *(rules.effective_at for rules in alliance.programme.rules))
    if effective_at <= latest:
        raise invalid("effective_at", "moment_too_early", moment=moment(latest).isoformat())
    rules = EarningRulesRecord(
        effective_at, _rate("earn_points_per_unit", body.earn_points_per_unit), body.expiry_months
    )
    try:
        with alliance.database.engine.begin() as connection:
            add_rules(connection, alliance.id, rules)
    except IntegrityError:
        raise ApiError("changed_meanwhile", "Rules of that moment were agreed on meanwhile; read them.") from None
    record_separately(
        alliance.database,
        caller,
        "alliance.earning",
        alliance.book.settings.name,
        {"from": body.effective_at.isoformat()},
    )
    alliance.refresh()
    return _render(alliance, response)


@router.post(
    "/clock",
    operation_id="advanceClock",
    summary="Move a sandbox's clock",
    responses={**PROBLEMS, **responses((409, "It is no sandbox."))},
)
def move_clock(request: Request, body: ClockAdvance, caller: Owner) -> Clock:
    """Ahead only: what was booked stays in the past. What falls due meanwhile happens at the next sweep."""
    alliance = alliance_now(request, caller)
    alliance.refresh()
    offset = alliance.programme.clock_offset + body.advance_seconds * 1_000_000
    with alliance.database.engine.begin() as connection:
        if not set_clock_offset(connection, alliance.id, offset):
            raise ApiError("no_sandbox", "The clock of a real alliance can't be moved; `serve --sandbox` has one.")
    record_separately(alliance.database, caller, "alliance.clock", str(body.advance_seconds))
    alliance.refresh()
    return Clock(now=moment(alliance.clock()))


def _render(alliance: AllianceAtWork, response: Response) -> Alliance:
    settings = alliance.book.settings
    with closing(alliance.database.session()) as session:
        terms = alliance.book.config(session).terms
    response.headers["ETag"] = etag(_version(alliance))
    return Alliance(
        name=settings.name,
        currency=settings.currency,
        minor_digits=settings.minor_digits,
        timezone=settings.timezone,
        settlement=settings.cutoff.every,
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
    )


def _version(alliance: AllianceAtWork) -> int:
    """Counts what was agreed on: terms and rules are only ever added."""
    with closing(alliance.database.session()) as session:
        return len(alliance.book.config(session).terms) + len(alliance.programme.rules)


def _moment(effective_at: int) -> Moment | None:
    return None if effective_at == FOREVER_AGO else moment(effective_at)


def _rate(field: str, text: str) -> Fraction:
    try:
        return parse_rate(text)
    except ValueError as error:
        raise invalid(field, "unusable", why=str(error)) from None
