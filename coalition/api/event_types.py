"""The types of event as the API describes them: one schema, `EventType`, that says what each means."""

from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType

from coalition.events.types import event_types

_ROWS = [f"| `{name}` | {event_type.description} |" for name, event_type in event_types().items()]
DESCRIPTION = "\n".join(
    [
        "What happened. More types may be added, so take those that you don't know as nothing to do.",
        "",
        "| type | what happened |",
        "|---|---|",
        *_ROWS,
    ]
)


def _known(name: str) -> str:
    if name not in event_types():
        *first, last = (f"'{known}'" for known in event_types())
        expected = f"{', '.join(first)} or {last}"
        raise PydanticCustomError("enum", "Input should be {expected}", {"expected": expected})
    return name


_SCHEMA = {"type": "string", "title": "EventType", "description": DESCRIPTION, "enum": list(event_types())}

EventType = TypeAliasType("EventType", Annotated[str, AfterValidator(_known), WithJsonSchema(_SCHEMA)])
