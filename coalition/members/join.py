"""Join by oneself: with a contact that a code has shown to be one's own."""

from dataclasses import dataclass

from coalition.access.errors import LogInRefused
from coalition.access.member_code import redeem_code
from coalition.alliance import Alliance
from coalition.legal.legal_texts import legal_texts_of
from coalition.members.enrol_member import Enrolled, NewMember, enrol_member
from coalition.members.errors import TermsChanged, TermsNeeded
from coalition.members.log_in import contact_kind
from coalition.members.member import MemberProfile


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """Somebody who joins: the contact as `read_contact` writes it, and the code that was sent to it.

    `shop` is the one whose poster brought them. `terms_version` is that of the alliance's terms which they read; None
    where nobody kept it, and they agree to what is in force.
    """

    contact: str
    code: str
    name: str | None = None
    language: str | None = None
    terms: bool = False
    terms_version: int | None = None
    marketing: bool = False
    shop: str | None = None


def join(alliance: Alliance, request: JoinRequest) -> Enrolled:
    """Enrol whoever holds a contact, or find the member whom it belongs to; the code is used up.

    Raises LogInRefused for a wrong code, which uses up a try. To whoever has not agreed to the terms that are in force
    it raises TermsNeeded or TermsChanged, which use up none.
    """
    secret, now = alliance.programme.secret, alliance.machine_clock()
    if not request.terms:
        raise TermsNeeded
    version = legal_texts_of(alliance).terms_version
    if request.terms_version is not None and version is not None and version != request.terms_version:
        raise TermsChanged(version)
    # A transaction of its own: a wrong code costs a try, whatever comes after.
    with alliance.database.engine.begin() as connection:
        redeemed = redeem_code(connection, alliance.id, secret, request.contact, request.code, now)
    if isinstance(redeemed, LogInRefused):
        raise redeemed
    if redeemed.member is not None:
        return Enrolled(redeemed.member, new=False)
    kind = contact_kind(request.contact)
    new = NewMember(
        phone=request.contact if kind == "phone" else None,
        email=request.contact if kind == "email" else None,
        profile=MemberProfile(request.name, request.language),
        consents={"terms": True, "marketing": request.marketing},
        enrolled_by=request.shop,
    )
    return enrol_member(alliance, new)
