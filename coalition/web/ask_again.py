"""A request that gave way to another one is made anew: see `coalition/try_again.py`."""

from collections.abc import Awaitable, Callable

from anyio import sleep
from fastapi import Request, Response

from coalition.try_again import GAVE_WAY, TRIES, pause_seconds


async def ask_again(handle: Callable[[Request], Awaitable[Response]], request: Request) -> Response:
    """The answer of a route, asked again where another request was quicker.

    It is as if the caller sent the request again, which every operation allows.
    """
    for _ in range(TRIES - 1):
        try:
            return await handle(request)
        except GAVE_WAY:
            await sleep(pause_seconds())
    return await handle(request)
