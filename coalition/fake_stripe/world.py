"""Everything the fake knows: objects in the books of their accounts, a clock that others move, and an agenda.

Objects are plain JSON dicts, as Stripe sends them. Nothing here knows of HTTP.
"""

import copy
import hashlib
import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from coalition.fake_stripe.errors import ResourceMissing
from coalition.fake_stripe.instruments import Behaviour

Object = dict[str, Any]
Args = dict[str, Any]

PLATFORM = "acct_1Coalition0000000"
DAY = 86_400
EVENTS_KEPT_DAYS = 30

PREFIXES = {
    "account": "acct",
    "balance_transaction": "txn",
    "bank_account": "ba",
    "charge": "ch",
    "checkout.session": "cs_test",
    "customer": "cus",
    "dispute": "dp",
    "event": "evt",
    "mandate": "mandate",
    "payment": "py",
    "payment_intent": "pi",
    "payment_method": "pm",
    "payment_refund": "pyr",
    "payout": "po",
    "refund": "re",
    "request": "req",
    "setup_intent": "seti",
    "transfer": "tr",
    "transfer_reversal": "trr",
    "webhook_endpoint": "we",
}
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Cause:
    """The request that an event comes from; both are None for what time brings about."""

    request_id: str | None = None
    idempotency_key: str | None = None


@dataclass(order=True)
class Happening:
    """Something due at an instant (Unix seconds); `order` keeps those of one instant in the order of planning."""

    at: int
    order: int
    happen: Callable[[], object] = field(compare=False)


@dataclass
class World:
    """The state of one fake Stripe. `now` is in Unix seconds; the same seed and requests give the same ids.

    By object id: `objects`, with the account whose books each is in (`owners`); by account and kind, `tables` of ids,
    the oldest first. `funds` are balances in minor units by account, currency and whether they are available. The rest
    is what Stripe knows and does not show: what becomes of payment methods (`behaviours`), when an account's last
    event about its balance was (`balance_events`), which Checkout session a payment belongs to (`sessions`) and what
    it was asked for (`intent_data`), onboarding `links` by token (account, where to return, until when), webhook
    `secrets`, which endpoints listen to connected accounts, and whether accounts may ask for transfers alone.
    """

    now: int
    seed: str = "stripe"
    base_url: str = "http://127.0.0.1"
    objects: dict[str, Object] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    tables: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    funds: dict[tuple[str, str, bool], int] = field(default_factory=dict)
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    balance_events: dict[str, int] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    connect_endpoints: dict[str, bool] = field(default_factory=dict)
    links: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    intent_data: dict[str, Args] = field(default_factory=dict)
    transfers_alone: bool = False
    cause: Cause = Cause()
    on_event: Callable[[str, Object], None] = lambda _account, _event: None
    _agenda: list[Happening] = field(default_factory=list)
    _count: int = 0

    def new_id(self, kind: str) -> str:
        """A fresh id in the look of Stripe's; like theirs, its order says nothing."""
        self._count += 1
        digest = int.from_bytes(hashlib.sha256(f"{self.seed}:{self._count}".encode()).digest()[:18], "big")
        tail = "".join(ALPHABET[digest // 62**place % 62] for place in range(20))
        return f"{PREFIXES[kind]}_1F{tail}"

    def keep(self, account: str, made: Object) -> Object:
        """Put a new object into an account's books."""
        object_id = made["id"]
        self.objects[object_id] = made
        self.owners[object_id] = account
        self.tables.setdefault((account, made["object"]), []).append(object_id)
        return made

    def find(self, account: str, kind: str, object_id: str, param: str = "id") -> Object:
        """An object of that kind in those books. Raises ResourceMissing, for another account's objects too."""
        known = self.objects.get(object_id)
        if known is None or known["object"] != kind or self.owners[object_id] != account:
            raise ResourceMissing(kind, object_id, param)
        return known

    def all(self, account: str, kind: str) -> Iterator[Object]:
        """All objects of that kind in those books, the newest first."""
        return (self.objects[each] for each in reversed(self.tables.get((account, kind), [])))

    def drop(self, gone: Object) -> None:
        """Take an object out of its books."""
        account = self.owners.pop(gone["id"])
        self.tables[account, gone["object"]].remove(gone["id"])
        del self.objects[gone["id"]]

    def plan(self, at: int, happen: Callable[[], object]) -> None:
        """Have something happen when the clock gets to `at`; what is already due happens at the next move."""
        self._count += 1
        heapq.heappush(self._agenda, Happening(at, self._count, happen))

    def move_to(self, instant: int) -> None:
        """Move the clock forward, letting everything on the agenda happen at its own time, in order."""
        while self._agenda and self._agenda[0].at <= instant:
            due = heapq.heappop(self._agenda)
            self.now = max(self.now, due.at)
            self.cause = Cause()
            due.happen()
        self.now = max(self.now, instant)
        self._forget_events(self.now - EVENTS_KEPT_DAYS * DAY)

    def _forget_events(self, until: int) -> None:
        for (_, kind), ids in self.tables.items():
            if kind == "event":
                kept = next((n for n, each in enumerate(ids) if self.objects[each]["created"] > until), len(ids))
                for each in ids[:kept]:
                    del self.objects[each], self.owners[each]
                del ids[:kept]

    def emit(self, account: str, kind: str, about: Object, previous: Object | None = None) -> Object:
        """Record an event about an object as it is now, and hand it on to whoever listens."""
        data: Object = {"object": copy.deepcopy(about)}
        if previous is not None:
            data["previous_attributes"] = previous
        event: Object = {
            "id": self.new_id("event"),
            "object": "event",
            "api_version": None,
            "created": self.now,
            "data": data,
            "livemode": False,
            "pending_webhooks": 0,
            "request": {"id": self.cause.request_id, "idempotency_key": self.cause.idempotency_key},
            "type": kind,
        }
        if account != PLATFORM:
            event["account"] = account
        self.keep(account, event)
        self.on_event(account, event)
        return event


@dataclass(frozen=True)
class Call:
    """One request to one endpoint: whose books, the ids in its path, and its typed parameters."""

    world: World
    account: str
    path: str
    ids: tuple[str, ...]
    args: Args

    def find(self, kind: str, object_id: str | None = None, param: str = "id") -> Object:
        """An object in the caller's books; by the first id of the path if none is named."""
        return self.world.find(self.account, kind, object_id or self.ids[0], param)

    def emit(self, kind: str, about: Object, previous: Object | None = None) -> None:
        """Record an event in the caller's books."""
        self.world.emit(self.account, kind, about, previous)
