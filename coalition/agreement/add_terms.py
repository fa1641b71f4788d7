"""Agree on new terms, from a moment on. Every point keeps the terms under which it was issued."""

from coalition.access.caller import Caller
from coalition.access.log import record_separately
from coalition.alliance import Alliance
from coalition.locale.formats import moment
from settlement import Terms


def add_terms(alliance: Alliance, caller: Caller, terms: Terms) -> None:
    """Let new terms take effect at their `effective_at`. Raises TermsNotLater."""
    alliance.book.add_terms(terms)
    details = {"from": moment(terms.effective_at).isoformat()}
    record_separately(alliance.database, caller, "alliance.terms", alliance.book.settings.name, details)
