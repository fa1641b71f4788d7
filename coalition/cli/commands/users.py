"""`coalition users`: who may log in."""

from enum import StrEnum
from typing import Annotated

import typer

from coalition.cli.options import (
    DEFAULT_URL,
    RUN_IT,
    AllianceName,
    DatabaseUrl,
    LanguageOption,
    check_shop,
    console,
    open_book,
)
from coalition.errors import CommandRefused
from coalition.settings import read_settings
from settlement import Phrase

app = typer.Typer(name="users", no_args_is_help=True, help="People of an alliance and of its shops.")
PANEL, POSITION = RUN_IT, 60

LOCAL_URL = "http://127.0.0.1:8000"
"""Where `coalition serve` is reached, where nothing else is set."""


class UserRole(StrEnum):
    """What a user may be."""

    OWNER = "owner"
    FINANCE = "finance"
    SUPPORT = "support"
    MANAGER = "manager"
    CASHIER = "cashier"


@app.command("add")
def add(
    email: Annotated[str, typer.Argument(help="The e-mail address with which the user logs in.")],
    role: Annotated[UserRole, typer.Option(help="What the user is.")] = UserRole.OWNER,
    shop: Annotated[str | None, typer.Option(help="The shop, for a manager or a cashier.")] = None,
    name: Annotated[str | None, typer.Option(help="The name; by default the e-mail address.")] = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Invite a user and print the invitation, good for seven days: with it the user chooses a password."""
    from coalition.access.caller import Role
    from coalition.access.invite import add_invited_user, server_caller
    from coalition.clock import system_clock

    if "@" not in email.strip("@") or not email.isprintable() or " " in email:
        raise CommandRefused(Phrase("{email:name} is no e-mail address", email=email))
    if (role in (UserRole.MANAGER, UserRole.CASHIER)) != (shop is not None):
        raise CommandRefused(
            Phrase("a manager or a cashier has a shop, and nobody else does: --role cashier --shop SHOP")
        )
    with open_book(database_url, alliance) as book, book.database.engine.begin() as connection:
        check_shop(book, shop)
        caller, now = server_caller(book.alliance_id), system_clock()
        token = add_invited_user(connection, caller, email, name or email, Role(role.value), shop, lang, now)[1]
    console().print(f"{read_settings().public_url or LOCAL_URL}/invitation#{token}", soft_wrap=True)
