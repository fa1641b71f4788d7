"""Change one's own contact: with a fresh proof, and a code that was sent to the new one.

The code is bound to the member as well as to the contact: it neither lets anybody in nor enrols anybody, and a code to
log in with changes nothing. Whose the contact is now is said only to whoever holds it.
"""

from sqlalchemy import Connection

from coalition.access.caller import Caller
from coalition.access.errors import LogInRefused
from coalition.access.member_code import redeem_code
from coalition.access.prove import check_proven
from coalition.alliance import Alliance
from coalition.approvals.approvals import Approvals
from coalition.members import contacts as contact_rules
from coalition.members.contacts import Contact
from coalition.members.errors import ContactInvalid, MemberFrozen
from coalition.members.log_in import contact_kind
from coalition.members.member import MemberState
from coalition.members.member_cache import member_cache
from coalition.members.store import contacts_of, resolve_merged
from coalition.members.update_member import MemberChanges, UpdatedMember, update_member
from settlement import Phrase

OWN_ALREADY = Phrase("it is yours already")


def new_contact(alliance: Alliance, caller: Caller, member: str, typed: str) -> Contact:
    """The contact that a member wants, if they may change it now.

    Raises ProofNeeded, MemberUnknown, MemberFrozen while the alliance looks into something, ContactInvalid.
    """
    with alliance.database.engine.connect() as connection:
        _check_may_change(connection, alliance, caller, member)
    if contact_kind(typed) == "email":
        return contact_rules.email(typed)
    return contact_rules.phone(typed, member_cache(alliance).settings.region)


def check_not_own(alliance: Alliance, member: str, wanted: Contact) -> None:
    """Raise ContactInvalid for a contact that the member has already: no code needs to be sent to it."""
    with alliance.database.engine.connect() as connection:
        own = contacts_of(connection, alliance.id, member)
    if wanted in own:
        raise ContactInvalid(wanted.kind, wanted.text, OWN_ALREADY)


def code_binding(member: str, contact: Contact) -> str:
    """What a code is made for: this member, and this contact."""
    return f"{member}={contact.text}"


def change_own_contact(
    alliance: Alliance, approvals: Approvals, caller: Caller, member: str, contact: Contact, code: str
) -> UpdatedMember:
    """Give a member a contact in place of the one of its kind, with the code that was sent to it.

    It ends their sessions, passkeys, codes and phones. Raises LogInRefused for a wrong code, which uses up a try,
    ContactTaken, and what `new_contact` does.
    """
    secret, now = alliance.programme.secret, alliance.machine_clock()
    # A transaction of its own: a wrong code costs a try, whatever comes after.
    with alliance.database.engine.begin() as connection:
        _check_may_change(connection, alliance, caller, member)
        redeemed = redeem_code(connection, alliance.id, secret, code_binding(member, contact), code, now)
    if isinstance(redeemed, LogInRefused):
        raise redeemed
    changes = MemberChanges(contacts={contact.kind: contact.text})
    return update_member(alliance, approvals, caller, member, changes, lambda _: None)


def _check_may_change(connection: Connection, alliance: Alliance, caller: Caller, member: str) -> None:
    check_proven(connection, caller, alliance.machine_clock())
    if resolve_merged(connection, alliance.id, member).state is MemberState.FROZEN:
        raise MemberFrozen(member)
