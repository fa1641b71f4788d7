"""`coalition users`: who may log in."""

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from coalition.cli.acting import ActingUser, announce, open_acting
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
from coalition.errors import CommandRefused, NotFound
from coalition.locale.messages import N_
from settlement import Phrase

if TYPE_CHECKING:
    from coalition.access.user import User
    from coalition.alliance import Alliance

app = typer.Typer(name="users", no_args_is_help=True, help="People of an alliance and of its shops.")
PANEL, POSITION = RUN_IT, 60

LISTED_MAX = 10_000
UserId = Annotated[str, typer.Argument(help="The user's id, as it is listed.", parser=text)]
LOCAL_URL = "http://127.0.0.1:{port}"
"""Where `coalition serve` is reached, where nothing else is set."""
PORT = "8000"


class UserRole(StrEnum):
    """What a user may be."""

    OWNER = "owner"
    FINANCE = "finance"
    SUPPORT = "support"
    MANAGER = "manager"
    CASHIER = "cashier"


@app.command("add")
def add(
    email: Annotated[str, typer.Argument(help="The e-mail address with which the user logs in.", parser=text)],
    role: Annotated[UserRole, typer.Option(help="What the user is.")] = UserRole.OWNER,
    shop: Annotated[str | None, typer.Option(help="The shop, for a manager or a cashier.", parser=text)] = None,
    name: Annotated[str | None, typer.Option(help="The name; by default the e-mail address.", parser=text)] = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Invite a user and print the invitation, good for seven days: with it the user chooses a password."""
    from coalition.access.caller import OWNERS, Role
    from coalition.clock import system_clock
    from coalition.staff.invite_user import Invitee, invite_user
    from coalition.try_again import try_again

    if (role in (UserRole.MANAGER, UserRole.CASHIER)) != (shop is not None):
        raise CommandRefused(
            Phrase("a manager or a cashier has a shop, and nobody else does: --role cashier --shop SHOP")
        )
    invitee = Invitee(email, name or email, Role(role.value), shop, lang)
    with open_acting(database_url, alliance, None, OWNERS) as acting:
        check_shop(acting.alliance.book, shop)
        invitation = try_again(invite_user, acting.alliance, acting.approvals, acting.caller, invitee, system_clock())
    _show_invitation(invitation.token)
    announce(invitation.announcements)


@app.command("list")
def list_users_command(
    shop: Annotated[str | None, typer.Option(help="Only the people of this shop.", parser=text)] = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """List the users by their e-mail addresses."""
    from coalition.access.user_store import list_users
    from coalition.locale.formats import moment_text

    left = [N_("E-mail"), N_("Full name"), N_("Role"), N_("Shop"), N_("Added"), N_("Disabled")]
    table = new_table("", lang, ids=[N_("Id")], left=left)
    with open_book(database_url, alliance) as book, book.database.engine.connect() as connection:
        for user in list_users(connection, book.alliance_id, shop, None, LISTED_MAX):
            added, disabled = (
                "" if at is None else moment_text(at, book.settings.timezone, lang)
                for at in (user.created_at, user.disabled_at)
            )
            table.add_row(user.id, user.email, user.name, user.role.value, user.shop or "", added, disabled)
    console().print(table)


@app.command("change")
def change_command(
    id: UserId,  # noqa: A002 - the argument's name
    email: Annotated[
        str | None, typer.Option(help="The e-mail address with which the user logs in.", parser=text)
    ] = None,
    name: Annotated[str | None, typer.Option(help="The user's name.", parser=text)] = None,
    role: Annotated[UserRole | None, typer.Option(metavar="NEW", help="What the user is from now on.")] = None,
    disabled: Annotated[
        bool | None, typer.Option("--disable/--enable", help="Whether the user can't log in any more.")
    ] = None,
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,  # noqa: ARG001 - of its help
) -> None:
    """Change, disable or enable a user; what is left out stays as it is."""
    from coalition.access.caller import OWNERS, Role
    from coalition.access.change_user import UserChange
    from coalition.clock import system_clock
    from coalition.staff.update_user import update_user
    from coalition.try_again import try_again

    change = UserChange(email, name, None if role is None else Role(role.value), disabled=disabled)
    with open_acting(database_url, alliance, user, OWNERS) as acting:
        before = _user(acting.alliance, id)
        changed = try_again(
            update_user, acting.alliance, acting.approvals, acting.caller, before, change, system_clock()
        )
    announce(changed.announcements)


@app.command("invite")
def invite_command(
    id: UserId,  # noqa: A002 - the argument's name
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,  # noqa: ARG001 - of its help
) -> None:
    """Print a new invitation, also for a user who has lost password or second factor; earlier ones end."""
    from coalition.access.caller import OWNERS
    from coalition.clock import system_clock
    from coalition.staff.reset_user import reset_user
    from coalition.try_again import try_again

    with open_acting(database_url, alliance, user, OWNERS) as acting:
        invited = _user(acting.alliance, id)
        invitation = try_again(reset_user, acting.alliance, acting.approvals, acting.caller, invited, system_clock())
    _show_invitation(invitation.token)
    announce(invitation.announcements)


def _user(alliance: "Alliance", user_id: str) -> "User":
    """The user of that id. Raises NotFound."""
    from coalition.access.user_store import find_user

    with alliance.database.engine.connect() as connection:
        user = find_user(connection, alliance.id, user_id)
    if user is None:
        raise NotFound(Phrase("user"), user_id)
    return user


def _show_invitation(token: str) -> None:
    from coalition.settings import read_settings

    url = read_settings().public_url or LOCAL_URL.format(port=os.environ.get("COALITION_PORT", PORT))
    console().print(f"{url.rstrip('/')}/invitation#{token}", soft_wrap=True)
