"""Agree on what it takes to spend: a pay code or the member's yes, or up to an amount their id alone."""

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.errors import ChangedMeanwhile, CoalitionError
from coalition.locale.messages import N_
from coalition.programme.store import set_spend_by_id


class SpendingRuleChanged(CoalitionError, like=ChangedMeanwhile):
    """Two changed the rule at the same moment, and the other one was first."""

    detail = N_("Somebody else changed the spending rule meanwhile. Read the alliance again.")


def set_spending_rule(alliance: Alliance, caller: Caller, by_id_up_to_minor: int) -> None:
    """Let tills spend by a member's id alone in sales of up to so many minor units; 0 for none.

    It counts at once, and within two seconds in other processes. Raises SpendingRuleChanged.
    """
    with alliance.database.engine.begin() as connection:
        version = alliance.programme.spending_version
        if not set_spend_by_id(connection, alliance.id, by_id_up_to_minor, version):
            raise SpendingRuleChanged
        record(connection, caller, "alliance.spending", str(by_id_up_to_minor))
    alliance.refresh()
