"""Actions on payments that a second person has to approve."""

from collections.abc import Iterator
from functools import partial

from coalition.access.caller import STAFF, Role
from coalition.alliance import Alliances
from coalition.approvals.approval import DECIDERS, Action
from coalition.payments.buy_out import BUY_OUT, execute_buy_out
from coalition.payments.move_deposit import PAY_BACK, PAY_IN, PAY_IN_ALONE_MINOR_MAX, execute_pay_back, execute_pay_in
from coalition.payments.set_account import SET_ACCOUNT, execute_account
from coalition.payments.set_rules import SET_RULES, execute_rules

ACCOUNT_ASKERS = STAFF | {Role.MANAGER}
"""A shop's own manager may ask for its account; the alliance approves."""


def actions(alliances: Alliances) -> Iterator[Action]:
    """Deposits, buying out a shop that leaves, the rules of payments, and shops' accounts."""
    yield Action(PAY_IN, PAY_IN_ALONE_MINOR_MAX, "minor units", DECIDERS, partial(execute_pay_in, alliances))
    yield Action(PAY_BACK, 0, "minor units", DECIDERS, partial(execute_pay_back, alliances))
    yield Action(BUY_OUT, 0, "", DECIDERS, partial(execute_buy_out, alliances))
    yield Action(SET_RULES, 0, "", DECIDERS, partial(execute_rules, alliances))
    yield Action(SET_ACCOUNT, 0, "", DECIDERS, partial(execute_account, alliances), ACCOUNT_ASKERS)
