"""All that is known about a member, for the member."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import BaseModel, Field

from coalition.access.caller import HELPERS, WALLET, Caller
from coalition.api.access import allow, own_member
from coalition.api.alliance import alliance_now
from coalition.api.fields import MemberId
from coalition.api.router import Router
from coalition.api.routes.gifts import Gift, render_gift
from coalition.api.routes.households import HouseholdInvitation, render_invitation
from coalition.api.routes.member_imports import ImportPart, render_part
from coalition.api.routes.member_schemas import Consent, Member, render_consent, render_member
from coalition.api.routes.members import NOT_THERE
from coalition.api.routes.push_subscriptions import PushSubscription, render_subscription
from coalition.api.routes.wallets import Wallet, WalletEvent, render_event, render_wallet
from coalition.api.times import Moment
from coalition.feed.member_history import whole_history
from coalition.feed.point_changes import own_changes
from coalition.gifts.store import all_gifts_of
from coalition.households.store import open_invitations
from coalition.locale.formats import moment
from coalition.members.releases import releases_of_member
from coalition.members.store import consents_of, person, resolve_merged
from coalition.push.store import subscriptions_of
from coalition.wallets.wallet import wallet_of

router = Router(prefix="/v1/members", tags=["members"])
POSITION = 80


class MemberExport(BaseModel):
    """All of it."""

    exported_at: Moment = Field(description="As of when.")
    member: Member = Field(description="The person.")
    consents: list[Consent] = Field(description="Every consent and refusal, the oldest first.")
    wallet: Wallet = Field(description="What they have.")
    gifts: list[Gift] = Field(description="What they gave and got, the oldest first.")
    imported: list[ImportPart] = Field(description="Balances of an older scheme.")
    invitations: list[HouseholdInvitation] = Field(description="Open invitations to households.")
    push_subscriptions: list[PushSubscription] = Field(
        description="Browsers that hear of what concerns them, the oldest first."
    )
    history: list[WalletEvent] = Field(description="All that happened, the newest first.")


@router.get(
    "/{member}/export",
    operation_id="exportMember",
    summary="All that is known about a member",
    responses=NOT_THERE,
)
def export_member(
    request: Request, member: MemberId, caller: Annotated[Caller, Depends(allow(HELPERS | WALLET))]
) -> MemberExport:
    """Profile, consents, wallet, gifts and the whole history, to be handed to the person who asks for it."""
    own_member(caller, member)
    alliance = alliance_now(request, caller)
    events = whole_history(alliance, member)
    changes = own_changes(alliance, member, events)
    with alliance.database.engine.connect() as connection:
        record = resolve_merged(connection, alliance.id, member)
        return MemberExport(
            exported_at=moment(alliance.clock()),
            member=render_member(person(connection, alliance.id, record)),
            consents=[render_consent(consent) for consent in consents_of(connection, alliance.id, record.id)],
            wallet=render_wallet(alliance, wallet_of(alliance, connection, record.id)),
            gifts=[render_gift(gift) for gift in all_gifts_of(connection, alliance.id, record.id)],
            imported=[render_part(*part) for part in releases_of_member(connection, alliance.id, record.id)],
            invitations=[
                render_invitation(invitation)
                for invitation in open_invitations(connection, alliance.id, record.id, alliance.clock())
            ],
            push_subscriptions=[
                render_subscription(each) for each in subscriptions_of(connection, alliance.id, record.id)
            ],
            history=[render_event(alliance, event, changes[event.seq]) for event in events],
        )
