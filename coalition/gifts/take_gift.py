"""Take up a gift by its link, or take it back while nobody has."""

from collections.abc import Callable

from coalition.alliance import Alliance
from coalition.gifts.deliver_gifts import finish_gift
from coalition.gifts.errors import GiftTaken, GiftUnknown
from coalition.gifts.gift import GiftState, StoredGift
from coalition.gifts.link import gift_of_link
from coalition.gifts.store import advance_gift, find_gift
from coalition.members.errors import SameMember
from coalition.members.member_cache import check_active, member_cache
from coalition.members.store import resolve_merged

TAKEN_BACK = frozenset({GiftState.RETURNING, GiftState.RETURNED})


def find_linked(alliance: Alliance, code: str) -> StoredGift:
    """The gift of a link, which waits or was taken up. Raises GiftUnknown."""
    id_ = gift_of_link(alliance.programme.secret, code)
    with alliance.database.engine.connect() as connection:
        gift = None if id_ is None else find_gift(connection, alliance.id, id_)
    if gift is None or gift.state in (GiftState.NEW, GiftState.REFUSED):
        raise GiftUnknown(code)
    return gift


def take_gift(alliance: Alliance, code: str, member: str) -> StoredGift:
    """Give a member the gift of a link; the same again changes nothing.

    Raises MemberUnknown, MemberFrozen, GiftUnknown, SameMember for the giver, and GiftTaken where somebody was first or
    it went back.
    """
    receiver = check_active(member_cache(alliance).look_up(member)).id
    gift = find_linked(alliance, code)
    if gift.state is GiftState.WAITING and gift.by_link:
        with alliance.database.engine.begin() as connection:
            if resolve_merged(connection, alliance.id, gift.giver).id == receiver:
                raise SameMember(receiver)
            taken = advance_gift(connection, alliance.id, gift, GiftState.ARRIVING, receiver)
        if taken:
            finish_gift(alliance, gift._replace(state=GiftState.ARRIVING, receiver=receiver))
    return _settled(alliance, gift, is_as_wanted=lambda now: now.receiver == receiver)


def take_back(alliance: Alliance, gift: StoredGift) -> StoredGift:
    """Return a gift that waits to its giver; the same again changes nothing. Raises GiftTaken."""
    if gift.state is GiftState.WAITING:
        with alliance.database.engine.begin() as connection:
            returning = advance_gift(connection, alliance.id, gift, GiftState.RETURNING)
        if returning:
            finish_gift(alliance, gift._replace(state=GiftState.RETURNING))
    return _settled(alliance, gift, is_as_wanted=lambda now: now.state in TAKEN_BACK)


def _settled(alliance: Alliance, gift: StoredGift, is_as_wanted: Callable[[StoredGift], bool]) -> StoredGift:
    """The gift as it stands now. Raises GiftTaken unless it is as its caller wants it."""
    with alliance.database.engine.connect() as connection:
        now = find_gift(connection, alliance.id, gift.id) or gift
    if not is_as_wanted(now):
        raise GiftTaken(gift.id)
    return now
