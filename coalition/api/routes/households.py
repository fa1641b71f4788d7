"""Households: members who may spend each other's points."""

from typing import Annotated, Literal

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import HELPERS, WALLET, Caller, Role
from coalition.alliance import Alliance
from coalition.api.access import allow, own_member
from coalition.api.alliance import alliance_now
from coalition.api.fields import MemberId, Text
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.households import create_household as creating
from coalition.households import invite_to_household as inviting
from coalition.households import leave_household as leaving
from coalition.households.answer_invitation import answer_invitation
from coalition.households.errors import HouseholdInvitationUnknown, NotInHousehold
from coalition.households.household import MEMBERS_MAX
from coalition.households.store import Invitation, find_invitation, open_invitations, sent_invitations
from coalition.households.withdraw_invitation import withdraw_invitation
from coalition.locale.formats import moment
from coalition.members.mates import household_members

router = Router(prefix="/v1", tags=["households"])
POSITION = 130

Wallets = Annotated[Caller, Depends(allow(WALLET))]
Readers = Annotated[Caller, Depends(allow(WALLET | HELPERS))]
HouseholdId = Annotated[Text, Path(description="The household's id.")]
InvitationId = Annotated[Text, Path(description="The invitation's id.")]
PROBLEMS = responses(
    (401, "No valid key."),
    (403, "Not for this role."),
    (404, "No such household, member or invitation, or none of yours."),
    (409, "It can't be done; `code` is why: already_in_household, household_full, member_frozen."),
    (422, "A field can't be used."),
)


class HouseholdCreate(BaseModel):
    """A household to create."""

    model_config = ConfigDict(extra="forbid")

    member: Text = Field(description="Its first member.")


class HouseholdInvitationCreate(BaseModel):
    """An invitation."""

    model_config = ConfigDict(extra="forbid")

    invited_by: Text = Field(description="A member of the household.")
    member: Text = Field(description="Who is invited.")


class Household(BaseModel):
    """A household."""

    id: str = Field(description="Its id.", examples=["fam_4k8q2m0w9z7xdmh3f6kq0w9z7x"])
    members: list[str] = Field(
        description=f"Its members (at most {MEMBERS_MAX}), in the order in which their points are spent by others."
    )


class HouseholdInvitation(BaseModel):
    """An invitation to a household."""

    id: str = Field(description="Its id.", examples=["inv_4k8q2m0w9z7xdmh3f6kq0w9z7x"])
    household: str = Field(description="The household.")
    invited_by: str = Field(description="Who sent it.")
    member: str = Field(description="Who is invited.")
    state: Literal["open", "accepted", "declined", "withdrawn"] = Field(
        description="What the member answered, or that it was taken back."
    )
    expires_at: Moment = Field(description="Until when it is open.")


class HouseholdInvitationList(BaseModel):
    """Open invitations."""

    data: list[HouseholdInvitation] = Field(description="The oldest first.")


@router.post(
    "/households", operation_id="createHousehold", summary="Create a household", status_code=201, responses=PROBLEMS
)
def create_household(request: Request, body: HouseholdCreate, caller: Wallets) -> Household:
    """A household of one; invite others to it.

    Its members may spend each other's points: a purchase takes the buyer's own first, then the others' in the order
    in which they joined. Each keeps their own: a member who leaves takes along what the others have not spent.
    A member is in one household at a time (409 already_in_household).
    """
    own_member(caller, body.member)
    household, first = creating.create_household(alliance_now(request, caller), body.member)
    return Household(id=household, members=[first])


@router.get("/households/{household}", operation_id="getHousehold", summary="A household", responses=PROBLEMS)
def get_household(request: Request, household: HouseholdId, caller: Readers) -> Household:
    """Its members."""
    return Household(id=household, members=_seen_mates(alliance_now(request, caller), household, caller))


@router.post(
    "/households/{household}/invitations",
    operation_id="inviteToHousehold",
    summary="Invite a member",
    status_code=201,
    responses=PROBLEMS,
)
def invite_to_household(
    request: Request, household: HouseholdId, body: HouseholdInvitationCreate, caller: Wallets
) -> HouseholdInvitation:
    """Open for a week. Whoever is invited already gets the same invitation again, for another week."""
    own_member(caller, body.invited_by)
    invitation = inviting.invite_to_household(alliance_now(request, caller), household, body.invited_by, body.member)
    return render_invitation(invitation)


