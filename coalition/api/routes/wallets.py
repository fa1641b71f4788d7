"""Wallets: what a member has, and when it expires."""

from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from coalition.access.caller import ALLIANCE, WALLET, Caller
from coalition.alliance import Alliance
from coalition.api.access import allow, own_member
from coalition.api.alliance import alliance_now
from coalition.api.event_types import EventType
from coalition.api.fields import MemberId
from coalition.api.paging import LIMIT_DEFAULT, Cursor, Limit, Page, page, position_of
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.events.event import Event
from coalition.feed.member_history import history
from coalition.feed.point_changes import own_changes
from coalition.locale.formats import moment
from coalition.members.lock_spending import lock_spending
from coalition.wallets.wallet import MemberWallet, debt_minor, wallet_of, worth_minor
from settlement import date_text

router = Router(prefix="/v1/wallets", tags=["wallets"])
POSITION = 110

PROBLEMS = responses(
    (401, "No valid key."),
    (403, "Not for this role."),
    (404, "No such member, or none of yours."),
    (422, "A field can't be used."),
)
Holders = Annotated[Caller, Depends(allow(WALLET))]
Readers = Annotated[Caller, Depends(allow(ALLIANCE | WALLET))]


class WalletLot(BaseModel):
    """Points of one shop with one last day."""

    issuer: str = Field(description="The shop that issued them, and stands for them.", examples=["bakery"])
    points: int = Field(description="How many there are.")
    worth_minor: int = Field(description="What they pay for, in minor units, rounded down.")
    expires_on: str = Field(description="Their last day, in the alliance's time zone.", examples=["2027-05-31"])


class WalletExpiry(BaseModel):
    """Points that expire after one day."""

    expires_on: str = Field(description="Their last day, in the alliance's time zone.", examples=["2027-05-31"])
    points: int = Field(description="How many expire then, if they are not spent before.")
    worth_minor: int = Field(description="What they pay for, in minor units, rounded down.")


class PendingPoints(BaseModel):
    """Points that are released on a later day."""

    issuer: str = Field(description="The shop that will issue them.")
    points: int = Field(description="How many.")
    release_on: str = Field(description="On which day.", examples=["2026-07-01"])


class WalletDebt(BaseModel):
    """Points owed since a purchase was refunded whose points were spent; the next points that come pay it."""

    shop: str = Field(description="The shop they are owed to.")
    points: int = Field(description="How many, at the rate of the purchase that was refunded.")
    worth_minor: int = Field(
        description="What they are worth, in minor units, rounded up. Points of another rate pay them by this value."
    )


class WalletCard(BaseModel):
    """A stamp card of a member."""

    rule: str = Field(description="The rule.", examples=["tenth-coffee"])
    stamps: int = Field(description="Stamps that are on it.", examples=[4])
    needed: int = Field(description="Stamps that fill it.", examples=[10])
    points: int = Field(description="What a full card gives, in points.", examples=[250])
    shops: list[str] = Field(description="Only these shops stamp it; none: all.")


class Wallet(BaseModel):
    """All that a member has."""

    member: str = Field(description="The member.")
    frozen: bool = Field(description="Whether it is held back now.")
    spend_locked: bool = Field(description="Whether the member has locked their points, so that none can be spent.")
    points: int = Field(description="Points that can be spent now.")
    worth_minor: int = Field(description="What they pay for, in minor units, rounded down.")
    currency: str = Field(description="ISO 4217 code of the alliance's currency.", examples=["EUR"])
    held_points: int = Field(
        description="Points that holds have locked, those included whose time is over and that come back in seconds."
    )
    pending_points: int = Field(description="Points that are released on later days.")
    owed_points: int = Field(description="Points that the member owes.")
    household: str | None = Field(description="The household whose points the member may spend too.")
    household_points: int = Field(description="What the others of the household have.")
    lots: list[WalletLot] = Field(description="The points, in the order in which they are spent.")
    expiries: list[WalletExpiry] = Field(description="Every day on which points expire, the next first.")
    pending: list[PendingPoints] = Field(description="What is released on which day, the next first.")
    debts: list[WalletDebt] = Field(description="What is owed to whom.")
    stamp_cards: list[WalletCard] = Field(description="Cards with stamps on them, of rules that count now.")


@router.get(
    "/{member}",
    operation_id="getWallet",
    summary="What a member has",
    responses=PROBLEMS,
)
def get_wallet(request: Request, member: MemberId, caller: Readers) -> Wallet:
    """Balance, lots, every next expiry, what is held, pending and owed."""
    own_member(caller, member)
    alliance = alliance_now(request, caller)
    with alliance.database.engine.connect() as connection:
        return render_wallet(alliance, wallet_of(alliance, connection, member))


