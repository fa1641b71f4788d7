"""Sentences that wait for their language: written in English, with places for values."""

from coalition.locale.error_text import phrase_text
from coalition.locale.formats import Lang
from coalition.locale.messages import translate
from settlement import Phrase

Text = str | Phrase
"""A marked sentence, or one with values."""


def as_phrase(text: Text) -> Phrase:
    """A text as a part of a sentence, so that it is put into the sentence's language."""
    return text if isinstance(text, Phrase) else Phrase(text)


def text_in(text: Text, lang: Lang) -> str:
    """A sentence in a language."""
    if isinstance(text, Phrase):
        return phrase_text(text, lang)
    # The catalogue's head stands under the empty sentence.
    return translate(text, lang) if text else ""
