"""Webhooks from Stripe: stored at once, handled later."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Header, Path, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from coalition.api.errors import NoStripeAlliance
from coalition.api.problems import responses
from coalition.api.router import BYTES_OF_CALLERS, Router

router = Router(prefix="/v1/alliances/{alliance_id}/stripe", tags=["stripe"])
POSITION = 360

AllianceId = Annotated[int, Path(description="The alliance's number, from the URL that is set up at Stripe.")]
Signature = Annotated[str, Header(description="Stripe's signature over the raw body.")]
Receive = Callable[[bytes, str], bool]
"""Verifies and stores a webhook by its raw body and signature; True if it is new."""


class StripeWebhookReceipt(BaseModel):
    """A webhook that was stored."""

    new: bool = Field(description="Whether it came for the first time.", examples=[True])


@router.post(
    "/webhooks",
    operation_id="receiveStripeWebhook",
    # Stripe names no bound, and repeats for days what is refused. Nothing of it is parsed before it is verified.
    max_body_size=BYTES_OF_CALLERS,
    summary="Receive a webhook from Stripe",
    responses=responses(
        (400, "It is not an event, or not signed with a secret of this alliance's endpoint at Stripe."),
        (404, "There is no such alliance, or it has no account at Stripe."),
        (503, "The database is not available now; Stripe sends it again."),
    ),
)
async def take(alliance_id: AllianceId, request: Request, stripe_signature: Signature = "") -> StripeWebhookReceipt:
    """Only for Stripe, which signs the raw body instead of sending a key."""
    receive: Receive | None = request.app.state.stripe.get(alliance_id)
    if receive is None:
        raise NoStripeAlliance
    body = await request.body()
    return StripeWebhookReceipt(new=await run_in_threadpool(receive, body, stripe_signature))
