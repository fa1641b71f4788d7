"""Households: members who may spend each other's points."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import HELPERS, WALLET, Caller, Role
from coalition.alliance import Alliance
from coalition.api.access import allow, own_member
from coalition.api.alliance import alliance_now
from coalition.api.fields import ID_PATTERN, MemberId
from coalition.api.problems import responses
from coalition.api.times import Moment
from coalition.households.errors import NotInHousehold
from coalition.households.household import (
    MEMBERS_MAX,
    Invitation,
    answer,
    found,
    invite,
    leave,
    open_invitations,
)
from coalition.locale.formats import moment
from coalition.members.member_cache import member_cache
from coalition.members.store import household_members

router = APIRouter(prefix="/v1", tags=["households"])
POSITION = 130

Wallets = Annotated[Caller, Depends(allow(WALLET))]
Readers = Annotated[Caller, Depends(allow(WALLET | HELPERS))]
HouseholdId = Annotated[str, Path(description="The household's id.", pattern=ID_PATTERN)]
InvitationId = Annotated[str, Path(description="The invitation's id.", pattern=ID_PATTERN)]
PROBLEMS = responses(
    (401, "No valid key."),
    (403, "Not for this role."),
    (404, "No such household, member or invitation, or none of yours."),
    (409, "It can't be done; `code` is why: already_in_household, household_full, member_frozen."),
    (422, "A field can't be used."),
)


class HouseholdGiven(BaseModel):
    """A household to found."""

    model_config = ConfigDict(extra="forbid")

    member: str = Field(description="Its first member.", pattern=ID_PATTERN)


class InvitationGiven(BaseModel):
    """An invitation."""

    model_config = ConfigDict(extra="forbid")

    invited_by: str = Field(description="A member of the household.", pattern=ID_PATTERN)
    member: str = Field(description="Who is invited.", pattern=ID_PATTERN)


class HouseholdShown(BaseModel):
    """A household."""

    id: str = Field(description="Its id.", examples=["fam_4k8q2m0w9z7xdmh3f6kq0w9z7x"])
    members: list[str] = Field(
        description=f"Its members (at most {MEMBERS_MAX}), in the order in which their points are spent by others."
    )


class InvitationShown(BaseModel):
    """An invitation to a household."""

    id: str = Field(description="Its id.", examples=["inv_4k8q2m0w9z7xdmh3f6kq0w9z7x"])
    household: str = Field(description="The household.")
    invited_by: str = Field(description="Who sent it.")
    member: str = Field(description="Who is invited.")
    state: Literal["open", "accepted", "declined"] = Field(description="What the member said.")
    expires_at: Moment = Field(description="Until when it is open.")


class InvitationList(BaseModel):
    """A member's open invitations."""

    data: list[InvitationShown] = Field(description="The oldest first.")


@router.post(
    "/households", operation_id="createHousehold", summary="Found a household", status_code=201, responses=PROBLEMS
)
def create_household(request: Request, given: HouseholdGiven, who: Wallets) -> HouseholdShown:
    """A household of one; invite others to it.

    Its members may spend each other's points: a purchase takes the buyer's own first, then the others' in the order
    in which they joined. Each keeps their own, so who leaves takes along what they brought, as far as it is there.
    A member is in one household at a time (409 already_in_household).
    """
    own_member(who, given.member)
    alliance = alliance_now(request, who)
    with alliance.database.engine.begin() as connection:
        first = found(connection, alliance.id, given.member, alliance.clock())
    member_cache(alliance).refresh()
    return HouseholdShown(id=first.household or "", members=[first.id])


@router.get("/households/{household}", operation_id="getHousehold", summary="A household", responses=PROBLEMS)
def get_household(request: Request, household: HouseholdId, who: Readers) -> HouseholdShown:
    """Who is in it."""
    alliance = alliance_now(request, who)
    mates = _mates(alliance, household)
    if not mates or (who.role is Role.MEMBER and who.member not in mates):
        raise NotInHousehold(household)
    return HouseholdShown(id=household, members=mates)


@router.post(
    "/households/{household}/invitations",
    operation_id="inviteToHousehold",
    summary="Invite a member",
    status_code=201,
    responses=PROBLEMS,
)
def invite_to_household(
    request: Request, household: HouseholdId, given: InvitationGiven, who: Wallets
) -> InvitationShown:
    """Open for a week. Whoever is invited already gets the same invitation again, for another week."""
    own_member(who, given.invited_by)
    alliance = alliance_now(request, who)
    with alliance.database.engine.begin() as connection:
        sent = invite(connection, alliance.id, household, given.invited_by, given.member, alliance.clock())
    return invitation_shown(sent)


@router.get(
    "/members/{member}/invitations",
    operation_id="listInvitations",
    summary="A member's open invitations",
    responses=PROBLEMS,
)
def list_invitations(request: Request, member: MemberId, who: Wallets) -> InvitationList:
    """Those that can be accepted now."""
    own_member(who, member)
    alliance = alliance_now(request, who)
    with alliance.database.engine.connect() as connection:
        rows = open_invitations(connection, alliance.id, member, alliance.clock())
    return InvitationList(data=[invitation_shown(row) for row in rows])


@router.post(
    "/members/{member}/invitations/{invitation}/accept",
    operation_id="acceptHouseholdInvitation",
    summary="Join a household",
    responses=PROBLEMS,
)
def accept_invitation(request: Request, member: MemberId, invitation: InvitationId, who: Wallets) -> InvitationShown:
    """From now on each may spend the others' points. Accepted already, it changes nothing."""
    return _answer(request, member, invitation, who, accepted=True)


@router.post(
    "/members/{member}/invitations/{invitation}/decline",
    operation_id="declineHouseholdInvitation",
    summary="Decline an invitation",
    responses=PROBLEMS,
)
def decline_invitation(request: Request, member: MemberId, invitation: InvitationId, who: Wallets) -> InvitationShown:
    """Declined already, it changes nothing."""
    return _answer(request, member, invitation, who, accepted=False)


@router.delete(
    "/households/{household}/members/{member}",
    operation_id="leaveHousehold",
    summary="Leave a household",
    status_code=204,
    responses=PROBLEMS,
)
def leave_household(request: Request, household: HouseholdId, member: MemberId, who: Readers) -> None:
    """The member's points go with them: nobody else may spend them any more."""
    own_member(who, member)
    alliance = alliance_now(request, who)
    with alliance.database.engine.begin() as connection:
        leave(connection, alliance.id, household, member, alliance.clock())
    member_cache(alliance).refresh()


def _answer(request: Request, member: str, invitation: str, who: Caller, *, accepted: bool) -> InvitationShown:
    own_member(who, member)
    alliance = alliance_now(request, who)
    with alliance.database.engine.begin() as connection:
        said = answer(connection, alliance.id, invitation, member, alliance.clock(), accepted=accepted)
    member_cache(alliance).refresh()
    return invitation_shown(said)


def _mates(alliance: Alliance, household: str) -> list[str]:
    with alliance.database.engine.connect() as connection:
        return [mate.id for mate in household_members(connection, alliance.id, household)]


def invitation_shown(one: Invitation) -> InvitationShown:
    return InvitationShown.model_validate(
        {
            "id": one.id,
            "household": one.household,
            "invited_by": one.invited_by,
            "member": one.member,
            "state": one.state,
            "expires_at": moment(one.over_at),
        }
    )
