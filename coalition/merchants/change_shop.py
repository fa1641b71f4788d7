"""Add and change shops: profile, state, limit. The shop's row is written first, the book follows it."""

from contextlib import closing
from dataclasses import replace
from http import HTTPStatus

from coalition.alliance import Alliance
from coalition.errors import ChangedMeanwhile, CoalitionError
from coalition.locale.messages import N_
from coalition.merchants.shop_status import MAY_ISSUE, MAY_REDEEM, ShopStatus, check_transition
from coalition.merchants.store import Shop, ShopProfile, add_shop, find_shop, save_shop
from settlement.ledger import ExposureLimit, Participant


class ShopChanged(CoalitionError, like=ChangedMeanwhile):
    """The shop was changed since it was read."""

    detail = N_("Shop {ref:name} was changed meanwhile. Read it again, then repeat your change.")
    ref: str


class ShopExists(CoalitionError):
    """Another shop has the ref."""

    code = "shop_exists"
    status = HTTPStatus.CONFLICT
    title = N_("Shop already exists")
    remedy = N_("Change that shop, or choose another name.")
    detail = N_("There is a shop {ref:name} already. Choose another ref, or change that shop.")
    ref: str


def load_shop(alliance: Alliance, ref: str) -> Shop | None:
    """The shop with this ref; None if there is none."""
    with closing(alliance.database.session()) as session:
        participant = alliance.book.config(session).by_ref.get(ref)
    with alliance.database.engine.connect() as connection:
        return find_shop(connection, alliance.id, ref, participant)


def apply_to_join(alliance: Alliance, ref: str, profile: ShopProfile) -> Shop:
    """Add a shop that wants to join; it can't issue points until it is made active. Raises ShopExists."""
    if load_shop(alliance, ref) is not None:
        raise ShopExists(ref)
    with alliance.database.engine.begin() as connection:
        add_shop(connection, alliance.id, ref, profile, alliance.clock())
    return Shop(ref, profile, ShopStatus.APPLIED, None, 1, alliance.clock())


def change_shop(alliance: Alliance, shop: Shop, profile: ShopProfile, status: ShopStatus) -> Shop:
    """Change profile and state of a shop as it was read. Raises ShopStatusUnreachable and ShopChanged.

    The shop's row is written first, the book second. After a crash between the two the same change can be repeated:
    a shop may always stay in its state, and the book is updated then.
    """
    check_transition(shop.ref, shop.status, status)
    with alliance.database.engine.begin() as connection:
        if not save_shop(connection, alliance.id, shop, profile, status):
            raise ShopChanged(shop.ref)
    if status is not ShopStatus.APPLIED:
        may_issue, may_redeem = status in MAY_ISSUE, status in MAY_REDEEM
        alliance.book.change_participant(
            shop.ref, lambda participant: replace(participant, may_issue=may_issue, may_redeem=may_redeem)
        )
    return replace(shop, profile=profile, status=status, version=shop.version + 1)


def set_limit(alliance: Alliance, ref: str, expected: ExposureLimit | None, limit: ExposureLimit | None) -> Participant:
    """Set the credit that a shop has beside its deposit; None for no limit. `expected` is the limit that was read.

    Raises ParticipantUnknown, and ShopChanged if the shop has another limit than `expected`.
    """

    def change(participant: Participant) -> Participant:
        if participant.limit != expected:
            raise ShopChanged(ref)
        return replace(participant, limit=limit)

    return alliance.book.change_participant(ref, change, add=False)
