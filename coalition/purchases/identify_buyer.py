"""Identify the buyer: the member whom a till names or whose pay code it has read, and whose points they may spend.

Spending takes more than an id: a fresh pay code, or the member's yes to a confirmation that the till asked for. The
alliance can let an id alone spend up to an amount. Above the alliance's threshold the member confirms the amount even
where they showed a code: see `coalition.paycodes.confirm`. Earning takes no more than an id or a contact.
"""

import asyncio
from typing import NamedTuple

from coalition.alliance import Alliance
from coalition.members.contacts import contacts
from coalition.members.errors import MemberError
from coalition.members.member_cache import CachedMember, check_active, check_unlocked, member_cache
from coalition.members.member_loader import member_loader
from coalition.members.store import members_by_contacts
from coalition.paycodes.confirm import check_confirmed, shops_confirmation
from coalition.paycodes.consent import SpendingConsent
from coalition.paycodes.errors import ConfirmationNeeded, ConfirmationOver, PayCodeOver
from coalition.purchases.errors import ConsentNeeded, ContactUnknown
from coalition.purchases.read_pay_code import consent_now, scanned_consent
from settlement import KeyReused
from settlement.ledger import Answer, Posting


class BuyerNamed(NamedTuple):
    """How a till names the buyer, by one of these: an id, a pay code, a confirmation that it asked for, a contact.

    `till` is the caller, whose wrong pay codes are counted. `sold_at` is when a sale happened that the till made
    offline and that spends nothing (microseconds since 1970 UTC): the pay code was good then.
    """

    member: str | None = None
    pay_code: str | None = None
    confirmation: str | None = None
    phone: str | None = None
    email: str | None = None
    till: str = ""
    sold_at: int | None = None

    @property
    def by_contact(self) -> bool:
        """Whether the till knows a contact only, behind which it is told no id."""
        return self.phone is not None or self.email is not None


class Buyer(NamedTuple):
    """Who buys, and what speaks against it now.

    `member` is the id that the till or the pay code names, `owner` the member whom that id stands for since merges,
    `pool` the other members of their household. A buyer with a `problem` gets no new purchase, but one that was
    booked before is answered again. Of one who was named `by_contact` the till is told no id.
    """

    member: str
    owner: str
    pool: tuple[str, ...] = ()
    consent: SpendingConsent | None = None
    problem: MemberError | None = None
    by_contact: bool = False


class Spending(NamedTuple):
    """What points are to be spent on, and what a member is asked to confirm: an amount in minor units at a shop.

    `by_id` says that the caller may spend by an id alone, whatever the amount: the alliance, which imports sales.
    """

    shop: str
    amount_minor: int
    by_id: bool = False


async def identify_buyer(alliance: Alliance, named: BuyerNamed, spending: Spending | None, key: str) -> Buyer:
    """The buyer whom a till names in a request under a key of the book.

    Takes phone and member from memory where it can: by id or pay code it asks no database. Where points are to be spent
    above the alliance's threshold, the member is asked to confirm it. Raises MemberUnknown, ContactUnknown,
    PayCodeInvalid, PayCodesStopped, ConfirmationUnknown; what else speaks against a purchase is the buyer's `problem`.
    """
    if named.by_contact or named.confirmation is not None:
        return await asyncio.to_thread(identify_buyer_now, alliance, named, spending, key)
    consent = None
    if named.pay_code is not None:
        consent = await scanned_consent(alliance, named.pay_code, named.till, named.sold_at)
        if consent is None:
            return await asyncio.to_thread(identify_buyer_now, alliance, named, spending, key)
    id_ = named.member or "" if consent is None else consent.member
    cached = member_cache(alliance).known(id_)
    if cached is None:
        cached = await member_loader(alliance).ask(id_)
    buyer = _buyer(alliance, cached, id_, consent, spending)
    if spending is not None and _is_confirmed_first(alliance, consent, spending):
        buyer = await asyncio.to_thread(_with_confirmation, alliance, buyer, spending)
    return buyer


