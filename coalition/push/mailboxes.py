"""Members to whom messages go by e-mail or SMS, because no browser of theirs takes any.

A message waits for them under a name of its own: the way, and the member's id.
"""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, and_, case, or_, select

from coalition.locale.formats import Lang
from coalition.members.log_in import reading_language
from coalition.members.member import MemberState, NoticesBy
from coalition.members.store import contacts_of, find_member
from coalition.members.tables import member_contacts, members

CONTACT_OF = {NoticesBy.EMAIL: "email", NoticesBy.SMS: "phone"}


class MemberMailbox(NamedTuple):
    """Where a member is reached now: a phone number or an e-mail address, and their language if they chose one."""

    member: str
    contact: str
    language: Lang | None


def mailboxes(connection: Connection, alliance_id: int, ids: Collection[str] | None, *, by_sms: bool) -> dict[str, str]:
    """The names under which messages wait for members, by id: of those among `ids` who can be reached.

    Where no ids are given, of all who have chosen to hear by e-mail. By SMS nobody is reached unless `by_sms`.
    """
    chosen = members.c.notices_by
    wanted = case((chosen == NoticesBy.SMS.value, "phone"), else_="email")
    is_owner = and_(member_contacts.c.member == members.c.id, member_contacts.c.kind == wanted)
    query = (
        select(members.c.id, chosen)
        .join(member_contacts, and_(member_contacts.c.alliance_id == members.c.alliance_id, is_owner))
        .where(members.c.alliance_id == alliance_id)
        .where(members.c.state.in_((MemberState.ACTIVE.value, MemberState.FROZEN.value)))
    )
    if ids is None:
        query = query.where(chosen == NoticesBy.EMAIL.value)
    else:
        query = query.where(members.c.id.in_(sorted(ids)), or_(chosen.is_(None), chosen != NoticesBy.NONE.value))
    names = {}
    for id_, choice in connection.execute(query):
        way = NoticesBy(choice or NoticesBy.EMAIL)
        if way is NoticesBy.EMAIL or by_sms:
            names[id_] = f"{way}:{id_}"
    return names


def is_mailbox(name: str) -> bool:
    """Whether a message waits for a member's e-mail or SMS under this name, and not for a browser."""
    return ":" in name


def find_mailbox(connection: Connection, alliance_id: int, name: str) -> MemberMailbox | None:
    """Where whoever is meant by a name is reached now; None for who is gone, or has no such contact any more."""
    way, _, id_ = name.partition(":")
    member = find_member(connection, alliance_id, id_)
    kind = CONTACT_OF[NoticesBy(way)]
    contact = next((each.text for each in contacts_of(connection, alliance_id, id_) if each.kind == kind), None)
    if member is None or contact is None:
        return None
    return MemberMailbox(id_, contact, reading_language(member.profile.language))
