"""The alliance that a request is for."""

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from coalition.access.caller import Caller
from coalition.alliance import Alliance, Alliances


def alliance_now(request: Request, caller: Caller) -> Alliance:
    """The caller's alliance, for routes that run in a thread."""
    alliances: Alliances = request.app.state.alliances
    alliance = request.state.alliance = alliances.get(caller.alliance_id)
    return alliance


async def alliance_of(request: Request, caller: Caller) -> Alliance:
    """The caller's alliance, for async routes. The first call opens it, which takes a moment."""
    alliances: Alliances = request.app.state.alliances
    alliance = alliances.opened(caller.alliance_id)
    if alliance is None:
        alliance = await run_in_threadpool(alliances.get, caller.alliance_id)
    request.state.alliance = alliance
    return alliance
