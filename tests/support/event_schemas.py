"""What an alliance publishes is what the API's description says of each type of event."""

from functools import cache
from typing import Any

import jsonschema_rs

from coalition.alliance import Alliance
from coalition.api.webhook_schemas import REF, event_name
from coalition.api.write_client import description
from coalition.events.event import public_event
from coalition.events.relay import catch_up
from coalition.events.types import event_types
from coalition.feed.read import events_from

EVENTS_MAX = 10_000


@cache
def _published() -> dict[str, Any]:
    """The description, in which the data of events have the fields that it names, and no others."""
    api = description()
    schemas = api["components"]["schemas"]
    for event_type in event_types().values():
        schemas[event_type.data.__name__]["additionalProperties"] = False
    return api


@cache
def _validator(event_type: str) -> Any:
    return jsonschema_rs.validator_for({**_published(), "$ref": f"{REF}{event_name(event_types()[event_type])}"})


def check_event(event: dict[str, Any]) -> None:
    """The body of a webhook is of its type's schema."""
    errors = [error.message for error in _validator(event["type"]).iter_errors(event)]
    assert errors == [], event


def check_events(alliance: Alliance) -> None:
    """Everything that was published is."""
    catch_up(alliance)
    with alliance.database.engine.connect() as connection:
        rows = events_from(connection, alliance.id, 0, EVENTS_MAX)
    for row in rows:
        check_event(public_event(row, alliance.programme.ids))
