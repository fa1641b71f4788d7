"""Who logs in with a phone number or an e-mail address, however they type it."""

from typing import NamedTuple

from sqlalchemy import Connection

from coalition.access.errors import LogInRefused
from coalition.alliance import Alliance
from coalition.locale.formats import Lang
from coalition.members.contacts import Contact, ContactKind, contacts
from coalition.members.errors import ContactInvalid, MemberUnknown
from coalition.members.member_cache import member_cache
from coalition.members.store import lock_member, owner_of, resolve_merged


class CodeRecipient(NamedTuple):
    """The member whom a code goes to, and the language in which they have said that they read; None for neither."""

    member: str
    language: Lang | None


def contact_kind(typed: str) -> ContactKind:
    """What a contact is meant to be, however it is typed."""
    return "email" if "@" in typed else "phone"


def read_contact(alliance: Alliance, typed: str) -> str:
    """A contact in the one way in which it is written here: +49 151 123 and 0151-123 are the same number in Germany.

    What can't be one is left as it was typed, without spaces and in one case: nobody has it.
    """
    parsed = _parsed(alliance, typed)
    return "".join(typed.split()).casefold() if parsed is None else parsed.text


def is_contact(alliance: Alliance, typed: str) -> bool:
    """Whether it can be a phone number or an e-mail address at all, whoever has it."""
    return _parsed(alliance, typed) is not None


def _parsed(alliance: Alliance, typed: str) -> Contact | None:
    phone, email = (None, typed) if contact_kind(typed) == "email" else (typed, None)
    try:
        (parsed,) = contacts(phone, email, member_cache(alliance).settings.region)
    except ContactInvalid:
        return None
    return parsed


def check_may_log_in(connection: Connection, alliance_id: int, member: str) -> None:
    """Raise LogInRefused for a member who is gone. Locks them: whatever ends their credentials ends this log-in too.

    A merged member logs in as nobody: the other one has credentials of their own.
    """
    try:
        if lock_member(connection, alliance_id, member).id != member:
            raise LogInRefused
    except MemberUnknown:
        raise LogInRefused from None


def find_recipient(connection: Connection, alliance_id: int, contact: str) -> CodeRecipient | None:
    """The member who has a contact, as `read_contact` writes it; None where nobody has."""
    owner = owner_of(connection, alliance_id, contact)
    if owner is None:
        return None
    try:
        member = resolve_merged(connection, alliance_id, owner)
    except MemberUnknown:
        return None
    return CodeRecipient(member.id, reading_language(member.profile.language))


def reading_language(tag: str | None) -> Lang | None:
    """The language of ours, if any, that is meant by a tag of BCP 47, such as zh-Hans-CN."""
    primary = (tag or "").partition("-")[0].lower()
    if primary == "zh":
        return "zh"
    return "en" if primary == "en" else None
