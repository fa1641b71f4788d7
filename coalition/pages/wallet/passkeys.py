"""A member's passkeys: the browser adds one and removes one by itself (`assets/passkeys.js`)."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse

from coalition.access.passkey import Passkey, list_passkeys
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember
from coalition.pages.wallet.prove import prove_first

HERE = "/wallet/me/passkeys"
router = PageRouter(HERE)


@dataclass(frozen=True, slots=True)
class PasskeysPage(Page):
    """Those that there are; where to `prove` who one is, if that takes it, and whether somebody has just done so."""

    passkeys: list[Passkey]
    proven: bool
    prove: str = prove_first(HERE)


@router.get("")
def passkeys(own: AsMember, proven: Annotated[bool, Query()] = False) -> HTMLResponse:  # noqa: FBT002 - a query's flag
    """All of them."""
    with own.alliance.database.engine.connect() as connection:
        listed = list_passkeys(connection, own.alliance.id, own.caller.id)
    return show(own.visit, PasskeysPage(listed, proven))
