"""Shops: who takes part, where each stands, what it may have at risk, its deposit."""

from contextlib import closing
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import ALLIANCE, EVERYBODY, HELPERS, OWNERS, Caller, Role
from coalition.access.log import record_separately
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.etag import IfMatch, etag, must_match, version_of
from coalition.api.fields import AMOUNT_MAX, Text
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import ApiError, invalid, responses
from coalition.merchants.change_shop import apply_to_join, change_shop, load_shop, set_limit
from coalition.merchants.shop_status import ShopStatus
from coalition.merchants.store import Shop as ShopRecord
from coalition.merchants.store import ShopProfile as ShopProfileRecord
from coalition.merchants.store import all_shops
from coalition.payments.hold_payouts import hold_payouts
from settlement.clearing import Exposure, ExposureLevel, exposures
from settlement.ledger import ExposureLimit as RiskLimit

router = APIRouter(prefix="/v1/shops", tags=["shops"])
POSITION = 20

Anybody = Annotated[Caller, Depends(allow(EVERYBODY))]
Helper = Annotated[Caller, Depends(allow(HELPERS))]
Owner = Annotated[Caller, Depends(allow(OWNERS))]
Keeper = Annotated[Caller, Depends(allow(HELPERS | {Role.MANAGER}))]
Risk = Annotated[Caller, Depends(allow(ALLIANCE | {Role.MANAGER}))]
Ref = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9._-]*$")]
Email = Annotated[Text, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
RESERVED = ("operator", "pool", "house")

PROBLEMS = responses(
    (401, "No valid key."),
    (403, "Not for this role."),
    (404, "No such shop, or none of yours."),
    (422, "A field can't be used."),
)
CHANGES = responses(
    (409, "It can't go there from where it stands, or somebody changed it meanwhile."),
    (412, "It was changed since you read it."),
    (428, "If-Match is missing."),
)


class ShopProfile(BaseModel):
    """What people read of a shop."""

    model_config = ConfigDict(extra="forbid")

    name: Text = Field(description="Its name.", examples=["Bäckerei Sommer"])
    email: Text | None = Field(
        default=None, description="Where the alliance writes to it.", pattern=r"^[^@\s]+@[^@\s]+$"
    )
    website: Text | None = Field(default=None, description="Its website.", pattern=r"^https?://")
    category: Text | None = Field(default=None, description="What it sells, in a word.", examples=["bakery"])


class ShopCreate(ShopProfile):
    """A shop that wants to join."""

    ref: Ref = Field(
        description="Its short name in the book, for ever: small letters, digits, dots, dashes.", examples=["sommer"]
    )


class ShopUpdate(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Text | None = Field(default=None, description="Its name.")
    email: Text | None = Field(
        default=None, description="Where the alliance writes to it.", pattern=r"^[^@\s]+@[^@\s]+$"
    )
    website: Text | None = Field(default=None, description="Its website.", pattern=r"^https?://")
    category: Text | None = Field(default=None, description="What it sells, in a word.")
    status: ShopStatus | None = Field(default=None, description="Where it should stand; the alliance alone may say so.")


class Shop(BaseModel):
    """A shop, as everybody may see it."""

    ref: str = Field(description="Its short name in the book.")
    name: str = Field(description="Its name.")
    website: str | None = Field(description="Its website.")
    category: str | None = Field(description="What it sells, in a word.")
    status: ShopStatus = Field(description="Where it stands: only an `active` one issues points.")


class ShopLimitUpdate(BaseModel):
    """What a shop may have at risk beside its deposit."""

    model_config = ConfigDict(extra="forbid")

    credit_minor: StrictInt | None = Field(
        ge=0, le=AMOUNT_MAX, description="On top of its deposit, in minor units; null for no limit at all."
    )
    alert_bps: StrictInt = Field(
        default=8_000, ge=0, le=10_000, description="From this part of the limit on it is reported."
    )
    reserve_bps: StrictInt = Field(
        default=9_000, ge=0, le=10_000, description="From this part on what it is owed stays in its deposit."
    )


class ShopRisk(BaseModel):
    """What a shop has at risk."""

    shop: str = Field(description="The shop.")
    exposure_minor: int = Field(description="Its points outstanding and its open debts, in minor units.")
    deposit_minor: int = Field(description="Its deposit.")
    returnable_minor: int = Field(description="What was collected from it and can still come back.")
    deposit_short_minor: int = Field(description="What its deposit lacks to cover that.")
    credit_minor: int | None = Field(description="What it may have at risk beside its deposit; null for no limit.")
    limit_minor: int | None = Field(description="What it may have at risk in all.")
    alert_bps: int | None = Field(description="From this part of the limit on it is reported.")
    reserve_bps: int | None = Field(description="From this part on what it is owed stays in its deposit.")
    level: ExposureLevel = Field(description="How near it is; `stopped` issues no more.")


@router.post(
    "", operation_id="createShop", summary="Take in a shop", status_code=201, responses={**PROBLEMS, **CHANGES}
)
def create_shop(request: Request, response: Response, body: ShopCreate, caller: Helper) -> Shop:
    """It stands at `applied` and issues nothing until it is made `active`. 409 where the ref is taken."""
    if body.ref in RESERVED:
        raise invalid("ref", "name_taken", name=body.ref)
    made = apply_to_join(alliance_now(request, caller), body.ref, ShopProfileRecord(**body.model_dump(exclude={"ref"})))
    record_separately(request.app.state.alliances.database, caller, "shop.create", body.ref)
    response.headers["ETag"] = etag(made.version)
    return _render(made)


@router.get("", operation_id="listShops", summary="List the shops", responses=PROBLEMS)
def list_shops(request: Request, caller: Anybody, limit: Limit = 20, cursor: Cursor = None) -> Page[Shop]:
    """All shops by ref, for everybody; those that only applied, or have left, for the alliance alone."""
    alliance = alliance_now(request, caller)
    after = position_of(cursor, str)
    with closing(alliance.database.session()) as session:
        participants = alliance.book.config(session).by_ref
    with alliance.database.engine.connect() as connection:
        found = all_shops(connection, alliance.id, participants)
    rows = [one for one in found if (after is None or one.ref > str(after[0])) and _visible(caller, one)]
    return page(rows[: limit + 1], limit, lambda one: [one.ref], _render)


@router.get("/{shop}", operation_id="getShop", summary="A shop", responses=PROBLEMS)
def get_shop(request: Request, response: Response, shop: str, caller: Anybody) -> Shop:
    """A shop, with its ETag."""
    found = _shop(alliance_now(request, caller), caller, shop)
    response.headers["ETag"] = etag(found.version)
    return _render(found)


@router.patch("/{shop}", operation_id="updateShop", summary="Change a shop", responses={**PROBLEMS, **CHANGES})
def patch_shop(
    request: Request, response: Response, shop: str, body: ShopUpdate, caller: Keeper, if_match: IfMatch = None
) -> Shop:
    """Its profile, which its manager may change too, and where it stands.

    `leaving` is the orderly exit: it issues no more, takes points on, and its own stay good until they lapse.
    """
    own_shop(caller, shop)
    alliance = alliance_now(request, caller)
    found = _shop(alliance, caller, shop)
    must_match(if_match, found.version)
    if body.status is not None and caller.role not in HELPERS:
        raise ApiError("forbidden", "Where a shop stands is for the alliance to say.")
    profile = ShopProfileRecord(
        name=body.name or found.profile.name,
        email=_kept(body, "email", found.profile.email),
        website=_kept(body, "website", found.profile.website),
        category=_kept(body, "category", found.profile.category),
    )
    changed = change_shop(alliance, found, profile, body.status or found.status)
    if changed.status is not found.status:
        hold_payouts(alliance, caller.id, changed)
    record_separately(alliance.database, caller, "shop.change", shop, {"status": changed.status.value})
    response.headers["ETag"] = etag(changed.version)
    return _render(changed)


@router.get("/{shop}/risk", operation_id="getShopRisk", summary="What a shop has at risk", responses=PROBLEMS)
def get_risk(request: Request, response: Response, shop: str, caller: Risk) -> ShopRisk:
    """Its exposure against its deposit and its limit. The ETag is what a change of the limit needs."""
    own_shop(caller, shop)
    return _risk(response, alliance_now(request, caller), shop)


@router.put(
    "/{shop}/limit",
    operation_id="setShopLimit",
    summary="Set a shop's limit",
    responses={
        **PROBLEMS,
        **responses((412, "It was changed since you read the shop's risk."), (428, "If-Match is missing.")),
    },
)
def put_limit(
    request: Request, response: Response, shop: str, body: ShopLimitUpdate, caller: Owner, if_match: IfMatch = None
) -> ShopRisk:
    """What it may have at risk beside its deposit. It counts from the next posting on."""
    alliance = alliance_now(request, caller)
    limit = None
    if body.credit_minor is not None:
        limit = RiskLimit(body.credit_minor, body.alert_bps, body.reserve_bps)
    _risk(response, alliance, shop)
    there = _limit(alliance, shop)
    if limit == there:
        return _risk(response, alliance, shop)
    must_match(if_match, version_of(there))
    set_limit(alliance, shop, there, limit)
    record_separately(alliance.database, caller, "shop.limit", shop, {"credit_minor": body.credit_minor})
    return _risk(response, alliance, shop)


def _shop(alliance: Alliance, caller: Caller, ref: str) -> ShopRecord:
    found = load_shop(alliance, ref)
    if found is None or not _visible(caller, found):
        not_found("shop", ref)
    return found


def _visible(caller: Caller, shop: ShopRecord) -> bool:
    return caller.may_act_for_shop(shop.ref) or shop.status not in (ShopStatus.APPLIED, ShopStatus.LEFT)


def _kept(body: ShopUpdate, field: str, there: str | None) -> str | None:
    changed: str | None = getattr(body, field)
    return changed if field in body.model_fields_set else there


def _render(shop: ShopRecord) -> Shop:
    profile = shop.profile
    return Shop(ref=shop.ref, name=profile.name, website=profile.website, category=profile.category, status=shop.status)


def _limit(alliance: Alliance, ref: str) -> RiskLimit | None:
    with closing(alliance.database.session()) as session:
        return alliance.book.config(session).by_ref[ref].limit


def _risk(response: Response, alliance: Alliance, ref: str) -> ShopRisk:
    with closing(alliance.database.session()) as session:
        found = [one for one in exposures(alliance.book, session) if one.shop == ref]
    if not found:
        not_found("shop", ref)
    one: Exposure = found[0]
    limit = _limit(alliance, ref)
    response.headers["ETag"] = etag(version_of(limit))
    return ShopRisk(
        shop=ref,
        exposure_minor=one.exposure_minor,
        deposit_minor=one.deposit_minor,
        returnable_minor=one.returnable_minor,
        deposit_short_minor=one.deposit_short_minor,
        credit_minor=None if limit is None else limit.credit_minor,
        limit_minor=one.limit_minor,
        alert_bps=None if limit is None else limit.alert_bps,
        reserve_bps=None if limit is None else limit.reserve_bps,
        level=one.level,
    )
