"""What people type into the forms of several pages."""

from typing import Annotated, Literal

from fastapi import Form, Path
from pydantic import AfterValidator

from coalition.access.caller import Caller
from coalition.access.errors import CodeUsedUp, LogInRefused
from coalition.locale.messages import N_
from coalition.pages.checks import check_words
from coalition.pages.errors import FieldWrong
from coalition.pages.page_router import NEXT_CHARS_MAX
from coalition.pages.visit import Visit
from settlement import NamedFact, Phrase, clean_text, reason_of

Digits = Annotated[str, Form(max_length=20), AfterValidator(lambda typed: "".join(typed.split()))]
"""A code that was sent or that an app shows, without the spaces that people put between its digits."""
NO_CONTACT = N_("Write a phone number with its country code, such as +49 151 23456789, or an e-mail address.")
"""What is said to whoever types what can be neither."""
WRONG_CODE = N_("That code is not right, or it is over. Look at it again, or have a new one sent.")
"""What is said to whoever types a code that was not sent, or no longer counts."""
USED_UP = N_("This code was typed wrong too often, and is used up. Have a new one sent.")
"""What is said to whoever has used up all tries of a code."""
Again = Annotated[Literal["", "yes"], Form()]
"""Whether it is another code that is wanted, in place of one that was sent."""
Next = Annotated[str, Form(max_length=NEXT_CHARS_MAX)]
"""Where to go on to, as the page before was asked: see `local_path`."""
FormKey = Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")]
"""What makes a form count once, however often it is sent: it was drawn when the page was shown."""
NewFormKey = Annotated[str, Form(pattern=r"^([0-9a-f]{32})?$")]
"""The same where nothing is lost without one, but for what it makes being made twice."""
Ref = Annotated[str, Path(max_length=100)]
"""The name of a thing in a path: a shop's ref, or a public id."""


UNREADABLE = N_("This can't be used: {why}. Write it again without that.")


def typed_text(field: str, typed: str, *, lines: bool = False) -> str:
    """What was typed into a field, cleaned; on one line or, with `lines`, on several. Raises FieldWrong."""
    if not typed.strip():
        raise FieldWrong(field, check_words("missing"))
    try:
        return clean_text(typed, lines=lines)
    except ValueError as error:
        raise FieldWrong(field, Phrase(UNREADABLE, why=reason_of(error))) from None


def optional_text(field: str, typed: str, *, lines: bool = False) -> str:
    """The same of a field that may be left empty, and then is. Raises FieldWrong."""
    return typed_text(field, typed, lines=lines) if typed.strip() else ""


def typed_choice(field: str, chosen: str) -> str:
    """What was chosen of a list where nothing is no choice. Raises FieldWrong."""
    if not chosen.strip():
        raise FieldWrong(field, check_words("choose"))
    return chosen.strip()


def explain_code(visit: Visit, error: NamedFact) -> str:
    """Why a code that was typed leads no further."""
    if isinstance(error, CodeUsedUp):
        return visit.say(USED_UP)
    return visit.say(WRONG_CODE) if isinstance(error, LogInRefused) else visit.explain(error)


def page_key(caller: Caller, key: str) -> str:
    """The idempotency key of the book for a form of a page."""
    return f"{caller.space}:page:{key}"
