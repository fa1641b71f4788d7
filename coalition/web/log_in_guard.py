"""What every log-in does about guesses: log them, count them, and tell the account's owner of many."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from fastapi import BackgroundTasks, Request

from coalition.access.caller import Caller
from coalition.access.errors import LogInRefused
from coalition.access.messages import refusals_message
from coalition.access.refused_log_ins import WARNED_AFTER, count_refusal, forget_refusals
from coalition.access.user_store import find_user
from coalition.alliance import Alliances
from coalition.locale.formats import Lang
from coalition.members.log_in import reading_language
from coalition.members.store import contacts_of, find_member
from coalition.messaging.messenger import send_or_log
from coalition.web.request import address_of


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


def owner_of_subject(alliances: Alliances, caller: Caller) -> Owner | None:
    """Where a caller is reached, who is a user or a member; None for whoever has no address."""
    with alliances.database.engine.connect() as connection:
        user = find_user(connection, caller.alliance_id, caller.id.removeprefix("user:"))
        contacts = contacts_of(connection, caller.alliance_id, caller.member or "")
        member = find_member(connection, caller.alliance_id, caller.member or "")
    if user is not None:
        return Owner(user.email, user.language)
    language = None if member is None else reading_language(member.profile.language)
    return Owner(contacts[0].text, language or "en") if contacts else None


def _tell(request: Request, alliance: str, owner: Callable[[], Owner | None]) -> None:
    reader = owner()
    if reader is not None:
        subject, text = refusals_message(alliance, WARNED_AFTER, reader.language)
        send_or_log(request.app.state.messenger, reader.address, subject, text)
