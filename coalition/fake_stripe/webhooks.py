"""Webhook endpoints and what is on its way to them.

A delivery is due at an instant of the movable clock. One that its receiver does not take is tried again with growing
pauses, for three days. Deliveries can be dropped, doubled, delayed or turned around on purpose.
"""

import hashlib
import heapq
import hmac
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from coalition.fake_stripe.errors import InvalidRequest
from coalition.fake_stripe.events import fits
from coalition.fake_stripe.world import DAY, PLATFORM, Call, Object, World

PAUSES_SECONDS = (300, 1_800, 7_200, 18_000, 36_000, 43_200, 43_200, 43_200, 43_200)
GIVE_UP_SECONDS = 3 * DAY
LOG_MAX = 10_000


@dataclass(frozen=True)
class Delivery:
    """One attempt to bring an event to an endpoint. `first_due` is when the first attempt was."""

    due: int
    order: int
    event: str
    endpoint: str
    attempt: int
    first_due: int

    def __lt__(self, other: "Delivery") -> bool:
        return (self.due, self.order) < (other.due, other.order)


@dataclass
class Mischief:
    """Something to do to the next `times` deliveries of the named event types (all if none are named).

    drop: never sent, though the event is there for those who ask. duplicate: sent twice. delay: sent `seconds` later.
    reorder: kept until all `times` are there, then sent the last first.
    """

    kind: Literal["drop", "duplicate", "delay", "reorder"]
    times: int = 1
    types: list[str] = field(default_factory=lambda: ["*"])
    seconds: int = 0
    kept: list[Delivery] = field(default_factory=list)


@dataclass
class Post:
    """Everything on its way out, what went wrong on purpose, and a log of attempts."""

    world: World
    queue: list[Delivery] = field(default_factory=list)
    mischief: list[Mischief] = field(default_factory=list)
    log: deque[Object] = field(default_factory=lambda: deque(maxlen=LOG_MAX))
    on_due: Callable[[], None] = lambda: None
    under_way: int = 0
    _count: int = 0

    def take_in(self, account: str, event: Object) -> None:
        """Address an event to every endpoint that wants it: the platform's own, or those for connected accounts."""
        for endpoint in self.world.all(PLATFORM, "webhook_endpoint"):
            connect = self.world.connect_endpoints.get(endpoint["id"], False)
            wanted = any(fits(event["type"], each) for each in endpoint["enabled_events"])
            if wanted and connect == (account != PLATFORM):
                event["pending_webhooks"] += 1
                self._address(event, endpoint["id"])

    def _address(self, event: Object, endpoint_id: str) -> None:
        self._count += 1
        now = self.world.now
        delivery = Delivery(now, self._count, event["id"], endpoint_id, 1, now)
        for mischief in self.mischief:
            if mischief.times > 0 and any(fits(event["type"], each) for each in mischief.types):
                mischief.times -= 1
                self._play(mischief, delivery, event)
                return
        self._push(delivery)

    def _play(self, mischief: Mischief, delivery: Delivery, event: Object) -> None:
        if mischief.kind == "drop":
            event["pending_webhooks"] -= 1
        elif mischief.kind == "duplicate":
            self._push(delivery)
            self._push(delivery)
        elif mischief.kind == "delay":
            later = delivery.due + mischief.seconds
            self._push(Delivery(later, delivery.order, delivery.event, delivery.endpoint, 1, later))
        else:
            mischief.kept.append(delivery)
            if mischief.times == 0:
                for place, each in enumerate(reversed(mischief.kept)):
                    due = self.world.now
                    self._push(Delivery(due, self._count + place, each.event, each.endpoint, 1, due))
                self._count += len(mischief.kept)

    def _push(self, delivery: Delivery) -> None:
        heapq.heappush(self.queue, delivery)
        self.on_due()

    def next_due(self) -> Delivery | None:
        """Take the next delivery that is due, to be reported on by `report`. None if nothing is due now."""
        if not self.queue or self.queue[0].due > self.world.now:
            return None
        self.under_way += 1
        return heapq.heappop(self.queue)

    def is_idle(self) -> bool:
        """Whether nothing is due and nothing is under way."""
        return not self.under_way and (not self.queue or self.queue[0].due > self.world.now)

    def report(self, delivery: Delivery, status: int | None, why: str) -> None:
        """What came of it: an HTTP status, or None if there was no answer. Anything but 2xx is tried again later."""
        self.under_way -= 1
        taken = status is not None and status // 100 == 2
        event = self.world.objects.get(delivery.event)
        if event is None:
            return
        attempt = {"event": delivery.event, "type": event["type"], "endpoint": delivery.endpoint}
        self.log.append(attempt | {"attempt": delivery.attempt, "status": status, "taken": taken, "why": why})
        if taken:
            event["pending_webhooks"] = max(0, event["pending_webhooks"] - 1)
            return
        pause = PAUSES_SECONDS[min(delivery.attempt, len(PAUSES_SECONDS)) - 1]
        due = delivery.due + pause
        if due - delivery.first_due <= GIVE_UP_SECONDS:
            self._count += 1
            self._push(
                Delivery(due, self._count, delivery.event, delivery.endpoint, delivery.attempt + 1, delivery.first_due)
            )

    def letter(self, delivery: Delivery) -> tuple[str, str, str]:
        """Where to send a delivery, its body, and the secret to sign with; no URL ("") for an event that is gone."""
        event = self.world.objects.get(delivery.event)
        if event is None:
            return "", "", ""
        return (
            self.world.objects[delivery.endpoint]["url"],
            json.dumps(event, indent=2),
            self.world.secrets[delivery.endpoint],
        )


def signature(body: str, secret: str, sent_at: int) -> str:
    """The `Stripe-Signature` header: HMAC-SHA256 over "{time}.{body}". Source: docs.stripe.com/webhooks/signature."""
    mac = hmac.new(secret.encode(), f"{sent_at}.{body}".encode(), hashlib.sha256)
    return f"t={sent_at},v1={mac.hexdigest()}"


def create(call: Call) -> Object:
    """POST /v1/webhook_endpoints; only this answer shows the secret."""
    args, world = call.args, call.world
    url = args["url"]
    if not url.startswith(("http://", "https://")):
        raise InvalidRequest(f"Invalid URL: {url}. An explicit scheme (such as https) must be provided.", param="url")
    made = world.keep(
        call.account,
        {
            "id": world.new_id("webhook_endpoint"),
            "object": "webhook_endpoint",
            "api_version": None,
            "application": None,
            "created": world.now,
            "description": None,
            "enabled_events": args["enabled_events"],
            "livemode": False,
            "metadata": {},
            "status": "enabled",
            "url": url,
        },
    )
    world.secrets[made["id"]] = f"whsec_{hashlib.sha256(made['id'].encode()).hexdigest()[:32]}"
    world.connect_endpoints[made["id"]] = args.get("connect", False)
    return {**made, "secret": world.secrets[made["id"]]}
