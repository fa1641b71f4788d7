"""Deliver gifts that waited for somebody to enrol."""

from coalition.alliance import Alliance
from coalition.gifts.gift import GiftState, StoredGift
from coalition.gifts.store import advance_gift, gifts_waiting_for
from coalition.members.store import contacts_of, resolve_merged
from coalition.members.transfer_all import GiveAll
from settlement.ledger import Posting


def deliver_gifts(alliance: Alliance, member: str) -> int:
    """Give a member what has waited for one of their contacts; how many gifts there were. Raises MemberUnknown."""
    with alliance.database.engine.begin() as connection:
        id_ = resolve_merged(connection, alliance.id, member).id
        waiting = [
            gift
            for contact in contacts_of(connection, alliance.id, id_)
            for gift in gifts_waiting_for(connection, alliance.id, contact.text)
        ]
        arriving = [gift for gift in waiting if advance_gift(connection, alliance.id, gift, GiftState.ARRIVING, id_)]
    for gift in arriving:
        finish_gift(alliance, gift._replace(state=GiftState.ARRIVING, receiver=id_))
    return len(arriving)


def finish_gift(alliance: Alliance, gift: StoredGift) -> None:
    """Move a gift's points from under its own id to its receiver, or back. Safe to repeat: the key is the gift's."""
    back = gift.state is GiftState.RETURNING
    receiver = gift.giver if back or gift.receiver is None else gift.receiver
    content: dict[str, str | int] = {"type": "gift_returned", "member": gift.giver, "gift": gift.id}
    if not back:
        content |= {"type": "gift_arrived", "receiver": receiver}
    alliance.poster.post(Posting(f"gift:{gift.id}", alliance.clock(), content, GiveAll(gift.id, receiver)))
    with alliance.database.engine.begin() as connection:
        advance_gift(connection, alliance.id, gift, GiftState.RETURNED if back else GiftState.GIVEN)
