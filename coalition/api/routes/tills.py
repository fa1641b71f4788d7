"""Tills: devices that a shop has connected by a manager's code, and that sign with a key of their own."""

import base64
import binascii
from typing import Annotated

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from coalition.access.caller import OWNERS, Caller, Role
from coalition.access.rate_limits import LOG_IN_ADDRESS
from coalition.alliance import Alliance, Alliances
from coalition.api.access import allow, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.fields import ShopRef, Text
from coalition.api.known_shop import check_shop
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.shifts import Shift, render_shift
from coalition.api.times import Moment
from coalition.locale.formats import fraction_text, moment
from coalition.members.member_cache import member_cache
from coalition.merchants.change_shop import load_shop
from coalition.tills.begin_till_session import begin_till_session
from coalition.tills.change_till import lift_limit, rename_till, revoke_till
from coalition.tills.connect_till import connect_till, make_till_code
from coalition.tills.count_offline import sales_of_day
from coalition.tills.errors import TillProofRefused
from coalition.tills.sale_lines import asks_for_lines, set_lines
from coalition.tills.store import alliance_of_till, cashiers_of, find_till, open_shift, tills_of
from coalition.tills.till import TillDevice as TillRecord
from coalition.tills.till import make_challenge
from coalition.tills.till_rules import LossBearer, find_till_rules
from coalition.web.request import address_of, public_url
from settlement import customs_of

router = Router(prefix="/v1", tags=["tills"])
POSITION = 315

Managers = Annotated[Caller, Depends(allow(OWNERS | {Role.MANAGER}))]
Tills = Annotated[Caller, Depends(allow({Role.TILL}))]
TillId = Annotated[Text, Path(description="The till's id.", examples=["till_4k8q2m0w9z7xdmh3f6kq0w9z7x"])]
Base64 = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_-]+={0,2}$")]
PROBLEMS = responses(
    (401, "No valid key or session."),
    (403, "Not for this role."),
    (404, "No such shop or till, or none of yours."),
    (422, "A field can't be used."),
)


class TillCode(BaseModel):
    """What connects a device to a shop, once."""

    code: str = Field(description="Eight letters and digits, to be typed on the device.", examples=["7K3QM0W9"])
    link: str = Field(description="The same as a link, to be shown as a QR code.")
    expires_at: Moment = Field(description="Until when it is good.")


class TillConnect(BaseModel):
    """A device that wants to be a till."""

    model_config = ConfigDict(extra="forbid")

    code: Text = Field(description="The code that a manager has made.", examples=["7K3QM0W9"])
    name: Text = Field(description="What the shop knows the device by.", examples=["Counter left"])
    public_key: Base64 = Field(
        description="The public half of a key that the device made (ECDSA, P-256): the 65 bytes of the uncompressed "
        "point in base64url, as WebCrypto exports it `raw`. The private half never leaves the device."
    )


class TillDevice(BaseModel):
    """A connected device."""

    id: str = Field(description="Its id.", examples=["till_4k8q2m0w9z7xdmh3f6kq0w9z7x"])
    shop: str = Field(description="The shop.")
    name: str = Field(description="What the shop knows it by.")
    created_at: Moment = Field(description="When it was connected.")
    seen_at: Moment = Field(description="When it last began a session, or sent what it had sold offline.")


class TillList(BaseModel):
    """A shop's tills."""

    data: list[TillDevice] = Field(description="Those that were not removed, the oldest first.")


class TillUpdate(BaseModel):
    """Another name, or no limit for today."""

    model_config = ConfigDict(extra="forbid")

    name: Text | None = Field(default=None, description="What the shop knows it by; null leaves it.")
    limit_lifted: StrictBool | None = Field(
        default=None,
        description="Whether it may book more than its limit of a day (`setTillSettings`) until that is over.",
    )


class TillChallengeCreate(BaseModel):
    """A till that wants to begin a session."""

    model_config = ConfigDict(extra="forbid")

    till: Text = Field(description="The till's id.")


class TillChallenge(BaseModel):
    """What the till is to sign."""

    challenge: str = Field(description="A text, good for two minutes.")


class TillSessionCreate(TillChallengeCreate):
    """The challenge, signed."""

    challenge: Text = Field(description="The challenge.")
    signature: Base64 = Field(
        description="Its signature by the till's key: ECDSA with SHA-256 over its UTF-8 bytes, 64 bytes (r and s) in "
        "base64url, as WebCrypto signs."
    )


class TillSession(BaseModel):
    """A session of a till."""

    token: str = Field(description="Send it as `Authorization: Bearer …`.")
    expires_at: Moment = Field(description="Until when it is good, if it is used every hour.")


class TillCashier(BaseModel):
    """A cashier as a till shows them."""

    id: str = Field(description="Their id.")
    name: str = Field(description="Their name.")
    locked: bool = Field(description="Whether a manager has to unlock the PIN first.")


