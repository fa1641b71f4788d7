"""Events of webhook endpoints."""

from typing import Annotated

from typing_extensions import TypedDict

from coalition.events.data import About
from coalition.events.event_type import EventType


class WebhookEndpointDisabledData(TypedDict):
    """An endpoint that gets no more."""

    id: Annotated[str, About("The endpoint.")]
    url: Annotated[str, About("Its URL.")]
    shop: Annotated[str | None, About("The shop whose events it got; null for the alliance's own.")]
    because: Annotated[str, About("Why.")]


WEBHOOK_ENDPOINT_DISABLED = EventType(
    "webhook_endpoint.disabled", "An endpoint took nothing for days and gets no more.", WebhookEndpointDisabledData
)
