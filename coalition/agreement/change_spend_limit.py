"""Limit what points may pay for in one sale, or end such a limit."""

from collections.abc import Sequence
from contextlib import closing

from sqlalchemy.exc import IntegrityError

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.agreement.spend_limit_store import AddedLimit, add_version, end_versions
from coalition.alliance import Alliance
from coalition.earning.rule_versions import check_days
from coalition.errors import ChangedMeanwhile, CoalitionError, Invalid, NotFound
from coalition.locale.messages import N_
from coalition.spending.spend_limits import LimitTerms
from settlement import Phrase
from settlement.ledger import OPERATOR, POOL


class LimitShopUnknown(CoalitionError, like=Invalid):
    """A limit for a shop that is none of the alliance."""

    detail = N_("No shop {shop:name} in this alliance.")
    concerns = "shops"
    shop: str


class SpendLimitChanged(CoalitionError, like=ChangedMeanwhile):
    """Another version of the limit was added meanwhile."""

    detail = N_("Somebody else changed limit {rule:name} meanwhile. Read it again.")
    rule: str


def add_limit(alliance: Alliance, caller: Caller, rule: str, terms: LimitTerms) -> AddedLimit:
    """Let a version of a limit hold for sales from now on, or from its first day on, in place of the one before.

    It counts at once, and within two seconds in other processes. Raises LimitShopUnknown, RuleOver and
    SpendLimitChanged.
    """
    with closing(alliance.database.session()) as session:
        shops = alliance.book.config(session).by_ref.keys() - {OPERATOR, POOL}
    for shop in sorted(terms.shops):
        if shop not in shops:
            raise LimitShopUnknown(shop)
    check_days(terms, alliance.today)
    try:
        with alliance.database.engine.begin() as connection:
            version = add_version(connection, alliance.id, rule, terms, alliance.clock(), caller.id)
            record(connection, caller, "spend_limit.add", version.name)
    except IntegrityError:
        raise SpendLimitChanged(rule) from None
    alliance.refresh()
    return AddedLimit(version, caller.id)


def end_limit(alliance: Alliance, caller: Caller, rule: str) -> Sequence[AddedLimit]:
    """Let a limit hold for no sale from now on; returns its versions. Raises NotFound."""
    with alliance.database.engine.begin() as connection:
        versions = end_versions(connection, alliance.id, rule, alliance.clock())
        if not versions:
            raise NotFound(Phrase("rule"), rule)
        record(connection, caller, "spend_limit.end", rule)
    alliance.refresh()
    return versions
