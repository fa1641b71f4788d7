"""Terms that came, or are about to, since a member agreed to an earlier version, until they have opened them."""

from sqlalchemy import Connection

from coalition.legal.legal_text import LegalKind, LegalVersion
from coalition.legal.legal_texts import legal_texts_of
from coalition.members.member import TERMS, StoredConsent
from coalition.members.store import consents_of, resolve_merged
from coalition.notices.reads import keep_terms_read, terms_read
from coalition.pages.visit import MemberVisit


def agreed_terms(connection: Connection, own: MemberVisit) -> StoredConsent | None:
    """What the member agreed to last, of which there is a version."""
    me = resolve_merged(connection, own.alliance.id, own.member).id
    consents = consents_of(connection, own.alliance.id, me)
    return next((each for each in reversed(consents) if each.purpose == TERMS and each.version is not None), None)


def new_terms(connection: Connection, own: MemberVisit) -> LegalVersion | None:
    """The newest terms after those that they agreed to; None where they have opened them, or agreed to none."""
    agreed = agreed_terms(connection, own)
    if agreed is None:
        return None
    me = resolve_merged(connection, own.alliance.id, own.member).id
    known = {agreed.version, terms_read(connection, own.alliance.id, me)}
    versions = [each for each in legal_texts_of(own.alliance).versions if each.kind is LegalKind.TERMS]
    newest = max(versions, key=_order, default=None)
    seen = max((_order(each) for each in versions if each.version in known), default=(0, 0))
    return newest if newest is not None and _order(newest) > seen else None


def keep_opened(connection: Connection, own: MemberVisit, version: LegalVersion) -> None:
    """Let a version of the terms be no news any more."""
    me = resolve_merged(connection, own.alliance.id, own.member).id
    keep_terms_read(connection, own.alliance.id, me, version.version)


def _order(version: LegalVersion) -> tuple[int, int]:
    """By when they hold, and then by number."""
    return version.effective_at, version.version
