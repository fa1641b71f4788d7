"""Types of event, and how a posting becomes one: each folder declares its own in `event_types.py`.

A constant of type EventType declares a type. POSTING_EVENTS declares which types of posting are published, and how.
"""

from functools import cache

from coalition.discovery import declared
from coalition.events.event_type import EventType
from coalition.events.posting import PostingEvent


@cache
def event_types() -> dict[str, EventType]:
    """All types of event by name, in the order of their names."""
    values = [value for module in declared("event_types") for value in vars(module).values()]
    types = {str(value): value for value in values if isinstance(value, EventType)}
    return dict(sorted(types.items()))


@cache
def types_to_members() -> frozenset[str]:
    """The types that concern every member."""
    return frozenset(name for name, event_type in event_types().items() if event_type.to_members)


@cache
def posting_events() -> dict[str, PostingEvent]:
    """How each type of posting is published, by that type. A posting without a type is no fact of its own."""
    events = [event for module in declared("event_types", "POSTING_EVENTS") for event in module.POSTING_EVENTS]
    return {event.posting_type: event for event in events}
