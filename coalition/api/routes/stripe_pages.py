"""Pages at Stripe for a shop's owner: to open an account, to save a mandate, to top up the deposit."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import TREASURERS, Caller, Role
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.errors import ShopNotAtStripe, StripeNotSetUp
from coalition.api.fields import AMOUNT_MAX, PlainText, ShopRef
from coalition.api.idempotency import idempotency_key, posting_key
from coalition.api.problems import invalid, responses
from coalition.api.router import Router
from coalition.locale.messages import translate
from coalition.merchants.change_shop import load_shop
from coalition.merchants.shop_status import ShopStatus
from coalition.merchants.store import Shop
from coalition.payments.context import payment_context
from coalition.payments.rails.stripe import stripe_at
from coalition.web.request import language_of
from settlement import Phrase
from settlement.payments import PaymentContext
from settlement.rails import RailAccount

if TYPE_CHECKING:
    from coalition.payments.stripe_account import StripeAccount

router = Router(prefix="/v1/shops/{shop}/stripe", tags=["stripe"])
POSITION = 220

Keeper = Annotated[Caller, Depends(allow(TREASURERS | {Role.MANAGER}))]
Key = Annotated[str, Depends(idempotency_key)]
Url = Annotated[str, Field(max_length=500, pattern=r"^https?://[!-~]+$")]
PROBLEMS = responses(
    (401, "No valid key or session."),
    (403, "Not for this role."),
    (404, "No such shop, or none of yours."),
    (409, "The alliance or the shop has no account at Stripe yet, or Stripe refused."),
    (422, "A field can't be used."),
    (429, "Too many requests."),
    (503, "Stripe does not answer now; send the same request again."),
)


class StripePageCreate(BaseModel):
    """Where the page sends its visitor afterwards."""

    model_config = ConfigDict(extra="forbid")

    done_url: Url = Field(
        description="Where to go when the visitor has finished.", examples=["https://points.example/done"]
    )
    back_url: Url = Field(
        description="Where to go when the visitor turns back, or the page has expired.",
        examples=["https://points.example/"],
    )


class StripeOnboardingCreate(StripePageCreate):
    """What Stripe needs to know about the shop."""

    country: str = Field(pattern=r"^[A-Z]{2}$", description="The shop's country, an ISO 3166 code.", examples=["DE"])
    email: Annotated[str, Field(max_length=100, pattern=r"^[^@\s]+@[^@\s]+$"), PlainText()] | None = Field(
        default=None, description="The shop's e-mail address at Stripe; by default the one in its profile."
    )


class StripeTopUpCreate(StripePageCreate):
    """How much to pay into the deposit."""

    amount_minor: StrictInt = Field(ge=1, le=AMOUNT_MAX, description="The amount, in minor units.")


class StripePage(BaseModel):
    """A page at Stripe."""

    url: str = Field(
        description="The page to send the shop's owner to. An onboarding page works once, for some minutes."
    )


@router.post(
    "/onboarding", operation_id="createStripeOnboarding", summary="Open an account at Stripe", responses=PROBLEMS
)
def post_onboarding(request: Request, shop: ShopRef, body: StripeOnboardingCreate, caller: Keeper) -> StripePage:
    """Registers the shop at Stripe, once, and gives the page where its owner enters what Stripe needs to pay it."""
    alliance = alliance_now(request, caller)
    registered = _shop(alliance, caller, shop)
    email = body.email or registered.profile.email
    if email is None:
        raise invalid("email", "email_missing")
    with _counter(alliance, caller) as (context, stripe):
        back_to = (body.done_url, body.back_url)
        url = stripe.onboarding_page(context, shop, registered.profile.name, email, body.country, back_to)
    with alliance.database.engine.begin() as connection:
        record(connection, caller, "stripe.onboarding", shop, {"country": body.country})
    return StripePage(url=url)


@router.post("/mandate", operation_id="createStripeMandate", summary="Save a mandate at Stripe", responses=PROBLEMS)
def post_mandate(request: Request, shop: ShopRef, body: StripePageCreate, caller: Keeper) -> StripePage:
    """Gives the page where the owner authorises debits of a bank account or card. A new mandate replaces the old."""
    alliance = alliance_now(request, caller)
    _shop(alliance, caller, shop)
    with _counter(alliance, caller) as (context, stripe):
        account = _account(context, stripe, shop)
        return StripePage(url=stripe.mandate_page(account, (body.done_url, body.back_url), language_of(request)))


@router.post(
    "/top-up",
    operation_id="createStripeTopUp",
    summary="Top up a deposit at Stripe",
    responses={**PROBLEMS, **responses((400, "No Idempotency-Key."))},
)
def post_top_up(request: Request, shop: ShopRef, body: StripeTopUpCreate, caller: Keeper, key: Key) -> StripePage:
    """Gives the page, valid for a day, where the owner pays into the shop's deposit."""
    alliance = alliance_now(request, caller)
    _shop(alliance, caller, shop)
    language: Literal["en", "zh"] = language_of(request)
    with _counter(alliance, caller) as (context, stripe):
        _account(context, stripe, shop)
        label = translate("{alliance}: deposit", language, alliance=alliance.book.settings.name)
        back_to = (body.done_url, body.back_url)
        asked_as = posting_key(caller, key)
        return StripePage(url=stripe.top_up_page(context, shop, body.amount_minor, label, back_to, language, asked_as))


@contextmanager
def _counter(alliance: Alliance, caller: Caller) -> "Iterator[tuple[PaymentContext, StripeAccount]]":
    """A payment context and the alliance's account at Stripe. Answers 409 if it has none."""
    stripe = stripe_at(alliance)
    if stripe is None:
        raise StripeNotSetUp
    with payment_context(alliance, caller.id) as context:
        yield context, stripe


def _shop(alliance: Alliance, caller: Caller, ref: str) -> Shop:
    own_shop(caller, ref)
    shop = load_shop(alliance, ref)
    if shop is None or shop.status is ShopStatus.APPLIED:
        not_found(Phrase("shop"), ref)
    return shop


def _account(context: PaymentContext, stripe: "StripeAccount", shop: str) -> RailAccount:
    account = stripe.account_of(context, shop)
    if account is None:
        raise ShopNotAtStripe(shop)
    return account
