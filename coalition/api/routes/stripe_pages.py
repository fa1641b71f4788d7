"""Pages at Stripe for a shop's owner: to open an account, to save a mandate, to top up the deposit."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import TREASURERS, Caller, Role
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.fields import AMOUNT_MAX, PlainText, ShopRef
from coalition.api.idempotency import idempotency_key, posting_key
from coalition.api.problems import invalid, responses
from coalition.api.router import Router
from coalition.locale.messages import translate
from coalition.merchants.change_shop import load_shop
from coalition.merchants.store import Shop
from coalition.payments.stripe_pages import (
    account_at_stripe,
    check_takes_part,
    open_mandate,
    open_onboarding,
    stripe_counter,
)
from coalition.web.request import language_of
from settlement import Phrase

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
    back_to = (body.done_url, body.back_url)
    return StripePage(url=open_onboarding(alliance, caller, registered, email, body.country, back_to))


@router.post("/mandate", operation_id="createStripeMandate", summary="Save a mandate at Stripe", responses=PROBLEMS)
def post_mandate(request: Request, shop: ShopRef, body: StripePageCreate, caller: Keeper) -> StripePage:
    """Gives the page where the owner authorises debits of a bank account or card. A new mandate replaces the old."""
    alliance = alliance_now(request, caller)
    registered, back_to = _shop(alliance, caller, shop), (body.done_url, body.back_url)
    return StripePage(url=open_mandate(alliance, caller, registered, back_to, language_of(request)))


@router.post(
    "/top-up",
    operation_id="createStripeTopUp",
    summary="Top up a deposit at Stripe",
    responses={**PROBLEMS, **responses((400, "No Idempotency-Key."))},
)
def post_top_up(request: Request, shop: ShopRef, body: StripeTopUpCreate, caller: Keeper, key: Key) -> StripePage:
    """Gives the page, valid for a day, where the owner pays into the shop's deposit."""
    alliance = alliance_now(request, caller)
    check_takes_part(_shop(alliance, caller, shop))
    language = language_of(request)
    with stripe_counter(alliance, caller) as (context, stripe):
        account_at_stripe(context, stripe, shop)
        label = translate("{alliance}: deposit", language, alliance=alliance.book.settings.name)
        back_to = (body.done_url, body.back_url)
        asked_as = posting_key(caller, key)
        return StripePage(url=stripe.top_up_page(context, shop, body.amount_minor, label, back_to, language, asked_as))


def _shop(alliance: Alliance, caller: Caller, ref: str) -> Shop:
    own_shop(caller, ref)
    shop = load_shop(alliance, ref)
    if shop is None:
        not_found(Phrase("shop"), ref)
    return shop
