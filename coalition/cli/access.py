"""`coalition keys` and `coalition users`: who may call, and who may log in."""

from contextlib import closing
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from coalition.access.caller import Role
from coalition.access.invite import add_invited_user, server_caller
from coalition.access.key_store import add_key, find_keys, revoke_key, rotate_key
from coalition.access.log import record
from coalition.access.tokens import new_token
from coalition.access.user import DAY
from coalition.cli.options import DEFAULT_URL, AllianceName, DatabaseUrl, Language, LanguageOption, console
from coalition.cli.options import book as opened
from coalition.clock import system_clock
from coalition.errors import CoalitionError
from coalition.locale.formats import moment_text
from coalition.settings import read_settings
from settlement.ledger import Book

keys = typer.Typer(no_args_is_help=True, help="API keys of an alliance.")
users = typer.Typer(no_args_is_help=True, help="People of an alliance and of its shops.")

LOCAL_URL = "http://127.0.0.1:8000"
"""Where `coalition serve` is reached, where nothing else is set."""


class KeyRole(StrEnum):
    """What a key may be for; people have sessions instead."""

    OPERATOR = "operator"
    TILL = "till"
    APP = "app"


class UserRole(StrEnum):
    """What a user may be."""

    OWNER = "owner"
    FINANCE = "finance"
    SUPPORT = "support"
    MANAGER = "manager"
    CASHIER = "cashier"


KeyId = Annotated[str, typer.Argument(help="The key's id, as it is listed.")]


@keys.command("create")
def create_key(
    label: Annotated[str, typer.Argument(help="What the key is for, as it is listed.")],
    role: Annotated[
        KeyRole, typer.Option(help="Who it is for: the alliance, one shop's tills, a wallet app.")
    ] = KeyRole.APP,
    shop: Annotated[str | None, typer.Option(help="The shop, for a till's key.")] = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
) -> None:
    """Make a key and show it: it is shown only this once."""
    with opened(database_url, alliance) as book, book.database.engine.begin() as connection:
        if (role is KeyRole.TILL) != (shop is not None):
            raise CoalitionError("a till's key names its shop, and no other does: --role till --shop SHOP")
        _check_shop(book, shop)
        key = new_token(book.alliance_id)
        add_key(connection, book.alliance_id, key, Role(role.value), label, system_clock(), shop)
        made = {"role": role.value, "shop": shop, "label": label}
        record(connection, server_caller(book.alliance_id), "key.create", key.id, made)
    console().print(key.text, soft_wrap=True)


@keys.command("list")
def list_keys(
    alliance: AllianceName = None, database_url: DatabaseUrl = DEFAULT_URL, lang: LanguageOption = Language.EN
) -> None:
    """List the keys, without their secrets."""
    table = Table()
    for column in ("Id", "Role", "Shop", "Label", "Made", "Ends"):
        table.add_column(column)
    with opened(database_url, alliance) as book, book.database.engine.connect() as connection:
        for key in find_keys(connection, book.alliance_id):
            made, ends = (
                "" if at is None else moment_text(at, book.settings.timezone, lang.value)
                for at in (key.created_at, key.revoked_at or key.expires_at)
            )
            table.add_row(key.id, key.role.value, key.shop or "", key.label, made, ends)
    console().print(table)


@keys.command("revoke")
def revoke(id: KeyId, alliance: AllianceName = None, database_url: DatabaseUrl = DEFAULT_URL) -> None:  # noqa: A002 - the argument's name
    """Revoke a key at once."""
    with opened(database_url, alliance) as book, book.database.engine.begin() as connection:
        if not revoke_key(connection, book.alliance_id, id, system_clock()):
            raise CoalitionError(f"no key {id} that could be revoked; `coalition keys list` shows them")
        record(connection, server_caller(book.alliance_id), "key.revoke", id)


@keys.command("rotate")
def rotate(
    id: KeyId,  # noqa: A002 - the argument's name
    days: Annotated[int, typer.Option(help="For how many days the old key still counts.", min=0, max=90)] = 7,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
) -> None:
    """Make a new key in place of one, which counts on for some days, and show it: only this once."""
    with opened(database_url, alliance) as book, book.database.engine.begin() as connection:
        key, now = new_token(book.alliance_id), system_clock()
        if not rotate_key(connection, book.alliance_id, id, key, now, now + days * DAY):
            raise CoalitionError(f"no key {id} that could be replaced; `coalition keys list` shows them")
        record(connection, server_caller(book.alliance_id), "key.rotate", id, {"new": key.id, "days": days})
    console().print(key.text, soft_wrap=True)


@users.command("add")
def add(
    email: Annotated[str, typer.Argument(help="The e-mail address, by which the user logs in.")],
    role: Annotated[UserRole, typer.Option(help="What the user is.")] = UserRole.OWNER,
    shop: Annotated[str | None, typer.Option(help="The shop, for a manager or a cashier.")] = None,
    name: Annotated[str | None, typer.Option(help="The name; the e-mail address where it is left out.")] = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    lang: LanguageOption = Language.EN,
) -> None:
    """Invite a user and print the invitation, good for seven days: with it the user chooses a password."""
    if "@" not in email.strip("@") or not email.isprintable() or " " in email:
        raise CoalitionError(f"{email!r} is no e-mail address")
    if (role in (UserRole.MANAGER, UserRole.CASHIER)) != (shop is not None):
        raise CoalitionError("a manager or a cashier has a shop, and nobody else: --role cashier --shop SHOP")
    with opened(database_url, alliance) as book, book.database.engine.begin() as connection:
        _check_shop(book, shop)
        who, now = server_caller(book.alliance_id), system_clock()
        token = add_invited_user(connection, who, email, name or email, Role(role.value), shop, lang.value, now)[1]
    console().print(f"{read_settings().public_url or LOCAL_URL}/invitation#{token}", soft_wrap=True)


@users.callback()
def _users() -> None:
    """People of an alliance and of its shops."""


def _check_shop(book: Book, shop: str | None) -> None:
    with closing(book.database.session()) as session:
        if shop is not None and shop not in book.config(session).by_ref:
            raise CoalitionError(f"no shop {shop!r} in {book.settings.name}; `coalition shops` lists them")
