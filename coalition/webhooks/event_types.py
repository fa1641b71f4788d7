"""Events of webhook endpoints."""

from coalition.events.event_type import EventType

WEBHOOK_ENDPOINT_DISABLED = EventType(
    "webhook_endpoint.disabled", "An endpoint took nothing for days and gets no more."
)
