"""Where Stripe brings its news: taken in at once, acted on later."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Header, Path, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from coalition.api.problems import ApiError, responses

router = APIRouter(prefix="/v1/alliances/{alliance_id}/stripe", tags=["stripe"])
POSITION = 360

AllianceId = Annotated[
    int, Path(description="The alliance's number, from the URL that is set up at Stripe.")
]
Signature = Annotated[str, Header(description="Stripe's signature over the raw body.")]
Receive = Callable[[bytes, str], bool]
"""Checks and stores one webhook, by its raw body and its signature; True if it was news. `News.receive` is one."""


class StripeWebhookReceipt(BaseModel):
    """That a webhook was stored."""

    news: bool = Field(description="Whether it came for the first time.", examples=[True])


@router.post(
    "/webhooks",
    operation_id="receiveStripeWebhook",
    summary="Take in an event of Stripe's",
    responses=responses(
        (400, "It is not signed by Stripe with a secret of this alliance's endpoint, or it is no event."),
        (404, "There is no such alliance, or it has no account at Stripe."),
        (503, "The database can't be used now; Stripe tries again."),
    ),
)
async def take(alliance_id: AllianceId, request: Request, stripe_signature: Signature = "") -> StripeWebhookReceipt:
    """For Stripe alone: the signature over the raw body takes the place of a key."""
    receive: Receive | None = request.app.state.stripe.get(alliance_id)
    if receive is None:
        raise ApiError("not_found", "There is no such alliance with an account at Stripe.")
    body = await request.body()
    return StripeWebhookReceipt(news=await run_in_threadpool(receive, body, stripe_signature))