class TillOffline(BaseModel):
    """What a till may do without a connection, as the alliance decided (`setTillSettings`)."""

    sales_per_day: int = Field(description="How many sales it may make offline on a day.")
    sales_left: int = Field(description="How many of them are left today.")
    hours: int = Field(description="Within how many hours they have to be sent.")
    loss: LossBearer = Field(description="Who bears that a sale made offline earns no points after all.")


class TillLinesUpdate(BaseModel):
    """Whether a shop's tills ask for the lines of a sale."""

    model_config = ConfigDict(extra="forbid")

    wanted: StrictBool = Field(
        description="Whether they do: then a line can be kept from earning, and be refunded by itself."
    )


class TillLines(TillLinesUpdate):
    """Whether a shop's tills ask for the lines of a sale."""


class OwnTill(TillDevice):
    """All that a till needs to know to sell."""

    alliance: str = Field(description="The alliance's name.")
    shop_name: str = Field(description="The shop's name.")
    currency: str = Field(description="ISO 4217 code of the currency.")
    minor_digits: int = Field(description="Decimals of the currency: 2 for cents.")
    timezone: str = Field(description="The time zone, an IANA name.")
    region: str | None = Field(description="The country (ISO 3166) of phone numbers that are typed without one.")
    decimal_comma: bool | None = Field(
        description="Whether amounts are written with a decimal comma there; null where that is not known."
    )
    now: Moment = Field(description="The alliance's clock.")
    points_per_unit: str = Field(description="Points that pay for a whole unit of money, exact.", examples=["100"])
    cashiers: list[TillCashier] = Field(description="Who may sign in, by name.")
    shift: Shift | None = Field(description="Who is signed in; null where nobody is.")
    offline: TillOffline = Field(description="What it may do without a connection: earn only, and so much.")
    lines: bool = Field(description="Whether it asks for the lines of a sale (`setTillLines`).")


@router.post(
    "/shops/{shop}/till-codes",
    operation_id="createTillCode",
    summary="Make a code that connects a till",
    status_code=201,
    responses={**PROBLEMS, **responses((403, "Not for this role, or `proof_needed`."))},
)
def create_till_code(request: Request, shop: ShopRef, caller: Managers) -> TillCode:
    """Good for one device and a quarter of an hour. A person needs a fresh proof (`proveSession`): a till outlives
    their session.
    """
    own_shop(caller, shop)
    check_shop(request, caller, shop)
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.begin() as connection:
        made = make_till_code(connection, caller, shop, alliances.clock())
    link = f"{public_url(request)}/till#{made.code}"
    return TillCode(code=made.code, link=link, expires_at=moment(made.expires_at))


@router.get("/shops/{shop}/tills", operation_id="listTills", summary="A shop's tills", responses=PROBLEMS)
def list_tills(request: Request, shop: ShopRef, caller: Managers) -> TillList:
    """Devices that are connected now."""
    own_shop(caller, shop)
    check_shop(request, caller, shop)
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.connect() as connection:
        tills = tills_of(connection, caller.alliance_id, shop)
    return TillList(data=[_render(till) for till in tills])


@router.get(
    "/shops/{shop}/till-lines",
    operation_id="getTillLines",
    summary="Whether a shop's tills ask for the lines of a sale",
    responses=PROBLEMS,
)
def get_till_lines(request: Request, shop: ShopRef, caller: Managers) -> TillLines:
    """They don't until a manager says so: most shops type one amount."""
    own_shop(caller, shop)
    check_shop(request, caller, shop)
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.connect() as connection:
        return TillLines(wanted=asks_for_lines(connection, caller.alliance_id, shop))


@router.put(
    "/shops/{shop}/till-lines",
    operation_id="setTillLines",
    summary="Let a shop's tills ask for the lines of a sale, or stop it",
    responses=PROBLEMS,
)
def put_till_lines(request: Request, shop: ShopRef, body: TillLinesUpdate, caller: Managers) -> TillLines:
    """A till does so from when it is next opened. Sales without lines stay possible."""
    own_shop(caller, shop)
    check_shop(request, caller, shop)
    set_lines(alliance_now(request, caller), caller, shop, wanted=body.wanted)
    return TillLines(wanted=body.wanted)


@router.patch("/tills/{till}", operation_id="updateTill", summary="Change a till", responses=PROBLEMS)
def update_till(request: Request, till: TillId, body: TillUpdate, caller: Managers) -> TillDevice:
    """Another name, or no limit for the rest of the day."""
    alliance = alliance_now(request, caller)
    with alliance.database.engine.begin() as connection:
        changed = find_till(connection, alliance.id, till, caller.shop)
        if body.name is not None:
            changed = rename_till(connection, caller, till, body.name)
        if body.limit_lifted is not None:
            changed = lift_limit(connection, caller, till, alliance.today if body.limit_lifted else None)
    return _render(changed)


