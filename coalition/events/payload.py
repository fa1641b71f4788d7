"""What an event tells, as it is stored."""

from collections.abc import Mapping
from typing import Any

import orjson


def payload_text(payload: Mapping[str, Any]) -> str:
    """A payload as it is stored."""
    return orjson.dumps(payload).decode()
