"""Why something of a task did not go well, in each language: it is read later, by whoever looks then."""

from coalition.alliance import Alliance
from coalition.locale.error_text import error_text, phrase_text
from coalition.locale.formats import LANGS
from settlement import NamedFact


def in_each_language(alliance: Alliance, why: NamedFact | str) -> dict[str, str]:
    """An error or a phrase in words."""
    return {
        lang: error_text(why, lang, alliance.book.settings) if isinstance(why, NamedFact) else phrase_text(why, lang)
        for lang in LANGS
    }
