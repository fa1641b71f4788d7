"""The webhooks as the API describes them: for each type of event its body, with the data that the type has."""

import re
from typing import Any, get_args, get_type_hints

from pydantic import TypeAdapter
from typing_extensions import is_typeddict

from coalition.events.data import About
from coalition.events.event_type import EventType
from coalition.events.types import event_types

Schema = dict[str, Any]

REF = "#/components/schemas/"
HEADERS = {
    "webhook-id": "The event's id. The same event may come twice: take it once.",
    "webhook-timestamp": "When it was sent, in seconds since 1970 UTC. Refuse one that is more than five minutes away.",
    "webhook-signature": "Signatures by the Standard Webhooks spec, parted by spaces; one of them is of your secret.",
}
TAKEN = "Taken. Without an answer of this kind in time the webhook is sent again, for days, with growing pauses."


def describe_webhooks(event: Schema) -> tuple[Schema, Schema]:
    """The section `webhooks` of the description, and the schemas that it takes; `event` is that of any event."""
    section: Schema = {}
    schemas: Schema = {}
    for type_ in event_types().values():
        name = event_name(type_)
        schemas |= data_schemas(type_.data)
        properties = event["properties"]
        schemas[name] = {
            **event,
            "title": name,
            "description": type_.description,
            "properties": {
                **properties,
                "type": {"type": "string", "const": str(type_), "description": properties["type"]["description"]},
                "data": {"$ref": f"{REF}{type_.data.__name__}", "description": "What there is to know about it."},
            },
        }
        section[str(type_)] = {"post": _operation(type_, name)}
    return section, schemas


def event_name(type_: EventType) -> str:
    """The name of a webhook's body: PurchaseCreatedEvent for purchase.created."""
    return "".join(part.capitalize() for part in re.split(r"[._]", type_)) + "Event"


def _operation(type_: EventType, name: str) -> Schema:
    return {
        "tags": ["webhooks"],
        "operationId": f"receive{name}",
        "summary": str(type_),
        "description": type_.description,
        "parameters": [
            {"name": header, "in": "header", "required": True, "schema": {"type": "string"}, "description": text}
            for header, text in HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": f"{REF}{name}"}}}},
        "responses": {"2XX": {"description": TAKEN}},
    }


def data_schemas(data: type) -> Schema:
    """The schema of an event's data, and those of what is within it, by their names."""
    whole = TypeAdapter(data).json_schema(ref_template=f"{REF}{{model}}")
    inner = whole.pop("$defs", {})
    schemas: Schema = {data.__name__: whole, **inner}
    for kind in _typed_dicts(data):
        for field, hint in get_type_hints(kind, include_extras=True).items():
            about = _about(hint)
            schema = schemas[kind.__name__]["properties"][field]
            schema.pop("title", None)
            schema["description"] = about.text
            if about.format is not None:
                schema["format"] = about.format
    return schemas


def _typed_dicts(data: type) -> list[type]:
    """A TypedDict and those that its fields are made of."""
    hints = get_type_hints(data).values()
    return [data, *(kind for hint in hints for kind in get_args(hint) if is_typeddict(kind))]


def _about(hint: Any) -> About:
    """What a field's annotation says about it, however it is wrapped."""
    parts = get_args(hint)
    return next((part for part in parts if isinstance(part, About)), None) or _about(parts[0])
