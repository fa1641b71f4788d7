"""What the book says, as the API tells it: by public ids and under the caller's own key, in the reader's language."""

from collections.abc import Mapping
from contextlib import closing

from coalition.access.caller import Caller
from coalition.alliance import Alliance
from coalition.events.types import posting_events
from coalition.locale.formats import Lang
from coalition.refusals import refusal_text
from settlement import KeyReused, SettlementError
from settlement.ledger import Refusal, posting_by_id

OTHER_PREFIX = "pst"
"""In front of the public id of a posting that is not published."""
PUBLIC_FIELDS: Mapping[str, str] = {"asked": "points", "type": "path"}
"""The field of a request that a name of the book's stands for, where they differ."""

REUSED: Mapping[Lang, str] = {
    "en": "{what} {key!r} was used before for a request with another {field}; take a new one for a new request.",
    "zh": "{what} {key!r} 已用于 {field} 不同的请求；新的请求请使用新的键。",
}
WITHOUT_KEY: Mapping[str, Mapping[Lang, str]] = {
    "key_malformed": {
        "en": "Idempotency-Key and external_ref are printable characters, at most 200 together with the shop's name.",
        "zh": "Idempotency-Key 和 external_ref 须为可打印字符，连同商户名称最多 200 个字符。",
    },
    "content_malformed": {
        "en": "Texts have printable characters, and numbers at most 64 bits.",
        "zh": "文本须为可打印字符，数字最多 64 位。",
    },
}
"""Errors by code whose own text has the book's key in it."""


def refused_text(refusal: Refusal, lang: Lang, alliance: Alliance) -> str:
    """A refusal as a sentence. Asks the database what the postings are that it names."""
    return refusal_text(refusal, lang, alliance.book.settings, lambda posting_id: public_id(alliance, posting_id))


def public_id(alliance: Alliance, posting_id: int) -> str:
    """The public id of a posting, whatever it stands for."""
    with closing(alliance.database.session()) as session:
        found = posting_by_id(alliance.book, session, posting_id)
    published = None if found is None else posting_events().get(str(found.content.get("type")))
    return alliance.programme.ids.public(OTHER_PREFIX if published is None else published.prefix, posting_id)


def error_text(error: SettlementError, lang: Lang, who: Caller | None, key: str | None) -> str:
    """An error of the book as a sentence; `key` is the Idempotency-Key as the caller sent it.

    The book keeps keys behind the name of their space, which is nobody's business.
    """
    if isinstance(error, KeyReused):
        own = who is not None and error.key == f"{who.space}:{key}"
        shown = key if own else error.key.partition(":")[2]
        what = "Idempotency-Key" if own else "external_ref"
        return REUSED[lang].format(what=what, key=shown, field=reused_field(error))
    return WITHOUT_KEY[error.code][lang] if error.code in WITHOUT_KEY else str(error)


def reused_field(error: KeyReused) -> str:
    """The field of the request that differs from the one that the key was used for first."""
    return PUBLIC_FIELDS.get(error.field, error.field)
