"""What every log-in does about guesses: log them, count them, and tell the account's owner of many."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from fastapi import BackgroundTasks, Request

from coalition.access.errors import LogInRefused
from coalition.access.messages import refusals_message
from coalition.access.refused_log_ins import WARNED_AFTER, count_refusal, forget_refusals
from coalition.alliance import Alliances
from coalition.api.access import address_of
from coalition.locale.formats import Lang
from coalition.messaging.messenger import send_or_log


class Owner(NamedTuple):
    """Where the owner of an account is written to, and in which language."""

    address: str
    language: Lang


@contextmanager
def guesses_counted(
    request: Request, alliance_id: int, account: str, owner: Callable[[], Owner | None]
) -> Iterator[None]:
    """Count a LogInRefused of the block as a wrong guess at an account, or forget the earlier ones.

    After ten the `owner` is told, who is asked for once the answer is out: it takes as long where there is none.
    """
    alliances: Alliances = request.app.state.alliances
    alliance = alliances.get(alliance_id)
    secret = alliance.programme.secret
    try:
        yield
    except LogInRefused:
        now = alliances.clock()
        refusals = count_refusal(alliances.database, alliance_id, secret, account, address_of(request), now)
        if refusals == WARNED_AFTER:
            request.state.background = BackgroundTasks()
            request.state.background.add_task(_tell, request, alliance.book.settings.name, owner)
        raise
    forget_refusals(alliances.database, alliance_id, secret, account)


def _tell(request: Request, alliance: str, owner: Callable[[], Owner | None]) -> None:
    reader = owner()
    if reader is not None:
        subject, text = refusals_message(alliance, WARNED_AFTER, reader.language)
        send_or_log(request.app.state.messenger, reader.address, subject, text)