@router.delete("/tills/{till}", operation_id="revokeTill", summary="Remove a till", status_code=204, responses=PROBLEMS)
def remove_till(request: Request, till: TillId, caller: Managers) -> None:
    """A till that was lost or stolen: it sells nothing any more, in any process within two seconds."""
    alliance = alliance_now(request, caller)
    with alliance.database.engine.begin() as connection:
        revoke_till(connection, caller, till, alliance.machine_clock(), alliance.clock())
    request.app.state.callers.forget()


@router.post(
    "/tills",
    operation_id="connectTill",
    summary="Connect a device to a shop",
    status_code=201,
    responses=responses(
        (404, "The code is wrong, was used, or is over."),
        (422, "A field can't be used."),
        (429, "Too many tries from this address."),
    ),
)
def connect(request: Request, body: TillConnect) -> TillDevice:
    """The code is used up; where the answer was lost, a manager makes another one and removes the till that nobody
    has.
    """
    alliances: Alliances = request.app.state.alliances
    request.app.state.log_in_rates.take(LOG_IN_ADDRESS, address_of(request))
    with alliances.database.engine.begin() as connection:
        return _render(connect_till(connection, body.code, body.name, decoded(body.public_key), alliances.clock()))


@router.post(
    "/till-challenges",
    operation_id="createTillChallenge",
    summary="What a till is to sign",
    responses=responses((401, "No such till, or it was removed."), (422, "A field can't be used.")),
)
def create_till_challenge(request: Request, body: TillChallengeCreate) -> TillChallenge:
    """The first half of beginning a session."""
    alliance = _alliance_of(request, body.till)
    return TillChallenge(challenge=make_challenge(alliance.programme.secret, body.till, alliance.machine_clock()))


@router.post(
    "/till-sessions",
    operation_id="createTillSession",
    summary="Begin a session of a till",
    status_code=201,
    responses=responses(
        (401, "The challenge is over, the signature is not the till's, or it was removed."),
        (422, "A field can't be used."),
    ),
)
def create_till_session(request: Request, body: TillSessionCreate) -> TillSession:
    """In it the device is a till of its shop. It sells while somebody is signed in (`beginShift`)."""
    alliance = _alliance_of(request, body.till)
    agent = request.headers.get("user-agent", "")
    with alliance.database.engine.begin() as connection:
        new = begin_till_session(connection, alliance, body.till, body.challenge, decoded(body.signature), agent)
    return TillSession(token=new.token.text, expires_at=moment(new.expires_at))


@router.get("/till", operation_id="getOwnTill", summary="The till that calls", responses=PROBLEMS)
def get_own_till(request: Request, caller: Tills) -> OwnTill:
    """What it needs to know to sell. Not for a till's key."""
    alliance = alliance_now(request, caller)
    with alliance.database.engine.connect() as connection:
        till = find_till(connection, alliance.id, caller.till)
        cashiers = cashiers_of(connection, alliance.id, till.shop)
        shift = open_shift(connection, alliance.id, till.id)
        offline = find_till_rules(connection, alliance.id)
        made = sales_of_day(connection, alliance, till.id, alliance.clock())
        lines = asks_for_lines(connection, alliance.id, till.shop)
    shop, settings = load_shop(alliance, till.shop), alliance.book.settings
    return OwnTill(
        **_render(till).model_dump(exclude={"created_at", "seen_at"}),
        created_at=moment(till.created_at),
        seen_at=moment(till.seen_at),
        alliance=settings.name,
        shop_name=till.shop if shop is None else shop.profile.name,
        currency=settings.currency,
        minor_digits=settings.minor_digits,
        timezone=settings.timezone,
        region=member_cache(alliance).settings.region,
        decimal_comma=customs_of(settings.timezone).decimal_comma,
        now=moment(alliance.clock()),
        points_per_unit=fraction_text(alliance.points_per_unit_now()),
        cashiers=[TillCashier(id=each.id, name=each.name, locked=each.is_locked) for each in cashiers],
        shift=None if shift is None else render_shift(shift),
        offline=TillOffline(
            sales_per_day=offline.per_day,
            sales_left=max(0, offline.per_day - made),
            hours=offline.hours,
            loss=offline.loss,
        ),
        lines=lines,
    )


def _alliance_of(request: Request, till: str) -> Alliance:
    """The alliance of a till that was not removed. Raises TillProofRefused."""
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.connect() as connection:
        alliance_id = alliance_of_till(connection, till)
    if alliance_id is None:
        raise TillProofRefused
    alliance = request.state.alliance = alliances.get(alliance_id)
    return alliance


def decoded(text: str) -> bytes:
    """The bytes of a text in base64url; none where it is not written so."""
    try:
        return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except binascii.Error:
        return b""


def _render(till: TillRecord) -> TillDevice:
    return TillDevice(
        id=till.id,
        shop=till.shop,
        name=till.name,
        created_at=moment(till.created_at),
        seen_at=moment(till.seen_at),
    )
