"""Who logs in with a phone number or an e-mail address."""

from collections.abc import Callable

from sqlalchemy import Connection

from coalition.alliance import Alliances
from coalition.members.contacts import contacts
from coalition.members.errors import ContactInvalid, MemberUnknown
from coalition.members.member_cache import member_cache
from coalition.members.store import owner_of, resolve_merged


def members_by_contact(alliances: Alliances) -> Callable[[Connection, int, str], str | None]:
    """The member whose contact this is, as people write it; None where it is nobody's, or can't be one."""

    def member_of_contact(connection: Connection, alliance_id: int, contact: str) -> str | None:
        phone, email = (None, contact) if "@" in contact else (contact, None)
        region = member_cache(alliances.get(alliance_id)).settings.region
        try:
            (parsed,) = contacts(phone, email, region)
            owner = owner_of(connection, alliance_id, parsed.text)
            return None if owner is None else resolve_merged(connection, alliance_id, owner).id
        except (ContactInvalid, MemberUnknown):
            return None

    return member_of_contact
