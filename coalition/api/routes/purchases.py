"""Purchases at a till: a quote that explains itself, and the purchase itself. The hot path of the whole API."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field

from coalition.access.caller import ALLIANCE, SELLERS, SHOP, Caller
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found, own_shop
from coalition.api.alliance import alliance_now, alliance_of
from coalition.api.fields import PurchaseId, Text
from coalition.api.idempotency import idempotency_key, posting_key
from coalition.api.paging import LIMIT_DEFAULT, Cursor, Limit, Page, page
from coalition.api.posting_lists import SentKey, rows_asked_for
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.purchase_schemas import (
    NotEarned,
    PurchaseBonus,
    PurchaseCreate,
    PurchaseStamps,
    not_earned,
    purchase_bonuses,
    purchase_stamps,
)
from coalition.api.routes.quote_schemas import PurchaseLine, Quote, purchase_lines, render_quote
from coalition.api.times import Moment
from coalition.ids import window_id
from coalition.locale.formats import Lang, moment
from coalition.purchases import create_purchase as creating
from coalition.purchases import find_purchase as finding
from coalition.purchases import quote_purchase as quoting
from coalition.purchases.check_sale import SaleAsked, allowed_sale
from coalition.purchases.posting_kind import PURCHASES
from coalition.web.request import language_of
from settlement import Phrase

router = Router(prefix="/v1/purchases", tags=["purchases"])
POSITION = 30

Sellers = Annotated[Caller, Depends(allow(SELLERS))]
Readers = Annotated[Caller, Depends(allow(SHOP | ALLIANCE))]
Key = Annotated[str, Depends(idempotency_key)]


class Purchase(BaseModel):
    """A purchase as it was booked."""

    id: str = Field(description="Its id.", examples=["pur_3f6kq0w9z7xdm"])
    shop: str = Field(description="The shop.")
    member: str | None = Field(
        description="The member; null to a shop that named them by their phone number or address."
    )
    amount_minor: int = Field(description="What was to be paid, in minor units.")
    currency: str = Field(description="ISO 4217 code of the alliance's currency.", examples=["EUR"])
    points_spent: int = Field(description="Points that paid for a part.")
    cash_due_minor: int = Field(
        description="What is left to pay in money, in minor units; a fraction of one is rounded up."
    )
    points_earned: int = Field(
        description="Points issued for what was paid in money, including those that paid a debt of the member."
    )
    points_expired: int = Field(
        description="Those of them whose last day was over already when the purchase was booked: it came late."
    )
    not_earned: NotEarned | None = Field(
        description="Why it earned nothing although it would: `shop_not_earning`, `limit_reached`. Null where nothing "
        "stood in the way."
    )
    bonuses: list[PurchaseBonus] = Field(
        description="Of the points earned those that bonus rules gave, by who pays for them."
    )
    stamps: list[PurchaseStamps] = Field(description="What it put on stamp cards of the member.")
    external_ref: str | None = Field(description="The till's own number.")
    occurred_at: Moment = Field(description="When it happened.")
    window: str = Field(description="The window that it settles in.", examples=["win_20260601T000000Z"])
    late: bool = Field(description="Whether it came after the window of its time was closed.")


class BookedLine(PurchaseLine):
    """A line of a purchase that was booked."""

    refunded: bool = Field(description="Whether a refund gave this line back.")


class PurchaseDetail(Purchase):
    """A purchase with its lines, and what was refunded of it."""

    refunded_minor: int = Field(description="How much of its amount was refunded until now, in minor units.")
    lines: list[BookedLine] = Field(description="Each line with its share.")
    recorded_at: Moment = Field(description="When it was booked.")
    till: str | None = Field(description="The connected till that booked it; null for what came by a key.")
    cashier: str | None = Field(description="The cashier who was signed in there.")


PROBLEMS = responses(
    (400, "No Idempotency-Key."),
    (401, "No valid key."),
    (403, "Not for this role."),
    (404, "No such shop or member, or none of yours."),
    (
        409,
        "It can't be booked; `code` is why: member_frozen, consent_needed, spend_locked, pay_code_over, pay_code_used, "
        "confirmation_needed (send it again once the member has confirmed the amount), confirmation_declined, "
        "points_short, shop_not_redeeming …",
    ),
    (422, "A field can't be used, or the key was used for something else."),
    (429, "More than the limit, or too many wrong pay codes; Retry-After says when."),
    (503, "Not available now; send it again under the same key."),
)


@router.post(
    "",
    operation_id="createPurchase",
    summary="Record a purchase, spending and earning points",
    status_code=201,
    responses={**PROBLEMS, 201: {"model": Purchase, "description": "Booked, for good."}},
)
async def create_purchase(request: Request, body: PurchaseCreate, caller: Sellers, key: Key) -> Response:
    """Spends up to `points` of the member's points, soonest expiry first, and issues points for the rest.
    With `accept_partial` false, it spends exactly `points`, or books nothing.

    Spending takes the member's `pay_code`, or their yes to a `confirmation`; a `member`'s id, a `phone` number or an
    `email` address earns.

    Above what one person may sell at once or in all (`listApprovalLimits`) it takes two people; a till's own key sells
    up to the amount for one sale, and all tills of a shop together up to the sums for keys.

    Durable when it answers. The same key, or the same `external_ref`, gives the same answer again, with the header
    `Idempotent-Replayed: true`.
    """
    own_shop(caller, body.shop)
    alliance = await alliance_of(request, caller)
    new, own_key = body.new(caller), posting_key(caller, key)
    asked = SaleAsked(body.shop, new.amount_minor, new.points)
    async with allowed_sale(alliance, request.app.state.approvals, caller, asked, own_key) as sale:
        booked = await creating.create_purchase(alliance, new, own_key)
        sale.replayed, sale.points_spent = booked.receipt.replayed, booked.receipt.points_spent
    receipt = booked.receipt
    purchase = Purchase(
        id=receipt.id,
        shop=body.shop,
        member=booked.member,
        amount_minor=body.amount_minor,
        currency=alliance.book.settings.currency,
        points_spent=receipt.points_spent,
        cash_due_minor=receipt.cash_due_minor,
        points_earned=receipt.points_earned,
        not_earned=not_earned(receipt.not_earned, language_of(request), alliance),
        points_expired=receipt.points_expired,
        bonuses=purchase_bonuses(receipt.bonuses, language_of(request), alliance),
        stamps=purchase_stamps(receipt.stamps, language_of(request), alliance),
        external_ref=body.external_ref,
        occurred_at=moment(booked.occurred_at),
        window=window_id(receipt.window_id),
        late=receipt.late,
    )
    headers = {"Idempotent-Replayed": "true"} if receipt.replayed else None
    # Made here: the framework would check the answer once more, which costs as much as booking it.
    return Response(purchase.model_dump_json(), 201, headers, "application/json")


@router.post(
    "/quote",
    operation_id="quotePurchase",
    summary="What a purchase would do, explained",
    responses={status: problem for status, problem in PROBLEMS.items() if status != 400},
)
def quote_purchase(request: Request, body: PurchaseCreate, caller: Readers) -> Quote:
    """A dry run: nothing is booked, nothing is held. Whose points would be spent, and what each line earns."""
    own_shop(caller, body.shop)
    alliance = alliance_now(request, caller)
    quote = quoting.quote_purchase(alliance, body.new(caller))
    return render_quote(alliance, quote, body.amount_minor, language_of(request))


@router.get(
    "",
    operation_id="listPurchases",
    summary="Purchases, the newest first",
    responses=responses(
        (401, "No valid key."),
        (403, "Not for this role."),
        (404, "No such shop, or none of yours."),
        (422, "A field can't be used."),
    ),
)
def list_purchases(
    request: Request,
    caller: Readers,
    external_ref: Annotated[Text | None, Query(description="Only the one with this number of the till's.")] = None,
    key: SentKey = None,
    shop: Annotated[Text | None, Query(description="Only purchases at this shop. A till sees its own shop's.")] = None,
    member: Annotated[
        Text | None, Query(description="Only purchases of this member, whichever of their ids was sent.")
    ] = None,
    since: Annotated[Moment | None, Query(description="Only those recorded at this moment or later.")] = None,
    until: Annotated[Moment | None, Query(description="Only those recorded before this moment.")] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Page[PurchaseDetail]:
    """Of those that were booked, the ones that are like this in every way that is asked for. A key or a receipt under
    which nothing was booked gives an empty list.
    """
    alliance = alliance_now(request, caller)
    rows = rows_asked_for(
        alliance,
        caller,
        PURCHASES,
        external_ref=external_ref,
        key=key,
        shop=shop,
        member=member,
        since=since,
        until=until,
        cursor=cursor,
        limit=limit,
    )
    purchases = {
        purchase.posting.id: purchase for purchase in finding.found_purchases(alliance, [row.posting for row in rows])
    }
    lang = language_of(request)
    return page(
        rows,
        limit,
        lambda row: [row.place],
        lambda row: _render(alliance, caller, purchases[row.posting.id], lang),
    )


@router.get(
    "/{purchase}",
    operation_id="getPurchase",
    summary="A purchase",
    responses=responses((401, "No valid key."), (403, "Not for this role."), (404, "None that you can see.")),
)
def get_purchase(request: Request, purchase: PurchaseId, caller: Readers) -> PurchaseDetail:
    """A purchase as it was booked."""
    alliance = alliance_now(request, caller)
    return _render(alliance, caller, own_purchase(alliance, caller, purchase), language_of(request))


def own_purchase(alliance: Alliance, caller: Caller, purchase: str) -> finding.FoundPurchase:
    """A purchase by its public id. Answers 404 for an unknown one and for another shop's."""
    booked = finding.find_purchase(alliance, purchase)
    if booked is None or not caller.may_act_for_shop(booked.shop):
        not_found(Phrase("purchase"), purchase)
    return booked


def _render(alliance: Alliance, caller: Caller, booked: finding.FoundPurchase, lang: Lang) -> PurchaseDetail:
    return PurchaseDetail(
        id=booked.id,
        shop=booked.shop,
        member=None if booked.by_contact and caller.role in SHOP else booked.member,
        amount_minor=booked.amount_minor,
        currency=alliance.book.settings.currency,
        points_spent=booked.points_spent,
        cash_due_minor=booked.cash_due_minor,
        points_earned=booked.points_earned,
        not_earned=not_earned(booked.posting.omitted, lang, alliance),
        points_expired=booked.points_expired,
        bonuses=purchase_bonuses(booked.bonuses, lang, alliance),
        stamps=purchase_stamps(booked.stamps, lang, alliance),
        external_ref=booked.external_ref,
        occurred_at=moment(booked.posting.occurred_at),
        window=window_id(booked.posting.window_id),
        late=booked.posting.late_for is not None,
        refunded_minor=booked.refunded_minor,
        lines=[
            BookedLine(**line.model_dump(), refunded=line.ref in booked.lines_back)
            for line in purchase_lines(booked.lines)
        ],
        recorded_at=moment(booked.posting.recorded_at),
        till=booked.till,
        cashier=booked.cashier,
    )
