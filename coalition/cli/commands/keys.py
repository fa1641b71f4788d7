"""`coalition keys`: which programs may call."""

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
    new_table,
    open_book,
    text,
)
from coalition.errors import CommandRefused
from coalition.locale.messages import N_
from settlement import Phrase

app = typer.Typer(name="keys", no_args_is_help=True, help="API keys of an alliance.")
PANEL, POSITION = RUN_IT, 50


class KeyRole(StrEnum):
    """What a key may be for; people have sessions instead."""

    OPERATOR = "operator"
    TILL = "till"
    APP = "app"


KeyId = Annotated[str, typer.Argument(help="The key's id, as it is listed.", parser=text)]


@app.command("create")
def create_key(
    label: Annotated[str, typer.Argument(help="What the key is for, as it is listed.", parser=text)],
    role: Annotated[
        KeyRole, typer.Option(help="Who it is for: the alliance, one shop's tills, a wallet app.")
    ] = KeyRole.APP,
    shop: Annotated[str | None, typer.Option(help="The shop, for a till's key.", parser=text)] = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,  # noqa: ARG001 - of its help
) -> None:
    """Make a key and show it: it is shown only this once."""
    from coalition.access.caller import Role
    from coalition.access.invite import server_caller
    from coalition.access.manage_keys import create_key as create
    from coalition.clock import system_clock

    with open_book(database_url, alliance) as book, book.database.engine.begin() as connection:
        if (role is KeyRole.TILL) != (shop is not None):
            raise CommandRefused(Phrase("a till's key names its shop, and no other key does: --role till --shop SHOP"))
        check_shop(book, shop)
        caller = server_caller(book.alliance_id)
        key = create(connection, caller, Role(role.value), label, shop, system_clock())
    console().print(key.text, soft_wrap=True)


@app.command("list")
def list_keys(alliance: AllianceName = None, database_url: DatabaseUrl = DEFAULT_URL, *, lang: LanguageOption) -> None:
    """List the keys, without their secrets."""
    from coalition.access.key_store import find_keys
    from coalition.locale.formats import moment_text

    table = new_table("", lang, ids=[N_("Id")], left=[N_("Role"), N_("Shop"), N_("Label"), N_("Made"), N_("Ends")])
    with open_book(database_url, alliance) as book, book.database.engine.connect() as connection:
        for key in find_keys(connection, book.alliance_id):
            made, ends = (
                "" if at is None else moment_text(at, book.settings.timezone, lang)
                for at in (key.created_at, key.revoked_at or key.expires_at)
            )
            table.add_row(key.id, key.role.value, key.shop or "", key.label, made, ends)
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

    with open_book(database_url, alliance) as book, book.database.engine.begin() as connection:
        if not manage_keys.revoke(connection, server_caller(book.alliance_id), id, system_clock()):
            raise CommandRefused(Phrase("there is no key {id} to revoke; `coalition keys list` shows them", id=id))


@app.command("rotate")
def rotate(
    id: KeyId,  # noqa: A002 - the argument's name
    days: Annotated[int, typer.Option(help="For how many days the old key stays valid.", min=0, max=90)] = 7,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,  # noqa: ARG001 - of its help
) -> None:
    """Replace a key and show the new one, only this once; the old one stays valid for some days."""
    from coalition.access import manage_keys
    from coalition.access.invite import server_caller
    from coalition.access.user import DAY
    from coalition.clock import system_clock

    with open_book(database_url, alliance) as book, book.database.engine.begin() as connection:
        now = system_clock()
        key = manage_keys.rotate(connection, server_caller(book.alliance_id), id, now, now + days * DAY)
        if key is None:
            raise CommandRefused(Phrase("there is no key {id} to replace; `coalition keys list` shows them", id=id))
    console().print(key.text, soft_wrap=True)
