"""Why something of a task did not go well, in each language: it is read later, by whoever looks at its page then."""

from coalition.alliance import Alliance
from coalition.locale.formats import LANGS
from coalition.locale.plain_words import PlainFiller, plain_reason, plain_text
from settlement import NamedFact


def in_each_language(alliance: Alliance, why: NamedFact | str) -> dict[str, str]:
    """An error or a phrase in words for people."""
    fillers = {lang: PlainFiller(lang, alliance.book.settings) for lang in LANGS}
    return {
        lang: plain_text(filler, why) if isinstance(why, NamedFact) else plain_reason(filler, why)
        for lang, filler in fillers.items()
    }
