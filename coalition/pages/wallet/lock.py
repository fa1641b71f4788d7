"""The lock of a member's points: they go on earning, and nothing is spent."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.errors import ProofNeeded
from coalition.members.lock_spending import lock_spending
from coalition.members.store import resolve_merged
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember
from coalition.pages.wallet.prove import prove_first

HERE = "/wallet/me/lock"
Flag = Annotated[bool, Query()]
router = PageRouter(HERE)


@dataclass(frozen=True, slots=True)
class LockPage(Page):
    """Whether they are locked; `done` says that this was changed just now, `proven` that a code showed who asks."""

    locked: bool
    done: bool
    proven: bool


@router.get("")
def look(own: AsMember, done: Flag = False, proven: Flag = False) -> HTMLResponse:  # noqa: FBT002 - a query's flags
    """What is locked, and how it is lifted."""
    with own.alliance.database.engine.connect() as connection:
        member = resolve_merged(connection, own.alliance.id, own.member)
    return show(own.visit, LockPage(member.spend_locked, done, proven))


@router.post("")
def lock(own: AsMember, locked: Annotated[Literal["yes", "no"], Form()]) -> Response:
    """Lock the points, or unlock them, which takes a proof first."""
    try:
        lock_spending(own.alliance, own.caller, own.member, locked=locked == "yes")
    except ProofNeeded:
        return RedirectResponse(prove_first(HERE), 303)
    return RedirectResponse(f"{HERE}?done=yes", 303)
