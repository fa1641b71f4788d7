"""How a shop pays and is paid: its rail, and its account there."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import TREASURERS, Caller, Role
from coalition.api.access import allow, not_found, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.etag import IfMatch, etag, must_match
from coalition.api.fields import PlainText, ShopRef, Text
from coalition.api.idempotency import idempotency_key, posting_key
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.locale.error_text import reason_text
from coalition.locale.formats import Lang
from coalition.payments.context import payment_context
from coalition.payments.set_account import NewAccount, account_version, rail_choices, rail_used, request_account
from coalition.web.request import language_of
from settlement import Phrase
from settlement.ledger import POOL
from settlement.payments import PaymentContext, payment_profiles, rail_account
from settlement.rails import Direction

router = Router(prefix="/v1/shops/{shop}/payment-account", tags=["payments"])
POSITION = 190

Keeper = Annotated[Caller, Depends(allow(TREASURERS | {Role.MANAGER}))]
Key = Annotated[str, Depends(idempotency_key)]
Name = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
Value = Annotated[str, Field(max_length=140), PlainText(empty=True)]
PROBLEMS = responses(
    (401, "No valid key or session."),
    (403, "Not for this role."),
    (404, "No such shop, or none of yours."),
    (422, "A field can't be used."),
    (429, "Too many requests."),
)


class PaymentAccountUpdate(BaseModel):
    """How the shop will pay and be paid."""

    model_config = ConfigDict(extra="forbid")

    rail: Text | None = Field(
        description="`by_hand`, `bank` or `stripe`; `deposit` to draw debts from its deposit; null for the alliance's "
        "rail.",
        examples=["bank"],
    )
    details: dict[Name, Value] | None = Field(
        default=None,
        max_length=12,
        description="The bank account: name, iban and bic, with mandate_id and mandate_signed_on to collect. If left "
        "out, they stay as they are. An account at Stripe is opened on Stripe's own pages instead.",
        examples=[{"name": "Bäckerei Sommer", "iban": "DE89370400440532013000"}],
    )


class PaymentAccount(BaseModel):
    """How the shop pays and is paid."""

    shop: str = Field(description="The shop.")
    rail: str | None = Field(description="The rail that the shop chose; null for the alliance's rail.")
    used: str = Field(description="The rail that it uses.")
    rails: list[str] = Field(description="The rails that it can choose from.")
    details: Mapping[str, str] = Field(description="Its account at that rail.")
    collect_problem: str | None = Field(description="Why nothing can be collected from it; null if it can.")
    pay_problem: str | None = Field(description="Why it can't be paid; null if it can.")
    suspended: bool = Field(description="Whether payments to it are held back.")
    approval: str | None = Field(
        default=None, description="The id of the approval that another person has to give; until then nothing changes."
    )


@router.get("", operation_id="getPaymentAccount", summary="Get how a shop pays and is paid", responses=PROBLEMS)
def get_account(request: Request, response: Response, shop: ShopRef, caller: Keeper) -> PaymentAccount:
    """The shop's rail and its account there, with the ETag that a change needs."""
    own_shop(caller, shop)
    language = language_of(request)
    with payment_context(alliance_now(request, caller), caller.id) as context:
        return _render(response, context, shop, language)


@router.put(
    "",
    operation_id="setPaymentAccount",
    summary="Set how a shop pays and is paid",
    responses={
        **PROBLEMS,
        **responses(
            (400, "No Idempotency-Key."),
            (403, "Not for this role; or it takes two people, and a key can't be one of them."),
            (412, "The account was changed since you read it."),
            (422, "A field can't be used, or the key was used for something else."),
            (428, "If-Match is missing."),
        ),
    },
)
def put_account(
    request: Request,
    response: Response,
    shop: ShopRef,
    body: PaymentAccountUpdate,
    caller: Keeper,
    key: Key,
    if_match: IfMatch = None,
) -> PaymentAccount:
    """Applies from the next payment on; payments that were sent continue as they are.

    If money would go to another account than before, the change waits for another person's approval (202).
    """
    own_shop(caller, shop)
    alliance, language = alliance_now(request, caller), language_of(request)
    asked = NewAccount(shop, body.rail or "", body.details)
    with payment_context(alliance, caller.id) as context:
        must_match(if_match, _version(_render(response, context, shop, language)))
        approval = request_account(context, request.app.state.approvals, caller, asked, posting_key(caller, key))
        if approval is None:
            return _render(response, context, shop, language)
        response.status_code = 202
        return _render(response, context, shop, language, approval.id)


def _render(
    response: Response, context: PaymentContext, shop: str, language: Lang, approval: str | None = None
) -> PaymentAccount:
    if shop == POOL or shop not in context.book.config(context.session).by_ref:
        not_found(Phrase("shop"), shop)
    profile = payment_profiles(context.book, context.session).get(shop)
    choice = "" if profile is None else profile.rail
    used = rail_used(context, choice)
    account = rail_account(context.book, context.session, shop, used)
    collect, pay = (
        reason_text(context.problem(used, account, direction), language, context.book.settings) or None
        for direction in (Direction.COLLECT, Direction.PAY)
    )
    rendered = PaymentAccount(
        shop=shop,
        rail=choice or None,
        used=used,
        rails=rail_choices(context),
        details=account.details,
        collect_problem=collect,
        pay_problem=pay,
        suspended=profile is not None and profile.suspended,
        approval=approval,
    )
    response.headers["ETag"] = etag(_version(rendered))
    return rendered


def _version(account: PaymentAccount) -> int:
    return account_version(account.rail or "", account.details)
