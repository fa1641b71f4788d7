"""What is written to people who are invited or log in: subject and text of each message."""

from collections.abc import Mapping
from enum import StrEnum

from coalition.locale.formats import Lang
from coalition.locale.messages import N_, translate


def invitation_message(alliance: str, link: str, days: int, lang: Lang) -> tuple[str, str]:
    """An invitation to somebody who is to choose a password within so many days."""
    sentence = N_("You are invited to work with {alliance}. Choose your password within {days} days: {link}")
    return (
        translate("Your access to {alliance}", lang, alliance=alliance),
        translate(sentence, lang, alliance=alliance, days=days, link=link),
    )


class CredentialEvent(StrEnum):
    """What happened to somebody's credentials."""

    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - an event, and no password
    ADDRESS_CHANGED = "address_changed"
    CONTACT_CHANGED = "contact_changed"
    ERASED = "erased"


CREDENTIAL_TEXTS: Mapping[CredentialEvent, str] = {
    CredentialEvent.PASSKEY_ADDED: N_("A passkey was added to your account at {alliance}."),
    CredentialEvent.PASSKEY_REMOVED: N_("A passkey was removed from your account at {alliance}."),
    CredentialEvent.PASSWORD_CHANGED: N_("The password of your account at {alliance} was changed."),
    CredentialEvent.ADDRESS_CHANGED: N_(
        "Your account at {alliance} has another address now, and this one no longer belongs to it."
    ),
    CredentialEvent.ERASED: N_(
        "Your account at {alliance} is deleted, and nothing about you is kept with it. Thank you for having been with "
        "us; you may join again at any time."
    ),
    CredentialEvent.CONTACT_CHANGED: N_(
        "A phone number or an e-mail address of your account at {alliance} was added or changed."
    ),
}


def credential_message(alliance: str, event: CredentialEvent, lang: Lang) -> tuple[str, str]:
    """What happened to somebody's credentials, and what to do if it was not them."""
    text = translate(CREDENTIAL_TEXTS[event], lang, alliance=alliance)
    advice = translate("If you know nothing of it, tell the alliance at once.", lang)
    return translate("Your account at {alliance}", lang, alliance=alliance), f"{text} {advice}"


def refusals_message(alliance: str, refusals: int, lang: Lang) -> tuple[str, str]:
    """A warning to somebody at whose account so many log-ins were refused."""
    sentence = N_(
        "{refusals} log-ins to your account at {alliance} were refused, one after another. If that was not you, "
        "somebody may be guessing: choose a new password or add a passkey, and tell the alliance."
    )
    return (
        translate("Refused log-ins at {alliance}", lang, alliance=alliance),
        translate(sentence, lang, alliance=alliance, refusals=refusals),
    )


def code_message(alliance: str, code: str, minutes: int, lang: Lang) -> tuple[str, str]:
    """A one-time code for somebody who logs in; it is good for so many minutes."""
    sentence = N_("{code} is your code for {alliance}. It is good for {minutes} minutes. Give it to nobody.")
    return (
        translate("Your code for {alliance}", lang, alliance=alliance),
        translate(sentence, lang, alliance=alliance, code=code, minutes=minutes),
    )
