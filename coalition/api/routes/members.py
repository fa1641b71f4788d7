"""Members: enrol, find, read, change, freeze, merge, export, erase."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import ALLIANCE, HELPERS, SHOP, WALLET, Caller, Role
from coalition.access.log import record, record_separately
from coalition.access.session_store import revoke_sessions
from coalition.alliance import Alliance
from coalition.api.access import allow, own_member
from coalition.api.alliance import alliance_now
from coalition.api.etag import IfMatch, etag, must_match
from coalition.api.fields import ID_PATTERN, MemberId, Printable
from coalition.api.paging import LIMIT_DEFAULT, Cursor, Limit, Page, page, position_of
from coalition.api.problems import ApiError, responses
from coalition.api.times import Moment
from coalition.gifts.give import arrive
from coalition.locale.formats import moment
from coalition.members import contacts as contact_rules
from coalition.members.change import change, set_state
from coalition.members.contacts import Contact, ContactKind, contacts
from coalition.members.enrol import enrol
from coalition.members.erase import erase
from coalition.members.errors import ContactNeeded
from coalition.members.member import Person, Profile, State
from coalition.members.member_cache import member_cache
from coalition.members.merge import merge
from coalition.members.store import listed_members, locked, members_by_contacts, person, survivor
from coalition.wallets.wallet import today_of
from settlement import date_text, day_number

router = APIRouter(prefix="/v1/members", tags=["members"])
POSITION = 70

Enrolling = Annotated[Caller, Depends(allow(SHOP | HELPERS | {Role.APP}))]
Helpers = Annotated[Caller, Depends(allow(HELPERS))]
Readers = Annotated[Caller, Depends(allow(ALLIANCE | WALLET))]
Owners = Annotated[Caller, Depends(allow(HELPERS | WALLET))]
Finders = Annotated[Caller, Depends(allow(HELPERS | {Role.APP}))]

PHONE = Field(
    default=None,
    description="A phone number; one without its country's code is one of the alliance's own country.",
    min_length=1,
    max_length=40,
    examples=["+4915123456789"],
)
EMAIL = Field(
    default=None, description="An e-mail address.", min_length=3, max_length=254, examples=["ann@example.com"]
)
NAME = Field(default=None, description="What the member likes to be called.", max_length=200, examples=["Ann"])
LANGUAGE = Field(
    default=None,
    description="The member's language (BCP 47).",
    pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$",
    examples=["de"],
)
BIRTHDAY = Field(default=None, description="The member's birthday.", ge=date(1900, 1, 1), examples=["1990-05-17"])
FIELDS = responses((401, "No valid key."), (403, "Not for this role."), (422, "A field can't be used."))
NOT_THERE = responses((401, "No valid key."), (403, "Not for this role."), (404, "No such member, or none of yours."))


class ConsentsGiven(BaseModel):
    """What a member says yes or no to; what is left out stays as it was."""

    model_config = ConfigDict(extra="forbid")

    terms: bool | None = Field(default=None, description="The programme's terms.")
    marketing: bool | None = Field(default=None, description="Being written to.")
    profiling: bool | None = Field(default=None, description="Being sorted into groups by what they buy.")

    @property
    def said(self) -> dict[str, bool]:
        """Yes or no by purpose."""
        return {purpose: said for purpose, said in self.model_dump().items() if said is not None}


class MemberGiven(BaseModel):
    """A member to enrol. Phone or e-mail is enough."""

    model_config = ConfigDict(extra="forbid")

    phone: str | None = PHONE
    email: str | None = EMAIL
    name: Printable | None = NAME
    language: str | None = LANGUAGE
    birthday: date | None = BIRTHDAY
    consents: ConsentsGiven = Field(default=ConsentsGiven(), description="What the member says yes or no to.")

    @property
    def profile(self) -> Profile:
        """What they tell of themselves."""
        return Profile(self.name, self.language, None if self.birthday is None else day_number(self.birthday))


class MemberChanges(BaseModel):
    """Fields to change; what is left out stays, null takes it away."""

    model_config = ConfigDict(extra="forbid")

    phone: str | None = PHONE
    email: str | None = EMAIL
    name: Printable | None = NAME
    language: str | None = LANGUAGE
    birthday: date | None = BIRTHDAY
    consents: ConsentsGiven = Field(default=ConsentsGiven(), description="What the member says yes or no to.")


class ContactGiven(BaseModel):
    """A phone number or an e-mail address."""

    model_config = ConfigDict(extra="forbid")

    phone: str | None = PHONE
    email: str | None = EMAIL


class MergeGiven(BaseModel):
    """Whom a duplicate is merged into."""

    model_config = ConfigDict(extra="forbid")

    into: str = Field(description="The id of the member who stays.", pattern=ID_PATTERN)


class ConsentShown(BaseModel):
    """A member's latest word on one purpose."""

    purpose: str = Field(description="terms, marketing or profiling.", examples=["marketing"])
    given: bool = Field(description="Whether they said yes.")
    at: Moment = Field(description="When they said so.")


