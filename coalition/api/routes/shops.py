"""Shops: profile, status, risk and limit."""

from contextlib import closing
from dataclasses import replace
from typing import Annotated

from fastapi import Body, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import ALLIANCE, EVERYBODY, HELPERS, OWNERS, Caller, Role
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.etag import IfMatch, etag, must_match
from coalition.api.fields import AMOUNT_MAX, ShopRef, Text
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import TWO_PEOPLE, responses
from coalition.api.router import Router
from coalition.api.routes.shop_schemas import ShopAppearance, ShopFields, appearance
from coalition.merchants import list_shops as listing
from coalition.merchants.change_shop import (
    REF_CHARS_MAX,
    REF_PATTERN,
    apply_to_join,
    change_shop,
    load_shop,
    set_limit,
)
from coalition.merchants.set_shop_image import BYTES_MAX, ImageKind, set_shop_image
from coalition.merchants.shop_profile import ShopProfile
from coalition.merchants.shop_status import ShopStatus
from coalition.merchants.store import Shop as ShopRecord
from coalition.versions import version_of
from settlement import Phrase
from settlement.clearing import Exposure, ExposureLevel, exposures
from settlement.ledger import ExposureLimit as RiskLimit

router = Router(prefix="/v1/shops", tags=["shops"])
POSITION = 20

Anybody = Annotated[Caller, Depends(allow(EVERYBODY))]
Helper = Annotated[Caller, Depends(allow(HELPERS))]
Owner = Annotated[Caller, Depends(allow(OWNERS))]
Keeper = Annotated[Caller, Depends(allow(HELPERS | {Role.MANAGER}))]
Risk = Annotated[Caller, Depends(allow(ALLIANCE | {Role.MANAGER}))]
Ref = Annotated[str, Field(min_length=1, max_length=REF_CHARS_MAX, pattern=REF_PATTERN)]

PROBLEMS = responses(
    (401, "No valid key."),
    (403, "Not for this role."),
    (404, "No such shop, or none of yours."),
    (422, "A field can't be used."),
)
CHANGES = responses(
    (
        409,
        "The ref is taken, the status can't be reached from the current one, or somebody changed the shop meanwhile.",
    ),
    (412, "The shop was changed since you read it."),
    (428, "If-Match is missing."),
)


class ShopCreate(ShopFields):
    """A shop that applies to join."""

    ref: Ref = Field(
        description="The shop's short name, which never changes: small letters, digits, dots, dashes.",
        examples=["sommer"],
    )
    name: Text = Field(description="The shop's name.", examples=["Bäckerei Sommer"])


class ShopUpdate(ShopFields):
    """What to change of a shop. Fields that are left out stay as they are; null takes one away, but not the name."""

    status: ShopStatus | None = Field(default=None, description="The new status; only the alliance may change it.")


class Shop(ShopAppearance):
    """A shop, as everybody in the alliance sees it."""

    status: ShopStatus = Field(description="The shop's status; only an `active` shop issues points.")


class ShopLimitUpdate(BaseModel):
    """The limit on what a shop may have at risk."""

    model_config = ConfigDict(extra="forbid")

    credit_minor: StrictInt | None = Field(
        ge=0, le=AMOUNT_MAX, description="The credit on top of the shop's deposit, in minor units; null for no limit."
    )
    alert_bps: StrictInt = Field(
        default=8_000,
        ge=0,
        le=10_000,
        description="The part of the limit, in basis points, from which the shop is reported.",
    )
    reserve_bps: StrictInt = Field(
        default=9_000,
        ge=0,
        le=10_000,
        description="The part of the limit, in basis points, from which payouts to the shop stay in its deposit.",
    )


