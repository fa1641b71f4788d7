"""A member's passkeys: the browser adds one and removes one by itself (`assets/passkeys.js`)."""

from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from coalition.access.passkey import Passkey, list_passkeys
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember

router = PageRouter("/wallet/me/passkeys")


@dataclass(frozen=True, slots=True)
class PasskeysPage(Page):
    """Those that there are."""

    passkeys: list[Passkey]


@router.get("")
def passkeys(own: AsMember) -> HTMLResponse:
    """All of them."""
    with own.alliance.database.engine.connect() as connection:
        return show(own.visit, PasskeysPage(list_passkeys(connection, own.alliance.id, own.caller.id)))