class MemberShown(BaseModel):
    """A member."""

    id: str = Field(
        description="Their id; the book knows no more of them.", examples=["mem_4k8q2m0w9z7xdmh3f6kq0w9z7x"]
    )
    state: Literal["active", "frozen"] = Field(description="A frozen member neither earns nor spends.")
    phone: str | None = Field(description="Their phone number, with its country's code.")
    email: str | None = Field(description="Their e-mail address.")
    name: str | None = Field(description="What they like to be called.")
    language: str | None = Field(description="Their language.")
    birthday: str | None = Field(description="Their birthday.", examples=["1990-05-17"])
    consents: list[ConsentShown] = Field(description="Their latest word on each purpose.")
    household: str | None = Field(description="The household whose points they share.")
    merged_ids: list[str] = Field(description="Ids of duplicates that answer for this member.")
    created_at: Moment = Field(description="When they enrolled.")


class EnrolledShown(BaseModel):
    """Who was enrolled, or whose contact it is."""

    id: str = Field(description="The member's id.", examples=["mem_4k8q2m0w9z7xdmh3f6kq0w9z7x"])
    new: bool = Field(description="False where the contact was a member's already.")
    member: MemberShown | None = Field(description="The member; null to a shop, which sees no personal data.")


@router.post(
    "",
    operation_id="enrolMember",
    summary="Enrol a member by phone or e-mail",
    status_code=201,
    responses={
        200: {"model": EnrolledShown, "description": "The contact is a member's already; nothing was changed."},
        **FIELDS,
        **responses((409, "Phone and e-mail are two different members' (contacts_differ).")),
    },
)
def enrol_member(request: Request, response: Response, given: MemberGiven, who: Enrolling) -> EnrolledShown:
    """One call for a till and an app alike. Unique by contact: sent again it finds the same member.

    Gifts that wait for one of the contacts arrive at once.
    """
    alliance = alliance_now(request, who)
    done = enrol(
        alliance.database,
        alliance.id,
        contacts(given.phone, given.email, member_cache(alliance).settings.region),
        given.profile,
        given.consents.said,
        alliance.clock(),
        today_of(alliance),
    )
    if done.new:
        arrive(alliance, done.member)
    else:
        response.status_code = 200
    return EnrolledShown(
        id=done.member, new=done.new, member=None if who.role in SHOP else _read(alliance, response, done.member)
    )


