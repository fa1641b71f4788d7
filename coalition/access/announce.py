"""Tell all owners at once who may do more than before: somebody new, a new role, key or address, a reset.

What concerns the alliance's own people and keys is announced; a shop's people and tills are the shop's business.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from coalition.access.caller import STAFF, Caller, Role
from coalition.access.invite import COMMAND
from coalition.access.key_store import ApiKey
from coalition.access.tables import users
from coalition.access.user import User
from coalition.access.user_store import find_user
from coalition.locale.formats import Lang
from coalition.locale.messages import N_, translate

INVITED = N_("{actor} invited {email} in the role {role}.")
ROLE_CHANGED = N_("{actor} gave {email} the role {role}.")
ADDRESS_CHANGED = N_("{actor} changed the address of {before} to {email}.")
ENABLED = N_("{actor} enabled {email} again.")
RESET = N_("{actor} reset the log-in of {email} and sent a new invitation.")
KEY_MADE = N_("{actor} made the API key {label} in the role {role}.")
KEY_ADOPTED = N_("{actor} answers for the API key {label} from now on.")

SERVER = N_("Somebody on the server")
"""Who it was where the command on the server was used."""


class Announcement(NamedTuple):
    """A message to one address."""

    to: str
    subject: str
    text: str


class Addressee(NamedTuple):
    """Somebody who hears of a change, and in which language."""

    email: str
    language: Lang


def of_invitation(connection: Connection, caller: Caller, alliance: str, user: User) -> list[Announcement]:
    """What the owners hear of an invitation; whoever is invited has the invitation itself."""
    if user.role not in STAFF:
        return []
    announcements = _announcements(connection, caller, alliance, INVITED, [], email=user.email, role=user.role.value)
    return [announcement for announcement in announcements if announcement.to != user.email]


def of_reset(connection: Connection, caller: Caller, alliance: str, user: User) -> list[Announcement]:
    """What the owners and the user hear of a reset."""
    if user.role not in STAFF:
        return []
    return _announcements(connection, caller, alliance, RESET, [_addressee(user)], email=user.email)


def of_change(connection: Connection, caller: Caller, alliance: str, before: User, after: User) -> list[Announcement]:
    """What the owners hear of a change; the user's old address is told for itself."""
    if after.role not in STAFF:
        return []
    announcements = []
    if after.email != before.email:
        addresses = {"before": before.email, "email": after.email}
        announcements += _announcements(connection, caller, alliance, ADDRESS_CHANGED, [], **addresses)
    if after.role is not before.role:
        role = after.role.value
        announcements += _announcements(connection, caller, alliance, ROLE_CHANGED, [], email=after.email, role=role)
    if before.disabled_at is not None and after.disabled_at is None:
        announcements += _announcements(connection, caller, alliance, ENABLED, [], email=after.email)
    return announcements


def of_key(connection: Connection, caller: Caller, alliance: str, key: ApiKey) -> list[Announcement]:
    """What the owners hear of a new key; a till's is its shop's."""
    if key.role is Role.TILL:
        return []
    return _announcements(connection, caller, alliance, KEY_MADE, [], label=key.label, role=key.role.value)


def of_adoption(connection: Connection, caller: Caller, alliance: str, key: ApiKey) -> list[Announcement]:
    """What the owners hear of a key that another one answers for."""
    return _announcements(connection, caller, alliance, KEY_ADOPTED, [], label=key.label)


def _announcements(
    connection: Connection,
    caller: Caller,
    alliance: str,
    sentence: str,
    also: Sequence[Addressee],
    **values: str,
) -> list[Announcement]:
    addressees = {addressee.email: addressee for addressee in also}
    addressees |= {addressee.email: addressee for addressee in owners_of(connection, caller.alliance_id)}
    actor = _name_of(connection, caller)
    announcements = []
    for email, lang in addressees.values():
        what = translate(sentence, lang, actor=translate(SERVER, lang) if actor is None else actor, **values)
        advice = translate("If that is not right, tell the alliance's owners at once.", lang)
        subject = translate("Access to {alliance} was changed", lang, alliance=alliance)
        announcements.append(Announcement(email, subject, f"{what} {advice}"))
    return announcements


def owners_of(connection: Connection, alliance_id: int) -> list[Addressee]:
    """The alliance's owners, the disabled ones left out."""
    return people_of(connection, alliance_id, Role.OWNER)


def people_of(connection: Connection, alliance_id: int, role: Role, shop: str | None = None) -> list[Addressee]:
    """The users in a role, at a shop where the role has one; the disabled ones left out."""
    columns = users.c
    rows = connection.execute(
        select(columns.email, columns.language)
        .where(columns.alliance_id == alliance_id, columns.role == role.value, columns.shop == shop)
        .where(columns.disabled_at.is_(None))
        .order_by(columns.id)
    )
    return [Addressee(*row) for row in rows]


def _name_of(connection: Connection, caller: Caller) -> str | None:
    """The address of a user, or the id of a key; None where it was a command on the server."""
    if caller.id == COMMAND:
        return None
    kind, _, id_ = caller.id.partition(":")
    user = find_user(connection, caller.alliance_id, id_) if kind == "user" else None
    return caller.id if user is None else user.email


def _addressee(user: User) -> Addressee:
    return Addressee(user.email, user.language)
