"""What is written to people who are invited or log in: subject and text of each message."""

from coalition.locale.formats import Lang
from coalition.locale.messages import N_, translate


def invitation_message(alliance: str, link: str, days: int, lang: Lang) -> tuple[str, str]:
    """An invitation to somebody who is to choose a password within so many days."""
    sentence = N_("You are invited to work with {alliance}. Choose your password within {days} days: {link}")
    return (
        translate("Your access to {alliance}", lang, alliance=alliance),
        translate(sentence, lang, alliance=alliance, days=days, link=link),
    )


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
