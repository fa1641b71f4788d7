"""How an alliance pays: its rail, days of grace, attempts, and when two people confirm."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import ALLIANCE, OWNERS, Caller, Role
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.etag import IfMatch, etag, must_match
from coalition.api.fields import Text
from coalition.api.idempotency import idempotency_key, posting_key
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.payments.set_rules import RANGES, request_rules, rules_of
from coalition.versions import version_of
from settlement.payments import PaymentRules as PaymentRulesRecord

router = Router(prefix="/v1/payment-rules", tags=["settlements"])
POSITION = 200

Reader = Annotated[Caller, Depends(allow(ALLIANCE | {Role.MANAGER}))]
Owner = Annotated[Caller, Depends(allow(OWNERS))]
Key = Annotated[str, Depends(idempotency_key)]
PROBLEMS = responses(
    (401, "No valid key or session."),
    (403, "Not for this role; or it takes two people, and a key can't be one of them."),
    (422, "A field can't be used, or the key was used for something else."),
    (429, "Too many requests."),
)


def _number(name: str, description: str, *, default: Any = ...) -> Any:
    least, most = RANGES[name]
    return Field(default, ge=least, le=most, description=description)


class PaymentRulesUpdate(BaseModel):
    """Rules for payments. Days have 24 hours."""

    model_config = ConfigDict(extra="forbid")

    rail: Text = Field(description="The rail of shops that chose none.", examples=["by_hand"])
    grace_days: StrictInt = _number(
        "grace_days", "A debt that is unpaid so many days after it was planned becomes a default."
    )
    attempts_max: StrictInt = _number("attempts_max", "A debt also becomes a default after so many failed attempts.")
    retry_days: StrictInt = _number("retry_days", "Days from one attempt to the next.")
    cut_cap_bps: StrictInt = _number(
        "cut_cap_bps", "The most of a creditor's net that a default may take, in basis points."
    )
    deposit_without_mandate: bool = Field(
        description="Whether a debt is drawn from the shop's deposit if it can't be collected."
    )
    two_people_from_minor: StrictInt = _number(
        "two_people_from_minor", "The amount, in minor units, from which two people confirm a payment by hand."
    )
    direct_days: StrictInt = _number("direct_days", "Days that a shop has to pay another shop.")
    pay_from_fund: bool = Field(description="Whether the guarantee fund advances what is not collected yet.")
    payout_min_minor: StrictInt = _number(
        "payout_min_minor",
        "The least that a shop is paid, in minor units; less is carried over, but for a shop that leaves.",
        default=0,
    )
    pay_when_collected: bool = Field(
        default=False,
        description="Whether shops are paid only when everybody who owes has paid or is in default; otherwise as far "
        "as the cash reaches.",
    )
    tolerance_minor: StrictInt = _number(
        "tolerance_minor",
        "A net that was paid in part is neither collected again nor in default for a rest of up to so much, in minor "
        "units.",
        default=100,
    )
    tolerance_charged_to: Literal["shop", "operator"] = Field(
        default="shop",
        description="Who bears that rest: the shop, which owes it with its next window, or the operator.",
    )


class PaymentRules(PaymentRulesUpdate):
    """Rules for payments."""

    approval: str | None = Field(
        default=None, description="The id of the approval that another person has to give; until then nothing changes."
    )


@router.get("", operation_id="getPaymentRules", summary="Get how the alliance pays", responses=PROBLEMS)
def get_rules(request: Request, response: Response, caller: Reader) -> PaymentRules:
    """The rules, with the ETag that a change needs."""
    return _render(response, rules_of(alliance_now(request, caller)))


@router.put(
    "",
    operation_id="setPaymentRules",
    summary="Set how the alliance pays",
    responses={
        **PROBLEMS,
        **responses(
            (400, "No Idempotency-Key."),
            (412, "The rules were changed since you read them."),
            (428, "If-Match is missing."),
        ),
    },
)
def put_rules(
    request: Request, response: Response, body: PaymentRulesUpdate, caller: Owner, key: Key, if_match: IfMatch = None
) -> PaymentRules:
    """They apply at once. If one person could confirm more alone by the new rules, they wait for another person's
    approval (202).
    """
    alliance = alliance_now(request, caller)
    before, after = rules_of(alliance), PaymentRulesRecord(**body.model_dump())
    if before == after:
        return _render(response, before)
    must_match(if_match, version_of(before))
    approval = request_rules(alliance, request.app.state.approvals, caller, after, posting_key(caller, key))
    if approval is not None:
        response.status_code = 202
        return _render(response, before, approval.id)
    return _render(response, after)


def _render(response: Response, rules: PaymentRulesRecord, approval: str | None = None) -> PaymentRules:
    response.headers["ETag"] = etag(version_of(rules))
    return PaymentRules(**asdict(rules), approval=approval)