@router.get("", operation_id="listMembers", summary="All members, the newest first", responses=FIELDS)
def list_members(
    request: Request,
    who: Helpers,
    state: Annotated[Literal["active", "frozen"] | None, Query(description="Only those in this state.")] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Page[MemberShown]:
    """Members who take part, frozen ones included."""
    alliance = alliance_now(request, who)
    after = position_of(cursor, int, str)
    with alliance.database.engine.connect() as connection:
        rows = listed_members(
            connection,
            alliance.id,
            None if state is None else State(state),
            None if after is None else (int(after[0]), str(after[1])),
            limit + 1,
        )
        people = [person(connection, alliance.id, row) for row in rows]
    return page(people, limit, lambda row: [row.member.created_at, row.member.id], shown)


@router.post(
    "/search",
    operation_id="searchMembers",
    summary="Find members by contact",
    responses=FIELDS,
)
def search_members(request: Request, given: ContactGiven, who: Finders) -> list[MemberShown]:
    """Whose these contacts are: none, one, or two members. A POST, so that no contact gets into the logs."""
    alliance = alliance_now(request, who)
    wanted = contacts(given.phone, given.email, member_cache(alliance).settings.region)
    if not wanted:
        raise ContactNeeded
    with alliance.database.engine.connect() as connection:
        found = members_by_contacts(connection, alliance.id, wanted)
        return [shown(person(connection, alliance.id, survivor(connection, alliance.id, id_))) for id_ in found]


@router.get("/{member}", operation_id="getMember", summary="A member", responses={**FIELDS, **NOT_THERE})
def get_member(request: Request, response: Response, member: MemberId, who: Readers) -> MemberShown:
    """With the header ETag, which a change must bring along."""
    own_member(who, member)
    return _read(alliance_now(request, who), response, member)


@router.patch(
    "/{member}",
    operation_id="updateMember",
    summary="Change a member",
    responses={
        **FIELDS,
        **NOT_THERE,
        **responses(
            (409, "The contact is another member's (contact_taken)."),
            (412, "Somebody else changed the member since you read them."),
            (428, "No If-Match."),
        ),
    },
)
def update_member(
    request: Request, response: Response, member: MemberId, given: MemberChanges, who: Owners, if_match: IfMatch = None
) -> MemberShown:
    """Contacts are changed by the alliance or by an app, which has made sure that they are the member's."""
    own_member(who, member)
    alliance = alliance_now(request, who)
    sent = given.model_fields_set
    wanted: dict[ContactKind, Contact | None] = {}
    if "phone" in sent:
        region = member_cache(alliance).settings.region
        wanted["phone"] = None if given.phone is None else contact_rules.phone(given.phone, region)
    if "email" in sent:
        wanted["email"] = None if given.email is None else contact_rules.email(given.email)
    if wanted and who.role is Role.MEMBER:
        raise ApiError("forbidden", "A contact is changed through the wallet app, which checks that it is yours.")
    profile: dict[str, str | int | None] = {
        name: value
        for name, value in (
            ("name", given.name),
            ("language", given.language),
            ("birthday", None if given.birthday is None else day_number(given.birthday)),
        )
        if name in sent
    }
    with alliance.database.engine.begin() as connection:
        there = locked(connection, alliance.id, member)
        must_match(if_match, there.version)
        changed = change(
            connection,
            alliance.id,
            there,
            profile,
            wanted,
            given.consents.said,
            alliance.clock(),
            today_of(alliance),
        )
        record(connection, who, "member.change", member, {"fields": ", ".join(sorted(sent))})
    if wanted:
        arrive(alliance, changed.id)
    return _read(alliance, response, changed.id)


@router.post(
    "/{member}/freeze",
    operation_id="freezeMember",
    summary="Hold a member's points back",
    responses={**FIELDS, **NOT_THERE},
)
def freeze_member(request: Request, response: Response, member: MemberId, who: Helpers) -> MemberShown:
    """They neither earn nor spend until they are let go; nothing is deleted. Tills hear of it within two seconds."""
    return _set_state(request, response, member, who, State.FROZEN)


@router.post(
    "/{member}/unfreeze",
    operation_id="unfreezeMember",
    summary="Let a member go on",
    responses={**FIELDS, **NOT_THERE},
)
def unfreeze_member(request: Request, response: Response, member: MemberId, who: Helpers) -> MemberShown:
    """They earn and spend again."""
    return _set_state(request, response, member, who, State.ACTIVE)


def _set_state(request: Request, response: Response, member: str, who: Caller, state: State) -> MemberShown:
    alliance = alliance_now(request, who)
    with alliance.database.engine.begin() as connection:
        set_state(connection, alliance.id, member, state, alliance.clock())
        record(connection, who, "member.state", member, {"state": state.value})
        if state is State.FROZEN:
            revoke_sessions(connection, alliance.id, f"member:{member}", request.app.state.alliances.clock())
    member_cache(alliance).refresh()
    return _read(alliance, response, member)


@router.post(
    "/{member}/merge",
    operation_id="mergeMember",
    summary="Merge a duplicate into another member",
    responses={
        **FIELDS,
        **NOT_THERE,
        **responses((409, "The duplicate owes points since a refund (member_owes): merge the other way round.")),
    },
)
def merge_member(
    request: Request, response: Response, member: MemberId, given: MergeGiven, who: Helpers
) -> MemberShown:
    """The member of the path is the duplicate: their points go to the other, and their id answers for the other.

    What the other did not tell is taken over. Done already, it changes nothing.
    """
    alliance = alliance_now(request, who)
    kept = merge(alliance, member, given.into)
    record_separately(alliance.database, who, "member.merge", member, {"into": kept})
    member_cache(alliance).refresh()
    return _read(alliance, response, kept)


@router.post(
    "/{member}/erase",
    operation_id="eraseMember",
    summary="Erase a person",
    status_code=204,
    responses={**FIELDS, **NOT_THERE},
)
def erase_member(request: Request, member: MemberId, who: Owners) -> None:
    """All personal data goes; the moves in the book stay, under an id that nobody answers to any more.

    The points can't be spent any more and expire on their own last days. Who enrols again is a new member. Erased
    already, it changes nothing.
    """
    own_member(who, member)
    alliance = alliance_now(request, who)
    with alliance.database.engine.begin() as connection:
        erase(connection, alliance.id, member, alliance.clock())
        record(connection, who, "member.erase", member)
        revoke_sessions(connection, alliance.id, f"member:{member}", request.app.state.alliances.clock())
    member_cache(alliance).refresh()


def _read(alliance: Alliance, response: Response, member: str) -> MemberShown:
    with alliance.database.engine.connect() as connection:
        found = person(connection, alliance.id, survivor(connection, alliance.id, member))
    response.headers["ETag"] = etag(found.member.version)
    return shown(found)


def shown(found: Person) -> MemberShown:
    """A member as the API shows them."""
    contact = {one.kind: one.text for one in found.contacts}
    member = found.member
    return MemberShown(
        id=member.id,
        state="frozen" if member.state is State.FROZEN else "active",
        phone=contact.get("phone"),
        email=contact.get("email"),
        name=member.profile.name,
        language=member.profile.language,
        birthday=None if member.profile.birthday is None else date_text(member.profile.birthday),
        consents=[ConsentShown(purpose=one.purpose, given=one.given, at=moment(one.at)) for one in found.consents],
        household=member.household,
        merged_ids=list(found.merged_ids),
        created_at=moment(member.created_at),
    )
