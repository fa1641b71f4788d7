"""Payments: a closed window becomes collected debts and paid receivables, whatever banks and processes do.

To settle: `settle_window` (`run.py`) makes every step; `PaymentContext` is what each needs (`context.py`). The steps
are in `plan.py`, `defaults.py` and `leaving.py`; `drive.py` sends payments and looks them up: reserve, commit, call,
record; `week_limits.py` says whose turn it is where a rail collects only so much in a week.
To confirm: `confirm_by_hand` (`confirmations.py`), `confirm_direct` (`direct.py`).
To read: `payment_by_id`, `payments_where`, `payment_history`, rules, profiles and accounts (`store.py`),
`run_outlook` (`outlook.py`), how old debts are (`ageing.py`), `defaults_of` (`losses.py`), what moved of a payment when
(`parts.py`), what banks say of payees' names (`payees.py`).
To check: `reconcile_rails`, `match_line`, `book_line` (`reconcile.py`), `split_line`, `book_to_deposit`, `move_cash`
(`movements.py`), `write_off_rest` (`write_off.py`). Reminders: `reminders.py`.
Deposits: `plan_deposit`, `plan_withdrawal` (`deposits.py`). Notices: `publish_notices` (`notices.py`).
Below them: `states.py` says what can become of a payment, `cash_ledger.py` what each step moves in the book,
`unit_of_work.py` is one transaction.

What happens when Stripe reports a payment, from the webhook to the book:

| file                                 | what it does                                                                |
|--------------------------------------|-----------------------------------------------------------------------------|
| coalition/api/routes/stripe_webhooks | takes the body, and answers 200 once it is stored                           |
| settlement/rails/stripe/webhook_inbox| checks the signature; keeps what the event names; a job works through it    |
| stripe_handler.py                    | says which payments the events name: what an event itself says is not used  |
| drive.py                             | leases each payment, asks Stripe for it, records the answer                 |
| settlement/rails/stripe/outcomes     | what Stripe's object means: pending, paid, failed, returned                 |
| states.py                            | which state follows                                                         |
| unit_of_work.py, cash_ledger.py      | one transaction: state, moves of money, fee, event, notice                  |
"""

from settlement.payments.ageing import UnpaidWindow, oldest_unpaid, unpaid_minor, unpaid_windows
from settlement.payments.cash_ledger import cash_at
from settlement.payments.collection_codes import collection_code_of
from settlement.payments.confirmations import (
    by_hand_rail,
    confirm_by_hand,
    document_hash,
    is_repeated_confirmation,
    people_needed,
)
from settlement.payments.context import PaymentContext
from settlement.payments.deposits import plan_deposit, plan_withdrawal
from settlement.payments.direct import DirectConfirmation, cancel_payment, confirm_direct, is_disputed, plan_direct
from settlement.payments.drive import look_up_attempts, look_up_payments, payments_to_look_up, send_payments
from settlement.payments.leaving import buy_out_shop, start_leaving, suspend_payouts
from settlement.payments.lists import PaymentOrder, count_payments, find_payments
from settlement.payments.losses import DefaultRecord, defaults_of
from settlement.payments.movements import IN_TRANSIT, book_to_deposit, is_split_into, move_cash, part_id, split_line
from settlement.payments.notices import KeptNotifier, Notice, NoticeKind, Notifier, publish_notices, stored_notices
from settlement.payments.outlook import NextAction, PaymentOutlook, RunOutlook, payment_outlooks, run_outlook
from settlement.payments.parts import PaymentPart, parts_of
from settlement.payments.payees import doubtful_payees, payee_checks_of
from settlement.payments.reconcile import (
    MOVED_BETWEEN,
    SPLIT,
    Difference,
    Reconciliation,
    book_line,
    compare_rails,
    compare_with_book,
    count_unmatched,
    line_placement,
    match_line,
    reconcile_rail,
    reconcile_rails,
    unmatched_lines,
)
from settlement.payments.run import SettlementRun, last_window, settle_window
from settlement.payments.states import PaymentCoverage, PaymentRoute, PaymentState
from settlement.payments.store import DEPOSIT as DEPOSIT_RAIL
from settlement.payments.store import SHOP as CHARGED_TO_SHOP
from settlement.payments.store import (
    PaymentProfile,
    PaymentRecord,
    PaymentRules,
    change_payment_profile,
    payment_by_id,
    payment_history,
    payment_profiles,
    payment_rules,
    payments_where,
    rail_account,
    rail_accounts,
    set_payment_rules,
    set_rail_account,
)
from settlement.payments.write_off import write_off_rest

__all__ = [
    "CHARGED_TO_SHOP",
    "DEPOSIT_RAIL",
    "IN_TRANSIT",
    "MOVED_BETWEEN",
    "SPLIT",
    "DefaultRecord",
    "Difference",
    "DirectConfirmation",
    "KeptNotifier",
    "NextAction",
    "Notice",
    "NoticeKind",
    "Notifier",
    "PaymentContext",
    "PaymentCoverage",
    "PaymentOrder",
    "PaymentOutlook",
    "PaymentPart",
    "PaymentProfile",
    "PaymentRecord",
    "PaymentRoute",
    "PaymentRules",
    "PaymentState",
    "Reconciliation",
    "RunOutlook",
    "SettlementRun",
    "UnpaidWindow",
    "book_line",
    "book_to_deposit",
    "buy_out_shop",
    "by_hand_rail",
    "cancel_payment",
    "cash_at",
    "change_payment_profile",
    "collection_code_of",
    "compare_rails",
    "compare_with_book",
    "confirm_by_hand",
    "confirm_direct",
    "count_payments",
    "count_unmatched",
    "defaults_of",
    "document_hash",
    "doubtful_payees",
    "find_payments",
    "is_disputed",
    "is_repeated_confirmation",
    "is_split_into",
    "last_window",
    "line_placement",
    "look_up_attempts",
    "look_up_payments",
    "match_line",
    "move_cash",
    "oldest_unpaid",
    "part_id",
    "parts_of",
    "payee_checks_of",
    "payment_by_id",
    "payment_history",
    "payment_outlooks",
    "payment_profiles",
    "payment_rules",
    "payments_to_look_up",
    "payments_where",
    "people_needed",
    "plan_deposit",
    "plan_direct",
    "plan_withdrawal",
    "publish_notices",
    "rail_account",
    "rail_accounts",
    "reconcile_rail",
    "reconcile_rails",
    "run_outlook",
    "send_payments",
    "set_payment_rules",
    "set_rail_account",
    "settle_window",
    "split_line",
    "start_leaving",
    "stored_notices",
    "suspend_payouts",
    "unmatched_lines",
    "unpaid_minor",
    "unpaid_windows",
    "write_off_rest",
]
