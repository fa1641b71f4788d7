"""Errors as the API says them: in the reader's language, with postings under their public ids."""

from contextlib import closing

from coalition.alliance import Alliance
from coalition.events.types import posting_events
from coalition.locale.error_text import error_text
from coalition.locale.formats import Lang
from settlement import NamedFact
from settlement.ledger import posting_by_id

OTHER_PREFIX = "pst"
"""In front of the public id of a posting that is not published."""


def public_text(error: NamedFact, lang: Lang, alliance: Alliance | None) -> str:
    """An error as a sentence. Asks the database what the postings are that it names."""
    if alliance is None:
        return error_text(error, lang)
    return error_text(error, lang, alliance.book.settings, lambda posting_id: public_id(alliance, posting_id))


def public_id(alliance: Alliance, posting_id: int) -> str:
    """The public id of a posting, whatever it stands for."""
    with closing(alliance.database.session()) as session:
        posting = posting_by_id(alliance.book, session, posting_id)
    published = None if posting is None else posting_events().get(str(posting.content.get("type")))
    return alliance.programme.ids.public(OTHER_PREFIX if published is None else published.prefix, posting_id)
