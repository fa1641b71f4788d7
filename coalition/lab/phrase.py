"""Sentences that wait for their language: written in English, with places for values, as `translate` takes them."""

from dataclasses import dataclass

from coalition.locale.formats import Lang
from coalition.locale.messages import translate


@dataclass(frozen=True, init=False)
class Phrase:
    """A marked sentence with its values. A value that is a Phrase itself is put into the same language."""

    template: str
    values: dict[str, object]

    def __init__(self, template: str, /, **values: object) -> None:
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "values", values)

    def __str__(self) -> str:
        return text_in(self, "en")


Text = str | Phrase
"""A marked sentence, or one with values."""


def text_in(text: Text, lang: Lang) -> str:
    """A sentence in a language."""
    if isinstance(text, str):
        # The catalogue's head stands under the empty sentence.
        return translate(text, lang) if text else ""
    values = {name: text_in(value, lang) if isinstance(value, Phrase) else value for name, value in text.values.items()}
    return translate(text.template, lang, **values)
