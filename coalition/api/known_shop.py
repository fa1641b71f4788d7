"""Check that a shop exists, for routes that grant access to one."""

from contextlib import closing

from fastapi import Request

from coalition.access.caller import Caller
from coalition.api.access import not_found
from coalition.api.alliance import alliance_now
from settlement import Phrase
from settlement.ledger import OPERATOR, POOL


def check_shop(request: Request, caller: Caller, shop: str) -> None:
    """Answer 404 if the caller's alliance has no such shop."""
    alliance = alliance_now(request, caller)
    with closing(alliance.database.session()) as session:
        if shop in (OPERATOR, POOL) or shop not in alliance.book.config(session).by_ref:
            not_found(Phrase("shop"), shop)
