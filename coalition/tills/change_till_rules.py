"""Replace what an alliance lets tills do."""

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.errors import ChangedMeanwhile, CoalitionError
from coalition.locale.messages import N_
from coalition.tills.day_counts import day_counts_of
from coalition.tills.till_rules import TillRules, set_till_rules


class TillRulesChanged(CoalitionError, like=ChangedMeanwhile):
    """Somebody else changed them since they were read."""

    detail = N_("Somebody else changed these settings meanwhile. Read them again.")


def change_till_rules(alliance: Alliance, caller: Caller, rules: TillRules) -> TillRules:
    """Replace the rules of version `rules.version`. Raises TillRulesChanged."""
    with alliance.database.engine.begin() as connection:
        done = set_till_rules(connection, alliance.id, rules)
        if done is None:
            raise TillRulesChanged
        record(connection, caller, "settings.tills", str(done.version))
    day_counts_of(alliance).forget()
    return done
