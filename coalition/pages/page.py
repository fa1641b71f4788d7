"""What a page shows, and how it becomes HTML: a frozen dataclass, and the template beside the module that it is in."""

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension

from coalition.access.caller import Role
from coalition.legal.legal_text import LEGAL_NAMES
from coalition.legal.legal_texts import legal_texts_of
from coalition.locale.formats import (
    date_text,
    days_text,
    local_time,
    moment_text,
    month_text,
    points_text,
    price_text,
    time_text,
)
from coalition.locale.messages import translate, translate_count
from coalition.members.contacts import readable
from coalition.members.member_cache import member_cache
from coalition.pages.assets import asset_url, modules_of
from coalition.pages.checks import CHECKS
from coalition.pages.prose import spans
from coalition.pages.visit import Visit
from settlement import date_of, decimal_text

FOLDER = Path(__file__).parent
HUES = 12
"""Colours of shops without a logo: the classes hue-0 to hue-11 of the stylesheet."""


class Page:
    """Base of all pages: each is a frozen dataclass, in the module whose name its template has."""

    __slots__ = ()


class Gaps(Extension):
    """A space between two sentences is one of English alone: Chinese has its room in the full stop."""

    _BETWEEN = re.compile(
        r"(\) \}\}(?:\n|(?:</b>|\{% \w[^%]*%\})* ))"
        r"((?:\{% (?:el)?if [^%]*%\})*(?:<a [^>]*>|<b>)?\{\{ (?:_|ngettext)\()"
    )

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        """A template as Jinja reads it."""
        return self._BETWEEN.sub(lambda match: f"{match[1][:-1]}{{{{ gap }}}}{match[2]}", source)


@cache
def environment() -> Environment:
    """Jinja, set up for these pages."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.do", Gaps],
    )
    made.globals.update(asset=asset_url, modules_of=modules_of, hue=hue, initial=initial, spans=spans)
    return made


def show(visit: Visit, page: Page, status: int = 200) -> HTMLResponse:
    """A page as an answer."""
    return HTMLResponse(as_html(visit, page), status)


def as_html(visit: Visit, page: Page) -> str:
    """A page as HTML."""
    place = type(page).__module__.removeprefix("coalition.pages.").replace(".", "/")
    return environment().get_template(f"{place}.html").render(page=page, visit=visit, **_words(visit))


def hue(ref: str) -> str:
    """The class of a shop's colour, which is always the same."""
    return f"hue-{crc32(ref.encode()) % HUES}"


def initial(name: str) -> str:
    """The letter on a shop's mark."""
    return next((letter.upper() for letter in name if letter.isalnum()), "·")


def _legal_kinds(visit: Visit) -> list[tuple[str, str]]:
    """The legal texts that the alliance has, and what they are called in the visitor's language."""
    kinds = [] if visit.alliance is None else legal_texts_of(visit.alliance).kinds()
    return [(kind.value, visit.say(LEGAL_NAMES[kind])) for kind in kinds]


def _words(visit: Visit) -> dict[str, Callable[..., Any] | bool | str]:
    """Functions of a template that go by the visitor's language and the alliance's money and clock."""
    lang, settings = visit.lang, None if visit.alliance is None else visit.alliance.book.settings

    def money(minor: int) -> str:
        return "" if settings is None else price_text(minor, settings.minor_digits, settings.currency, lang)

    def exact_money(minor: Fraction) -> str:
        return money(int(minor)) if minor.denominator == 1 else f"≈ {money(round(minor))}"

    def day(value: int | date) -> str:
        return date_text(value if isinstance(value, date) else date_of(value), lang)

    def contact_text(text: str) -> str:
        grouped = readable(text, None if visit.alliance is None else member_cache(visit.alliance).settings.region)
        # A number is never broken in two.
        return grouped.replace(" ", "\u00a0")

    return {
        "contact_text": contact_text,
        "_": lambda sentence, **values: translate(sentence, lang, **values),
        "ngettext": lambda single, many, count, /, **values: translate_count(
            single, many, count, lang, **{"count": points_text(count, lang), **values}
        ),
        "points": lambda count: points_text(count, lang),
        "signed": lambda count: ("+" if count > 0 else "−" if count < 0 else "") + points_text(abs(count), lang),
        "money": money,
        "signed_money": lambda minor: ("+" if minor > 0 else "−" if minor < 0 else "") + money(abs(minor)),
        "exact_money": exact_money,
        "plain_amount": lambda minor: "" if settings is None else decimal_text(minor, settings.minor_digits),
        "day": day,
        "span_of": lambda since, until: days_text(
            local_time(since, visit.timezone).date(), local_time(until - 1, visit.timezone).date(), lang
        ),
        "month_of": lambda first: month_text(first, lang),
        "day_of": lambda instant: date_text(local_time(instant, visit.timezone).date(), lang),
        "time_of": lambda instant: time_text(instant, visit.timezone, lang),
        "moment": lambda instant: moment_text(instant, visit.timezone, lang),
        "legal_kinds": lambda: _legal_kinds(visit),
        "gap": "" if lang == "zh" else " ",
        "checks": lambda: {name: translate(sentence, lang) for name, sentence in CHECKS.items()},
        "is_member": visit.caller is not None and visit.caller.role is Role.MEMBER,
    }
