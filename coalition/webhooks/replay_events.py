"""Send events to an endpoint again: one, or all of a period. Their ids stay the same."""

from dataclasses import dataclass

from coalition.access.caller import Caller
from coalition.alliance import Alliance
from coalition.errors import NotFound
from coalition.events.event import ID as EVENT_ID
from coalition.events.relay import catch_up
from coalition.feed.read import events_from, find_event
from coalition.webhooks.fan_out import address_again
from coalition.webhooks.manage_endpoints import own_endpoint
from coalition.webhooks.store import lock_feed
from settlement import Phrase

REPLAY_MAX = 1_000
"""As many events of a period are sent again at once."""


@dataclass(frozen=True, slots=True)
class Period:
    """Events recorded from `since` on to before `until` (microseconds since 1970 UTC; None means no bound).

    `after` is the id of the event to go on behind, where an earlier call did not come to the end.
    """

    since: int | None
    until: int | None = None
    after: str | None = None
    include_delivered: bool = False


@dataclass(frozen=True, slots=True)
class Queued:
    """How many events will be sent; `next` is the id to go on behind, None at the end."""

    queued: int
    next: str | None = None


def event_seq(alliance: Alliance, id_: str) -> int:
    """The number of an event by its public id. Raises NotFound."""
    seq = alliance.programme.ids.posting(EVENT_ID, id_)
    if seq is None:
        raise NotFound(Phrase("event"), id_)
    return seq


def replay_event(alliance: Alliance, caller: Caller, endpoint_id: str, event_id: str, now: int) -> Queued:
    """Send one event again, whether it was delivered or not. Raises NotFound."""
    catch_up(alliance)
    with alliance.database.engine.begin() as connection:
        # First of all the lock: what is read in this transaction can't change until it is written by.
        lock_feed(connection, alliance.id)
        endpoint = own_endpoint(connection, caller, endpoint_id)
        event = find_event(connection, alliance.id, event_seq(alliance, event_id))
        if event is None or not endpoint.may_have(event):
            raise NotFound(Phrase("event"), event_id)
        queued = address_again(connection, alliance.id, endpoint.id, [event], now, include_delivered=True)
    return Queued(queued)


def replay_period(alliance: Alliance, caller: Caller, endpoint_id: str, period: Period, now: int) -> Queued:
    """Send events of a period again that the endpoint accepts, older ones than itself too. Raises NotFound."""
    catch_up(alliance)
    with alliance.database.engine.begin() as connection:
        # The lock first, as above.
        lock_feed(connection, alliance.id)
        endpoint = own_endpoint(connection, caller, endpoint_id)
        after = 0 if period.after is None else event_seq(alliance, period.after)
        events = events_from(
            connection, alliance.id, after, REPLAY_MAX, types=endpoint.types, shop=endpoint.shop, since=period.since
        )
        in_time = [event for event in events if period.until is None or event.at < period.until]
        wanted = [event for event in in_time if endpoint.may_have(event)]
        queued = address_again(
            connection, alliance.id, endpoint.id, wanted, now, include_delivered=period.include_delivered
        )
    more = len(events) == REPLAY_MAX and (period.until is None or events[-1].at < period.until)
    return Queued(queued, events[-1].public_id(alliance.programme.ids) if more else None)
