"""Members: enrol, find, read, change, freeze, merge, export, erase."""

from functools import partial
from typing import Annotated, Literal

from fastapi import BackgroundTasks, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from coalition.access.caller import ALLIANCE, HELPERS, SHOP, WALLET, Caller, Role
from coalition.alliance import Alliance
from coalition.api.access import allow, own_member
from coalition.api.alliance import alliance_now
from coalition.api.errors import ContactNotChangeable
from coalition.api.etag import IfMatch, etag, must_match
from coalition.api.fields import MemberId
from coalition.api.paging import LIMIT_DEFAULT, Cursor, Limit, Page, page, position_of
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.member_schemas import (
    Member,
    MemberCreate,
    MemberMerge,
    MemberSearch,
    MemberUpdate,
    render_member,
)
from coalition.members import enrol_member as enrolling
from coalition.members import merge_member as merging
from coalition.members import update_member as updating
from coalition.members.contacts import ContactKind
from coalition.members.contacts import contacts as parse_contacts
from coalition.members.enrol_member import NewMember
from coalition.members.errors import ContactNeeded
from coalition.members.member import (
    MemberState,
)
from coalition.members.member_cache import member_cache
from coalition.members.set_member_state import set_member_state
from coalition.members.store import members_by_contacts, page_of_members, person, resolve_merged
from coalition.members.update_member import MemberChanges
from coalition.tills.shift_cache import sold_by_now
from coalition.web.credential_notices import tell_contacts
from coalition.web.erase_person import erase_person
from settlement import day_number

router = Router(prefix="/v1/members", tags=["members"])
POSITION = 70

Enrolling = Annotated[Caller, Depends(allow(SHOP | HELPERS | {Role.APP}))]
Helpers = Annotated[Caller, Depends(allow(HELPERS))]
Readers = Annotated[Caller, Depends(allow(ALLIANCE | WALLET))]
Owners = Annotated[Caller, Depends(allow(HELPERS | WALLET))]
Finders = Annotated[Caller, Depends(allow(HELPERS | {Role.APP}))]

FIELDS = responses((401, "No valid key."), (403, "Not for this role."), (422, "A field can't be used."))
NOT_THERE = responses((401, "No valid key."), (403, "Not for this role."), (404, "No such member, or none of yours."))


class EnrolledMember(BaseModel):
    """The member who was enrolled, or who had the contact already."""

    id: str | None = Field(
        description="The member's id; null to a shop that did not enrol the member whose contact it is. It can sell to "
        "them by the contact, which earns, or by their pay code.",
        examples=["mem_4k8q2m0w9z7xdmh3f6kq0w9z7x"],
    )
    new: bool = Field(description="False where the contact was a member's already.")
    member: Member | None = Field(description="The member; null to a shop, which sees no personal data.")


@router.post(
    "",
    operation_id="enrolMember",
    summary="Enrol a member by phone or e-mail",
    status_code=201,
    responses={
        200: {"model": EnrolledMember, "description": "The contact is a member's already; nothing was changed."},
        **FIELDS,
        **responses(
            (404, "No such shift of this till."),
            (
                409,
                "Phone and e-mail are two different members' (contacts_differ), or nobody is signed in at the till "
                "(shift_needed, shift_over).",
            ),
        ),
    },
)
def enrol_member(request: Request, response: Response, body: MemberCreate, caller: Enrolling) -> EnrolledMember:
    """One call for a till and an app alike. Unique by contact: sent again it finds the same member.

    A shop learns the id of a member whom it enrolled, and of nobody else whose contact it knows. Gifts that wait for
    one of the contacts arrive at once.
    """
    alliance = alliance_now(request, caller)
    by = sold_by_now(alliance, caller.id, body.shift, None)
    if by.problem is not None:
        raise by.problem
    new = NewMember(body.phone, body.email, body.profile, body.consents.by_purpose, caller.shop, by.till, by.cashier)
    enrolled = enrolling.enrol_member(alliance, new)
    if not enrolled.new:
        response.status_code = 200
    if caller.role in SHOP:
        own = enrolled.enrolled_by == caller.shop
        return EnrolledMember(id=enrolled.member if own else None, new=enrolled.new, member=None)
    member = _read(alliance, response, enrolled.member)
    return EnrolledMember(id=enrolled.member, new=enrolled.new, member=member)


