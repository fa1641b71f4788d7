"""Add a bonus rule, or the next version of one: its budget is set aside by its funders, and then it counts.

The version is stored first and counts for nothing until its budget is set aside; the posting's key names it, so after
a crash in between the next change of the rule goes on where this one stopped.
"""

from sqlalchemy.exc import IntegrityError

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.approvals.approvals import Approvals
from coalition.bonuses.check_terms import check_terms
from coalition.bonuses.errors import RuleChanged
from coalition.bonuses.store import StoredBonus, add_version, bonus_versions, drop_version, set_posting
from coalition.earning.bonus import BonusTerms, BonusVersion
from coalition.earning.bonus_kinds import encode_terms
from coalition.earning.bonus_outcome import split
from coalition.refusals import RefusedByBook
from settlement import SettlementError
from settlement.ledger import POOL, Posting, SetAside

ADD_BONUS_RULE = "add_bonus_rule"
ALONE_POINTS_MAX = 10_000
"""The largest budget that one person sets aside alone, in points, unless the alliance sets another limit."""


def add_rule(alliance: Alliance, approvals: Approvals, caller: Caller, rule: str, terms: BonusTerms) -> StoredBonus:
    """Let a version of a rule count for sales from now on, or from its first day on.

    It takes over from the version before, which keeps what is left of its budget for sales of its own time. A large
    budget takes two people. Raises what `check_terms` does, RefusedByBook where a funder may not set so much aside,
    RuleChanged, ApprovalAwaited and PersonNeeded.
    """
    check_rule(alliance, terms)
    now = alliance.clock()
    for stored in _versions(alliance, rule):
        if stored.posting_id is None:
            _set_aside(alliance, stored.version, stored.created_by)
    # What the book would refuse is refused before a second person is asked.
    draft = BonusVersion(rule, 0, terms, now)
    outcome = alliance.preview(_posting(draft, now, caller.id)).outcome
    if isinstance(outcome, SettlementError):
        raise outcome
    if outcome.refusal is not None:
        raise RefusedByBook(outcome.refusal)
    asked = {"rule": rule, "terms": encode_terms(terms)}
    approvals.check_alone(caller, ADD_BONUS_RULE, terms.budget, alliance.worth_at_most(terms.budget), asked)
    try:
        with alliance.database.engine.begin() as connection:
            version = add_version(connection, alliance.id, rule, terms, now, caller.id)
            record(connection, caller, "bonus_rule.add", version.name, {"budget": terms.budget})
    except IntegrityError:
        raise RuleChanged(rule) from None
    posting_id = _set_aside(alliance, version, caller.id)
    alliance.refresh()
    return StoredBonus(version, posting_id, caller.id)


def check_rule(alliance: Alliance, terms: BonusTerms) -> None:
    """Refuse terms that nobody can have meant for this alliance. Raises what `check_terms` does."""
    with alliance.database.engine.connect() as connection:
        alliance.book.refresh(connection)
    session = alliance.database.session()
    try:
        shops = alliance.book.config(session).by_ref.keys() - {POOL}
    finally:
        session.close()
    check_terms(terms, shops, alliance.today)


def _versions(alliance: Alliance, rule: str) -> list[StoredBonus]:
    with alliance.database.engine.connect() as connection:
        return bonus_versions(connection, alliance.id, rule)


def _set_aside(alliance: Alliance, version: BonusVersion, by: str) -> int:
    """Set the budget aside, once whoever asks how often. Raises RefusedByBook, and then there is no such version."""
    answer = alliance.poster.post(_posting(version, version.starts_at, by))
    with alliance.database.engine.begin() as connection:
        if answer.refusal is not None:
            drop_version(connection, alliance.id, version)
        else:
            set_posting(connection, alliance.id, version, answer.posting_id)
    if answer.refusal is not None:
        raise RefusedByBook(answer.refusal)
    return answer.posting_id


def _posting(version: BonusVersion, at: int, by: str) -> Posting:
    terms = version.terms
    parts = zip(version.pots, split(terms.budget, terms.shares), strict=True)
    content: dict[str, str | int] = {"type": "bonus_budget", "rule": version.rule, "version": version.version, "by": by}
    return Posting(f"bonus:{version.name}", at, content, [SetAside(pot, points) for pot, points in parts])