@router.get(
    "/households/{household}/invitations",
    operation_id="listHouseholdInvitations",
    summary="A household's open invitations",
    responses=PROBLEMS,
)
def list_household_invitations(request: Request, household: HouseholdId, caller: Wallets) -> HouseholdInvitationList:
    """Those that nobody has answered yet, whoever of the household sent them."""
    alliance = alliance_now(request, caller)
    _seen_mates(alliance, household, caller)
    with alliance.database.engine.connect() as connection:
        rows = sent_invitations(connection, alliance.id, household, alliance.clock())
    return HouseholdInvitationList(data=[render_invitation(row) for row in rows])


@router.post(
    "/households/{household}/invitations/{invitation}/withdraw",
    operation_id="withdrawHouseholdInvitation",
    summary="Withdraw an invitation",
    responses=PROBLEMS,
)
def withdraw_household_invitation(
    request: Request, household: HouseholdId, invitation: InvitationId, caller: Wallets
) -> HouseholdInvitation:
    """By whoever sent it, as long as nobody has answered it. Withdrawn already, it changes nothing."""
    alliance = alliance_now(request, caller)
    with alliance.database.engine.connect() as connection:
        sent = find_invitation(connection, alliance.id, invitation)
    if sent is None or sent.household != household or not caller.may_act_for_member(sent.invited_by):
        raise HouseholdInvitationUnknown(invitation)
    return render_invitation(withdraw_invitation(alliance, invitation, sent.invited_by))


@router.get(
    "/members/{member}/invitations",
    operation_id="listInvitations",
    summary="A member's open invitations",
    responses=PROBLEMS,
)
def list_invitations(request: Request, member: MemberId, caller: Wallets) -> HouseholdInvitationList:
    """Those that can be accepted now."""
    own_member(caller, member)
    alliance = alliance_now(request, caller)
    with alliance.database.engine.connect() as connection:
        rows = open_invitations(connection, alliance.id, member, alliance.clock())
    return HouseholdInvitationList(data=[render_invitation(row) for row in rows])


@router.post(
    "/members/{member}/invitations/{invitation}/accept",
    operation_id="acceptHouseholdInvitation",
    summary="Join a household",
    responses=PROBLEMS,
)
def accept_invitation(
    request: Request, member: MemberId, invitation: InvitationId, caller: Wallets
) -> HouseholdInvitation:
    """From now on each may spend the others' points. Accepted already, it changes nothing."""
    return _answer(request, member, invitation, caller, accepted=True)


@router.post(
    "/members/{member}/invitations/{invitation}/decline",
    operation_id="declineHouseholdInvitation",
    summary="Decline an invitation",
    responses=PROBLEMS,
)
def decline_invitation(
    request: Request, member: MemberId, invitation: InvitationId, caller: Wallets
) -> HouseholdInvitation:
    """Declined already, it changes nothing."""
    return _answer(request, member, invitation, caller, accepted=False)


@router.delete(
    "/households/{household}/members/{member}",
    operation_id="leaveHousehold",
    summary="Leave a household",
    status_code=204,
    responses=PROBLEMS,
)
def leave_household(request: Request, household: HouseholdId, member: MemberId, caller: Readers) -> None:
    """The member's points go with them: nobody else may spend them any more."""
    own_member(caller, member)
    leaving.leave_household(alliance_now(request, caller), household, member)


def _answer(request: Request, member: str, invitation: str, caller: Caller, *, accepted: bool) -> HouseholdInvitation:
    own_member(caller, member)
    answered = answer_invitation(alliance_now(request, caller), invitation, member, accepted=accepted)
    return render_invitation(answered)


def _seen_mates(alliance: Alliance, household: str, caller: Caller) -> list[str]:
    """The members of a household that the caller may see. Raises NotInHousehold."""
    with alliance.database.engine.connect() as connection:
        mates = [mate.id for mate in household_members(connection, alliance.id, household)]
    if not mates or (caller.role is Role.MEMBER and caller.member not in mates):
        raise NotInHousehold(household)
    return mates


def render_invitation(invitation: Invitation) -> HouseholdInvitation:
    """An invitation as the API shows it."""
    return HouseholdInvitation.model_validate(
        {
            "id": invitation.id,
            "household": invitation.household,
            "invited_by": invitation.invited_by,
            "member": invitation.member,
            "state": invitation.state,
            "expires_at": moment(invitation.over_at),
        }
    )