def identify_buyer_now(
    alliance: Alliance, named: BuyerNamed, spending: Spending | None, key: str, *, ask: bool = True
) -> Buyer:
    """The same for a thread, which may wait for the database. Where it is not to `ask`, nobody confirms anything."""
    consent, by_contact = None, named.by_contact
    if named.pay_code is not None:
        consent = consent_now(alliance, named.pay_code, named.till, named.sold_at, key)
    if named.confirmation is not None:
        asked = shops_confirmation(alliance, named.confirmation, "" if spending is None else spending.shop)
        consent, by_contact = asked.consent(alliance.clock()), asked.by_contact
        if consent is None:
            raise ConfirmationNeeded(asked.id)
    id_ = member_of_contact(alliance, named) if named.by_contact else named.member or ""
    id_ = id_ if consent is None else consent.member
    buyer = _buyer(alliance, member_cache(alliance).look_up(id_), id_, consent, spending)
    buyer = buyer._replace(by_contact=by_contact)
    if named.confirmation is not None and isinstance(buyer.problem, PayCodeOver):
        return buyer._replace(problem=ConfirmationOver())
    first = named.confirmation is not None or _is_confirmed_first(alliance, consent, spending)
    if spending is not None and ask and first:
        buyer = _with_confirmation(alliance, buyer, spending)
    return buyer


def earlier_answer(alliance: Alliance, posting: Posting, problem: MemberError) -> Answer:
    """The answer to a posting that was booked before the problem arose; raises the problem where it was not.

    Raises KeyReused too: what its key was used for comes before whatever speaks against the buyer.
    """
    outcome = alliance.preview(posting).outcome
    if isinstance(outcome, Answer) and outcome.replayed:
        return outcome
    if isinstance(outcome, KeyReused):
        raise outcome
    raise problem


def member_of_contact(alliance: Alliance, named: BuyerNamed) -> str:
    """The member with a contact. Raises ContactInvalid, ContactUnknown."""
    wanted = contacts(named.phone, named.email, member_cache(alliance).settings.region)
    with alliance.database.engine.connect() as connection:
        owners = members_by_contacts(connection, alliance.id, wanted)
    if not owners:
        raise ContactUnknown(wanted[0].kind)
    return owners[0]


def _buyer(
    alliance: Alliance, cached: CachedMember, member: str, consent: SpendingConsent | None, spending: Spending | None
) -> Buyer:
    problem: MemberError | None = PayCodeOver() if consent is not None and consent.is_over else None
    try:
        check_active(cached)
        if spending is not None:
            check_unlocked(cached)
            _check_consent(alliance, consent, spending)
    except MemberError as error:
        problem = error
    return Buyer(member, cached.id, cached.pool, consent, problem)


def _check_consent(alliance: Alliance, consent: SpendingConsent | None, spending: Spending) -> None:
    """Raises ConsentNeeded where nothing but an id speaks for the member, and the rule asks for more."""
    if consent is None and not spending.by_id and spending.amount_minor > alliance.programme.spend_by_id_minor:
        raise ConsentNeeded


def _is_confirmed_first(alliance: Alliance, consent: SpendingConsent | None, spending: Spending | None) -> bool:
    """Whether the member confirms before points are spent: it comes by pay code, and is above the threshold."""
    threshold = member_cache(alliance).settings.confirm_above_minor
    return bool(consent and spending and threshold is not None and spending.amount_minor > threshold)


def _with_confirmation(alliance: Alliance, buyer: Buyer, spending: Spending) -> Buyer:
    """The same buyer, with a problem unless the member has confirmed the amount. Asks them where nobody has yet."""
    if buyer.consent is None or not isinstance(buyer.problem, PayCodeOver | None):
        return buyer
    problem: MemberError | None = None
    try:
        check_confirmed(alliance, buyer.consent, buyer.owner, spending.shop, spending.amount_minor)
    except MemberError as error:
        problem = error
    return buyer._replace(problem=problem)
