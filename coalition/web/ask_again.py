"""Whoever came second asks again: a request that another one was quicker than is made anew."""

from collections.abc import Awaitable, Callable
from random import random

from anyio import sleep
from fastapi import Request, Response
from sqlalchemy.exc import IntegrityError

from settlement import TransactionConflict

TRIES, PAUSE_SECONDS = 5, 0.02
"""How often a request is made that gave way to another one, and the least pause before it is made again."""


async def ask_again(handle: Callable[[Request], Awaitable[Response]], request: Request) -> Response:
    """The answer of a route, asked again where another request was quicker.

    Two requests that look for one name both miss it, and the second insert fails; two that lock the same rows the other
    way round both wait, and one of them gives way. Nothing was done, so it is as if the caller sent the request again,
    which every operation allows: now it finds what the other one made.
    """
    for _ in range(TRIES - 1):
        try:
            return await handle(request)
        except (IntegrityError, TransactionConflict):
            await sleep(PAUSE_SECONDS * (1 + random()))  # noqa: S311 - no secret: two don't come back together
    return await handle(request)
