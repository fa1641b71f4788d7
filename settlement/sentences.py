"""Sentences with places for values: written in English, marked for translation, filled in for whoever reads them.

A place says how its value is shown, as in `"shop {shop:name} owes {minor:money}"`:

    name    what a person wrote: in quotes, on one line, only its beginning where it is long
    code    a word of the interface, such as a field or a state: in backticks
    number  a number of points or things
    money   minor units of the book's currency
    moment  microseconds since 1970 UTC
    date    a day as yyyymmdd
    post    the number of a posting
    lines   several values, each on a line of its own
    each    several values, with semicolons between them
    (none)  as it is; a Phrase is filled in turn, of several values each is shown, and None shows nothing
"""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from string import Formatter
from typing import Any, NamedTuple, Protocol, Self, runtime_checkable

QUOTED_CHARS = 60
UNITS = frozenset({"number", "balance", "money", "moment", "date", "post"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def N_(message: str) -> str:  # noqa: N802 - the name that every tool around gettext knows
    """Mark a sentence for translation where it is written; it is translated where it is shown."""
    return message


class Phrase(str):
    """A part of a sentence with its values, marked for translation: where an error says why, or where, or what.

    It is the English text, so that it can be stored, and keeps what a translation is made from. It is no sentence of
    its own: the sentence that it becomes a part of has the full stop.
    """

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """The English text, with its values filled in."""
        phrase = super().__new__(cls, PLAIN.fill(template, values))
        phrase.template, phrase.values = template, values
        return phrase

    def __getnewargs_ex__(self) -> tuple[tuple[str], Mapping[str, object]]:
        return (self.template,), self.values


@runtime_checkable
class Spoken(Protocol):
    """What has a sentence of its own: an error, a refusal."""

    @property
    def sentence(self) -> Phrase: ...


def reason_of(error: Exception) -> str:
    """Why, where an error is a reason that another one gives: its phrase, or what it says where it has none."""
    if isinstance(error, Spoken):
        return Phrase(_ANY, error=error)
    phrase = error.args[0] if error.args else None
    return phrase if isinstance(phrase, Phrase) else str(error)


class StoredError(NamedTuple):
    """An error inside a sentence that a table kept: what it says is left of it."""

    sentence: Phrase


_STORED = "\x1e"
"""What a stored phrase begins with: a control character, which no text that people write has."""
_SAYS, _ERROR, _VALUES = "says", "error", "with"


def stored(text: str) -> str:
    """A sentence as a table keeps it: a phrase with what a translation is made from, other text as it is."""
    return f"{_STORED}{json.dumps(_as_data(text), ensure_ascii=False)}" if isinstance(text, Phrase) else text


def restored(text: str) -> str:
    """A sentence that a table kept: a Phrase, or the plain text that was stored."""
    if not text.startswith(_STORED):
        return text
    phrase: str = _from_data(json.loads(text.removeprefix(_STORED)))
    return phrase


def _as_data(value: object) -> object:
    """A value of a phrase as JSON has it: phrases in it stay phrases, errors become them."""
    if isinstance(value, Phrase):
        return {_SAYS: value.template, _VALUES: {name: _as_data(each) for name, each in value.values.items()}}
    if isinstance(value, Spoken):
        return {_ERROR: _as_data(value.sentence)}
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_as_data(each) for each in value]
    return str(value)


def _from_data(data: Any) -> Any:
    if isinstance(data, dict) and _ERROR in data:
        return StoredError(_from_data(data[_ERROR]))
    if isinstance(data, dict):
        return Phrase(data[_SAYS], **{name: _from_data(value) for name, value in data[_VALUES].items()})
    return [_from_data(each) for each in data] if isinstance(data, list) else data


def quoted(value: str) -> str:
    """What a person wrote, in quotes and on one line; only its beginning where it is long."""
    return repr(value) if len(value) <= QUOTED_CHARS else f"{value[:QUOTED_CHARS]!r}…"


@cache
def places(template: str) -> Collection[str]:
    """The names of a sentence's places."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}


class Filler(Formatter):
    """Fills sentences in English, with numbers as they are. A reader's own way of showing values is a subclass."""

    between = ", "
    """What stands between two of several values."""
    stop = "; "
    """What stands between two of several clauses."""

    def fill(self, template: str, values: Mapping[str, object]) -> str:
        """The sentence with its values in their places; without values it is as it stands."""
        if not values:
            return self.translated(template)
        return self.vformat(self.translated(template), (), values)

    def say(self, spoken: Spoken) -> str:
        """An error or a refusal as a sentence."""
        return self.fill(spoken.sentence.template, spoken.sentence.values)

    def translated(self, template: str) -> str:
        """The sentence in the reader's language."""
        return template

    def format_field(self, value: object, format_spec: str) -> str:
        if isinstance(value, Phrase):
            return self.fill(value.template, value.values)
        if type(value) is not str and type(value) is not int and isinstance(value, Spoken):
            # Inside another sentence, which has the full stop.
            return self.say(value).rstrip(".。")
        if isinstance(value, Iterable) and not isinstance(value, str):
            return self.several(value, format_spec)
        if isinstance(value, int) and format_spec in UNITS:
            return self.number(value, format_spec)
        return "" if value is None else self.word(str(value), format_spec)

    def several(self, values: Iterable[object], form: str) -> str:
        """Several values, each shown."""
        match form:
            case "lines":
                return "".join(f"\n  {self.format_field(value, '')}" for value in values)
            case "each":
                return self.stop.join(self.format_field(value, "") for value in values)
            case _:
                return self.between.join(self.format_field(value, form) for value in values) or self.translated(_NONE)

    def word(self, value: str, form: str) -> str:
        """A value that is no number, or shown as if it were none."""
        match form:
            case "":
                return value
            case "code":
                return f"`{value}`"
            case _:
                return quoted(value)

    def number(self, value: int, unit: str) -> str:
        """A number in its unit."""
        match unit:
            case "money":
                return f"{value} minor units"
            case "moment":
                return _iso(value)
            case _:
                return str(value)


_NONE = N_("none")
_ANY = "{error}"
PLAIN = Filler()
"""How an error reads in a log: in English, and without the settings of any book."""


def _iso(instant: int) -> str:
    """Microseconds since 1970 UTC as people write an instant; one that is in no calendar as a number."""
    try:
        return (_EPOCH + timedelta(microseconds=instant)).isoformat()
    except OverflowError:
        return f"{instant} µs"
