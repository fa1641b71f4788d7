"""What everybody may see, without a key: the alliance, its shops, and their pictures."""

from datetime import time
from typing import Annotated

from fastapi import Depends, Path, Query, Request, Response
from pydantic import BaseModel, Field

from coalition.access.find_alliance import find_alliance_id
from coalition.access.rate_limits import PUBLIC_READS, Rates
from coalition.alliance import Alliance, Alliances
from coalition.api.access import not_found
from coalition.api.fields import Text
from coalition.api.paging import LIMIT_DEFAULT, Cursor, Limit, Page, page, position_of
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.legal_texts import LegalWords
from coalition.api.routes.shop_schemas import ShopAppearance, appearance
from coalition.api.times import Moment
from coalition.legal.legal_text import LegalKind
from coalition.legal.legal_texts import legal_texts_of
from coalition.locale.formats import fraction_text, moment
from coalition.members.member_cache import member_cache
from coalition.merchants.category import Category
from coalition.merchants.public_shops import PublicShop as PublicShopRecord
from coalition.merchants.public_shops import public_shops
from coalition.merchants.set_shop_image import MEDIA_TYPE, find_image
from coalition.web.request import address_of
from settlement import Phrase
from settlement.ledger import Database

router = Router(prefix="/v1/public", tags=["public"])
POSITION = 15

BINARY = {"type": "string", "format": "binary"}
STORED_FOR_EVER = "public, max-age=31536000, immutable"


def public_alliance(
    request: Request,
    alliance: Annotated[
        Text | None,
        Query(description="The alliance's name; needed only if the server has several.", examples=["Old Town"]),
    ] = None,
) -> Alliance:
    """The alliance that a stranger names. Answers 404 where there is none, and 429 above the limit of an address."""
    alliances: Alliances = request.app.state.alliances
    _count(request)
    id_ = find_alliance_id(alliances.database, alliance)
    if id_ is None:
        not_found(Phrase("alliance"), alliance or "")
    request.state.alliance = alliances.get(id_)
    return alliances.get(id_)


Named = Annotated[Alliance, Depends(public_alliance)]
OpenNow = Annotated[bool, Query(description="Only those that are known to be open now.")]
PROBLEMS = responses(
    (404, "No such alliance, or no such shop that takes part."),
    (422, "A parameter can't be used."),
    (429, "Too many requests from this address."),
)


class PublicAlliance(BaseModel):
    """An alliance as everybody sees it."""

    name: str = Field(description="The alliance's name.", examples=["Old Town"])
    currency: str = Field(description="ISO 4217 code of the currency.", examples=["EUR"])
    minor_digits: int = Field(description="Decimals of the currency: 2 for cents.")
    timezone: str = Field(description="The time zone of its shops, an IANA name.")
    now: Moment = Field(description="The time on the alliance's clock, by which pay codes are made.")
    region: str | None = Field(description="The country (ISO 3166) of phone numbers that are given without one.")
    points_per_unit: str = Field(description="Points that pay for a whole unit of money, exact.", examples=["100"])
    earn_points_per_unit: str = Field(description="Points for a whole unit of money paid, exact.", examples=["5"])
    expiry_months: int = Field(description="Points are good until the end of the month so many months later.")


class PublicShop(ShopAppearance):
    """A shop that takes part."""

    earns: bool = Field(description="Whether members earn points there now.")
    redeems: bool = Field(description="Whether members pay in points there now.")
    open_now: bool | None = Field(description="Whether it is open now; null where it does not say when it is.")
    closes_at: time | None = Field(description="When it closes, by the clock on its wall; null where it is closed.")


class PublicLegalText(BaseModel):
    """The version of a legal text that is in force."""

    kind: LegalKind = Field(description="Which text.")
    version: int = Field(description="Its version, to which those agree who join now.", examples=[2])
    effective_at: Moment = Field(description="Since when it holds.")
    text: LegalWords = Field(description="What it says.")


class PublicLegalTexts(BaseModel):
    """The alliance's own legal texts."""

    data: list[PublicLegalText] = Field(description="Those that it has: terms, privacy notice, imprint.")


