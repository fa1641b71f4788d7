"""Change a shop: its profile, its state, its limit. The book follows, and never the other way round."""

from contextlib import closing
from dataclasses import replace

from coalition.alliance import Alliance
from coalition.errors import CoalitionError
from coalition.merchants.status import MAY_ISSUE, MAY_REDEEM, Status, check_step
from coalition.merchants.store import Profile, Shop, add_shop, find_shop, save_shop
from settlement.ledger import ExposureLimit, Participant


class ShopChanged(CoalitionError):
    """Somebody else changed the shop since it was read."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(f"shop {ref!r} was changed by somebody else meanwhile; read it again, then change that")


class ShopExists(CoalitionError):
    """A shop of that ref is there already."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(f"there is a shop {ref!r} already; take another ref, or change that one")


def shop_of(alliance: Alliance, ref: str) -> Shop | None:
    """A shop as it stands; None where there is none of that ref."""
    with closing(alliance.database.session()) as session:
        participant = alliance.book.config(session).by_ref.get(ref)
    with alliance.database.engine.connect() as connection:
        return find_shop(connection, alliance.id, ref, participant)


def apply_to_join(alliance: Alliance, ref: str, profile: Profile) -> Shop:
    """Take in a shop that wants to join; it earns nothing until it is made active. Raises ShopExists."""
    if shop_of(alliance, ref) is not None:
        raise ShopExists(ref)
    with alliance.database.engine.begin() as connection:
        add_shop(connection, alliance.id, ref, profile, alliance.clock())
    return Shop(ref, profile, Status.APPLIED, None, 1, alliance.clock())


def change_shop(alliance: Alliance, shop: Shop, profile: Profile, status: Status) -> Shop:
    """Change profile and state of a shop as it was read. Raises StatusUnreachable, ShopChanged.

    The shop's row comes first and the book after it: where that fails, the same change is made again by whoever asks
    for it again, since to stay in a state is always allowed and sets the book right.
    """
    check_step(shop.ref, shop.status, status)
    with alliance.database.engine.begin() as connection:
        if not save_shop(connection, alliance.id, shop, profile, status):
            raise ShopChanged(shop.ref)
    if status is not Status.APPLIED:
        may_issue, may_redeem = status in MAY_ISSUE, status in MAY_REDEEM
        alliance.book.change_participant(shop.ref, lambda one: replace(one, may_issue=may_issue, may_redeem=may_redeem))
    return replace(shop, profile=profile, status=status, version=shop.version + 1)


def set_limit(alliance: Alliance, ref: str, there: ExposureLimit | None, limit: ExposureLimit | None) -> Participant:
    """Set what a shop may have at risk beside its deposit, in place of what is `there`; None for no limit.

    Raises ParticipantUnknown, ShopChanged.
    """

    def change(one: Participant) -> Participant:
        if one.limit != there:
            raise ShopChanged(ref)
        return replace(one, limit=limit)

    return alliance.book.change_participant(ref, change, add=False)
