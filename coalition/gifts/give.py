"""Give points to another member, or to a phone number or an address whose owner is yet to enrol."""

import hmac
from hashlib import sha256
from typing import NamedTuple

from coalition.alliance import Alliance
from coalition.gifts.errors import GiftDiffers
from coalition.gifts.gift import Gift, GiftState
from coalition.gifts.store import add_gift, find_gift, gift_under, move_on, open_gifts, waiting_for
from coalition.members.contacts import Contact
from coalition.members.errors import SameMember
from coalition.members.member_cache import check_active, member_cache
from coalition.members.store import contacts_of, owner_of, survivor
from coalition.members.transfer_all import GiveAll
from settlement import KeyReused, SettlementError
from settlement.ledger import Answer, Give, Posting

PREFIX = "gift"
DAY = 24 * 3600 * 1_000_000
LEFT_ALONE = 600 * 1_000_000
"""A gift that stands in between for ten minutes (in microseconds) was left there by a crash."""
AT_ONCE = 200


class Given(NamedTuple):
    """A gift, and what the book answered to the giving."""

    gift: Gift
    answer: Answer


def give(alliance: Alliance, key: str, giver: str, to: str | Contact, points: int) -> Given:
    """Give `points` to a member's id, or to a contact. `key` is the book's; a retry gives the same answer.

    Raises MemberUnknown, MemberFrozen, SameMember, GiftDiffers; KeyReused where the key was no gift's.
    """
    with alliance.database.engine.connect() as connection:
        there = gift_under(connection, alliance.id, key)
    if there is None:
        new = _new(alliance, key, giver, to, points)
        with alliance.database.engine.begin() as connection:
            there = new if add_gift(connection, alliance.id, new) else gift_under(connection, alliance.id, key)
        there = there or new
    _check_same(alliance, there, giver, to, points)
    try:
        answer = alliance.poster.post(_giving(there))
    except KeyReused:
        with alliance.database.engine.begin() as connection:
            move_on(connection, alliance.id, there, GiftState.REFUSED)
        raise
    return Given(_given(alliance, there, answer), answer)


def _new(alliance: Alliance, key: str, giver: str, to: str | Contact, points: int) -> Gift:
    giver = check_active(member_cache(alliance).look_up(giver)).id
    now = alliance.clock()
    receiver, contact = None, None
    if isinstance(to, Contact):
        with alliance.database.engine.connect() as connection:
            receiver = owner_of(connection, alliance.id, to.text)
        contact = to.text if receiver is None else None
    else:
        receiver = to
    if receiver is not None:
        receiver = check_active(member_cache(alliance).look_up(receiver)).id
        if receiver == giver:
            raise SameMember(giver)
    returns_at = now if contact is None else now + member_cache(alliance).settings.gift_days * DAY
    # Told apart from the key alone, a gift has the same id however often it is sent.
    return Gift(_id(alliance, key), key, giver, receiver, contact, points, GiftState.NEW, now, returns_at)


def _id(alliance: Alliance, key: str) -> str:
    digest = hmac.digest(alliance.programme.secret, b"gift\0" + key.encode(), sha256)
    return f"{PREFIX}_{digest.hex()[:32]}"


def _check_same(alliance: Alliance, there: Gift, giver: str, to: str | Contact, points: int) -> None:
    """A retry asks for what was asked first. Whom a contact belonged to may have changed since, and is not asked."""
    if there.points != points:
        raise GiftDiffers("points")
    if isinstance(to, Contact) and there.contact not in (None, to.text):
        raise GiftDiffers("to")
    with alliance.database.engine.connect() as connection:
        if there.giver != giver and there.giver != survivor(connection, alliance.id, giver).id:
            raise GiftDiffers("member")
        if isinstance(to, str) and there.receiver != to and there.receiver != survivor(connection, alliance.id, to).id:
            raise GiftDiffers("to")


def _giving(gift: Gift) -> Posting:
    receiver = gift.first_receiver
    content: dict[str, str | int] = {
        "type": "gift",
        "member": gift.giver,
        "receiver": receiver,
        "points": gift.points,
    }
    return Posting(gift.key, gift.created_at, content, (Give(gift.giver, receiver, gift.points),))


def _given(alliance: Alliance, gift: Gift, answer: Answer) -> Gift:
    """Keep what the book answered to the giving."""
    if gift.state is not GiftState.NEW:
        return gift
    waits = gift.first_receiver == gift.id
    state = GiftState.REFUSED if answer.refusal else GiftState.WAITING if waits else GiftState.GIVEN
    with alliance.database.engine.begin() as connection:
        move_on(connection, alliance.id, gift, state)
        enrolled = None if gift.contact is None else owner_of(connection, alliance.id, gift.contact)
    if enrolled is not None:
        # They enrolled after they were looked for, and before the gift was there to be found by them.
        arrive(alliance, enrolled)
    with alliance.database.engine.connect() as connection:
        return find_gift(connection, alliance.id, gift.id) or gift


def arrive(alliance: Alliance, member: str) -> int:
    """Give a member whatever has waited for one of their contacts; how many gifts there were."""
    with alliance.database.engine.begin() as connection:
        id_ = survivor(connection, alliance.id, member).id
        found = [
            gift
            for contact in contacts_of(connection, alliance.id, id_)
            for gift in waiting_for(connection, alliance.id, contact.text)
        ]
        mine = [gift for gift in found if move_on(connection, alliance.id, gift, GiftState.ARRIVING, id_)]
    for gift in mine:
        _finish(alliance, gift._replace(state=GiftState.ARRIVING, receiver=id_))
    return len(mine)


def _finish(alliance: Alliance, gift: Gift) -> None:
    """Let a gift's points go from under its own id to whom its state says. Twice is once: the key is the gift's."""
    back = gift.state is GiftState.RETURNING
    receiver = gift.giver if back or gift.receiver is None else gift.receiver
    content: dict[str, str | int] = {
        "type": "gift_returned" if back else "gift_arrived",
        "member": receiver,
        "gift": gift.id,
    }
    alliance.poster.post(Posting(f"gift:{gift.id}", alliance.clock(), content, GiveAll(gift.id, receiver)))
    with alliance.database.engine.begin() as connection:
        move_on(connection, alliance.id, gift, GiftState.RETURNED if back else GiftState.GIVEN)


def sweep_gifts(alliance: Alliance) -> int:
    """Return what waited too long, and finish what a crash left in between; how many gifts moved on."""
    now, moved = alliance.clock(), 0
    after = (0, "")
    while True:
        with alliance.database.engine.connect() as connection:
            found = open_gifts(connection, alliance.id, now, after, AT_ONCE)
        if not found:
            return moved
        for gift in found:
            moved += _move_along(alliance, gift, now)
        after = found[-1].created_at, found[-1].id


def _move_along(alliance: Alliance, gift: Gift, now: int) -> int:
    if gift.state is GiftState.WAITING:
        if gift.returns_at > now:
            return 0
        with alliance.database.engine.begin() as connection:
            if not move_on(connection, alliance.id, gift, GiftState.RETURNING):
                return 0
        _finish(alliance, gift._replace(state=GiftState.RETURNING))
        return 1
    if gift.created_at > now - LEFT_ALONE:
        return 0
    if gift.state is GiftState.NEW:
        outcome = alliance.poster.submit([_giving(gift)]).result()[0]
        if isinstance(outcome, SettlementError):
            with alliance.database.engine.begin() as connection:
                move_on(connection, alliance.id, gift, GiftState.REFUSED)
        else:
            _given(alliance, gift, outcome)
        return 1
    _finish(alliance, gift)
    return 1
