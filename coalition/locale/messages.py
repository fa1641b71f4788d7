"""Every sentence that a person reads, in their language.

English is written where it is used, and is the key of its translations, which stand in `zh/LC_MESSAGES/coalition.po`.
A sentence with figures has places for them, as in `"{shop} pays {amount}"`; a sentence that depends on a number has
both English forms, and is chosen by `translate_count`. `catalogue.py` collects what is marked here: the arguments of
`N_`, `translate` and `translate_count`.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from coalition.locale.formats import Lang

DOMAIN = "coalition"
FOLDER = Path(__file__).parent
"""Where each language has its folder."""


def N_(message: str) -> str:  # noqa: N802 - the name that every tool around gettext knows
    """Mark a sentence for translation where it is written; `translate` it where it is shown."""
    return message


def translate(message: str, lang: Lang, /, **values: object) -> str:
    """A marked sentence in a language, with its places filled. One that the catalogue lacks stays English."""
    found = catalogue(lang).gettext(message)
    return found.format_map(values) if values else found


def translate_count(one: str, many: str, count: int, lang: Lang, /, **values: object) -> str:
    """The form that fits a number, in a language; the number itself fills `{count}` if no value of that name does."""
    return catalogue(lang).ngettext(one, many, count).format_map({"count": count, **values})


@cache
def catalogue(lang: Lang) -> NullTranslations:
    """The translations of a language; English has none, since sentences are written in it."""
    if lang == "en":
        return NullTranslations()
    folder = FOLDER / lang / "LC_MESSAGES"
    compiled = folder / f"{DOMAIN}.mo"
    if compiled.exists() and compiled.stat().st_mtime >= (folder / f"{DOMAIN}.po").stat().st_mtime:
        return GNUTranslations(compiled.open("rb"))
    # A working copy whose catalogue was changed since it was installed.
    from coalition.locale.catalogue import compiled_catalogue

    return GNUTranslations(BytesIO(compiled_catalogue(lang)))
