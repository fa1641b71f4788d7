"""Sweep gifts: return those that waited too long, and finish those that a crash left unfinished."""

from coalition.alliance import Alliance
from coalition.gifts.deliver_gifts import finish_gift
from coalition.gifts.gift import GiftState, StoredGift
from coalition.gifts.give_points import answered_gift, giving_of
from coalition.gifts.store import advance_gift, open_gifts
from settlement import SettlementError

UNFINISHED_AFTER = 600 * 1_000_000
"""A gift that is unfinished for ten minutes (in microseconds) was left so by a crash."""
AT_ONCE = 200


def sweep_gifts(alliance: Alliance) -> int:
    """Return what waited too long, and finish what a crash left unfinished; how many gifts moved on."""
    now, moved = alliance.clock(), 0
    after = (0, "")
    while True:
        with alliance.database.engine.connect() as connection:
            gifts = open_gifts(connection, alliance.id, now, after, AT_ONCE)
        if not gifts:
            return moved
        for gift in gifts:
            moved += _sweep(alliance, gift, now)
        after = gifts[-1].created_at, gifts[-1].id


def _sweep(alliance: Alliance, gift: StoredGift, now: int) -> int:
    """1 where the gift moved on."""
    if gift.state is GiftState.WAITING:
        if gift.returns_at > now:
            return 0
        with alliance.database.engine.begin() as connection:
            if not advance_gift(connection, alliance.id, gift, GiftState.RETURNING):
                return 0
        finish_gift(alliance, gift._replace(state=GiftState.RETURNING))
        return 1
    if gift.created_at > now - UNFINISHED_AFTER:
        return 0
    if gift.state is GiftState.NEW:
        outcome = alliance.poster.submit([giving_of(gift)]).result()[0]
        if isinstance(outcome, SettlementError):
            with alliance.database.engine.begin() as connection:
                advance_gift(connection, alliance.id, gift, GiftState.REFUSED)
        else:
            answered_gift(alliance, gift, outcome)
        return 1
    finish_gift(alliance, gift)
    return 1