@router.get("", operation_id="listMembers", summary="All members, the newest first", responses=FIELDS)
def list_members(
    request: Request,
    caller: Helpers,
    state: Annotated[Literal["active", "frozen"] | None, Query(description="Only those in this state.")] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Page[Member]:
    """Members who take part, frozen ones included."""
    alliance = alliance_now(request, caller)
    after = position_of(cursor, int, str)
    with alliance.database.engine.connect() as connection:
        rows = page_of_members(
            connection,
            alliance.id,
            None if state is None else MemberState(state),
            None if after is None else (int(after[0]), str(after[1])),
            limit + 1,
        )
        people = [person(connection, alliance.id, row) for row in rows]
    return page(people, limit, lambda row: [row.member.created_at, row.member.id], render_member)


@router.post(
    "/search",
    operation_id="searchMembers",
    summary="Find members by contact",
    responses=FIELDS,
)
def search_members(request: Request, body: MemberSearch, caller: Finders) -> list[Member]:
    """The members with these contacts: none, one, or two. A POST, so that no contact gets into the logs."""
    alliance = alliance_now(request, caller)
    wanted = parse_contacts(body.phone, body.email, member_cache(alliance).settings.region)
    if not wanted:
        raise ContactNeeded
    with alliance.database.engine.connect() as connection:
        ids = members_by_contacts(connection, alliance.id, wanted)
        return [
            render_member(person(connection, alliance.id, resolve_merged(connection, alliance.id, id_))) for id_ in ids
        ]


@router.get("/{member}", operation_id="getMember", summary="A member", responses={**FIELDS, **NOT_THERE})
def get_member(request: Request, response: Response, member: MemberId, caller: Readers) -> Member:
    """With the header ETag, which a change must bring along."""
    own_member(caller, member)
    return _read(alliance_now(request, caller), response, member)


@router.patch(
    "/{member}",
    operation_id="updateMember",
    summary="Change a member",
    responses={
        **FIELDS,
        **NOT_THERE,
        **responses(
            (409, "The contact is another member's (contact_taken), or has to be approved (approval_awaited)."),
            (412, "Somebody else changed the member since you read them."),
            (428, "No If-Match."),
        ),
    },
)
def update_member(
    request: Request,
    response: Response,
    background: BackgroundTasks,
    member: MemberId,
    body: MemberUpdate,
    caller: Owners,
    if_match: IfMatch = None,
) -> Member:
    """Contacts are changed by the alliance or by an app, which has made sure that they are the member's.

    A change of contacts ends the member's sessions, passkeys and codes, and the contacts from before are told. For the
    alliance it counts as moving the member's points, which takes two people above a limit.
    """
    own_member(caller, member)
    alliance = alliance_now(request, caller)
    sent = body.model_fields_set
    written: dict[ContactKind, str | None] = {"phone": body.phone, "email": body.email}
    contacts = {kind: text for kind, text in written.items() if kind in sent}
    if contacts and caller.role is Role.MEMBER:
        raise ContactNotChangeable
    profile: dict[str, str | int | None] = {
        "name": body.name,
        "language": body.language,
        "birthday": None if body.birthday is None else day_number(body.birthday),
        "notices_by": body.notices_by and body.notices_by.value,
    }
    changes = MemberChanges(
        {name: value for name, value in profile.items() if name in sent}, contacts, body.consents.by_purpose
    )
    approvals = request.app.state.approvals
    changed = updating.update_member(alliance, approvals, caller, member, changes, partial(must_match, if_match))
    if contacts:
        request.app.state.callers.forget()
        tell_contacts(background, request, alliance.id, changed)
    return _read(alliance, response, changed.id)


@router.post(
    "/{member}/freeze",
    operation_id="freezeMember",
    summary="Freeze a member",
    responses={**FIELDS, **NOT_THERE},
)
def freeze_member(request: Request, response: Response, member: MemberId, caller: Helpers) -> Member:
    """They neither earn nor spend until they are unfrozen; no data is deleted. All tills follow within two seconds.

    Their sessions, passkeys and codes end. They can log in anew to see and export their data, and can't erase it.
    """
    return _set_state(request, response, member, caller, MemberState.FROZEN)


@router.post(
    "/{member}/unfreeze",
    operation_id="unfreezeMember",
    summary="Unfreeze a member",
    responses={**FIELDS, **NOT_THERE},
)
def unfreeze_member(request: Request, response: Response, member: MemberId, caller: Helpers) -> Member:
    """They earn and spend again."""
    return _set_state(request, response, member, caller, MemberState.ACTIVE)


def _set_state(request: Request, response: Response, member: str, caller: Caller, state: MemberState) -> Member:
    alliance = alliance_now(request, caller)
    set_member_state(alliance, caller, member, state)
    request.app.state.callers.forget()
    return _read(alliance, response, member)


@router.post(
    "/{member}/merge",
    operation_id="mergeMember",
    summary="Merge a duplicate into another member",
    responses={
        **FIELDS,
        **NOT_THERE,
        **responses(
            (
                409,
                "The duplicate owes points since a refund (member_owes): merge the other way round. Or it takes two "
                "people (approval_awaited): send it again once another person has approved it.",
            )
        ),
    },
)
def merge_member(request: Request, response: Response, member: MemberId, body: MemberMerge, caller: Helpers) -> Member:
    """The member of the path is the duplicate: their points go to the other, and their id answers for the other.

    Gaps in the other's profile are filled from the duplicate's. The duplicate's sessions, passkeys and codes end: they
    are none of the other member's. Repeated, it changes nothing. To move more points than one person may takes two
    people.
    """
    alliance = alliance_now(request, caller)
    kept = merging.merge_member(alliance, request.app.state.approvals, caller, member, body.into)
    request.app.state.callers.forget()
    return _read(alliance, response, kept)


@router.post(
    "/{member}/erase",
    operation_id="eraseMember",
    summary="Erase a person",
    status_code=204,
    responses={
        **FIELDS,
        **NOT_THERE,
        **responses(
            (403, "Not for this role, or the session's last proof is older than five minutes (proof_needed)."),
            (409, "The member is frozen (member_frozen): the alliance erases them."),
        ),
    },
)
def erase_member(request: Request, background: BackgroundTasks, member: MemberId, caller: Owners) -> None:
    """All personal data is deleted; the moves in the book stay, under an id that stands for nobody.

    The points can't be spent any more and expire on their own last days. A person who enrols again is a new member.
    Whoever is at their contacts hears of it. Repeated, it changes nothing.
    """
    own_member(caller, member)
    erase_person(request, background, caller, member)


def _read(alliance: Alliance, response: Response, member: str) -> Member:
    with alliance.database.engine.connect() as connection:
        details = person(connection, alliance.id, resolve_merged(connection, alliance.id, member))
    response.headers["ETag"] = etag(details.member.version)
    return render_member(details)
