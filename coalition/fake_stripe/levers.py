"""The control endpoints, under /_control/: JSON in, JSON out."""

import asyncio
import threading
import time
from dataclasses import asdict
from typing import Literal, Self

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator

from coalition.fake_stripe.control import Control
from coalition.fake_stripe.delivery import Postman
from coalition.fake_stripe.faults import Fault, Kind
from coalition.fake_stripe.limits import Limiter, RateLimits
from coalition.fake_stripe.webhooks import Mischief
from coalition.fake_stripe.world import PLATFORM, Object

POLL_SECONDS = 0.005


class Body(BaseModel):
    """A body of known fields only."""

    model_config = ConfigDict(extra="forbid")


class Clock(Body):
    """Where to move the clock (Unix seconds), or how far ahead."""

    to: int | None = None
    advance_seconds: int = Field(0, ge=0)


class NewFault(Body):
    """A failure for the next requests; see Fault."""

    kind: Kind
    times: int = Field(1, ge=1)
    method: Literal["GET", "POST", "DELETE"] | None = None
    path: str = ".*"
    effect: bool = False
    seconds: float = Field(0.0, ge=0)

    @model_validator(mode="after")
    def effect_is_possible(self) -> Self:
        """A request that never began had no effect."""
        if self.effect and self.kind not in ("error", "timeout", "reset"):
            raise ValueError(f"{self.kind} comes instead of an effect; leave effect out")
        return self


class NewMischief(Body):
    """Something to do to the next webhooks; see Mischief."""

    kind: Literal["drop", "duplicate", "delay", "reorder"]
    times: int = Field(1, ge=1)
    types: list[str] = ["*"]
    seconds: int = Field(0, ge=0)


class Failure(Body):
    """Why a debit or refund fails."""

    code: str = "insufficient_funds"


class NewDispute(Body):
    """Why a payment comes back, and how much of it in minor units (all of it by default)."""

    reason: str = "debit_not_authorized"
    amount: int | None = Field(None, ge=1)


class DisputeDecision(Body):
    """How a card dispute ends."""

    won: bool


class NewBehaviour(Body):
    """What becomes of payments with a payment method; see Behaviour. Only the fields of the request change."""

    failure: str | None = None
    decline: str | None = None
    days: int | None = Field(None, ge=0)
    dispute: str | None = None
    dispute_days: int = Field(0, ge=0)
    never: bool = False
    small_deposits: bool = False


class Choice(Body):
    """The payment method that a page is finished with: an id, or a documented test id."""

    payment_method: str


class Reason(Body):
    """Why an account is stopped."""

    reason: str = "requirements.past_due"


class NewPlatform(Body):
    """How the platform is set up on Stripe's dashboard; see `set_up` in platform.py."""

    country: str = "DE"
    payouts: Literal["manual", "daily", "weekly", "monthly"] = "manual"
    transfers_alone: bool = False
    capabilities: bool = True


class Funds(Body):
    """Money onto a balance, in minor units."""

    amount: int = Field(ge=1)
    currency: str
    account: str = PLATFORM


class NewLimits(Body):
    """Requests let through per second."""

    all_per_second: int = Field(100, ge=1)
    endpoint_per_second: int = Field(25, ge=1)


class FlushPatience(Body):
    """How long to wait, in real seconds."""

    timeout_seconds: float = Field(5.0, gt=0)


def router(control: Control, lock: threading.Lock, postman: Postman) -> APIRouter:
    """All control endpoints of one machine."""
    routes = APIRouter(prefix="/_control")
    _time_and_faults(routes, control, lock, postman)
    _banks(routes, control, lock)
    _owners(routes, control, lock)
    _webhooks(routes, control, lock)
    return routes