class ShopRisk(BaseModel):
    """What a shop has at risk, and how much it may have."""

    shop: str = Field(description="The shop.")
    exposure_minor: int = Field(description="Its outstanding points and open debts, in minor units.")
    deposit_minor: int = Field(description="The shop's deposit, in minor units.")
    returnable_minor: int = Field(
        description="Collections from the shop that its bank can still return, in minor units."
    )
    deposit_short_minor: int = Field(
        description="How much its deposit falls short of covering those returns, in minor units."
    )
    credit_minor: int | None = Field(
        description="The credit on top of the shop's deposit, in minor units; null for no limit."
    )
    limit_minor: int | None = Field(
        description="The most the shop may have at risk: deposit plus credit, in minor units; null for no limit."
    )
    alert_bps: int | None = Field(
        description="The part of the limit, in basis points, from which the shop is reported."
    )
    reserve_bps: int | None = Field(
        description="The part of the limit, in basis points, from which payouts to the shop stay in its deposit."
    )
    level: ExposureLevel = Field(description="How near the shop is to its limit; at `stopped` it can't issue points.")


@router.post("", operation_id="createShop", summary="Add a shop", status_code=201, responses={**PROBLEMS, **CHANGES})
def create_shop(request: Request, response: Response, body: ShopCreate, caller: Helper) -> Shop:
    """The shop starts as `applied` and can't issue points until its status is set to `active`."""
    profile = ShopProfile(**body.sent)
    made = apply_to_join(alliance_now(request, caller), caller, body.ref, profile)
    response.headers["ETag"] = etag(made.version)
    return _render(made)


@router.get("", operation_id="listShops", summary="List the shops", responses=PROBLEMS)
def list_shops(request: Request, caller: Anybody, limit: Limit = 20, cursor: Cursor = None) -> Page[Shop]:
    """All shops, by ref. Only the alliance sees shops that have just applied or have left."""
    alliance = alliance_now(request, caller)
    after = position_of(cursor, str)
    rows = [
        shop
        for shop in listing.list_shops(alliance)
        if (after is None or shop.ref > str(after[0])) and _visible(caller, shop)
    ]
    return page(rows[: limit + 1], limit, lambda shop: [shop.ref], _render)


@router.get("/{shop}", operation_id="getShop", summary="Get a shop", responses=PROBLEMS)
def get_shop(request: Request, response: Response, shop: ShopRef, caller: Anybody) -> Shop:
    """A shop, with the ETag that a change needs."""
    record = _shop(alliance_now(request, caller), caller, shop)
    response.headers["ETag"] = etag(record.version)
    return _render(record)


@router.patch("/{shop}", operation_id="updateShop", summary="Change a shop", responses={**PROBLEMS, **CHANGES})
def patch_shop(
    request: Request, response: Response, shop: ShopRef, body: ShopUpdate, caller: Keeper, if_match: IfMatch = None
) -> Shop:
    """Changes the shop's profile, which its manager may do too, or its status, which only the alliance may do.

    `leaving` is the orderly exit: the shop issues no more points but still accepts them, and its own points stay valid
    until they expire.
    """
    own_shop(caller, shop)
    alliance = alliance_now(request, caller)
    record = _shop(alliance, caller, shop)
    must_match(if_match, record.version)
    profile = replace(record.profile, **body.sent)
    changed = change_shop(alliance, caller, record, profile, body.status or record.status)
    response.headers["ETag"] = etag(changed.version)
    return _render(changed)


Upload = Annotated[
    bytes,
    Body(
        media_type="application/octet-stream",
        max_length=BYTES_MAX,
        description="A JPEG, PNG or WebP file. It is drawn anew as WebP, upright and without what the camera wrote.",
        json_schema_extra={"format": "binary"},
    ),
]


@router.put(
    "/{shop}/images/{kind}",
    operation_id="setShopImage",
    max_body_size=BYTES_MAX,
    summary="Set a shop's logo or photo",
    responses={**PROBLEMS, **CHANGES},
)
def put_image(
    request: Request,
    response: Response,
    shop: ShopRef,
    kind: Annotated[ImageKind, Path(description="Which image.")],
    body: Upload,
    caller: Keeper,
    if_match: IfMatch = None,
) -> Shop:
    """What is uploaded is shown to everybody."""
    return _set_image(request, response, shop, kind, body, caller, if_match)


