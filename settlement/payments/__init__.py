"""Payments: a closed window becomes collected debts and paid claims, whatever the outside world does.

`settle_window` is the run as a whole. The files in the order in which to read them: states (what can become of a
payment), money (what each step moves in the book), change (one transaction), drive (reserve, commit, call, record),
plan, defaults, leaving, run; beside them deposits, by_hand, direct, reconcile, notices and outlook.
"""

from settlement.payments.change import Desk
from settlement.payments.confirmations import by_hand_rail, confirm, document_hash, is_said, people_needed
from settlement.payments.deposits import plan_deposit, plan_withdrawal
from settlement.payments.direct import Said, cancel, is_disputed, plan_direct, say
from settlement.payments.drive import look, look_at_keys, send, to_look_at
from settlement.payments.leaving import buy_out, leave, suspend
from settlement.payments.losses import DefaultRecord, defaults_of
from settlement.payments.money import cash_at
from settlement.payments.notices import KeptNotices, Notice, NoticeKind, Notices, kept_notices, tell_notices
from settlement.payments.outlook import NextAction, Outlook, payment_outlooks
from settlement.payments.reconcile import (
    Difference,
    Reconciliation,
    book_line,
    compare_with_book,
    line_placement,
    match_line,
    reconcile_rail,
    unmatched_lines,
)
from settlement.payments.run import Run, last_window, settle_window
from settlement.payments.states import Route, State
from settlement.payments.store import DEPOSIT as DEPOSIT_RAIL
from settlement.payments.store import (
    PaymentRecord,
    PaymentRules,
    Profile,
    account_at,
    change_profile,
    newest_payments,
    payment,
    payment_history,
    payment_rules,
    payments_where,
    profiles,
    set_account,
    set_payment_rules,
)

__all__ = [
    "DEPOSIT_RAIL",
    "DefaultRecord",
    "Desk",
    "Difference",
    "KeptNotices",
    "NextAction",
    "Notice",
    "NoticeKind",
    "Notices",
    "Outlook",
    "PaymentRecord",
    "PaymentRules",
    "Profile",
    "Reconciliation",
    "Route",
    "Run",
    "Said",
    "State",
    "account_at",
    "book_line",
    "buy_out",
    "by_hand_rail",
    "cancel",
    "cash_at",
    "change_profile",
    "compare_with_book",
    "confirm",
    "defaults_of",
    "document_hash",
    "is_disputed",
    "is_said",
    "kept_notices",
    "last_window",
    "leave",
    "line_placement",
    "look",
    "look_at_keys",
    "match_line",
    "newest_payments",
    "payment",
    "payment_history",
    "payment_outlooks",
    "payment_rules",
    "payments_where",
    "people_needed",
    "plan_deposit",
    "plan_direct",
    "plan_withdrawal",
    "profiles",
    "reconcile_rail",
    "say",
    "send",
    "set_account",
    "set_payment_rules",
    "settle_window",
    "suspend",
    "tell_notices",
    "to_look_at",
    "unmatched_lines",
]
