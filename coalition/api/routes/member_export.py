"""All that is known about a member, for the member."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from coalition.access.caller import HELPERS, WALLET, Caller
from coalition.api.access import allow, own_member
from coalition.api.alliance import alliance_now
from coalition.api.fields import MemberId
from coalition.api.routes.gifts import GiftShown, gift_shown
from coalition.api.routes.households import InvitationShown, invitation_shown
from coalition.api.routes.member_imports import PartShown, part_shown
from coalition.api.routes.members import NOT_THERE, ConsentShown, MemberShown, shown
from coalition.api.routes.wallets import HappeningShown, WalletShown, happening
from coalition.api.routes.wallets import shown as wallet_shown
from coalition.api.times import Moment
from coalition.feed.member_history import whole_history
from coalition.gifts.store import all_gifts_of
from coalition.households.household import open_invitations
from coalition.locale.formats import moment
from coalition.members.releases import releases_of_member
from coalition.members.store import consents_of, person, survivor
from coalition.wallets.wallet import wallet

router = APIRouter(prefix="/v1/members", tags=["members"])
POSITION = 80


class ExportShown(BaseModel):
    """All of it."""

    exported_at: Moment = Field(description="As of when.")
    member: MemberShown = Field(description="The person.")
    consents: list[ConsentShown] = Field(description="All that they ever said yes or no to, the oldest first.")
    wallet: WalletShown = Field(description="What they have.")
    gifts: list[GiftShown] = Field(description="What they gave and got, the oldest first.")
    imported: list[PartShown] = Field(description="Balances of an older scheme.")
    invitations: list[InvitationShown] = Field(description="Open invitations to households.")
    history: list[HappeningShown] = Field(description="All that happened, the newest first.")


@router.get(
    "/{member}/export",
    operation_id="exportMember",
    summary="All that is known about a member",
    responses=NOT_THERE,
)
def export_member(
    request: Request, member: MemberId, who: Annotated[Caller, Depends(allow(HELPERS | WALLET))]
) -> ExportShown:
    """Profile, consents, wallet, gifts and the whole history, to be handed to the person who asks for it."""
    own_member(who, member)
    alliance = alliance_now(request, who)
    happened = whole_history(alliance, member)
    with alliance.database.engine.connect() as connection:
        there = survivor(connection, alliance.id, member)
        return ExportShown(
            exported_at=moment(alliance.clock()),
            member=shown(person(connection, alliance.id, there)),
            consents=[
                ConsentShown(purpose=one.purpose, given=one.given, at=moment(one.at))
                for one in consents_of(connection, alliance.id, there.id)
            ],
            wallet=wallet_shown(alliance, wallet(alliance, connection, there.id)),
            gifts=[gift_shown(one) for one in all_gifts_of(connection, alliance.id, there.id)],
            imported=[part_shown(*one) for one in releases_of_member(connection, alliance.id, there.id)],
            invitations=[
                invitation_shown(one) for one in open_invitations(connection, alliance.id, there.id, alliance.clock())
            ],
            history=[happening(alliance, one) for one in happened],
        )
