"""An alliance at work for a command that changes something, and whom the command acts as."""

from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from coalition.cli.language import language
from coalition.cli.options import alliance_id, console, opened_database
from coalition.ids import random_id
from coalition.locale.messages import translate

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from coalition.access.announce import Announcement
    from coalition.access.caller import Caller, Role
    from coalition.alliance import Alliance
    from coalition.approvals.approval import Approval
    from coalition.approvals.approvals import Approvals
    from settlement.ledger import Database

Written = TypeVar("Written")
ActingUser = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="EMAIL",
        help="Act as this user, whose password is asked for; by default as the server itself, which is no person.",
    ),
]


@dataclass(frozen=True, slots=True)
class Acting:
    """An alliance, its approvals, and the caller that the command acts as."""

    alliance: "Alliance"
    approvals: "Approvals"
    caller: "Caller"

    def key(self) -> str:
        """An idempotency key of this run of the command."""
        return f"{self.caller.space}:{random_id('cmd')}"


@contextmanager
def open_acting(url: str, name: str | None, email: str | None, roles: "Set[Role]") -> Iterator[Acting]:
    """Open an alliance for a command that is for these roles.

    Raises NoAllianceYet, SeveralAlliances, BookNotFound, LogInRefused and RoleNotAllowed.
    """
    from coalition.access.caller import check_role
    from coalition.access.invite import server_caller
    from coalition.alliance import Alliances
    from coalition.approvals.approvals import approvals_of

    with opened_database(url) as database, closing(Alliances(database)) as alliances:
        alliance = alliances.get(alliance_id(database, name))
        caller = server_caller(alliance.id) if email is None else _log_in(alliance, email)
        check_role(caller, roles)
        yield Acting(alliance, approvals_of(alliances), caller)


def committed(database: "Database", write: "Callable[[Connection], Written]") -> Written:
    """What a write returns that is one transaction, which is made anew where it gave way to another one."""
    from coalition.try_again import try_again

    def run() -> Written:
        with database.engine.begin() as connection:
            return write(connection)

    return try_again(run)


def show_approval(approval: "Approval") -> None:
    """Say that somebody else has to approve."""
    sentence = translate(
        "Another person has to approve it: `coalition approvals approve {id}`", language(), id=approval.id
    )
    console().print(sentence, soft_wrap=True)


def announce(announcements: "Sequence[Announcement]") -> None:
    """Send what others hear of a command; where they can't, whoever runs it reads so."""
    from coalition.messaging.messenger import MessageNotSent
    from coalition.messaging.set_up import messenger_of
    from coalition.settings import read_settings

    messenger, why = messenger_of(read_settings()), None
    for announcement in announcements:
        try:
            messenger.send(*announcement)
        except MessageNotSent as error:
            why = error.why
    if why is not None:
        sentence = translate("The owners were not told by e-mail: {why}.", language(), why=why)
        console(stderr=True).print(sentence, soft_wrap=True)


def _log_in(alliance: "Alliance", email: str) -> "Caller":
    """The user behind an e-mail address, by password and one-time code. Raises LogInRefused."""
    from coalition.access.errors import SecondFactorNeeded
    from coalition.access.log_in import check_log_in
    from coalition.clock import system_clock

    password = typer.prompt(translate("Password", language()), hide_input=True, err=True)
    code = None
    while True:
        with alliance.database.engine.begin() as connection:
            try:
                return check_log_in(connection, alliance.id, email, password, code, system_clock()).caller()
            except SecondFactorNeeded:
                pass
        code = typer.prompt(translate("Code of the authenticator app", language()), err=True)
