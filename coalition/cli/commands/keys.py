"""`coalition keys`: which programs may call."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from coalition.cli.acting import ActingUser, announce, committed, open_acting
from coalition.cli.options import (
    DEFAULT_URL,
    RUN_IT,
    AllianceName,
    DatabaseUrl,
    LanguageOption,
    check_shop,
    console,
    new_table,
    open_book,
    text,
)
from coalition.errors import CommandRefused
from coalition.locale.messages import N_
from settlement import Phrase

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from coalition.access.announce import Announcement
    from coalition.access.tokens import NewToken

app = typer.Typer(name="keys", no_args_is_help=True, help="API keys of an alliance.")
PANEL, POSITION = RUN_IT, 50


class KeyRole(StrEnum):
    """What a key may be for; people have sessions instead."""

    OPERATOR = "operator"
    TILL = "till"
    APP = "app"


DAYS_MAX = 3_650
KeyId = Annotated[str, typer.Argument(help="The key's id, as it is listed.", parser=text)]


@app.command("create")
def create_key(
    label: Annotated[str, typer.Argument(help="What the key is for, as it is listed.", parser=text)],
    role: Annotated[
        KeyRole, typer.Option(help="Who it is for: the alliance, one shop's tills, a wallet app.")
    ] = KeyRole.APP,
    shop: Annotated[str | None, typer.Option(help="The shop, for a till's key.", parser=text)] = None,
    days: Annotated[
        int | None,
        typer.Option(help="For how many days it is valid; an operator's for 365 at most.", min=1, max=DAYS_MAX),
    ] = None,
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,  # noqa: ARG001 - of its help
) -> None:
    """Make a key and show it: it is shown only this once."""
    from coalition.access.announce import of_key
    from coalition.access.caller import OWNERS, Role
    from coalition.access.manage_keys import create_key as create
    from coalition.access.manage_keys import visible_key
    from coalition.access.user import DAY
    from coalition.clock import system_clock

    if (role is KeyRole.TILL) != (shop is not None):
        raise CommandRefused(Phrase("a till's key names its shop, and no other key does: --role till --shop SHOP"))
    now = system_clock()
    ends = None if days is None else now + days * DAY
    with open_acting(database_url, alliance, user, OWNERS) as acting:
        book, caller = acting.alliance.book, acting.caller
        check_shop(book, shop)

        def write(connection: "Connection") -> "tuple[NewToken, list[Announcement]]":
            token = create(connection, caller, Role(role.value), label, shop, now, ends)
            key = visible_key(connection, caller, token.id)
            return token, [] if key is None else of_key(connection, caller, book.settings.name, key)

        token, announcements = committed(book.database, write)
    console().print(token.text, soft_wrap=True)
    announce(announcements)


@app.command("list")
def list_keys(alliance: AllianceName = None, database_url: DatabaseUrl = DEFAULT_URL, *, lang: LanguageOption) -> None:
    """List the keys, without their secrets."""
    from coalition.access.key_store import find_keys
    from coalition.locale.formats import moment_text

    table = new_table(
        "", lang, ids=[N_("Id")], left=[N_("Role"), N_("Shop"), N_("Label"), N_("Made"), N_("Ends"), N_("Kept by")]
    )
    with open_book(database_url, alliance) as book, book.database.engine.connect() as connection:
        for key in find_keys(connection, book.alliance_id):
            made, ends = (
                "" if at is None else moment_text(at, book.settings.timezone, lang)
                for at in (key.created_at, key.revoked_at or key.expires_at)
            )
            table.add_row(key.id, key.role.value, key.shop or "", key.label, made, ends, key.keeper or "")
    console().print(table)


@app.command("revoke")
def revoke(
    id: KeyId,  # noqa: A002 - the argument's name
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,  # noqa: ARG001 - of its help
) -> None:
    """Revoke a key at once."""
    from coalition.access import manage_keys
    from coalition.access.invite import server_caller
    from coalition.clock import system_clock

    with open_book(database_url, alliance) as book:
        caller, now = server_caller(book.alliance_id), system_clock()
        if not committed(book.database, lambda connection: manage_keys.revoke(connection, caller, id, now)):
            raise CommandRefused(Phrase("there is no key {id} to revoke; `coalition keys list` shows them", id=id))


@app.command("rotate")
def rotate(
    id: KeyId,  # noqa: A002 - the argument's name
    days: Annotated[int, typer.Option(help="For how many days the old key stays valid.", min=0, max=90)] = 7,
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,  # noqa: ARG001 - of its help
) -> None:
    """Replace a key and show the new one, only this once; the old one stays valid for some days."""
    from coalition.access import manage_keys
    from coalition.access.announce import of_key
    from coalition.access.caller import OWNERS
    from coalition.access.user import DAY
    from coalition.clock import system_clock

    with open_acting(database_url, alliance, user, OWNERS) as acting:
        book, caller, now = acting.alliance.book, acting.caller, system_clock()

        def write(connection: "Connection") -> "tuple[NewToken, list[Announcement]]":
            token = manage_keys.rotate(connection, caller, id, now, now + days * DAY)
            if token is None:
                raise CommandRefused(Phrase("there is no key {id} to replace; `coalition keys list` shows them", id=id))
            key = manage_keys.visible_key(connection, caller, token.id)
            return token, [] if key is None else of_key(connection, caller, book.settings.name, key)

        token, announcements = committed(book.database, write)
    console().print(token.text, soft_wrap=True)
    announce(announcements)


@app.command("adopt")
def adopt(
    id: KeyId,  # noqa: A002 - the argument's name
    user: Annotated[
        str,
        typer.Option(
            "--as", metavar="EMAIL", help="The owner who answers for it; the password is asked for.", parser=text
        ),
    ],
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,  # noqa: ARG001 - of its help
) -> None:
    """Answer for an operator's key, which then stays when whoever made it leaves."""
    from coalition.access import manage_keys
    from coalition.access.announce import of_adoption
    from coalition.access.caller import Role
    from coalition.clock import system_clock

    with open_acting(database_url, alliance, user, {Role.OWNER}) as acting:
        book, caller = acting.alliance.book, acting.caller

        def write(connection: "Connection") -> "list[Announcement]":
            key = manage_keys.adopt(connection, caller, id, system_clock())
            if key is None:
                why = Phrase("there is no operator's key {id} to adopt; `coalition keys list` shows them", id=id)
                raise CommandRefused(why)
            return of_adoption(connection, caller, book.settings.name, key)

        announcements = committed(book.database, write)
    announce(announcements)
