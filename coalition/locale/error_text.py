"""What an error or a refusal says to its reader: in their language, with money and times as they write them."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from coalition.locale.formats import Lang, date_text, moment_text, money_text, points_text
from coalition.locale.messages import translate
from settlement import Filler, Phrase, Spoken, date_of

if TYPE_CHECKING:
    from settlement.ledger import BookSettings


def error_text(
    error: Spoken, lang: Lang, settings: "BookSettings | None" = None, posting_name: Callable[[int], str] = str
) -> str:
    """An error or a refusal as a sentence.

    Money and times are shown as the book with these settings counts them, if it is known: by
    the error itself otherwise. Postings are called what
    `posting_name` makes of their numbers.
    """
    return LocalizedFiller(lang, settings or getattr(error, "book_settings", None), posting_name).say(error)


def phrase_text(text: str, lang: Lang) -> str:
    """A marked sentence, or a part of one, in a language; a phrase with its values."""
    filler = LocalizedFiller(lang)
    return filler.fill(text.template, text.values) if isinstance(text, Phrase) else filler.translated(text)


def reason_text(text: str, lang: Lang, settings: "BookSettings") -> str:
    """The same, with money and moments as the alliance has them."""
    filler = LocalizedFiller(lang, settings)
    return filler.fill(text.template, text.values) if isinstance(text, Phrase) else filler.translated(text)


class LocalizedFiller(Filler):
    """Fills sentences for a reader: `balance` is money or points, by the `account` whose balance it is."""

    def __init__(
        self, lang: Lang, settings: "BookSettings | None" = None, posting_name: Callable[[int], str] = str
    ) -> None:
        self.lang, self.settings, self.posting_name = lang, settings, posting_name
        if lang == "zh":
            self.between, self.stop = "、", "；"

    def fill(self, template: str, values: Mapping[str, object]) -> str:
        if not values:
            return self.translated(template)
        account_kind = str(values.get("account", "")).partition(":")[0]
        unit = "money" if account_kind in _money_kinds() else "number"
        return self.vformat(self.translated(template).replace(":balance}", f":{unit}}}"), (), values)

    def translated(self, template: str) -> str:
        return translate(template, self.lang) if template else ""

    def number(self, value: int, unit: str) -> str:
        try:
            return self._in(value, unit)
        except (ValueError, OverflowError):
            # The book compares times as numbers; one that a caller made up need not be in any calendar.
            return str(value)

    def _in(self, value: int, unit: str) -> str:
        """A number in its unit. Raises ValueError and OverflowError for a time that is in no calendar."""
        match unit:
            case "number":
                return points_text(value, self.lang)
            case "date":
                return date_text(date_of(value), self.lang)
            case "money":
                return self._money(value)
            case "moment":
                return self._moment(value)
            case "post":
                return self.posting_name(value)
            case _:
                return str(value)

    def _money(self, minor: int) -> str:
        if self.settings is None:
            return translate("{count} minor units", self.lang, count=points_text(minor, self.lang))
        return f"{money_text(minor, self.settings.minor_digits, self.lang)} {self.settings.currency}"

    def _moment(self, instant: int) -> str:
        if self.settings is None:
            return f"{moment_text(instant, 'UTC', self.lang)} UTC"
        return moment_text(instant, self.settings.timezone, self.lang)


@cache
def _money_kinds() -> frozenset[str]:
    """The kinds of account that count money, by name."""
    # The book's own code is loaded where a balance is named, and not for every command's help.
    from settlement.ledger import AccountKind

    return frozenset(kind.name.lower() for kind in AccountKind if kind >= AccountKind.CLEARING)
