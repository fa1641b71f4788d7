"""How a country writes dates, decimals and older text files: for what a file does not say by itself."""

from typing import NamedTuple

_LANGUAGES = {
    "cp1250": "bs cs hr hu pl ro sk sl sq",
    "cp1251": "be bg kk mk ru uk",
    "cp1252": "ca da de en es eu fi fr ga id is it ms nb nl nn no pt sv",
    "cp1253": "el",
    "cp1254": "az tr",
    "cp1255": "he",
    "cp1256": "ar fa",
    "cp1257": "et lt lv",
    "cp1258": "vi",
    "cp874": "th",
    "cp932": "ja",
    "cp949": "ko",
}
"""The code pages in which Windows saves text, by the languages that each is for."""
_BY_LANGUAGE = {language: page for page, languages in _LANGUAGES.items() for language in languages.split()}
_OF_CHINESE = {"CN": "gb18030", "SG": "gb18030", "TW": "cp950", "HK": "cp950", "MO": "cp950"}
NOWHERE = ("001", "ZZ")
"""What time zones of no country are given as a territory."""


class Customs(NamedTuple):
    """The encoding of text files that are not Unicode, whether the day comes first in 05/06/2025, and whether decimals
    have a comma; None where that is not known.
    """

    encoding: str | None = None
    day_first: bool | None = None
    decimal_comma: bool | None = None


def customs_of(timezone: str) -> Customs:
    """The customs of the country of a time zone, an IANA name; nothing is known of a zone of no country."""
    from babel.core import Locale, UnknownLocaleError, get_global

    territory = get_global("zone_territories").get(timezone, NOWHERE[0])
    if territory in NOWHERE:
        return Customs()
    try:
        locale = Locale.parse(f"und_{territory}")
    except UnknownLocaleError:
        return Customs()
    encoding = _OF_CHINESE.get(territory) if locale.language == "zh" else _BY_LANGUAGE.get(locale.language)
    # Where the year comes first, a date with the year last is a foreign one.
    first = next(char for char in locale.date_formats["short"].pattern if char in "dMy")
    return Customs(encoding, {"d": True, "M": False}.get(first), locale.number_symbols["latn"]["decimal"] == ",")
