"""Agree on new terms, from a moment on. Every point keeps the terms under which it was issued."""

from contextlib import closing

from coalition.access.caller import Caller
from coalition.access.log import record_separately
from coalition.alliance import Alliance
from coalition.approvals.approval import Payload
from coalition.approvals.approvals import Approvals
from coalition.locale.formats import moment
from settlement import Terms, TermsNotLater

ADD_TERMS = "add_terms"


def add_terms(alliance: Alliance, approvals: Approvals, caller: Caller, terms: Terms) -> None:
    """Let new terms take effect at their `effective_at`, which takes two people.

    Raises TermsNotLater, ApprovalAwaited and PersonNeeded.
    """
    with closing(alliance.database.session()) as session:
        latest = max(alliance.clock(), alliance.book.config(session).terms[-1].effective_at)
    if terms.effective_at <= latest:
        raise TermsNotLater(terms.effective_at, latest)
    approvals.check_alone(caller, ADD_TERMS, 1, 0, _payload(terms))
    alliance.book.add_terms(terms)
    details = {"from": moment(terms.effective_at).isoformat()}
    record_separately(alliance.database, caller, "alliance.terms", alliance.book.settings.name, details)


def _payload(terms: Terms) -> Payload:
    return {
        "effective_at": moment(terms.effective_at).isoformat(),
        "points_per_unit": str(terms.points_per_unit),
        "funding": terms.funding.value,
        "redeem_fee_bps": terms.redeem_fee_bps,
        "issue_fee_bps": terms.issue_fee_bps,
        "breakage_to": terms.breakage_to.value,
    }
