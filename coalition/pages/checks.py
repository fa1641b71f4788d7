"""What is said beside a field that can't be used: by a browser before it sends it, and by a page that refuses it."""

from collections.abc import Mapping
from typing import Any

from coalition.locale.messages import N_
from settlement import Phrase

CHECKS = {
    "missing": N_("Please fill this in."),
    "tick": N_("Tick this to go on."),
    "choose": N_("Please choose."),
    "file": N_("Choose a file."),
    "email": N_("Write an e-mail address, such as name@example.com."),
    "url": N_("Write a whole address, such as https://example.com."),
    "number": N_("Write a whole number."),
    "day": N_("Write a whole date."),
    "digits": N_("Write six digits."),
    "least": N_("Not less than {least}."),
    "most": N_("Not more than {most}."),
    "long": N_("Not more than {count} characters."),
    "shape": N_("Write it in the form that is asked for here."),
}
"""What `assets/checks.js` says beside a field that can't be sent as it is."""

CHECK_OF = {
    "missing": "missing",
    "string_too_short": "missing",
    "enum": "choose",
    "literal_error": "choose",
    "int_parsing": "number",
    "int_parsing_size": "number",
    "date_parsing": "day",
    "date_from_datetime_parsing": "day",
    "greater_than_equal": "least",
    "less_than_equal": "most",
    "string_too_long": "long",
}
"""What is said of a field, by pydantic's name of what is wrong with it; of others, that it has another form."""


def check_words(name: str, **places: object) -> Phrase:
    """What one of CHECKS says."""
    return Phrase(CHECKS[name], **places)


def check_phrase(error: Mapping[str, Any]) -> Phrase:
    """What to say of a field, for an error as pydantic lists it."""
    values = error.get("ctx", {})
    if "why" in values:
        return Phrase("This can't be used: {why}.", why=values["why"])
    places = {"least": values.get("ge"), "most": values.get("le"), "count": values.get("max_length")}
    name = CHECK_OF.get(error["type"], "shape")
    return check_words(name, **{place: value for place, value in places.items() if f"{{{place}}}" in CHECKS[name]})
