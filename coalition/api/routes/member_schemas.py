"""Members as the API describes them: what is sent, and what is answered."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from coalition.api.fields import Email, Phone, PlainText, Text
from coalition.api.times import Moment, WrittenDate
from coalition.locale.formats import moment
from coalition.members.member import (
    BIRTHDAY_EARLIEST,
    LANGUAGE_TAG,
    NAME_CHARS_MAX,
    MemberProfile,
    MemberState,
    NoticesBy,
    Person,
    StoredConsent,
)
from settlement import date_text, day_number

Name = Annotated[str, Field(max_length=NAME_CHARS_MAX), PlainText(empty=True)]
PHONE = Field(
    default=None,
    description="A phone number; one without its country's code is one of the alliance's own country.",
    examples=["+4915123456789"],
)
EMAIL = Field(default=None, description="An e-mail address.", examples=["ann@example.com"])
NAME = Field(default=None, description="What the member likes to be called.", examples=["Ann"])
LANGUAGE = Field(
    default=None,
    description="The member's language (BCP 47).",
    pattern=LANGUAGE_TAG,
    examples=["de"],
)
NOTICES_BY = Field(
    default=None,
    description="How messages reach them where no browser of theirs takes any: `email` also says what the alliance "
    "lets all members know; `sms` only where the alliance's settings for members have it; `none` is never. Null: what "
    "concerns their points, by e-mail.",
)
BIRTHDAY = Field(default=None, description="The member's birthday.", ge=BIRTHDAY_EARLIEST, examples=["1990-05-17"])


class ConsentsUpdate(BaseModel):
    """What a member says yes or no to; what is left out stays as it was."""

    model_config = ConfigDict(extra="forbid")

    terms: bool | None = Field(default=None, description="The programme's terms.")
    marketing: bool | None = Field(default=None, description="Being written to.")
    profiling: bool | None = Field(default=None, description="Being sorted into groups by what they buy.")

    @property
    def by_purpose(self) -> dict[str, bool]:
        """Yes or no by purpose."""
        return {purpose: consent for purpose, consent in self.model_dump().items() if consent is not None}


class MemberFields(BaseModel):
    """What a member can be enrolled with, and what can be changed."""

    model_config = ConfigDict(extra="forbid")

    phone: Phone | None = PHONE
    email: Email | None = EMAIL
    name: Name | None = NAME
    language: str | None = LANGUAGE
    birthday: WrittenDate | None = BIRTHDAY
    notices_by: NoticesBy | None = NOTICES_BY
    consents: ConsentsUpdate = Field(default=ConsentsUpdate(), description="What the member says yes or no to.")


class MemberCreate(MemberFields):
    """A member to enrol. Phone or e-mail is enough."""

    shift: Text | None = Field(
        default=None, description="At a connected till: the shift of whoever is signed in there (`beginShift`)."
    )

    @property
    def profile(self) -> MemberProfile:
        """The fields of their profile."""
        birthday = None if self.birthday is None else day_number(self.birthday)
        return MemberProfile(self.name, self.language, birthday, self.notices_by)


class MemberUpdate(MemberFields):
    """Fields to change; what is left out stays, null takes it away."""


class MemberSearch(BaseModel):
    """A phone number or an e-mail address."""

    model_config = ConfigDict(extra="forbid")

    phone: Phone | None = PHONE
    email: Email | None = EMAIL


class MemberMerge(BaseModel):
    """The member into whom a duplicate is merged."""

    model_config = ConfigDict(extra="forbid")

    into: Text = Field(description="The id of the member who stays.")


class Consent(BaseModel):
    """A member's latest consent to one purpose, or refusal."""

    purpose: str = Field(description="terms, marketing or profiling.", examples=["marketing"])
    given: bool = Field(description="True for a consent, false for a refusal.")
    at: Moment = Field(description="When they gave or refused it.")
    version: int | None = Field(
        description="Of a yes to the terms: the version of the alliance's own terms that was in force; null where it "
        "had none."
    )


class Member(BaseModel):
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
    notices_by: NoticesBy | None = Field(
        description="How messages reach them where no browser of theirs takes any, where they chose that."
    )
    consents: list[Consent] = Field(description="Their latest consent or refusal for each purpose.")
    household: str | None = Field(description="The household whose points they share.")
    merged_ids: list[str] = Field(description="Ids of duplicates that answer for this member.")
    created_at: Moment = Field(description="When they enrolled.")


def render_consent(consent: StoredConsent) -> Consent:
    """A consent as the API shows it."""
    return Consent(purpose=consent.purpose, given=consent.given, at=moment(consent.at), version=consent.version)


def render_member(person: Person) -> Member:
    """A member as the API shows them."""
    contacts = {contact.kind: contact.text for contact in person.contacts}
    member = person.member
    return Member(
        id=member.id,
        state="frozen" if member.state is MemberState.FROZEN else "active",
        phone=contacts.get("phone"),
        email=contacts.get("email"),
        name=member.profile.name,
        language=member.profile.language,
        birthday=None if member.profile.birthday is None else date_text(member.profile.birthday),
        notices_by=member.profile.notices_by,
        consents=[render_consent(consent) for consent in person.consents],
        household=member.household,
        merged_ids=list(person.merged_ids),
        created_at=moment(member.created_at),
    )
