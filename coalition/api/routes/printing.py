"""What is printed: posters and counter stands from which people join, members' cards, and slips of payments."""

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import ALLIANCE, HELPERS, SHOP, Caller, Role
from coalition.api.access import allow, not_found, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.fields import ShopRef, Text
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.merchants.change_shop import load_shop
from coalition.payments.context import payment_context
from coalition.printing.join_sheet import print_join_sheet
from coalition.printing.kinds import JoinSheet, Paper
from coalition.printing.member_cards import CARDS_MAX, print_member_cards
from coalition.printing.payment_slips import payments_to_print, print_payment_slips
from coalition.web.request import language_of, public_url
from settlement import Phrase

router = Router(prefix="/v1", tags=["shops"])
POSITION = 21

Alliance_ = Annotated[Caller, Depends(allow(ALLIANCE))]
Shops = Annotated[Caller, Depends(allow(ALLIANCE | {Role.MANAGER}))]
Helpers = Annotated[Caller, Depends(allow(HELPERS | {Role.APP}))]
Kind = Annotated[JoinSheet, Path(description="A `poster`, or a `stand` for the counter, to be folded in the middle.")]
Size = Annotated[Paper, Query(description="The paper.")]

PDF: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The PDF, in the language of Accept-Language.",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}
PROBLEMS = responses(
    (401, "No valid key or session."), (403, "Not for this role."), (422, "A parameter or field can't be used.")
)


class MemberCards(BaseModel):
    """Members who get a card each."""

    model_config = ConfigDict(extra="forbid")

    members: list[Text] = Field(
        min_length=1,
        max_length=CARDS_MAX,
        description="Their ids. A merged one is printed as the member whom it stands for.",
        examples=[["mem_4k8q2m0w9z7xdmh3f6kq0w9z7x"]],
    )
    paper: Paper = Field(default=Paper.A4, description="The paper.")


@router.get(
    "/alliance/join-sheets/{kind}",
    operation_id="getJoinSheet",
    summary="Print a poster for all shops",
    response_class=Response,
    responses={**PROBLEMS, **PDF},
)
def get_join_sheet(request: Request, kind: Kind, caller: Alliance_, paper: Size = Paper.A4) -> Response:
    """A page with a QR code from which people join the alliance."""
    alliance = alliance_now(request, caller)
    return _pdf(print_join_sheet(alliance, kind, None, public_url(request), paper, language_of(request)), kind.value)


@router.get(
    "/shops/{shop}/join-sheets/{kind}",
    operation_id="getShopJoinSheet",
    summary="Print a shop's poster",
    response_class=Response,
    responses={**PROBLEMS, **responses((404, "No such shop, or none of yours.")), **PDF},
)
def get_shop_join_sheet(request: Request, shop: ShopRef, kind: Kind, caller: Shops, paper: Size = Paper.A4) -> Response:
    """A page with a QR code from which people join. They count as enrolled by the shop."""
    own_shop(caller, shop)
    alliance = alliance_now(request, caller)
    record = load_shop(alliance, shop)
    if record is None:
        not_found(Phrase("shop"), shop)
    written = print_join_sheet(alliance, kind, record, public_url(request), paper, language_of(request))
    return _pdf(written, f"{kind.value}-{record.ref}")


@router.post(
    "/member-cards",
    operation_id="createMemberCards",
    summary="Print members' cards",
    response_class=Response,
    responses={**PROBLEMS, **responses((404, "No such member.")), **PDF},
)
def create_member_cards(request: Request, body: MemberCards, caller: Helpers) -> Response:
    """Cards to cut out. The QR code on a card is the member's id, which earns at any till and spends nowhere."""
    alliance = alliance_now(request, caller)
    return _pdf(print_member_cards(alliance, body.members, body.paper, language_of(request)), "member-cards")


@router.get(
    "/payment-slips",
    operation_id="getPaymentSlips",
    summary="Print what shops pay each other",
    tags=["settlements"],
    response_class=Response,
    responses={**PROBLEMS, **responses((404, "No such shop, or none of yours.")), **PDF},
)
def get_payment_slips(
    request: Request,
    caller: Shops,
    shop: Annotated[ShopRef | None, Query(description="Only what this shop is to pay; a manager's own.")] = None,
    paper: Size = Paper.A4,
) -> Response:
    """A slip for each payment from shop to shop that is not over, with the payee's own Alipay or WeChat code where it
    gave one. For all shops a list comes first, and each payer's slips begin on a page of their own.
    """
    alliance = alliance_now(request, caller)
    payer = shop or (caller.shop if caller.role in SHOP else None)
    if payer is not None:
        own_shop(caller, payer)
        if load_shop(alliance, payer) is None:
            not_found(Phrase("shop"), payer)
    with payment_context(alliance, caller.id) as context:
        payments = payments_to_print(context, payer)
        written = print_payment_slips(alliance, context, payments, paper, language_of(request))
    return _pdf(written, "payment-slips" if payer is None else f"payment-slips-{payer}")


def _pdf(written: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(written, headers=headers, media_type="application/pdf")
