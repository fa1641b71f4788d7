"""Give points to another member, or to a phone number or an e-mail address that is nobody's yet."""

import hmac
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from coalition.alliance import Alliance
from coalition.gifts.deliver_gifts import deliver_gifts
from coalition.gifts.errors import GiftDiffers
from coalition.gifts.gift import GiftState, StoredGift
from coalition.gifts.store import add_gift, advance_gift, find_gift, find_gift_by_key
from coalition.members.contacts import Contact, contacts, masked
from coalition.members.errors import SameMember
from coalition.members.member_cache import check_active, check_unlocked, member_cache
from coalition.members.store import merged_ids, owner_of, resolve_merged
from coalition.refusals import RefusedByBook
from settlement import KeyReused
from settlement.ledger import Answer, Give, Posting, Refusal, holdings_of

PREFIX = "gift"
DAY = 24 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True)
class NewGift:
    """A gift of `points`, from a member to one receiver: a member's id, a phone number or an e-mail address.

    To none of them: to whoever opens its link.
    """

    giver: str
    points: int
    to: str | None = None
    phone: str | None = None
    email: str | None = None


class GiftAnswer(NamedTuple):
    """A gift as it stands after the giving; `replayed` means that an earlier request gave it."""

    gift: StoredGift
    replayed: bool


def give_points(alliance: Alliance, new: NewGift, key: str) -> GiftAnswer:
    """Give points under an idempotency key of the book; a retry gives the same answer. They keep issuers and last days.

    A gift to a contact that is nobody's yet waits until somebody enrols with it, one by link until somebody opens it;
    they go back after some days.
    Raises MemberUnknown, MemberFrozen, SpendLocked,
    SameMember, ContactInvalid, GiftDiffers, RefusedByBook; KeyReused where the key
    was used for something else than a gift.
    """
    region = member_cache(alliance).settings.region
    receiver = new.to if new.to is not None else next(iter(contacts(new.phone, new.email, region)), None)
    gift = _kept_gift(alliance, new, receiver, key)
    try:
        answer = alliance.poster.post(giving_of(gift))
    except KeyReused:
        with alliance.database.engine.begin() as connection:
            advance_gift(connection, alliance.id, gift, GiftState.REFUSED)
        raise
    gift = answered_gift(alliance, gift, answer)
    if answer.refusal is not None:
        raise RefusedByBook(answer.refusal)
    return GiftAnswer(gift, answer.replayed)


def check_gift(alliance: Alliance, new: NewGift) -> None:
    """Whether a gift could be given now, before its giver is asked for their yes. Raises what `give_points` does."""
    region = member_cache(alliance).settings.region
    receiver = new.to if new.to is not None else next(iter(contacts(new.phone, new.email, region)), None)
    giver = _new_gift(alliance, new, receiver, "").giver
    with alliance.database.engine.connect() as connection:
        own = [giver, *merged_ids(connection, alliance.id, giver)]
        points = holdings_of(alliance.book, connection, own, alliance.today).points
    if points < new.points:
        raise RefusedByBook(Refusal("points_short", {"points": points, "asked": new.points}))


def giving_of(gift: StoredGift) -> Posting:
    """What the book is asked for the giving of a gift."""
    receiver = gift.first_receiver
    content: dict[str, str | int] = {
        "type": "gift",
        "member": gift.giver,
        "receiver": receiver,
        "points": gift.points,
        "gift": gift.id,
    }
    return Posting(gift.key, gift.created_at, content, (Give(gift.giver, receiver, gift.points),))


def answered_gift(alliance: Alliance, gift: StoredGift, answer: Answer) -> StoredGift:
    """The gift after the book's answer to its giving, which is kept with it."""
    if gift.state is not GiftState.NEW:
        return gift
    waits = gift.first_receiver == gift.id
    state = GiftState.REFUSED if answer.refusal else GiftState.WAITING if waits else GiftState.GIVEN
    with alliance.database.engine.begin() as connection:
        advance_gift(connection, alliance.id, gift, state)
        enrolled = None if gift.contact is None else owner_of(connection, alliance.id, gift.contact)
    if enrolled is not None:
        # They enrolled after they were looked up, and before the gift could be found by their contact.
        deliver_gifts(alliance, enrolled)
    with alliance.database.engine.connect() as connection:
        return find_gift(connection, alliance.id, gift.id) or gift


def _kept_gift(alliance: Alliance, new: NewGift, receiver: str | Contact | None, key: str) -> StoredGift:
    """The gift of a key, added where it is new. Raises GiftDiffers where the key has another gift."""
    with alliance.database.engine.connect() as connection:
        gift = find_gift_by_key(connection, alliance.id, key)
    if gift is None:
        added = _new_gift(alliance, new, receiver, key)
        with alliance.database.engine.begin() as connection:
            is_new = add_gift(connection, alliance.id, added)
            gift = added if is_new else find_gift_by_key(connection, alliance.id, key)
        gift = gift or added
    _check_same(alliance, gift, new, receiver)
    return gift


def _new_gift(alliance: Alliance, new: NewGift, to: str | Contact | None, key: str) -> StoredGift:
    giver = check_unlocked(check_active(member_cache(alliance).look_up(new.giver))).id
    now = alliance.clock()
    receiver, contact, named = None, None, None
    if isinstance(to, Contact):
        with alliance.database.engine.connect() as connection:
            receiver = owner_of(connection, alliance.id, to.text)
        contact, named = to.text if receiver is None else None, masked(to)
    else:
        receiver = to
    if receiver is not None:
        receiver = check_active(member_cache(alliance).look_up(receiver)).id
        if receiver == giver:
            raise SameMember(giver)
    returns_at = now if receiver is not None else now + member_cache(alliance).settings.gift_days * DAY
    # Made from the key alone, the id of a gift is the same however often it is sent.
    return StoredGift(
        _id(alliance, key), key, giver, receiver, contact, new.points, GiftState.NEW, now, returns_at, named
    )


def _id(alliance: Alliance, key: str) -> str:
    digest = hmac.digest(alliance.programme.secret, b"gift\0" + key.encode(), sha256)
    return f"{PREFIX}_{digest.hex()[:32]}"


def _check_same(alliance: Alliance, gift: StoredGift, new: NewGift, to: str | Contact | None) -> None:
    """A retry asks for the same gift. The owner of a contact may have changed since, and is not compared."""
    if gift.points != new.points:
        raise GiftDiffers("points")
    if isinstance(to, Contact) and gift.contact not in (None, to.text):
        raise GiftDiffers("to")
    if to is None and not gift.was_waiting:
        raise GiftDiffers("to")
    with alliance.database.engine.connect() as connection:
        if gift.giver != new.giver and gift.giver != resolve_merged(connection, alliance.id, new.giver).id:
            raise GiftDiffers("member")
        if not isinstance(to, str) or gift.receiver == to:
            return
        if gift.receiver != resolve_merged(connection, alliance.id, to).id:
            raise GiftDiffers("to")
