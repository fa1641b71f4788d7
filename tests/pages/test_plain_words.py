"""What pages say of errors has no word that only programs know, in either language."""

import re

import pytest

from coalition.locale.formats import LANGS
from coalition.locale.plain_words import SENTENCES, PlainFiller, plain_text
from settlement import NamedFact
from settlement.sentences import places as places_in
from tests.pages.page_town import PageTown
from tests.pages.test_console import OF_ROLE, Role, console_routes, places, visitor  # noqa: F401 - a fixture
from tests.support.books import make_settings
from tests.test_errors import make, named_errors

OF_PROGRAMS = re.compile(r"`|[a-z]_[a-z]|\bcoalition [a-z]|Idempotency-Key|If-Match|Authorization|minor units|\bEUR\b")
CODE_WORDS = re.compile(
    r"`|\b[a-z]{2,}(?:_[a-z]{2,})+\b|\bcoalition (?:alliance|audit|demo|serve|settle|users)\b|\d EUR\b|\bEUR \d"
)
FOR_OTHERS = ("GET /console/backing", "GET /console/lab/")
"""What an audit found, which whoever looks after the server reads too; and what a model says of itself."""
ELSEWHERE = (
    "coalition.api.",
    "coalition.lab.",
    "coalition.cli.",
    "coalition.client",
    "coalition.fake_stripe",
    "tests.",
)
"""Where errors are for programs, or for whoever runs a command or a model."""
NO_FORM = frozenset({"AmountNotPayable", "DigitsTooFew", "GiftDiffers", "KeyMalformed", "NoSandbox", "PushKeysInvalid"})
"""What no form of a page can bring about."""
OF_PAGES = [
    each
    for each in named_errors()
    if each.public and each.__name__ not in NO_FORM and not each.__module__.startswith(ELSEWHERE)
]


@pytest.mark.parametrize("cls", OF_PAGES, ids=lambda cls: cls.__name__)
def test_an_error_is_said_in_words_of_people(cls: type[NamedFact]) -> None:
    for lang in LANGS:
        sentence = plain_text(PlainFiller(lang, make_settings()), make(cls))
        assert not OF_PROGRAMS.search(sentence), sentence


def test_each_sentence_of_pages_is_of_an_error_that_there_is() -> None:
    classes = {each.__name__: each for each in named_errors()}
    assert SENTENCES.keys() <= classes.keys()
    for name, sentence in SENTENCES.items():
        assert set(places_in(sentence)) <= set(vars(make(classes[name]))), name


@pytest.mark.parametrize("lang", LANGS)
def test_no_page_of_the_console_has_words_of_programs(town: PageTown, places: dict[str, str], lang: str) -> None:  # noqa: F811
    olga = visitor(town, OF_ROLE[Role.OWNER])
    olga.http.cookies.set("language", lang)
    for name, route, roles in console_routes():
        if name.startswith("GET") and Role.OWNER in roles and not name.startswith(FOR_OTHERS):
            page = olga.open(route.path.format(**places))
            for main in page.all("main") if olga.status == 200 and "<main" in olga.html else ():
                text = main.text
                # The longest first: what is left of one would look like another word.
                for code in sorted(main.all("code"), key=lambda each: -len(each.text)):
                    text = text.replace(code.text, " ")
                assert not CODE_WORDS.findall(text), name