@router.delete(
    "/{shop}/images/{kind}",
    operation_id="removeShopImage",
    summary="Take a shop's logo or photo away",
    responses={**PROBLEMS, **CHANGES},
)
def delete_image(
    request: Request,
    response: Response,
    shop: ShopRef,
    kind: Annotated[ImageKind, Path(description="Which image.")],
    caller: Keeper,
    if_match: IfMatch = None,
) -> Shop:
    """It is deleted."""
    return _set_image(request, response, shop, kind, None, caller, if_match)


def _set_image(
    request: Request,
    response: Response,
    shop: str,
    kind: ImageKind,
    upload: bytes | None,
    caller: Caller,
    if_match: str | None,
) -> Shop:
    own_shop(caller, shop)
    alliance = alliance_now(request, caller)
    record = _shop(alliance, caller, shop)
    must_match(if_match, record.version)
    changed = set_shop_image(alliance, caller, record, kind, upload)
    response.headers["ETag"] = etag(changed.version)
    return _render(changed)


@router.get("/{shop}/risk", operation_id="getShopRisk", summary="Get what a shop has at risk", responses=PROBLEMS)
def get_risk(request: Request, response: Response, shop: ShopRef, caller: Risk) -> ShopRisk:
    """The shop's exposure against its deposit and its limit. A change of the limit needs the ETag."""
    own_shop(caller, shop)
    return _risk(response, alliance_now(request, caller), shop)


@router.put(
    "/{shop}/limit",
    operation_id="setShopLimit",
    summary="Set a shop's limit",
    responses={
        **PROBLEMS,
        **responses(TWO_PEOPLE),
        **responses((412, "The limit was changed since you read the shop's risk."), (428, "If-Match is missing.")),
    },
)
def put_limit(
    request: Request, response: Response, shop: ShopRef, body: ShopLimitUpdate, caller: Owner, if_match: IfMatch = None
) -> ShopRisk:
    """Sets how much the shop may have at risk beside its deposit. It applies from the next posting on. More than one
    person may add, and no limit at all, takes two people.
    """
    alliance = alliance_now(request, caller)
    limit = None
    if body.credit_minor is not None:
        limit = RiskLimit(body.credit_minor, body.alert_bps, body.reserve_bps)
    _risk(response, alliance, shop)
    current = _limit(alliance, shop)
    if limit == current:
        return _risk(response, alliance, shop)
    must_match(if_match, version_of(current))
    set_limit(alliance, request.app.state.approvals, caller, shop, current, limit)
    return _risk(response, alliance, shop)


def _shop(alliance: Alliance, caller: Caller, ref: str) -> ShopRecord:
    shop = load_shop(alliance, ref)
    if shop is None or not _visible(caller, shop):
        not_found(Phrase("shop"), ref)
    return shop


def _visible(caller: Caller, shop: ShopRecord) -> bool:
    return caller.may_act_for_shop(shop.ref) or shop.status not in (ShopStatus.APPLIED, ShopStatus.LEFT)


def _render(shop: ShopRecord) -> Shop:
    return Shop(**appearance(shop.ref, shop.profile), status=shop.status)


def _limit(alliance: Alliance, ref: str) -> RiskLimit | None:
    with closing(alliance.database.session()) as session:
        return alliance.book.config(session).by_ref[ref].limit


def _risk(response: Response, alliance: Alliance, ref: str) -> ShopRisk:
    with closing(alliance.database.session()) as session:
        rows = [exposure for exposure in exposures(alliance.book, session) if exposure.shop == ref]
    if not rows:
        not_found(Phrase("shop"), ref)
    exposure: Exposure = rows[0]
    limit = _limit(alliance, ref)
    response.headers["ETag"] = etag(version_of(limit))
    return ShopRisk(
        shop=ref,
        exposure_minor=exposure.exposure_minor,
        deposit_minor=exposure.deposit_minor,
        returnable_minor=exposure.returnable_minor,
        deposit_short_minor=exposure.deposit_short_minor,
        credit_minor=None if limit is None else limit.credit_minor,
        limit_minor=exposure.limit_minor,
        alert_bps=None if limit is None else limit.alert_bps,
        reserve_bps=None if limit is None else limit.reserve_bps,
        level=exposure.level,
    )