class SpendLockUpdate(BaseModel):
    """Whether a member's points are locked."""

    model_config = ConfigDict(extra="forbid")

    locked: StrictBool = Field(description="True: no purchase, hold or gift takes the member's points.")


@router.put(
    "/{member}/spend-lock",
    operation_id="setSpendLock",
    summary="Lock a member's points, or unlock them",
    responses={
        **PROBLEMS,
        **responses(
            (
                403,
                "Not for this role, or a member's last proof is older than five minutes (proof_needed) at an unlock.",
            ),
        ),
    },
)
def set_spend_lock(request: Request, member: MemberId, body: SpendLockUpdate, caller: Holders) -> Wallet:
    """While they are locked, every spend is refused (`spend_locked`), by pay code too. The member goes on earning.

    What a hold has locked for a shop before can still be captured. Tills know within two seconds. Members unlock in a
    session that has proven itself within five minutes (`proveSession`), and lock at any time.
    """
    own_member(caller, member)
    alliance = alliance_now(request, caller)
    lock_spending(alliance, caller, member, locked=body.locked)
    with alliance.database.engine.connect() as connection:
        return render_wallet(alliance, wallet_of(alliance, connection, member))


class WalletEvent(BaseModel):
    """Something that happened to a member, or to their points."""

    id: str = Field(description="The event's id.", examples=["evt_3f6kq0w9z7xdm"])
    type: EventType = Field(description="What happened.", examples=["purchase.created"])
    at: Moment = Field(description="When it was recorded.")
    shop: str | None = Field(description="The shop at which it happened.")
    member: str | None = Field(description="The member who did it.")
    second_member: str | None = Field(description="The other member, such as the receiver of a gift.")
    points_change: int = Field(
        description="By how many points it changed what the member can spend: below zero where some were taken. The "
        "changes of a whole history add up to the balance."
    )
    data: dict[str, Any] = Field(description="All about it: points_earned, points_spent, spent_from …")


@router.get(
    "/{member}/history",
    operation_id="getWalletHistory",
    summary="What happened to a member's points, the newest first",
    responses=PROBLEMS,
)
def get_wallet_history(
    request: Request, member: MemberId, caller: Readers, limit: Limit = LIMIT_DEFAULT, cursor: Cursor = None
) -> Page[WalletEvent]:
    """Purchases, refunds, holds, gifts, what expired; those of the ids that were merged into the member's too."""
    own_member(caller, member)
    alliance = alliance_now(request, caller)
    before = position_of(cursor, int)
    rows = history(alliance, member, limit + 1, None if before is None else int(before[0]))
    changes = own_changes(alliance, member, rows)
    return page(rows, limit, lambda row: [row.seq], lambda row: render_event(alliance, row, changes[row.seq]))


def render_event(alliance: Alliance, event: Event, points_change: int) -> WalletEvent:
    """An event as a history shows it, which changed the member's points by so many."""
    return WalletEvent(
        id=event.public_id(alliance.programme.ids),
        type=event.type,
        at=moment(event.at),
        shop=event.shop,
        member=event.member,
        second_member=event.second_member,
        points_change=points_change,
        data=dict(event.data),
    )


def render_wallet(alliance: Alliance, wallet: MemberWallet) -> Wallet:
    """A wallet as the API shows it."""
    return Wallet(
        member=wallet.member,
        frozen=wallet.frozen,
        spend_locked=wallet.spend_locked,
        points=wallet.held.points,
        worth_minor=wallet.worth_minor,
        currency=alliance.book.settings.currency,
        held_points=wallet.locked_points,
        pending_points=wallet.pending_points,
        owed_points=sum(debt.points for debt in wallet.held.debts),
        household=wallet.household,
        household_points=wallet.pool_points,
        lots=[
            WalletLot(
                issuer=lot.issuer,
                points=lot.points,
                worth_minor=worth_minor(alliance, [lot]),
                expires_on=date_text(lot.expires_on),
            )
            for lot in wallet.held.lots
        ],
        expiries=[
            WalletExpiry(expires_on=date_text(day), points=points, worth_minor=worth)
            for day, points, worth in wallet.expiries
        ],
        pending=[
            PendingPoints(issuer=part.shop, points=part.points, release_on=date_text(part.release_on))
            for part in wallet.promised
        ],
        debts=[
            WalletDebt(shop=debt.shop, points=debt.points, worth_minor=debt_minor(alliance, debt))
            for debt in wallet.held.debts
        ],
        stamp_cards=[
            WalletCard(
                rule=card.rule, stamps=card.stamps, needed=card.needed, points=card.points, shops=list(card.shops)
            )
            for card in wallet.cards
            if not card.paid
        ],
    )
