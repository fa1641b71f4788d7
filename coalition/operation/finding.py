"""What the doctor says of one thing that it looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: its `name`, its `state` and that state's values, as `doctor_text.py` has them.

    A value that is a moment is given under `at`, in microseconds since 1970 UTC.
    """

    name: str
    level: Level
    state: str
    values: Mapping[str, str | int] = field(default_factory=dict)


def level_of(value: int, warn: int, fail: int) -> Level:
    """How bad a value is, by the least that is bad and the least that is worse."""
    return Level.FAIL if value >= fail else Level.WARN if value >= warn else Level.OK