@router.get("/alliance", operation_id="getPublicAlliance", summary="The alliance", responses=PROBLEMS)
def get_public_alliance(alliance: Named) -> PublicAlliance:
    """What a member needs to know before they join: what points are worth, and how they are earned."""
    now, settings = alliance.clock(), alliance.book.settings
    rules = alliance.programme.rules_at(now)
    return PublicAlliance(
        name=settings.name,
        currency=settings.currency,
        minor_digits=settings.minor_digits,
        timezone=alliance.calendar.zone_at(now),
        now=moment(now),
        region=member_cache(alliance).settings.region,
        points_per_unit=fraction_text(alliance.points_per_unit_now()),
        earn_points_per_unit=fraction_text(rules.earn_points_per_unit),
        expiry_months=rules.expiry_months,
    )


@router.get(
    "/legal-texts",
    operation_id="listPublicLegalTexts",
    summary="The alliance's legal texts",
    responses=PROBLEMS,
)
def get_public_legal_texts(alliance: Named) -> PublicLegalTexts:
    """What somebody reads before they join: each text that the alliance has, in the version that is in force."""
    texts = legal_texts_of(alliance)
    current = [version for kind in LegalKind if (version := texts.current(kind)) is not None]
    read = [text for version in current if (text := texts.read(version)) is not None]
    return PublicLegalTexts(
        data=[
            PublicLegalText(
                kind=each.version.kind,
                version=each.version.version,
                effective_at=moment(each.version.effective_at),
                text=LegalWords(en=each.en, zh=each.zh),
            )
            for each in read
        ]
    )


@router.get("/shops", operation_id="listPublicShops", summary="The shops that take part", responses=PROBLEMS)
def list_public_shops(
    alliance: Named,
    category: Annotated[Category | None, Query(description="Only those that sell this.")] = None,
    open_now: OpenNow = False,  # noqa: FBT002 - a parameter of a query
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Page[PublicShop]:
    """By ref."""
    after = position_of(cursor, str)
    shops = public_shops(alliance, category, open_now=open_now)
    rows = [shop for shop in shops if after is None or shop.ref > str(after[0])]
    return page(rows[: limit + 1], limit, lambda shop: [shop.ref], _render)


@router.get("/shops/{shop}", operation_id="getPublicShop", summary="A shop that takes part", responses=PROBLEMS)
def get_public_shop(
    alliance: Named, shop: Annotated[Text, Path(description="The shop's ref.", examples=["bakery"])]
) -> PublicShop:
    """The same as in the list."""
    public = {each.ref: each for each in public_shops(alliance)}
    if shop not in public:
        not_found(Phrase("shop"), shop)
    return _render(public[shop])


@router.get(
    "/images/{digest}",
    operation_id="getPublicImage",
    summary="A picture of a shop",
    response_class=Response,
    responses={
        200: {"description": "A WebP file.", "content": {MEDIA_TYPE: {"schema": BINARY}}},
        **responses((404, "No such picture, or none any more."), (429, "Too many requests from this address.")),
    },
)
def get_public_image(
    request: Request,
    digest: Annotated[
        Text, Path(description="The picture's name, which `logo` and `photo` of a shop end with.", max_length=64)
    ],
) -> Response:
    """It never changes, and may be stored for ever."""
    _count(request)
    database: Database = request.app.state.alliances.database
    image = find_image(database, digest)
    if image is None:
        not_found(Phrase("picture"), digest)
    return Response(image, media_type=MEDIA_TYPE, headers={"Cache-Control": STORED_FOR_EVER})


def _count(request: Request) -> None:
    rates: Rates = request.app.state.rates
    request.state.standing = rates.take(PUBLIC_READS, address_of(request))


def _render(shop: PublicShopRecord) -> PublicShop:
    closes = None if shop.closes_at is None else shop.closes_at.time()
    return PublicShop(
        **appearance(shop.ref, shop.profile),
        earns=shop.earns,
        redeems=shop.redeems,
        open_now=shop.open_now,
        closes_at=closes,
    )
