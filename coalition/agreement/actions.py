"""What takes two people about what the alliance has agreed on."""

from collections.abc import Iterator

from coalition.agreement.add_earning_rules import ADD_EARNING_RULES
from coalition.agreement.add_terms import ADD_TERMS
from coalition.agreement.change_settings import CHANGE_SETTINGS
from coalition.agreement.set_spending_rule import RAISE_SPENDING_BY_ID
from coalition.alliance import Alliances
from coalition.approvals.approval import DECIDERS, Action, leave_to_asker


def actions(_alliances: Alliances) -> Iterator[Action]:
    """New terms, earning rules, name and windows, and more that an id alone spends: always two people."""
    for name, unit, operation in (
        (ADD_TERMS, "", "createTerms"),
        (ADD_EARNING_RULES, "", "createEarningRules"),
        (CHANGE_SETTINGS, "", "createAllianceSettings"),
        (RAISE_SPENDING_BY_ID, "minor units", "setSpendingRule"),
    ):
        yield Action(name, 0, unit, DECIDERS, leave_to_asker, operations=frozenset({operation}))
