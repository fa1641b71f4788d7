"""Sentences in tables: a phrase comes back as it was, with all that a translation is made from; plain text as it is."""

import pytest

from settlement import Filler, MoneyShort, Phrase, restored, stored
from settlement.payments import PaymentState


class Shouting(Filler):
    """Another language."""

    def translated(self, template: str) -> str:
        return template.upper() if "{" not in template else template

    def number(self, value: int, unit: str) -> str:
        return f"<{value} {unit}>"


PHRASES = [
    Phrase("nobody paid on the page"),
    Phrase("within {days:number} days", days=30),
    Phrase("{meaning}: {text}", meaning=Phrase("closed"), text='wrote {braces} and "quotes" 银行'),
    Phrase("it is {state:code}", state=PaymentState.PAID),
    Phrase("{all} and {none}", all=[Phrase("one"), "two", 3], none=None),
    Phrase("{error}", error=MoneyShort("CASH", 5, 7)),
]


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_phrase_comes_back_as_it_was(phrase: Phrase) -> None:
    back = restored(stored(phrase))
    assert isinstance(back, Phrase)
    assert str(back) == str(phrase)
    assert back.template == phrase.template
    assert stored(back) == stored(phrase)
    speaker = Shouting()
    assert speaker.fill(back.template, back.values) == speaker.fill(phrase.template, phrase.values)


@pytest.mark.parametrize("text", ["", "the shop closed", '{"says": "x", "with": {}}', "{days}"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert stored(text) == text
    assert restored(text) == text
    assert not isinstance(restored(text), Phrase)
