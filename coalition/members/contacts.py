"""Phone numbers and e-mail addresses in the one way in which each is written here. Pure rules."""

from dataclasses import dataclass
from typing import Literal

import phonenumbers
from babel.core import get_global
from email_validator import EmailNotValidError, validate_email

from coalition.members.errors import ContactInvalid
from settlement import Phrase

ContactKind = Literal["phone", "email"]
CHARS_MAX = 254
WORLD = "001"


@dataclass(frozen=True, slots=True, order=True)
class Contact:
    """How a member is reached: a number as +4915123456789 (E.164), or an address in lower case."""

    kind: ContactKind
    text: str


def phone(text: str, region: str | None) -> Contact:
    """A phone number; one without its country's code is one of `region` (ISO 3166). Raises ContactInvalid."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        why = Phrase("it is not a phone number; write it with its country code, as +4915123456789")
        raise ContactInvalid("phone", text, why) from None
    if not phonenumbers.is_valid_number(number):
        raise ContactInvalid("phone", text, Phrase("no such number is in use; check its digits and its country code"))
    return Contact("phone", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def email(text: str) -> Contact:
    """An e-mail address, which is the same in capitals. Raises ContactInvalid."""
    try:
        address = validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        why = Phrase("it is not an e-mail address; write it as ann@example.com")
        raise ContactInvalid("email", text, why) from None
    return Contact("email", address.normalized.lower())


def readable(text: str, region: str | None) -> str:
    """A contact as people read it: a phone number in groups, with its country's code; anything else as it is.

    A number without its country's code is one of `region` (ISO 3166).
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return text
    is_number = "@" not in text and phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL) if is_number else text


def contacts(phone_text: str | None, email_text: str | None, region: str | None) -> list[Contact]:
    """Those that are given. Raises ContactInvalid."""
    parsed = [] if phone_text is None else [phone(phone_text, region)]
    return parsed if email_text is None else [*parsed, email(email_text)]


def region_of(timezone: str) -> str | None:
    """The country of a time zone (ISO 3166): where a number without its country's code belongs; None if unknown."""
    region: str | None = get_global("zone_territories").get(timezone)
    return None if region == WORLD else region


def masked(contact: Contact) -> str:
    """Enough of a contact to know it again by, and too little to write to it."""
    if contact.kind == "email":
        name, _, host = contact.text.partition("@")
        return f"{name[:1]}•••@{host}"
    return f"{contact.text[:3]} ••• {contact.text[-3:]}"
