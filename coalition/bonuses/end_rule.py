"""End a bonus rule: no sale from now on gets it, and what is left of its budgets goes back to who set it aside."""

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.bonuses.store import StoredBonus, bonus_versions, end_versions
from coalition.errors import NotFound
from settlement import Phrase
from settlement.ledger import LEG_MAX, Posting, PutBack


def end_rule(alliance: Alliance, caller: Caller, rule: str) -> list[StoredBonus]:
    """End all versions of a rule; returns them. Again it puts back what refunds have returned since. Raises NotFound.

    A sale of before that a till sends later finds the budget used up.
    """
    now = alliance.clock()
    with alliance.database.engine.begin() as connection:
        versions = [stored.version for stored in bonus_versions(connection, alliance.id, rule)]
        if not versions:
            raise NotFound(Phrase("rule"), rule)
        end_versions(connection, alliance.id, versions, now)
        record(connection, caller, "bonus_rule.end", rule)
    alliance.refresh()
    pots = [pot for version in versions for pot in version.pots]
    content: dict[str, str | int] = {
        "type": "bonus_budget",
        "rule": rule,
        "version": versions[-1].version,
        "by": caller.id,
    }
    legs = [PutBack(pot, LEG_MAX, at_most=True) for pot in pots]
    alliance.poster.post(Posting(f"bonus-end:{rule}:{now}", now, content, legs))
    with alliance.database.engine.connect() as connection:
        return bonus_versions(connection, alliance.id, rule)
