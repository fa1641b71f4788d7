"""The inbox of Stripe's events: webhooks received, missed ones fetched, each acted on once, in whatever order.

An event is stored before anything else, and only ever makes us look again at what it is about. So one that comes
twice, late, out of order, or before our own commit of the payment has no effect of its own.
"""

import json
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

import stripe
from sqlalchemy import Row, text

from settlement.ledger.database import Database
from settlement.rails.stripe.cash import named_errors
from settlement.rails.stripe.connection import StripeConnection
from settlement.rails.stripe.errors import SignatureWrong, StripeEventMalformed, StripeRefused
from settlement.rails.stripe.outcomes import SECOND
from settlement.rails.stripe.resource_refs import (
    LISTED_EVENT_TYPES,
    ResourceKind,
    ResourceRef,
    participant_ref,
    payment_ref,
    resource_of_event,
)
from settlement.sentences import Phrase

DAY = 86_400 * SECOND
LISTED_DAYS = 30
"""How long Stripe lists events."""
OVERLAP = 3_600 * SECOND
"""How much of the list is read again, since an event can show up later than newer ones."""

AT_ONCE = 1_000
"""Events that are taken on in one go."""
PAUSE, PAUSE_MAX, GIVE_UP = 60 * SECOND, 6 * 3_600 * SECOND, 3 * DAY
"""What nobody could act on is tried again with growing pauses, and given up after as long as Stripe itself tries."""

_INSERT = (
    "INSERT INTO stripe_events (alliance_id, id, type, about, subject, created_at, received_at, listed_at, tries, "
    "due_at) "
    "VALUES (:alliance_id, :id, :type, :about, :subject, :created_at, :now, :listed_at, 0, :now) "
    "ON CONFLICT (alliance_id, id) "
)
_NEWEST_LISTED = "SELECT MAX(created_at) FROM stripe_events WHERE alliance_id = :alliance_id AND listed_at IS NOT NULL"
_KNOWN = "SELECT id FROM stripe_events WHERE alliance_id = :alliance_id AND created_at >= :since"


class ProcessedEvents(NamedTuple):
    """How many events were acted on, how many were given up, and how many are kept for another try."""

    done: int
    dropped: int
    kept: int


ResourceHandler = Callable[[Sequence[ResourceRef]], Collection[ResourceRef]]
"""Looks again at what the refs are about, and says which of them it knew. Nothing is locked while it works; the same
ref may come again."""


