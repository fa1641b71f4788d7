"""Add and change shops: profile, state, limit. The shop's row is written first, book and payouts follow it."""

import re
from contextlib import closing
from dataclasses import replace
from http import HTTPStatus

from coalition.access.caller import HELPERS, Caller
from coalition.access.log import record, record_separately
from coalition.alliance import Alliance
from coalition.approvals.approval import Payload
from coalition.approvals.approvals import Approvals
from coalition.errors import ChangedMeanwhile, CoalitionError, Forbidden, Invalid
from coalition.locale.messages import N_
from coalition.merchants.hooks import call_status_hooks
from coalition.merchants.shop_profile import ShopFieldInvalid, ShopProfile, check_profile
from coalition.merchants.shop_status import LATE_SALES_COUNT, MAY_ISSUE, MAY_REDEEM, ShopStatus, check_transition
from coalition.merchants.store import Shop, add_shop, find_shop, save_shop
from settlement.ledger import ExposureLimit, Participant

REF_PATTERN = r"^[a-z0-9][a-z0-9._-]*$"
"""The form of a shop's short name, which has at most REF_CHARS_MAX characters."""
REF_CHARS_MAX = 64
RESERVED = ("operator", "pool", "house")
"""What the book calls its own."""


RAISE_SHOP_LIMIT = "raise_shop_limit"
CREDIT_ALONE_MINOR_MAX = 100_000
"""By how much one person may raise a shop's credit, in minor units, unless the alliance sets another limit."""
UNLIMITED_MINOR = 2 * 10**15
"""What no limit counts as: more than any limit of what one person may do alone."""


class ShopReserved(CoalitionError, like=Invalid):
    """A short name that the book has for its own."""

    detail = N_("{ref:name} is reserved by the book; choose another name.")
    concerns = "ref"
    ref: str


class ShopStatusNotChangeable(CoalitionError, like=Forbidden):
    """A shop may not change its own status."""

    detail = N_("Only the alliance can change a shop's status.")


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


def apply_to_join(alliance: Alliance, caller: Caller, ref: str, profile: ShopProfile) -> Shop:
    """Add a shop that applies to join; it can't issue points until it is made active.

    Raises ShopFieldInvalid, ShopReserved and ShopExists.
    """
    if len(ref) > REF_CHARS_MAX or not re.fullmatch(REF_PATTERN, ref):
        raise ShopFieldInvalid("ref", ref, REF_PATTERN)
    check_profile(profile)
    if ref in RESERVED:
        raise ShopReserved(ref)
    if load_shop(alliance, ref) is not None:
        raise ShopExists(ref)
    with alliance.database.engine.begin() as connection:
        add_shop(connection, alliance.id, ref, profile, alliance.clock())
        record(connection, caller, "shop.create", ref)
    return Shop(ref, profile, ShopStatus.APPLIED, None, 1, alliance.clock())


def change_shop(alliance: Alliance, caller: Caller, shop: Shop, profile: ShopProfile, status: ShopStatus) -> Shop:
    """Change profile and state of a shop as it was read, and hold back its payouts as its new state asks.

    Raises ShopFieldInvalid, ShopStatusNotChangeable for a shop's own people, ShopStatusUnreachable, and ShopChanged.
    The shop's row is written first, the book second. After a crash between the two the same change can be repeated: a
    shop may always stay in its state, and the book is updated then.
    """
    if status is not shop.status and caller.role not in HELPERS:
        raise ShopStatusNotChangeable
    check_profile(profile)
    check_transition(shop.ref, shop.status, status)
    with alliance.database.engine.begin() as connection:
        if not save_shop(connection, alliance.id, shop, profile, status):
            raise ShopChanged(shop.ref)
        record(connection, caller, "shop.change", shop.ref, {"status": status.value})
    changed = replace(shop, profile=profile, status=status, version=shop.version + 1)
    if status is not ShopStatus.APPLIED:
        now = alliance.clock()
        alliance.book.change_participant(shop.ref, lambda participant: _in_status(participant, status, now))
    if status is not shop.status:
        call_status_hooks(alliance, caller.id, changed)
    return changed


def _in_status(participant: Participant, status: ShopStatus, now: int) -> Participant:
    """A participant as its shop's state wants it. In a state that it is in already it stays as it is."""
    if status in LATE_SALES_COUNT:
        return participant.stop(now, may_redeem=status in MAY_REDEEM)
    may_issue, may_redeem = status in MAY_ISSUE, status in MAY_REDEEM
    return replace(participant, may_issue=may_issue, may_redeem=may_redeem, issued_until=None, redeemed_until=None)


def set_limit(
    alliance: Alliance,
    approvals: Approvals,
    caller: Caller,
    ref: str,
    expected: ExposureLimit | None,
    limit: ExposureLimit | None,
) -> None:
    """Set the credit that a shop has beside its deposit; None for no limit. `expected` is the limit that was read.

    Raises ParticipantUnknown, ShopChanged if the shop has another limit than `expected`, and ApprovalAwaited and
    PersonNeeded where the credit grows by more than one person may add.
    """
    more = _added_credit(expected, limit)
    if more:
        asked: Payload = {
            "shop": ref,
            "from_minor": None if expected is None else expected.credit_minor,
            "to_minor": None if limit is None else limit.credit_minor,
        }
        approvals.check_alone(caller, RAISE_SHOP_LIMIT, more, more, asked)

    def change(participant: Participant) -> Participant:
        if participant.limit != expected:
            raise ShopChanged(ref)
        return replace(participant, limit=limit)

    alliance.book.change_participant(ref, change, add=False)
    credit_minor = None if limit is None else limit.credit_minor
    record_separately(alliance.database, caller, "shop.limit", ref, {"credit_minor": credit_minor})


def _added_credit(before: ExposureLimit | None, after: ExposureLimit | None) -> int:
    """By how many minor units a shop's credit grows; more than any limit allows where it loses its limit."""
    if before is None:
        return 0
    return UNLIMITED_MINOR if after is None else max(0, after.credit_minor - before.credit_minor)
