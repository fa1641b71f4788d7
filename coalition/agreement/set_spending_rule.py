"""Agree on what it takes to spend: a pay code or the member's yes, or up to an amount their id alone."""

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.approvals.approval import Payload
from coalition.approvals.approvals import Approvals
from coalition.errors import ChangedMeanwhile, CoalitionError
from coalition.locale.messages import N_
from coalition.programme.store import set_spend_by_id


class SpendingRuleChanged(CoalitionError, like=ChangedMeanwhile):
    """Two changed the rule at the same moment, and the other one was first."""

    detail = N_("Somebody else changed the spending rule meanwhile. Read the alliance again.")


RAISE_SPENDING_BY_ID = "raise_spending_by_id"


def set_spending_rule(alliance: Alliance, approvals: Approvals, caller: Caller, by_id_up_to_minor: int) -> None:
    """Let tills spend by a member's id alone in sales of up to so many minor units; 0 for none.

    More than before takes two people. It counts at once, and within two seconds in other processes. Raises
    SpendingRuleChanged, ApprovalAwaited and PersonNeeded.
    """
    before = alliance.programme.spend_by_id_minor
    if by_id_up_to_minor > before:
        asked: Payload = {"from_minor": before, "to_minor": by_id_up_to_minor}
        approvals.check_alone(caller, RAISE_SPENDING_BY_ID, by_id_up_to_minor - before, 0, asked)
    with alliance.database.engine.begin() as connection:
        version = alliance.programme.spending_version
        if not set_spend_by_id(connection, alliance.id, by_id_up_to_minor, version):
            raise SpendingRuleChanged
        record(connection, caller, "alliance.spending", str(by_id_up_to_minor))
    alliance.refresh()
