"""Every sentence that a person reads, in their language.

English is written where it is used, and is the key of its translations, which stand in `zh/LC_MESSAGES/coalition.po`.
A sentence with figures has places for them, as in `"{shop} pays {amount}"`; a sentence that depends on a number has
both English forms, and is chosen by `translate_count`. `catalogue.py` collects what is marked here: the arguments of
`N_`, `translate` and `translate_count`.
"""

import re
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO

from coalition.locale.files import compiled_catalogue, is_fresh, path_of
from coalition.locale.formats import Lang
from settlement.sentences import N_

EDGE = "\ue000"
"""Where a value begins and ends in a sentence; no text has this character."""
_CHINESE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"
_BESIDE_CHINESE = re.compile(f"(?<={_CHINESE}) (?={EDGE}{_CHINESE})|(?<={_CHINESE}{EDGE}) (?={_CHINESE})")

__all__ = ["N_", "catalogue", "translate", "translate_count"]


def translate(message: str, lang: Lang, /, **values: object) -> str:
    """A marked sentence in a language. One that the catalogue lacks stays English.

    Its places are filled where there are `values`; without any, the sentence is shown as it stands, braces included.
    Raises KeyError where a place has no value.
    """
    text = message if lang == "en" else catalogue(lang).gettext(message)
    return _filled(text, lang, values) if values else text


def translate_count(singular: str, plural: str, count: int, lang: Lang, /, **values: object) -> str:
    """The form that fits a number, in a language; the number itself fills `{count}` if no value of that name does."""
    text = (singular if count == 1 else plural) if lang == "en" else catalogue(lang).ngettext(singular, plural, count)
    return _filled(text, lang, {"count": count, **values})


def _filled(text: str, lang: Lang, values: Mapping[str, object]) -> str:
    """A sentence with its places filled. In Chinese a place has a space beside it, for figures and Latin letters;
    beside a value in Chinese there is none.
    """
    if lang == "en":
        return text.format_map(values)
    marked = {name: f"{EDGE}{value}{EDGE}" if isinstance(value, str) else value for name, value in values.items()}
    return _BESIDE_CHINESE.sub("", text.format_map(marked)).replace(EDGE, "")


@cache
def catalogue(lang: Lang) -> NullTranslations:
    """The translations of a language, loaded once; English has none, since sentences are written in it."""
    if lang == "en":
        return NullTranslations()
    compiled = path_of(lang).with_suffix(".mo")
    if is_fresh(compiled):
        with compiled.open("rb") as file:
            return GNUTranslations(file)
    # A working copy whose catalogue was changed since it was compiled: slower, but never stale.
    return GNUTranslations(BytesIO(compiled_catalogue(lang)))
