"""Whoever gave way to another one tries again: one rule for requests, jobs and commands.

Two that look for one name both miss it, and the second insert fails; two that lock the same rows the other way round
both wait, and one of them gives way. Nothing was done by then, so it is done anew: now it finds what the other made.
"""

import time
from collections.abc import Callable
from random import random
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import IntegrityError

from settlement import TransactionConflict

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

GAVE_WAY = (IntegrityError, TransactionConflict)
"""What is raised where another one was quicker, or holds what this one waits for."""
TRIES, PAUSE_SECONDS = 5, 0.02
"""How often something is tried, and the least pause before it is tried again."""


def pause_seconds() -> float:
    """How long to wait before another try: two that met don't come back together."""
    return PAUSE_SECONDS * (1 + random())  # noqa: S311 - no secret


def try_again(do: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
    """The result of what can be done anew where it gave way, with what it was given. Raises what its last try does."""
    for _ in range(TRIES - 1):
        try:
            return do(*args, **kwargs)
        except GAVE_WAY:
            time.sleep(pause_seconds())
    return do(*args, **kwargs)