def _time_and_faults(routes: APIRouter, control: Control, lock: threading.Lock, postman: Postman) -> None:
    machine = control.machine

    @routes.post("/start_over")
    def start_over() -> Object:
        with lock:
            machine.start_over()
            return {"now": control.world.now}

    @routes.get("/clock")
    def read_clock() -> Object:
        with lock:
            return {"now": control.world.now}

    @routes.post("/clock")
    def move_clock(body: Clock) -> Object:
        with lock:
            now = control.move_clock(body.to, body.advance_seconds)
        postman.wake()
        return {"now": now}

    @routes.get("/faults")
    def list_faults() -> list[Object]:
        with lock:
            return [asdict(each) for each in machine.faults.waiting if each.times]

    @routes.post("/faults")
    def add_fault(body: NewFault) -> Object:
        with lock:
            machine.faults.waiting.append(Fault(**body.model_dump()))
        return body.model_dump()

    @routes.delete("/faults")
    def clear_faults() -> Object:
        with lock:
            machine.faults.waiting.clear()
        return {}

    @routes.post("/limits")
    def set_limits(body: NewLimits) -> Object:
        with lock:
            machine.limiter = Limiter(RateLimits(body.all_per_second, body.endpoint_per_second))
        return body.model_dump()

    @routes.get("/requests")
    def count_requests() -> Object:
        with lock:
            return {"count": machine.requests}


def _banks(routes: APIRouter, control: Control, lock: threading.Lock) -> None:
    @routes.post("/payments/{payment}/settle")
    def settle(payment: str) -> Object:
        with lock:
            return control.settle(payment)

    @routes.post("/payments/{payment}/fail")
    def fail(payment: str, body: Failure) -> Object:
        with lock:
            return control.fail(payment, body.code)

    @routes.post("/payments/{payment}/dispute")
    def dispute(payment: str, body: NewDispute) -> Object:
        with lock:
            return control.dispute(payment, body.reason, body.amount)

    @routes.post("/disputes/{dispute_id}/decide")
    def decide(dispute_id: str, body: DisputeDecision) -> Object:
        with lock:
            return control.decide_dispute(dispute_id, won=body.won)

    @routes.post("/refunds/{refund}/fail")
    def fail_refund(refund: str, body: Failure) -> Object:
        with lock:
            return control.fail_refund(refund, body.code)

    @routes.post("/funds")
    def add_funds(body: Funds) -> Object:
        with lock:
            return control.add_funds(body.account, body.amount, body.currency)


def _owners(routes: APIRouter, control: Control, lock: threading.Lock) -> None:
    @routes.post("/payment_methods/{payment_method}")
    def behave(payment_method: str, body: NewBehaviour) -> Object:
        with lock:
            return control.behave(payment_method, body.model_dump(exclude_unset=True))

    @routes.post("/accounts/{account}/onboard")
    def onboard(account: str) -> Object:
        with lock:
            return control.onboard(account)

    @routes.post("/platform")
    def set_up_platform(body: NewPlatform) -> Object:
        with lock:
            return control.set_up_platform(**body.model_dump())

    @routes.post("/accounts/{account}/close")
    def close(account: str) -> Object:
        with lock:
            control.close_account(account)
            return {}

    @routes.post("/accounts/{account}/fail_payouts")
    def fail_payouts(account: str) -> Object:
        with lock:
            return control.fail_payouts(account)

    @routes.post("/setup_intents/{intent}/verify")
    def verify(intent: str) -> Object:
        with lock:
            return control.verify_deposits(intent)

    @routes.post("/accounts/{account}/restrict")
    def restrict(account: str, body: Reason) -> Object:
        with lock:
            return control.restrict(account, body.reason)

    @routes.post("/checkout/{session}/complete")
    def complete(session: str, body: Choice) -> Object:
        with lock:
            return control.complete_checkout(session, body.payment_method)

    @routes.post("/mandates/{mandate}/revoke")
    def revoke(mandate: str) -> Object:
        with lock:
            return control.revoke_mandate(mandate)


def _webhooks(routes: APIRouter, control: Control, lock: threading.Lock) -> None:
    machine = control.machine

    @routes.get("/webhooks")
    def show() -> Object:
        with lock:
            post = machine.post
            return {"waiting": len(post.queue), "under_way": post.under_way, "log": list(post.log)}

    @routes.post("/webhooks/mischief")
    def add(body: NewMischief) -> Object:
        with lock:
            machine.post.mischief.append(Mischief(**body.model_dump()))
        return body.model_dump()

    @routes.post("/webhooks/flush")
    async def flush(body: FlushPatience) -> Object:
        give_up_at = time.monotonic() + body.timeout_seconds
        while time.monotonic() < give_up_at:
            with lock:
                idle = machine.post.is_idle()
            if idle:
                return {"flushed": True}
            await asyncio.sleep(POLL_SECONDS)
        return {"flushed": False}
