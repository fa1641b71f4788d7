"""What an error or a reason says on a page, in words for people."""

from coalition.alliance import Alliance
from coalition.locale.formats import Lang
from coalition.locale.plain_words import PlainFiller, plain_reason, plain_text
from coalition.web.public_text import public_id
from settlement import NamedFact
from settlement.ledger import BookSettings


def page_text(error: NamedFact, lang: Lang, alliance: Alliance | None) -> str:
    """An error as a sentence of a page. Asks the database what the postings are that it names."""
    if alliance is None:
        return plain_text(PlainFiller(lang), error)

    def posting_name(posting_id: int) -> str:
        return public_id(alliance, posting_id)

    return plain_text(PlainFiller(lang, alliance.book.settings, posting_name), error)


def page_reason(text: str, lang: Lang, settings: BookSettings | None = None) -> str:
    """A marked sentence, or a part of one, with its values, as a page says it."""
    return plain_reason(PlainFiller(lang, settings), text)
