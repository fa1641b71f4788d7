"""Actions on payments that a second person has to approve."""

from collections.abc import Iterator
from functools import partial

from coalition.access.caller import STAFF, Role
from coalition.alliance import Alliances
from coalition.approvals.approval import BANK_FILES, DECIDERS, Action, leave_to_asker
from coalition.payments.buy_out import BUY_OUT, execute_buy_out
from coalition.payments.carry_cash import CARRY_ALONE_MINOR_MAX, CARRY_CASH, execute_carry
from coalition.payments.confirm_payment import CONFIRM_ALONE_MINOR_MAX, CONFIRM_PAYMENT
from coalition.payments.import_bank_file import IMPORT_ALONE_MINOR_MAX, IMPORT_BANK_FILE
from coalition.payments.move_deposit import PAY_BACK, PAY_IN, PAY_IN_ALONE_MINOR_MAX, execute_pay_back, execute_pay_in
from coalition.payments.set_account import SET_ACCOUNT, execute_account
from coalition.payments.set_rules import SET_RULES, execute_rules
from coalition.payments.write_off_rest import WRITE_OFF, execute_write_off

ACCOUNT_ASKERS = STAFF | {Role.MANAGER}
"""A shop's own manager may ask for its account; the alliance approves."""


def actions(alliances: Alliances) -> Iterator[Action]:
    """Deposits, rests that are written off, cash that is carried, buying out a shop that leaves, the rules of payments,
    shops' accounts, payments by hand, and files from the bank.
    """
    for name, alone_max, unit, execute, askers, operation in (
        (PAY_IN, PAY_IN_ALONE_MINOR_MAX, "minor units", execute_pay_in, STAFF, "createDeposit"),
        (PAY_BACK, 0, "minor units", execute_pay_back, STAFF, "createWithdrawal"),
        (WRITE_OFF, 0, "minor units", execute_write_off, STAFF, "writeOffRest"),
        (CARRY_CASH, CARRY_ALONE_MINOR_MAX, "minor units", execute_carry, STAFF, "carryCash"),
        (BUY_OUT, 0, "", execute_buy_out, STAFF, "buyOutShop"),
        (SET_RULES, 0, "", execute_rules, STAFF, "setPaymentRules"),
        (SET_ACCOUNT, 0, "", execute_account, ACCOUNT_ASKERS, "setPaymentAccount"),
        (CONFIRM_PAYMENT, CONFIRM_ALONE_MINOR_MAX, "minor units", None, STAFF, "confirmPayment"),
    ):
        act = leave_to_asker if execute is None else partial(execute, alliances)
        yield Action(name, alone_max, unit, DECIDERS, act, askers, frozenset({operation}))
    yield Action(
        IMPORT_BANK_FILE,
        IMPORT_ALONE_MINOR_MAX,
        "minor units",
        DECIDERS,
        leave_to_asker,
        operations=frozenset({"importBankStatement"}),
        counts_to=BANK_FILES,
    )
