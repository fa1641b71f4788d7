"""What people type into the forms of several pages."""

from typing import Annotated

from fastapi import Form, Path
from pydantic import AfterValidator

from coalition.access.caller import Caller
from coalition.access.errors import LogInRefused
from coalition.locale.messages import N_
from coalition.pages.visit import Visit
from settlement import NamedFact, clean_text

Digits = Annotated[str, Form(max_length=20), AfterValidator(lambda typed: "".join(typed.split()))]
"""A code that was sent or that an app shows, without the spaces that people put between its digits."""
NO_CONTACT = N_("Write a phone number with its country code, such as +49 151 23456789, or an e-mail address.")
"""What is said to whoever types what can be neither."""
WRONG_CODE = N_("That code is not right, or it is over. Look at it again, or have a new one sent.")
"""What is said to whoever types a code that was not sent, or no longer counts."""
Next = Annotated[str, Form(max_length=500)]
"""Where to go on to, as the page before was asked: see `local_path`."""
FormKey = Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")]
"""What makes a form count once, however often it is sent: it was drawn when the page was shown."""
Ref = Annotated[str, Path(max_length=100)]
"""The name of a thing in a path: a shop's ref, or a public id."""


def optional_text(typed: str) -> str:
    """A text that may be left out, cleaned; empty where it was. Raises ValueError for what is no text."""
    return clean_text(typed) if typed.strip() else ""


def explain_code(visit: Visit, error: NamedFact) -> str:
    """Why a code that was typed leads no further."""
    return visit.say(WRONG_CODE) if isinstance(error, LogInRefused) else visit.explain(error)


def page_key(caller: Caller, key: str) -> str:
    """The idempotency key of the book for a form of a page."""
    return f"{caller.space}:page:{key}"
