"""The fake as a state machine: a request goes in, an answer comes out. It knows nothing of HTTP servers or threads.

In the order of Stripe: key, rate limits, endpoint, idempotency, parameters, and only then the endpoint's own work.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import stripe

from coalition.fake_stripe import accounts, endpoints, platform
from coalition.fake_stripe.errors import (
    InvalidRequest,
    LockTimeout,
    NotYourKey,
    RateLimited,
    ServerError,
    StripeRefusal,
    Unauthorized,
)
from coalition.fake_stripe.expand import expanded
from coalition.fake_stripe.faults import Fault, Faults
from coalition.fake_stripe.form import nested
from coalition.fake_stripe.idempotency import KeptAnswer, Keys
from coalition.fake_stripe.limits import LIVE, Limiter, RateLimits
from coalition.fake_stripe.webhooks import Post
from coalition.fake_stripe.world import PLATFORM, Call, Cause, Object, World

SERVER_ERROR = 500


@dataclass(frozen=True)
class Request:
    """What came in. `pairs` are the decoded pairs of the query string or the form body."""

    method: str
    path: str
    pairs: tuple[tuple[str, str], ...] = ()
    api_key: str = ""
    account: str | None = None
    version: str | None = None
    idempotency_key: str | None = None

    @property
    def asked(self) -> str:
        """Its parameters as one text, for telling whether two requests are the same."""
        return json.dumps(sorted(self.pairs))


@dataclass(frozen=True)
class StripeAnswer:
    """What goes out. `lost` says that it never arrives: by a timeout or a broken connection."""

    status: int
    body: bytes
    headers: dict[str, str]
    lost: str | None = None


@dataclass(frozen=True)
class Ticket:
    """A request that was let in and is under way; `fault` is what it is going to meet."""

    request: Request
    request_id: str
    account: str
    endpoint: endpoints.FakeEndpoint
    ids: tuple[str, ...]
    fault: Fault | None


@dataclass
class Machine:
    """One fake Stripe. Not for several threads at once: its caller holds a lock.

    `now` is where its clock starts, in Unix seconds; `on_due` is called when a webhook may be due.
    """

    now: int
    seed: str = "stripe"
    base_url: str = "http://127.0.0.1"
    limits: RateLimits = LIVE
    on_due: Callable[[], None] = lambda: None
    world: World = field(init=False)
    post: Post = field(init=False)
    keys: Keys = field(init=False)
    faults: Faults = field(init=False)
    limiter: Limiter = field(init=False)
    requests: int = field(init=False)

    def __post_init__(self) -> None:
        self.start_over()

    def start_over(self) -> None:
        """Forget everything: an empty world at the time, and with the seed, of the beginning."""
        self.world = World(self.now, self.seed, self.base_url)
        self.world.on_event = self._take_in
        self.post = Post(self.world, on_due=self._wake)
        self.keys, self.faults, self.limiter = Keys(), Faults(), Limiter(self.limits)
        self.requests = 0
        own = accounts.build(self.world, PLATFORM, {"country": "DE"}, PLATFORM)
        accounts.onboard(self.world, own)
        platform.set_up(self.world, "DE", "daily", transfers_alone=False, capabilities=True)

    def _wake(self) -> None:
        # Looked up anew each time: who listens comes after the first start.
        self.on_due()

    def _take_in(self, account: str, event: Object) -> None:
        event["api_version"] = stripe.api_version
        self.post.take_in(account, event)

    def begin(self, request: Request, real_seconds: float) -> StripeAnswer | Ticket:
        """Let a request in, or answer it at once: refused, replayed, or struck by a fault before it took effect.

        `real_seconds` is the time that rate limits go by.
        """
        self.requests += 1
        request_id = self.world.new_id("request")
        try:
            account = self._account(request)
            endpoint, ids = endpoints.find(request.method, request.path)
            self.limiter.let_through(account, endpoint.name, real_seconds)
            kept = self._kept(request, account)
            if kept:
                return _replayed(kept, request, request_id)
        except StripeRefusal as refusal:
            return _refused(refusal, request_id, request.idempotency_key)
        fault = self.faults.strike(request.method, request.path)
        ticket = Ticket(request, request_id, account, endpoint, ids, fault)
        return self._struck(ticket) or ticket

    def finish(self, ticket: Ticket) -> StripeAnswer:
        """Carry out a request that was let in."""
        request = ticket.request
        try:
            return self._carry_out(ticket)
        finally:
            if request.idempotency_key:
                self.keys.end(ticket.account, request.idempotency_key)

    def _account(self, request: Request) -> str:
        if not request.api_key:
            raise Unauthorized(
                "You did not provide an API key. You need to provide your API key in the Authorization header, using "
                "Bearer auth."
            )
        if not request.api_key.startswith(("sk_test_", "rk_test_")):
            raise Unauthorized(f"Invalid API Key provided: {request.api_key[:8]}***; this fake takes sk_test_ keys.")
        if request.version not in (None, stripe.api_version):
            raise InvalidRequest(
                f"Invalid Stripe API version: {request.version}; this fake speaks {stripe.api_version}."
            )
        account = request.account or PLATFORM
        known = self.world.objects.get(account)
        if known is None or known["object"] != "account":
            raise NotYourKey(
                f"The provided key does not have access to account '{account}' (or that account does not exist). "
                f"Application access may have been revoked.",
                code="account_invalid",
            )
        return account

    def _kept(self, request: Request, account: str) -> KeptAnswer | None:
        if request.method != "POST" or not request.idempotency_key:
            return None
        return self.keys.begin(account, request.idempotency_key, request.path, request.asked, self.world.now)

    def _struck(self, ticket: Ticket) -> StripeAnswer | None:
        """The answer of a request that a fault stops before it took effect."""
        fault, request = ticket.fault, ticket.request
        if fault is None or fault.kind == "slow" or fault.effect:
            return None
        refusals: dict[str, StripeRefusal] = {
            "rate_limit": RateLimited("global-rate"),
            "lock_timeout": LockTimeout(),
            "unavailable": ServerError("Stripe is not available right now.", status=503),
        }
        refusal = refusals.get(fault.kind, ServerError("An unknown error occurred."))
        answer = _refused(refusal, ticket.request_id, request.idempotency_key)
        if request.idempotency_key:
            self.keys.end(ticket.account, request.idempotency_key)
        if fault.kind == "error":
            self._keep(ticket, answer)
        return _lost(answer, fault)

    def _carry_out(self, ticket: Ticket) -> StripeAnswer:
        request, world = ticket.request, self.world
        try:
            args = ticket.endpoint.arguments(nested(request.pairs))
        except StripeRefusal as refusal:
            return _refused(refusal, ticket.request_id, request.idempotency_key)
        paths = args.pop("expand", [])
        world.cause = Cause(ticket.request_id, request.idempotency_key)
        call = Call(world, ticket.account, request.path, ticket.ids, args)
        try:
            answer = _ok(expanded(world, ticket.endpoint.act(call), paths), ticket)
        except StripeRefusal as refusal:
            answer = _refused(refusal, ticket.request_id, request.idempotency_key)
        finally:
            world.cause = Cause()
        if ticket.fault and ticket.fault.kind == "error":
            answer = _refused(ServerError("An unknown error occurred."), ticket.request_id, request.idempotency_key)
        self._keep(ticket, answer)
        return _lost(answer, ticket.fault) if ticket.fault else answer

    def _keep(self, ticket: Ticket, answer: StripeAnswer) -> None:
        request = ticket.request
        if request.method == "POST" and request.idempotency_key:
            self.keys.keep(
                ticket.account,
                request.idempotency_key,
                request.path,
                request.asked,
                (answer.status, answer.body),
                ticket.request_id,
                self.world.now,
            )


def _headers(request_id: str, key: str | None, more: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json",
        "Request-Id": request_id,
        "Stripe-Version": stripe.api_version,
    }
    if key:
        headers["Idempotency-Key"] = key
    return headers | dict(more)


def _ok(answer: Object, ticket: Ticket) -> StripeAnswer:
    return StripeAnswer(200, as_json(answer), _headers(ticket.request_id, ticket.request.idempotency_key))


def _refused(refusal: StripeRefusal, request_id: str, key: str | None) -> StripeAnswer:
    headers = _headers(request_id, key)
    if isinstance(refusal, RateLimited):
        headers["Stripe-Rate-Limited-Reason"] = refusal.reason
    if isinstance(refusal, LockTimeout) or refusal.code == "idempotency_key_in_use":
        headers["Stripe-Should-Retry"] = "true"
    elif isinstance(refusal, ServerError):
        headers["Stripe-Should-Retry"] = "false"
    return StripeAnswer(refusal.status, as_json(refusal.body(request_id)), headers)


def _replayed(kept: KeptAnswer, request: Request, request_id: str) -> StripeAnswer:
    more = (("Idempotent-Replayed", "true"), ("Original-Request", kept.request_id))
    headers = _headers(request_id, request.idempotency_key, more)
    if kept.status >= SERVER_ERROR:
        headers["Stripe-Should-Retry"] = "false"
    return StripeAnswer(kept.status, kept.body, headers)


def _lost(answer: StripeAnswer, fault: Fault) -> StripeAnswer:
    if fault.kind not in ("timeout", "reset"):
        return answer
    return StripeAnswer(answer.status, answer.body, answer.headers, lost=fault.kind)


def as_json(value: Any) -> bytes:
    """A body as Stripe writes it."""
    return json.dumps(value, indent=2).encode()