class WebhookInbox:
    """The stored events of one alliance. `clock` gives microseconds since 1970 UTC; `secrets` are those of the webhook
    endpoints, the platform's own and the one for connected accounts, old ones too while they are being replaced."""

    def __init__(
        self,
        database: Database,
        alliance_id: int,
        connection: StripeConnection,
        secrets: Sequence[str],
        clock: Callable[[], int],
    ) -> None:
        self._engine, self._alliance_id = database.engine, alliance_id
        self._v1, self._secrets, self._clock = connection.client.v1, secrets, clock

    def receive(self, raw_body: bytes, signature: str) -> bool:
        """Take a webhook in: the body as it came, byte for byte, and its `Stripe-Signature`. True if it is new.

        Quick, and all that has to happen before Stripe gets its 200. Raises SignatureWrong and StripeEventMalformed.
        """
        self._verify(raw_body, signature)
        try:
            event = json.loads(raw_body)
            row = self._row(event, listed=False)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StripeEventMalformed(f"{type(error).__name__}: {error}") from error
        with self._engine.begin() as connection:
            return connection.execute(text(_INSERT + "DO NOTHING"), row).rowcount > 0

    def poll(self) -> int:
        """Fetch what Stripe lists since the last time, and store what no webhook brought. Returns how many were new.

        Events of connected accounts are not in the list: shops that wait for theirs are refreshed from time to time.
        Raises StripeRefused and StripeUnreachable.
        """
        with self._engine.connect() as connection:
            newest = connection.execute(text(_NEWEST_LISTED), {"alliance_id": self._alliance_id}).scalar_one()
        since = (self._clock() - LISTED_DAYS * DAY if newest is None else newest - OVERLAP) // SECOND * SECOND
        asked: Any = {"types": list(LISTED_EVENT_TYPES), "created": {"gte": since // SECOND}, "limit": 100}
        with named_errors(Phrase("list events")):
            newest_first = list(self._v1.events.list(asked).auto_paging_iter())
        # Oldest first and all at once: the newest one that is marked says how far the list was read.
        rows = [self._row(event.to_dict(), listed=True) for event in reversed(newest_first)]
        with self._engine.begin() as connection:
            known = connection.execute(text(_KNOWN), {"alliance_id": self._alliance_id, "since": since}).scalars().all()
            if rows:
                connection.execute(text(_INSERT + "DO UPDATE SET listed_at = excluded.listed_at"), rows)
        return len({row["id"] for row in rows} - set(known))

    def process_due(self, handler: ResourceHandler) -> ProcessedEvents:
        """Act on what is due. Several events about one thing are one look at it.

        Events that the handler knows nothing of (yet) are kept and tried again. Raises StripeUnreachable; what was
        not acted on by then is still there the next time.
        """
        now = self._clock()
        due = self._due(now)
        refs = {row.id: self._resolved(ResourceRef(ResourceKind(row.about), row.subject)) for row in due}
        asked = sorted({ref for ref in refs.values() if ref.about is not ResourceKind.NOTHING})
        known = set(handler(asked)) | {ResourceRef(ResourceKind.NOTHING)} if due else set()
        done = [row for row in due if refs[row.id] in known]
        dropped = [row for row in due if refs[row.id] not in known and row.received_at + GIVE_UP <= now]
        over = {row.id for row in (*done, *dropped)}
        kept = [row for row in due if row.id not in over]
        self._settle([*done, *dropped], kept, now)
        return ProcessedEvents(len(done), len(dropped), len(kept))

    def _verify(self, raw_body: bytes, signature: str) -> None:
        why: str = Phrase("no signing secret is set")
        for secret in self._secrets:
            try:
                stripe.WebhookSignature.verify_header(raw_body, signature, secret, stripe.Webhook.DEFAULT_TOLERANCE)
            except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
                why = str(error)
            else:
                return
        raise SignatureWrong(why)

    def _row(self, event: dict[str, Any], *, listed: bool) -> dict[str, object]:
        ref, now = resource_of_event(event), self._clock()
        return {
            "alliance_id": self._alliance_id,
            "id": str(event["id"]),
            "type": str(event["type"]),
            "about": ref.about.value,
            "subject": ref.subject,
            "created_at": int(event["created"]) * SECOND,
            "now": now,
            "listed_at": now if listed else None,
        }

    def _due(self, now: int) -> Sequence[Row[Any]]:
        with self._engine.connect() as connection:
            return connection.execute(
                text(
                    "SELECT id, about, subject, received_at, tries FROM stripe_events WHERE alliance_id = :alliance_id "
                    "AND processed_at IS NULL AND due_at <= :now ORDER BY due_at, id LIMIT :at_once"
                ),
                {"alliance_id": self._alliance_id, "now": now, "at_once": AT_ONCE},
            ).all()

    def _resolved(self, ref: ResourceRef) -> ResourceRef:
        """The ref with an object of Stripe's replaced by what of ours it belongs to."""
        if ref.about is not ResourceKind.OBJECT:
            return ref
        try:
            with named_errors(Phrase("read {thing}", thing=ref.subject)):
                if ref.subject.startswith("pi_"):
                    return payment_ref(self._v1.payment_intents.retrieve(ref.subject).metadata.to_dict())
                if ref.subject.startswith("cus_"):
                    owner: Any = self._v1.customers.retrieve(ref.subject)
                else:
                    owner = self._v1.payment_methods.retrieve(ref.subject, {"expand": ["customer"]}).customer
        except StripeRefused:
            return ResourceRef(ResourceKind.NOTHING)
        return (
            participant_ref(owner.metadata.to_dict())
            if isinstance(owner, stripe.Customer) and not getattr(owner, "deleted", False) and owner.metadata
            else ResourceRef(ResourceKind.NOTHING)
        )

    def _settle(self, over: Sequence[Row[Any]], kept: Sequence[Row[Any]], now: int) -> None:
        common = {"alliance_id": self._alliance_id, "now": now}
        with self._engine.begin() as connection:
            if over:
                connection.execute(
                    text("UPDATE stripe_events SET processed_at = :now WHERE alliance_id = :alliance_id AND id = :id"),
                    [common | {"id": row.id} for row in over],
                )
            if kept:
                connection.execute(
                    text(
                        "UPDATE stripe_events SET tries = :tries, due_at = :due_at "
                        "WHERE alliance_id = :alliance_id AND id = :id"
                    ),
                    [
                        common
                        | {"id": row.id, "tries": row.tries + 1, "due_at": now + min(PAUSE << row.tries, PAUSE_MAX)}
                        for row in kept
                    ],
                )
