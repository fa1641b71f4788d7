"""The API's operations as methods, and what goes in and out as types.

Made by `python -m coalition.api.write_client` from the API's description; a test keeps it true.
"""

# ruff: noqa: A002, E501
from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NotRequired, TypedDict, Unpack, cast

from coalition.client.transport import Requester, new_key


ApprovalStatus = Literal["pending", "approved", "rejected", "withdrawn", "done", "refused", "expired"]


Breakage = Literal["issuer", "operator"]


Category = Literal["bakery", "books", "butcher", "cafe", "clothing", "culture", "electronics", "flowers", "grocery", "hairdresser", "health", "home", "hotel", "jewellery", "market", "pharmacy", "restaurant", "services", "sports", "toys", "other"]


ConfirmedOutcome = Literal["paid", "failed", "returned", "received", "disputed"]


DepositAccount = Literal["deposit", "fund", "capital"]


DisputeStatus = Literal["open", "accepted", "rejected", "withdrawn"]


EventType = Literal["adjustment.created", "balance.released", "bonus_budget.changed", "confirmation.answered", "confirmation.requested", "correction.created", "deposit.short", "finding.created", "finding.decided", "gift.arrived", "gift.created", "gift.returned", "hold.captured", "hold.created", "hold.lapsed", "hold.released", "household.invited", "household.joined", "household.left", "household.points_changed", "mandate.ended", "member.enrolled", "member.erased", "member.frozen", "member.merged", "member.unfrozen", "notice.posted", "notice.withdrawn", "payment.disputed", "payment.due", "payment.failed", "payment.paid", "payment.reminder", "payment.returned", "points.expired", "points.expiring", "points.forwarded", "points.freed", "points.held", "purchase.created", "refund.created", "settlement.completed", "settlement.defaulted", "settlement.recovered", "spending.locked", "spending.unlocked", "webhook_endpoint.disabled", "window.closed"]


ExposureLevel = Literal["within", "alert", "reserve", "stopped"]


FileKind = Literal["credit_transfer", "direct_debit", "payments_csv", "requests_csv", "ach_credit", "ach_debit", "bacs_credit", "bacs_debit"]


FindingStatus = Literal["open", "dismissed", "confirmed"]


Funding = Literal["on_redemption", "on_issue"]


JoinSheet = Literal["poster", "stand"]


JournalForm = Literal["csv", "hledger"]


LegalKind = Literal["terms", "privacy", "imprint"]


LineKind = Literal["redeemed_here", "own_elsewhere", "own_here", "issued", "expired", "adjustments", "redeem_fee", "issue_fee"]


LossBearer = Literal["member", "shop", "alliance"]


LossSource = Literal["deposit", "own_fund", "operator", "mutual_fund", "creditor_cut", "uncovered"]


NextAction = Literal["collect", "draw", "pay", "on_its_way", "carry", "hold", "wait", "retry", "uncollected", "short"]


NoBonus = Literal["other_shop", "other_day", "other_hour", "shop_stopped", "funder_stopped", "nothing_earned", "budget_used_up", "card_not_full", "stamped_today", "stamped_here", "member_had_most", "day_used_up", "better_bonus"]


NoticesBy = Literal["email", "sms", "none"]


Paper = Literal["a4", "letter"]


PayeeMatch = Literal["match", "close_match", "no_match", "unchecked"]


PaymentCoverage = Literal["open", "part_paid", "paid", "over_paid"]


PaymentRoute = Literal["collect", "pay", "direct"]


PaymentState = Literal["planned", "reserved", "sent", "paid", "failed", "ambiguous", "returned", "cancelled"]


ShopStatus = Literal["applied", "active", "suspended", "leaving", "left"]


TaskState = Literal["waiting", "running", "done", "failed"]


WindowStatus = Literal["open", "due", "closed"]


class Adjustment(TypedDict):
    """An adjustment: booked, or waiting for another person's approval."""

    status: Literal["booked", "awaiting_approval"]
    """Whether it is booked or waits for another person's approval."""
    id: str | None
    """The adjustment's id, once it is booked."""
    approval: str | None
    """The id of the approval that another person has to give, where two people are needed."""
    shop: str
    """The shop."""
    member: str
    """The member."""
    points: int
    """Points issued, or taken back (below zero)."""
    reason: str
    """The reason; empty once the member was erased."""


class AdjustmentCreate(TypedDict):
    """An adjustment of a member's points."""

    shop: str
    """The shop that issues the points, or issued those to take back."""
    member: str
    """The member's id."""
    points: int
    """Above zero: points that the shop issues. Below zero: points to take back of those that `of` issued."""
    of: NotRequired[str | None]
    """The purchase or adjustment that issued too much; required if points are taken back, and only then."""
    reason: str
    """The reason, for the member and the audit."""


class AdjustmentCreatedEvent(TypedDict):
    """The alliance corrected a member's points by hand."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["adjustment.created"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: AdjustmentData
    """What there is to know about it."""


class AdjustmentData(TypedDict):
    """Points that the alliance gave or took back by hand. `getAdjustment` says why."""

    id: str
    """The id of what was booked."""
    occurred_at: str
    """When it happened."""
    window: str
    """The window that it counts in."""
    late: bool
    """Whether it happened in a window that was closed already, and counts in a later one."""
    points_returned: NotRequired[int]
    """The points that went back to the member."""
    points_taken_back: NotRequired[int]
    """The earned points that were taken back."""
    points_owed: NotRequired[int]
    """The points that the member owes: they had spent them, or given them away."""
    points_settled: NotRequired[int]
    """The points that paid what the member owed."""
    points_waived: NotRequired[int]
    """The points that had expired before: nobody owes them."""
    shop: str
    """The shop at which it happened."""
    member: str
    """The member concerned."""
    by: str
    """Who asked for it."""
    points_earned: NotRequired[int]
    """The points that were earned."""
    expires_on: NotRequired[str]
    """The last day on which the earned points can be spent."""
    points_expired: NotRequired[int]
    """The points among them whose last day was over: they expired at once."""


class Alliance(TypedDict):
    """An alliance with its terms and earning rules. `name`, `timezone` and `settlement` are those that hold now;
    `settings` has those before and after.
    """

    name: str
    """The alliance's name."""
    currency: str
    """ISO 4217 code of the currency."""
    minor_digits: int
    """Decimals of the currency: 2 for cents."""
    timezone: str
    """The time zone in which windows and days begin, an IANA name."""
    settlement: Literal["daily", "weekly", "monthly"]
    """The length of a settlement window."""
    settings: list[AllianceSettings]
    """Name and windows by date, future ones included."""
    sandbox: bool
    """Whether it is a sandbox: its clock can be moved, and no real money is paid."""
    now: str
    """The time on the alliance's clock."""
    terms: list[Terms]
    """By date, future ones included."""
    earning: list[EarningRules]
    """By date, future ones included."""
    spend_by_id_up_to_minor: int
    """Up to what amount of a sale, in minor units, a till may spend a member's points by their id alone. Above it, and
    always where it is 0, spending takes a pay code or the member's yes.
    """


class AllianceSettings(TypedDict):
    """What the alliance calls itself, and when its windows begin and end, from a window on."""

    effective_at: str | None
    """When the first window under them opens: they hold from then on; null for the first."""
    name: str
    """The alliance's name."""
    timezone: str
    """The time zone in which windows and days begin, an IANA name."""
    settlement: Literal["daily", "weekly", "monthly"]
    """The length of a settlement window."""
    cutoff_weekday: int
    """The weekday on which weekly windows close: 0 for Monday, 6 for Sunday."""
    cutoff_day: int
    """The day on which monthly windows close, or the month's last day where it has fewer."""
    cutoff_at: str
    """The local time at which windows close."""


class AllianceSettingsCreate(TypedDict):
    """Another name, time zone or length of windows. What is left out stays."""

    effective_at: str
    """They apply from the first window on that opens at this moment or later. It must be later than now and than all
    changes so far.
    """
    name: NotRequired[str | None]
    """The alliance's name."""
    timezone: NotRequired[str | None]
    """An IANA name."""
    settlement: NotRequired[Literal["daily", "weekly", "monthly"] | None]
    """The length of a settlement window."""
    cutoff_weekday: NotRequired[int | None]
    """The weekday on which weekly windows close: 0 for Monday, 6 for Sunday."""
    cutoff_day: NotRequired[int | None]
    """The day of the month on which monthly windows close."""
    cutoff_at: NotRequired[str | None]
    """The local time at which windows close."""


class AmountConfirmation(TypedDict):
    """An amount that a till asks the member to confirm."""

    id: str
    """Its id."""
    member: str
    """The member."""
    shop: str
    """The shop that asks."""
    amount_minor: int
    """What is to be paid, in minor units."""
    currency: str
    """ISO 4217 code of the alliance's currency."""
    state: Literal["asked", "confirmed", "declined"]
    """What the member answered."""
    expires_at: str
    """Until when they may answer, and the till may book it."""


class AmountConfirmationList(TypedDict):
    """Amounts that wait for a member's answer."""

    data: list[AmountConfirmation]
    """The latest first."""


class Approval(TypedDict):
    """A request that needs a second person."""

    id: str
    """The approval's id."""
    action: str
    """The action that is requested."""
    payload: dict[str, str | int | None]
    """The request's data, which depend on the action."""
    status: ApprovalStatus
    """`pending`, `rejected`, `withdrawn` or `expired`; `approved` while it is carried out (approve it again after a
    failure), then `done`, or `refused` with the reason in `result`.
    """
    requested_by: str
    """Who made the request."""
    requested_at: str
    """When it was made."""
    expires_at: str
    """Until when it can be decided."""
    decided_by: str | None
    """Who decided it."""
    decided_at: str | None
    """When it was decided."""
    reason: str | None
    """Why it was rejected."""
    result: dict[str, str | int | None] | None
    """The result, which depends on the action."""


class ApprovalLimit(TypedDict):
    """How much one person may do alone."""

    action: str
    """The action, or the sum of all of them."""
    alone_max: int
    """The most that one person may do alone, in `unit`; more takes two people."""
    unit: str
    """The unit of `alone_max`."""
    approval: str | None
    """The id of the approval that raising the limit needs; until it is given the limit stays."""


class ApprovalLimitUpdate(TypedDict):
    """How much one person may do alone."""

    alone_max: int
    """The most that one person may do alone, in the action's unit; 0 means that it always takes two people."""


class ApprovalPage(TypedDict):
    """ApprovalPage"""

    data: list[Approval]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class ApprovalReject(TypedDict):
    """The rejection of a request."""

    reason: str
    """The reason, for the person who made the request."""


class AuditLogEntry(TypedDict):
    """An entry of the audit log."""

    seq: int
    """The entry's number; numbers have no gaps."""
    at: str
    """When it happened."""
    actor: str
    """Who acted: `key:…`, `user:…`, `member:…`, or `command` on the server itself."""
    role: str
    """The actor's role."""
    action: str
    """What was done, as noun and verb."""
    target: str
    """What it was done to."""
    details: dict[str, str | int | bool | None]
    """More, depending on the action; never a secret."""
    request_id: str | None
    """The request's id, as in the server's log; null for a command on the server."""


class AuditLogEntryPage(TypedDict):
    """AuditLogEntryPage"""

    data: list[AuditLogEntry]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class BalanceReleasedData(TypedDict):
    """A part of a balance from before."""

    id: str
    """The id of what was booked."""
    occurred_at: str
    """When it happened."""
    window: str
    """The window that it counts in."""
    late: bool
    """Whether it happened in a window that was closed already, and counts in a later one."""
    points_returned: NotRequired[int]
    """The points that went back to the member."""
    points_taken_back: NotRequired[int]
    """The earned points that were taken back."""
    points_owed: NotRequired[int]
    """The points that the member owes: they had spent them, or given them away."""
    points_settled: NotRequired[int]
    """The points that paid what the member owed."""
    points_waived: NotRequired[int]
    """The points that had expired before: nobody owes them."""
    shop: str
    """The shop at which it happened."""
    member: str
    """The member concerned."""
    ref: str
    """A hash of the balance's reference in the file that was imported."""
    part: int
    """Which part of it."""
    points_earned: int
    """The points that were earned."""
    expires_on: str
    """The last day on which the earned points can be spent."""


class BalanceReleasedEvent(TypedDict):
    """A part of a balance that was brought along became points."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["balance.released"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: BalanceReleasedData
    """What there is to know about it."""


class BankFile(TypedDict):
    """A file for the bank."""

    id: int
    """The file's number."""
    kind: FileKind
    """The kind of file: credit transfers, direct debits, or tables of these."""
    payments: int
    """How many payments it has."""
    amount_minor: int
    """The sum of its payments, in minor units."""
    opened_at: str
    """When the first payment was added."""
    exported_at: str | None
    """When it was exported; null while payments are still added."""


class BankFileExport(TypedDict):
    """A file as it goes to the bank. Every export of it gives the same bytes."""

    id: int
    """The file's number."""
    name: str
    """The file's name."""
    sha256: str
    """The SHA-256 of its bytes, in hexadecimal."""
    encoding: str
    """How the content is to be written: tables of Chinese banks are not in UTF-8."""
    content: str
    """The content: XML, a table, or lines of text. Write it in its encoding."""


class BankLine(TypedDict):
    """A statement line that somebody has to match."""

    id: str
    """The line's id."""
    booked_on: str
    """The bank's booking date."""
    amount_minor: int
    """The amount in minor units; above zero came in."""
    fee_minor: int
    """The bank's fee, in minor units."""
    counterparty: str
    """Who paid or was paid, according to the bank."""
    text: str
    """The line's text."""
    candidates: list[BankLineCandidate]
    """Payments that it may belong to, likeliest first."""


class BankLineCandidate(TypedDict):
    """A payment that a line may belong to."""

    payment: str
    """The payment's key, to match the line with."""
    reference: str
    """The payment's reference at the bank."""
    shop: str
    """The shop."""
    amount_minor: int
    """The amount in minor units; above zero comes in."""
    misfit: str | None
    """Why the line was not matched automatically; null if it fits."""


class BankLineMatch(TypedDict):
    """The payments that a line belongs to; none if it is no payment of ours."""

    payments: list[str]
    """Keys or references of payments that the line belongs to, whatever it comes to. Empty sets the line aside, to be
    booked under a name (`matchLine`).
    """
    amounts_minor: NotRequired[list[int]]
    """How much of the line each of them is, in minor units and in their order; what they leave over waits as a line of
    its own. Left out, one payment takes the whole line, and several are what they ask for.
    """
    note: str
    """The reason."""


class BankLinesWaiting(TypedDict):
    """How many lines are left."""

    waiting: int
    """How many lines somebody still has to match."""


class BankStatementImport(TypedDict):
    """A file from the bank."""

    name: str
    """The file's name."""
    content: str
    """A camt.053, camt.054, pain.002, MT940 or CSV file, or a zip of these: its bytes in base64."""


class BankStatementImported(TypedDict):
    """The result of an import."""

    kind: str
    """The kind of file."""
    known_since: str | None
    """When the same file was imported before, in which case nothing was done; null for a new file."""
    lines_new: int
    """How many movements are new."""
    lines_known: int
    """How many movements were imported before."""
    matched: int
    """How many lines, of this file or earlier ones, were matched to payments."""
    waiting: int
    """How many lines somebody has to match."""
    rejected: int
    """How many payments the bank rejected."""
    unknown: int
    """How many rejected payments are in no exported file."""
    read_as: list[str]
    """How a table was written where it is not UTF-8 with commas and dates as 2025-12-31."""
    other_accounts: list[str]
    """Accounts that the file has statements of too; import it again where these are set up."""
    doubts: list[str]
    """What of the file does not add up, or was left out of it."""
    missing: list[MissingBankStatement]
    """Statements that are missing between those imported."""


class BatchItem(TypedDict):
    """The answer to one write of a batch."""

    idempotency_key: str | None
    """Which one it is; null where the item has no readable one."""
    status: int
    """The status that it would have been answered with alone: 201, 404, 409, 422 …"""
    replayed: bool
    """Whether it was booked before."""
    id: str | None
    """The purchase's id, where it was booked."""
    points_spent: int
    """Points that paid for a part."""
    points_earned: int
    """Points issued."""
    not_earned: NotEarned | None
    """Why it earned nothing, where its shop may not issue points."""
    points_expired: int
    """Those of them that were over already when it was booked."""
    cash_due_minor: int | None
    """What is left to pay in money, in minor units."""
    code: Literal["account_unknown", "actor_missing", "already_in_household", "amount_not_payable", "amount_not_positive", "amount_too_large", "approval_awaited", "approval_not_open", "approver_new", "approver_tied", "asker_disabled", "asker_needed", "attempt_not_found", "attempt_settled", "bad_request", "balance_sign", "bank_file_not_found", "bank_file_unreadable", "bank_line_not_found", "bank_line_settled", "bank_settings_invalid", "birthday_invalid", "body_too_large", "capture_exceeds_hold", "changed_meanwhile", "claim_taken", "clock_jumped", "confirmation_declined", "confirmation_needed", "confirmation_over", "consent_needed", "contact_invalid", "contact_needed", "contact_taken", "contacts_differ", "content_malformed", "country_not_served", "csrf_token_missing", "cutoff_invalid", "day_limit_reached", "digits_too_few", "dispute_decided", "earlier_window_open", "event_refused", "fee_out_of_range", "finding_decided", "forbidden", "foreign_statement", "gift_taken", "hold_lapsed", "hold_resolved", "hold_unknown", "household_full", "idempotency_key_missing", "if_match_missing", "instant_out_of_range", "internal", "invalid", "invitation_unknown", "key_malformed", "key_reused", "key_voided", "last_owner", "limit_reached", "line_does_not_fit", "line_matched", "line_not_found", "line_unknown", "lines_below_zero", "log_in_needed", "log_in_refused", "lot_not_over", "lot_over", "lot_unknown", "member_frozen", "member_owes", "method_not_allowed", "money_not_conserved", "money_short", "name_taken", "no_sandbox", "no_such_date", "not_found", "not_set_up", "nothing_to_export", "nothing_to_hold", "occurs_in_future", "offline_full", "offline_too_late", "online_only", "originals_differ", "participant_unknown", "passkey_refused", "password_weak", "pay_code_invalid", "pay_code_over", "pay_code_used", "pay_codes_stopped", "payment_not_found", "payment_refused", "person_needed", "pin_locked", "pin_wrong", "points_not_conserved", "points_short", "poster_closed", "posting_reversed", "posting_unknown", "pot_short", "proof_needed", "purchases_invalid", "rail_unknown", "rate_limited", "rate_not_positive", "recovery_too_large", "refund_exceeds_original", "row_invalid", "run_too_large", "run_too_long", "sale_not_signed", "same_account", "same_member", "scenario_invalid", "second_factor_needed", "second_person_needed", "seller_removed", "settings_not_later", "settings_unchanged", "shift_needed", "shift_over", "shop_exists", "shop_not_earning", "shop_not_leaving", "shop_not_redeeming", "shop_unknown", "signature_needed", "signature_wrong", "spend_locked", "status_unreachable", "stripe_event_malformed", "stripe_missing", "stripe_refused", "stripe_unreachable", "terms_changed", "terms_needed", "terms_not_later", "till_code_unknown", "till_proof_refused", "too_many_endpoints", "unauthorized", "unavailable", "units_differ", "unknown_time_zone", "url_refused", "user_exists", "webhook_endpoint_exists", "window_not_found", "window_not_over"] | None
    """Why it was not booked."""
    detail: str | None
    """The same as a sentence."""
    fields: list[FieldProblem]
    """The fields concerned, where there are any."""


class BatchItemCreate(TypedDict):
    """A purchase in a batch."""

    shop: str
    """The shop."""
    member: NotRequired[str | None]
    """The member's id. It earns, and spends only up to the alliance's amount, which is 0 by default. Name the buyer by
    one of `member`, `pay_code`, `confirmation`, `phone` and `email`.
    """
    pay_code: NotRequired[str | None]
    """The 20 digits that the member's phone shows, as QR code or barcode, or the six that they read out. They are good
    for a minute, and for one purchase or hold. A sale that spends nothing may name the code of when it happened, up
    to 72 hours ago.
    """
    confirmation: NotRequired[str | None]
    """The confirmation that this shop asked for (`createConfirmation`), once the member said yes: good for one sale of
    that amount.
    """
    phone: NotRequired[str | None]
    """The member's phone number, which only earns."""
    email: NotRequired[str | None]
    """The member's e-mail address, which only earns."""
    amount_minor: int
    """What is to be paid, in minor units."""
    points: NotRequired[Literal["all"] | int]
    """Points to spend, at most; `all` for as many as the member has and the amount takes. Where the member has fewer,
    or a limit (`addSpendLimit`) allows fewer, fewer are spent (see `accept_partial`): what is left to pay is
    `cash_due_minor`.
    """
    accept_partial: NotRequired[bool]
    """Whether fewer than `points` may be spent, where the member has fewer or the sale takes fewer. `false`: exactly
    so many are spent, or the purchase is refused (`points_short`, `amount_too_large`) and nothing is booked.
    """
    lines: NotRequired[list[PurchaseLineCreate]]
    """The sale's lines, which add up to the amount. A line can be kept from earning, and be refunded by itself."""
    external_ref: NotRequired[str | None]
    """The till's own number for the sale, unique in the shop for ever: sent again, even under a new key, it gives the
    first answer.
    """
    occurred_at: NotRequired[str | None]
    """When the sale happened, if not just now: the till was offline, for example."""
    shift: NotRequired[str | None]
    """The shift in which it was sold (`beginShift`). A connected till names it with every sale; a key has none."""
    idempotency_key: str
    """What the header Idempotency-Key is for a single one."""


class BatchRefund(TypedDict):
    """The answer to one refund of a batch."""

    idempotency_key: str | None
    """Which one it is; null where the item has no readable one."""
    status: int
    """The status that it would have been answered with alone: 201, 404, 409, 422 …"""
    replayed: bool
    """Whether it was booked before."""
    refund: Refund | None
    """The refund, where it was booked."""
    code: Literal["account_unknown", "actor_missing", "already_in_household", "amount_not_payable", "amount_not_positive", "amount_too_large", "approval_awaited", "approval_not_open", "approver_new", "approver_tied", "asker_disabled", "asker_needed", "attempt_not_found", "attempt_settled", "bad_request", "balance_sign", "bank_file_not_found", "bank_file_unreadable", "bank_line_not_found", "bank_line_settled", "bank_settings_invalid", "birthday_invalid", "body_too_large", "capture_exceeds_hold", "changed_meanwhile", "claim_taken", "clock_jumped", "confirmation_declined", "confirmation_needed", "confirmation_over", "consent_needed", "contact_invalid", "contact_needed", "contact_taken", "contacts_differ", "content_malformed", "country_not_served", "csrf_token_missing", "cutoff_invalid", "day_limit_reached", "digits_too_few", "dispute_decided", "earlier_window_open", "event_refused", "fee_out_of_range", "finding_decided", "forbidden", "foreign_statement", "gift_taken", "hold_lapsed", "hold_resolved", "hold_unknown", "household_full", "idempotency_key_missing", "if_match_missing", "instant_out_of_range", "internal", "invalid", "invitation_unknown", "key_malformed", "key_reused", "key_voided", "last_owner", "limit_reached", "line_does_not_fit", "line_matched", "line_not_found", "line_unknown", "lines_below_zero", "log_in_needed", "log_in_refused", "lot_not_over", "lot_over", "lot_unknown", "member_frozen", "member_owes", "method_not_allowed", "money_not_conserved", "money_short", "name_taken", "no_sandbox", "no_such_date", "not_found", "not_set_up", "nothing_to_export", "nothing_to_hold", "occurs_in_future", "offline_full", "offline_too_late", "online_only", "originals_differ", "participant_unknown", "passkey_refused", "password_weak", "pay_code_invalid", "pay_code_over", "pay_code_used", "pay_codes_stopped", "payment_not_found", "payment_refused", "person_needed", "pin_locked", "pin_wrong", "points_not_conserved", "points_short", "poster_closed", "posting_reversed", "posting_unknown", "pot_short", "proof_needed", "purchases_invalid", "rail_unknown", "rate_limited", "rate_not_positive", "recovery_too_large", "refund_exceeds_original", "row_invalid", "run_too_large", "run_too_long", "sale_not_signed", "same_account", "same_member", "scenario_invalid", "second_factor_needed", "second_person_needed", "seller_removed", "settings_not_later", "settings_unchanged", "shift_needed", "shift_over", "shop_exists", "shop_not_earning", "shop_not_leaving", "shop_not_redeeming", "shop_unknown", "signature_needed", "signature_wrong", "spend_locked", "status_unreachable", "stripe_event_malformed", "stripe_missing", "stripe_refused", "stripe_unreachable", "terms_changed", "terms_needed", "terms_not_later", "till_code_unknown", "till_proof_refused", "too_many_endpoints", "unauthorized", "unavailable", "units_differ", "unknown_time_zone", "url_refused", "user_exists", "webhook_endpoint_exists", "window_not_found", "window_not_over"] | None
    """Why it was not booked."""
    detail: str | None
    """The same as a sentence."""
    fields: list[FieldProblem]
    """The fields concerned, where there are any."""


class BatchRefundCreate(TypedDict):
    """A refund in a batch."""

    purchase: NotRequired[str | None]
    """The purchase's id; give either this or `external_ref`."""
    external_ref: NotRequired[str | None]
    """The till's own number of the sale: its receipt."""
    shop: NotRequired[str | None]
    """The shop whose receipt it is. A till may leave it out: it is its own."""
    amount_minor: NotRequired[int | None]
    """How much of it, in minor units."""
    lines: NotRequired[list[str]]
    """Which lines of it, by their refs."""
    shift: NotRequired[str | None]
    """At a connected till: the shift of whoever is signed in there (`beginShift`)."""
    idempotency_key: str
    """What the header Idempotency-Key is for a single one."""


class BonusBudgetChangedEvent(TypedDict):
    """Points were set aside for a bonus rule, or what is left of them was put back."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["bonus_budget.changed"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: BonusBudgetData
    """What there is to know about it."""


class BonusBudgetData(TypedDict):
    """Points that funders have set aside for a bonus rule, or that were put back when it ended."""

    id: str
    """The id of what was booked."""
    occurred_at: str
    """When it happened."""
    window: str
    """The window that it counts in."""
    late: bool
    """Whether it happened in a window that was closed already, and counts in a later one."""
    rule: str
    """The rule."""
    version: int
    """Its version."""
    by: str
    """Who did it."""
    points_set_aside: NotRequired[int]
    """The points that were set aside."""
    points_put_back: NotRequired[int]
    """The points that were left, and go back."""


class BookedLine(TypedDict):
    """A line of a purchase that was booked."""

    ref: str
    """The till's name for it."""
    amount_minor: int
    """What it costs in all, in minor units."""
    earns: bool
    """Whether it earns."""
    spends: bool
    """Whether points may pay for it."""
    points_earned: int
    """Its share of the points earned."""
    refunded: bool
    """Whether a refund gave this line back."""


class CardForecast(TypedDict):
    """A card of the member, as a sale would leave it."""

    added: int
    """Stamps that it would put there."""
    stamps: int
    """Stamps that would be on the card."""
    needed: int
    """How many fill it."""


class CashCarry(TypedDict):
    """Cash that somebody carried."""

    from_rail: str
    """The rail whose box it left."""
    to_rail: str
    """The rail whose box it went to; one of the two is `by_hand`."""
    amount_minor: int
    """The amount, in minor units."""
    why: str
    """What proves it."""


class CashCarryResult(TypedDict):
    """Cash that is recorded, or waits for approval."""

    status: Literal["recorded", "awaiting_approval"]
    """Whether it is recorded, or waits for another person's approval."""
    approval: str | None
    """The id of the approval that another person has to give."""


class Cashier(TypedDict):
    """Somebody who may sign in at a shop's tills."""

    id: str
    """Their id."""
    shop: str
    """The shop."""
    name: str
    """What the till calls them."""
    locked: bool
    """Whether the PIN was wrong five times, so that a manager has to unlock it."""
    created_at: str
    """When they were added."""


class CashierCreate(TypedDict):
    """A new cashier."""

    name: str
    """What the till calls them."""
    pin: str
    """Four to eight digits, which neither repeat one of them nor count up or down."""


class CashierList(TypedDict):
    """A shop's cashiers."""

    data: list[Cashier]
    """Those who work there now, by name."""


class CashierUpdate(TypedDict):
    """What changes of a cashier; what is left out stays."""

    name: NotRequired[str | None]
    """What the till calls them."""
    pin: NotRequired[str | None]
    """Another PIN, which unlocks too."""
    unlock: NotRequired[bool]
    """Whether to allow five tries again."""


class Clock(TypedDict):
    """A sandbox's clock."""

    now: str
    """The time on the clock."""


class ClockAdvance(TypedDict):
    """How far to move a sandbox's clock."""

    advance_seconds: int
    """Seconds to move it ahead."""


class Concentration(TypedDict):
    """How much hangs on a few shops. Shares are in basis points, rounded down."""

    largest: str
    """The shop with the largest share."""
    largest_bps: int
    """Its share."""
    three_largest_bps: int
    """The share of the three largest."""
    herfindahl_bps: int
    """The sum of the squares of all shares: 10000 where a single shop has all, near zero where many have alike."""


class ConfirmationAnsweredEvent(TypedDict):
    """A member confirmed what they pay, or declined it."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["confirmation.answered"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: ConfirmationData
    """What there is to know about it."""


class ConfirmationCreate(TypedDict):
    """What to ask a member."""

    shop: str
    """The shop that asks."""
    member: NotRequired[str | None]
    """The member's id; or name them by `phone` or `email`, or name nobody."""
    phone: NotRequired[str | None]
    """The member's phone number."""
    email: NotRequired[str | None]
    """The member's e-mail address."""
    amount_minor: int
    """The amount of the sale, in minor units; for a hold what its points are worth at the most."""


class ConfirmationData(TypedDict):
    """What a shop asks a member to confirm."""

    id: str
    """The confirmation."""
    shop: str
    """The shop at which it happened."""
    member: str | None
    """The member concerned; null to a shop that named them by a contact."""
    amount_minor: int
    """What is to be paid, in minor units."""
    state: Literal["asked", "confirmed", "declined"]
    """What the member answered."""
    expires_at: str
    """Until when they may answer, and the till may book it."""


class ConfirmationOpen(TypedDict):
    """What a till shows as a QR code."""

    code: str
    """The code, which the till's link ends with."""


class ConfirmationRequestedEvent(TypedDict):
    """A shop asks a member to confirm what they pay."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["confirmation.requested"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: ConfirmationData
    """What there is to know about it."""


class Consent(TypedDict):
    """A member's latest consent to one purpose, or refusal."""

    purpose: str
    """terms, marketing or profiling."""
    given: bool
    """True for a consent, false for a refusal."""
    at: str
    """When they gave or refused it."""
    version: int | None
    """Of a yes to the terms: the version of the alliance's own terms that was in force; null where it had none."""


class ConsentsUpdate(TypedDict):
    """What a member says yes or no to; what is left out stays as it was."""

    terms: NotRequired[bool | None]
    """The programme's terms."""
    marketing: NotRequired[bool | None]
    """Being written to."""
    profiling: NotRequired[bool | None]
    """Being sorted into groups by what they buy."""


class ContactChange(TypedDict):
    """The new contact, and the code that was sent to it."""

    contact: str
    """A phone number with its country (+49…), or an e-mail address."""
    code: str
    """Six digits."""
    cookie: NotRequired[bool]
    """Whether to keep the session in a cookie, for pages in a browser. The answer then has no `token`, and every write
    has to send `csrf_token` as the header X-CSRF-Token.
    """


class ContactCodeCreate(TypedDict):
    """Where a code goes to."""

    contact: str
    """A phone number with its country (+49…), or an e-mail address."""


class CorrectionCreatedEvent(TypedDict):
    """A dispute was upheld, and the shop's net corrected."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["correction.created"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: CorrectionData
    """What there is to know about it."""


class CorrectionData(TypedDict):
    """Points that one shop owes another after a dispute."""

    id: str
    """The id of what was booked."""
    occurred_at: str
    """When it happened."""
    window: str
    """The window that it counts in."""
    late: bool
    """Whether it happened in a window that was closed already, and counts in a later one."""
    dispute: str
    """The dispute."""
    shop: str
    """The shop at which it happened."""
    payer: str
    """The shop that owes them."""
    points: int
    """The points that it moves."""


class Currency(TypedDict):
    """The alliance's currency."""

    code: str
    """ISO 4217 code."""
    minor_digits: int
    """Decimals of the currency: 2 for cents."""


class CurrentCaller(TypedDict):
    """The caller of this request."""

    id: str
    """`key:…`, `user:…` or `member:…`, as in the audit log."""
    role: str
    """The caller's role."""
    shop: str | None
    """The shop, for a shop's people and tills."""
    member: str | None
    """The member's id, for a member."""
    csrf_token: str | None
    """What to send as X-CSRF-Token; null if the request has no session cookie."""


class CustomerMonth(TypedDict):
    """A shop's customers of a month."""

    month: str
    """The month, in the alliance's time zone."""
    customers: int
    """How many members bought something at the shop."""
    new: int
    """How many of them had bought nothing there in an earlier month."""
    returning: int
    """How many of them had."""
    purchases: int
    """How many purchases they made there."""
    amount_minor: int
    """What the goods cost, in minor units, before anything was given back."""


class CustomerReport(TypedDict):
    """A shop's customers: numbers, and nobody's name."""

    shop: str
    """The shop."""
    currency: str
    """ISO 4217 code of the alliance's currency."""
    customers: int
    """How many different members bought something in all of these months."""
    months: list[CustomerMonth]
    """The months, the oldest first."""


class DayFigures(TypedDict):
    """What was rung up. Amounts in minor units."""

    sales: int
    """How many sales, those included that were voided or refunded later."""
    sales_minor: int
    """What they came to."""
    cash_minor: int
    """What of it was to be paid in money."""
    points_earned: int
    """Points that they issued."""
    points_taken: int
    """Points that paid, those of captured holds included."""
    voids: int
    """How many sales were voided."""
    voids_minor: int
    """What that undid."""
    refunds: int
    """How many refunds."""
    refunds_minor: int
    """What they undid."""
    cash_back_minor: int
    """What voids and refunds gave back in money."""
    points_returned: int
    """Points that voids and refunds gave back to members."""
    points_taken_back: int
    """Points earned that voids and refunds took back."""
    enrolled: int
    """How many members were enrolled."""
    money_minor: int
    """The money in the drawer: what came in less what went back."""


class DayMail(TypedDict):
    """Whether a shop gets its daily figures by e-mail."""

    wanted: bool
    """Whether to send it."""
    problem: str | None
    """Why the newest one has not arrived; null where nothing went wrong."""


class DayMailUpdate(TypedDict):
    """Whether the shop wants it."""

    wanted: bool
    """Whether to send it."""


class DayRow(TypedDict):
    """What one cashier rang up at one till."""

    sales: int
    """How many sales, those included that were voided or refunded later."""
    sales_minor: int
    """What they came to."""
    cash_minor: int
    """What of it was to be paid in money."""
    points_earned: int
    """Points that they issued."""
    points_taken: int
    """Points that paid, those of captured holds included."""
    voids: int
    """How many sales were voided."""
    voids_minor: int
    """What that undid."""
    refunds: int
    """How many refunds."""
    refunds_minor: int
    """What they undid."""
    cash_back_minor: int
    """What voids and refunds gave back in money."""
    points_returned: int
    """Points that voids and refunds gave back to members."""
    points_taken_back: int
    """Points earned that voids and refunds took back."""
    enrolled: int
    """How many members were enrolled."""
    money_minor: int
    """The money in the drawer: what came in less what went back."""
    till: str | None
    """The connected till; null for what came by a key or an account of staff."""
    till_name: str | None
    """What the shop knows it by."""
    cashier: str | None
    """The cashier."""
    cashier_name: str | None
    """Their name."""


class DaySheet(TypedDict):
    """A shop's day."""

    shop: str
    """The shop."""
    day: str
    """The day."""
    over: bool
    """Whether the day is over; until then these are the figures so far."""
    currency: str
    """ISO 4217 code of the currency."""
    total: DayFigures
    """All rows together."""
    rows: list[DayRow]
    """By till and cashier."""
    windows: list[DayWindow]
    """What the windows say that the day's postings settle in."""


class DayWindow(TypedDict):
    """A window that the day settles in."""

    window: str
    """Its id."""
    status: Literal["open", "due", "closed"]
    """How far it is."""
    closes_at: str
    """When it is over."""
    net_minor: int
    """The shop's net of the whole window, in minor units, so far where it is not closed: above zero the shop receives,
    below zero it pays.
    """


class DefaultData(TypedDict):
    """What a shop did not pay."""

    notice: str
    """The notice's id; a notice that is sent twice keeps it."""
    participant: str
    """Whom it is for: a shop, or the alliance."""
    amount_minor: int
    """The amount, in the currency's minor unit."""
    uncovered_minor: int
    """What nothing covered, in minor units."""
    window: str
    """The window that it settles."""


class DepositCreate(TypedDict):
    """Money that was received, or is to be collected."""

    shop: str
    """The shop; `operator` for the alliance itself."""
    account: NotRequired[DepositAccount]
    """The account: the shop's deposit, its share of the guarantee fund, or capital."""
    amount_minor: int
    """The amount, in minor units."""
    received: NotRequired[str | None]
    """Evidence of money received by hand. If left out, the amount is collected over the shop's rail."""


class DepositRequest(TypedDict):
    """A request to move a deposit: it has begun, or waits for approval."""

    status: Literal["begun", "awaiting_approval"]
    """Whether the payment has begun or waits for another person's approval."""
    payment: Payment | None
    """The payment, once it has begun; the first of several."""
    further_payments: NotRequired[list[Payment]]
    """The other payments, where the shop's rail collects no more at once."""
    approval: str | None
    """The id of the approval that another person has to give, where two people are needed."""


class DepositShortData(TypedDict):
    """What a shop's deposit does not cover."""

    notice: str
    """The notice's id; a notice that is sent twice keeps it."""
    participant: str
    """Whom it is for: a shop, or the alliance."""
    amount_minor: int
    """The amount, in the currency's minor unit."""
    window: str
    """The window that it settles."""


class DepositShortEvent(TypedDict):
    """A shop's deposit does not cover what it owes."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["deposit.short"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: DepositShortData
    """What there is to know about it."""


class Dispute(TypedDict):
    """A dispute."""

    id: str
    """The dispute's id."""
    shop: str
    """The shop."""
    window: str
    """The window's id."""
    line: LineKind | None
    """The kind of line, if it is about one."""
    statement: str
    """What is wrong, in the shop's words."""
    status: DisputeStatus
    """Whether the dispute is open, and how it was decided."""
    opened_at: str
    """When the shop opened the dispute."""
    answer: str | None
    """The alliance's reason for its decision."""
    decided_at: str | None
    """When the alliance decided, or the shop withdrew."""
    correction: DisputeCorrection | None
    """The correction that was booked."""


class DisputeAnswer(TypedDict):
    """The alliance's decision on a dispute."""

    status: Literal["accepted", "rejected"]
    """Whether the alliance accepts the objection."""
    answer: str
    """The reason for the decision."""
    correction: NotRequired[DisputeCorrection | None]
    """The correction to book, in the window that is open. Only with `accepted`."""


class DisputeCorrection(TypedDict):
    """A correction: points that one shop pays another at the fixed rate."""

    payer: str
    """The shop that pays."""
    payee: str
    """The shop that is paid."""
    points: int
    """How many points."""


class DisputeCreate(TypedDict):
    """An objection to a statement."""

    shop: str
    """The shop whose statement it is."""
    window: str
    """The id of the closed window."""
    line: NotRequired[LineKind | None]
    """The kind of the statement's line in question, if it is about one."""
    statement: str
    """What is wrong, in the shop's words."""


class DisputePage(TypedDict):
    """DisputePage"""

    data: list[Dispute]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class EarningForecast(TypedDict):
    """What a purchase would earn beside the base rate, rule by rule."""

    breakdown: list[EarningLine]
    """Each bonus rule that counts when the sale happens, also those that give nothing for it."""


class EarningFunder(TypedDict):
    """Who pays for a part of a bonus."""

    shop: str
    """The shop, or `operator`."""
    points: int
    """The points that it pays for."""


class EarningLine(TypedDict):
    """What a bonus rule would give for a purchase, or why it gives nothing."""

    id: str
    """The rule and its version."""
    amount: int
    """Points that it would give."""
    description: str
    """What it gives, in the language of Accept-Language."""
    funders: list[EarningFunder]
    """Who would pay for them."""
    reason: NoBonus | None
    """Why it gives nothing; null where it does."""
    card: CardForecast | None
    """Its card, for a stamp card that would get stamps; null else."""
    reason_detail: str | None
    """The same as a sentence, in the language of Accept-Language."""


class EarningRules(TypedDict):
    """Earning rules: what a purchase earns under them."""

    effective_at: str | None
    """From when on they apply; null for the first."""
    earn_points_per_unit: str
    """Points earned per unit of money, exact."""
    expiry_months: int
    """Points expire at the end of the month that is so many months after the purchase."""


class EarningRulesCreate(TypedDict):
    """New earning rules."""

    effective_at: str
    """From when on they apply: later than now and than all rules so far."""
    earn_points_per_unit: str
    """Points earned per unit of money."""
    expiry_months: int
    """Points expire at the end of the month that is so many months after the purchase."""


class EnrolledMember(TypedDict):
    """The member who was enrolled, or who had the contact already."""

    id: str | None
    """The member's id; null to a shop that did not enrol the member whose contact it is. It can sell to them by the
    contact, which earns, or by their pay code.
    """
    new: bool
    """False where the contact was a member's already."""
    member: Member | None
    """The member; null to a shop, which sees no personal data."""


class Event(TypedDict):
    """An event. A webhook's body has the same form."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: EventType
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: dict[str, Any]
    """The event's data, with the field names of the API. For a purchase: `id`, `amount_minor`, `points_spent`,
    `points_earned`, `spent_from` (points by the shop that issued them) …
    """


class EventPage(TypedDict):
    """EventPage"""

    data: list[Event]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class ExactMoney(TypedDict):
    """An amount of money, with its exact value before it was rounded to whole minor units."""

    minor: int
    """The amount in minor units."""
    amount: str
    """The same as a decimal number."""
    exact: str
    """The exact value in minor units: a whole number or a fraction."""


class FieldProblem(TypedDict):
    """What is wrong with one field."""

    field: str
    """Where it is: a path such as events.3.amount."""
    problem: str
    """What is wrong with it, and what is allowed."""


class Finding(TypedDict):
    """Sales that look like fraud. What it means is for people to say."""

    id: str
    """The finding's id."""
    pattern: str
    """What it looks like, by a stable name."""
    shop: str | None
    """The shop, where all of it happened at one. A shop's manager sees no other findings."""
    member: str | None
    """The member, where all of it is one member's; null to a shop that named them by a contact."""
    till: str | None
    """The connected till, where all of it was booked there."""
    cashier: str | None
    """The cashier, where all of it is one cashier's."""
    figures: dict[str, int]
    """What was seen, in numbers."""
    evidence: list[str]
    """The ids of the purchases and refunds that show it, the earliest first."""
    first_at: str
    """When the first of them happened."""
    last_at: str
    """When the last of them happened."""
    opened_at: str
    """When it was seen."""
    status: FindingStatus
    """Whether it is open, and how it was decided."""
    decided_at: str | None
    """When somebody decided it."""
    decided_by: str | None
    """Who decided it, as in the audit log; null to a shop."""
    reason: str | None
    """Why it was decided so."""
    points: int
    """The points that one member earned by it."""
    points_held: int | None
    """How many of them were held; null where none were."""
    points_standing: Literal["not_held", "due", "held", "free", "none_left"]
    """`not_held`: nobody asked for it. `due`: they are about to be held or freed. `held`: the member can't spend them.
    `free`: they can be spent again. `none_left`: they were spent before they could be held.
    """
    held_until: str | None
    """When held points are free again at the latest."""


class FindingCreatedData(TypedDict):
    """What was seen. The member is named by the API only."""

    finding: str
    """The finding."""
    pattern: str
    """What it looks like, by a stable name."""
    shop: str | None
    """The shop, where all of it happened at one; else it is for the alliance alone."""
    figures: dict[str, int]
    """What was seen, in numbers."""
    evidence: list[str]
    """The purchases and refunds that show it."""
    points: int
    """The points that a member earned by it."""


class FindingCreatedEvent(TypedDict):
    """Sales look like fraud: somebody should look at them."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["finding.created"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: FindingCreatedData
    """What there is to know about it."""


class FindingDecidedData(TypedDict):
    """What somebody made of a finding."""

    finding: str
    """The finding."""
    pattern: str
    """What it looked like, by a stable name."""
    shop: str | None
    """Its shop, if it is of one."""
    status: str
    """`dismissed`: there is nothing to it. `confirmed`: it is what it looked like."""


class FindingDecidedEvent(TypedDict):
    """Somebody has dismissed or confirmed a finding."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["finding.decided"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: FindingDecidedData
    """What there is to know about it."""


class FindingDecision(TypedDict):
    """What somebody makes of a finding."""

    status: Literal["dismissed", "confirmed"]
    """`dismissed`: there is nothing to it. `confirmed`: it is what it looks like."""
    reason: str
    """Why, for whoever reads it later."""


class FindingPage(TypedDict):
    """FindingPage"""

    data: list[Finding]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class FindingPattern(TypedDict):
    """One pattern: whether it is looked for, and by which thresholds."""

    pattern: str
    """What it looks like, by a stable name."""
    enabled: bool
    """Whether it is looked for."""
    holds_points: bool
    """Whether what is found holds the points that one member earned by it, before anybody has looked."""
    thresholds: list[FindingThreshold]
    """All of its thresholds."""


class FindingSettings(TypedDict):
    """How an alliance looks for fraud."""

    hold_days: int
    """After how many days points that a finding holds are free again by themselves."""
    patterns: list[FindingPattern]
    """All patterns."""


class FindingThreshold(TypedDict):
    """A number from which on something is found."""

    name: str
    """What it counts, by a stable name."""
    value: int
    """The number."""


class FirstVisit(TypedDict):
    """Gives `bonus_points` for a member's first sale of `minimum_minor` or more at each shop."""

    kind: Literal["first_visit"]
    """A member's first sale at each shop since the rule began."""
    bonus_points: int
    """The points."""
    minimum_minor: int
    """For a sale of which so much or more is paid in money and can earn, in minor units."""


class FixedBonus(TypedDict):
    """Gives `bonus_points` where `minimum_minor` or more of a sale earns."""

    kind: Literal["fixed_bonus"]
    """A fixed number of points."""
    bonus_points: int
    """The points."""
    minimum_minor: int
    """For sales of which so much or more is paid in money and can earn, in minor units."""


class FlowMap(TypedDict):
    """Who sent customers to whom."""

    currency: str
    """ISO 4217 code of the alliance's currency."""
    points: int
    """Points of all flows."""
    worth_minor: int
    """Their worth, in minor units, rounded up once."""
    senders: Concentration | None
    """How much of all was sent by a few; null where nothing was, and for a shop's flows."""
    receivers: Concentration | None
    """How much of all was received by a few; null where nothing was, and for a shop's flows."""
    shops: list[MapShop]
    """The shops that take part in a flow, the largest first by what they sent and received together; with `shop` that
    one alone.
    """
    flows: list[MapFlow]
    """The flows, the largest first."""


class Gift(TypedDict):
    """A gift."""

    id: str
    """Its id."""
    member: str
    """Who gave it."""
    receiver: str | None
    """Who received it: a member's id; null while it waits for somebody."""
    named: str | None
    """How its giver named whoever gets it: a phone number or an e-mail address, masked."""
    points: int
    """How many points were given; those that expired while it waited are lost."""
    state: Literal["waiting", "given", "returned", "refused"]
    """`waiting` until somebody enrols with that contact, or until `returns_at`."""
    created_at: str
    """When it was given."""
    returns_at: str | None
    """When a gift that waits goes back; null where it does not wait."""
    link: str | None
    """What its giver shares, while it waits for whoever opens it."""


class GiftArrivedEvent(TypedDict):
    """A gift that waited was taken up."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["gift.arrived"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: GiftData
    """What there is to know about it."""


class GiftCreate(TypedDict):
    """A gift, to a member's id, a phone number or an e-mail address, or to whoever opens its link."""

    member: str
    """Who gives."""
    to: NotRequired[str | None]
    """Who gets it: a member's id."""
    phone: NotRequired[str | None]
    """Who gets it, by phone number."""
    email: NotRequired[str | None]
    """Who gets it, by address."""
    by_link: NotRequired[bool]
    """Whoever opens its link first gets it."""
    points: int
    """How many points."""


class GiftCreatedEvent(TypedDict):
    """A member gave points away: to another member, or for whoever takes them up."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["gift.created"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: GiftData
    """What there is to know about it."""


class GiftData(TypedDict):
    """A gift; `id` is the gift's own."""

    id: str
    """The id of what was booked."""
    occurred_at: str
    """When it happened."""
    window: str
    """The window that it counts in."""
    late: bool
    """Whether it happened in a window that was closed already, and counts in a later one."""
    member: str
    """The member concerned."""
    receiver: str | None
    """Who received it; null where nobody has taken it up."""
    points_moved: int
    """The points that went from one member to another."""
    points_settled: NotRequired[int]
    """The points among them that paid what the member owed."""


class GiftPage(TypedDict):
    """GiftPage"""

    data: list[Gift]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class GiftReturnedEvent(TypedDict):
    """A gift that nobody took up went back to its giver."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["gift.returned"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: GiftData
    """What there is to know about it."""


class GiftTake(TypedDict):
    """Who takes a gift up."""

    member: str
    """The member."""


class GreatestShare(TypedDict):
    """Points pay for at most `percent` of a sale."""

    kind: Literal["greatest_share"]
    """The greatest share of a sale that points may pay for."""
    percent: str
    """That share in percent: 0 to less than 100."""


class Health(TypedDict):
    """Whether the server works."""

    status: str
    """Always `ok`; where it is not, the answer is a problem."""


class Hold(TypedDict):
    """A hold as it stands."""

    id: str
    """Its id."""
    shop: str
    """The shop."""
    member: str | None
    """The member; null to a shop that named them by a contact."""
    points: int
    """How many points it locked."""
    status: Literal["open", "captured", "released", "lapsing", "lapsed"]
    """What became of it. `lapsing`: its time is over, so it can't be captured any more, but its points are still
    locked; they are free again within seconds, when it is `lapsed`, or at once if it is released.
    """
    points_captured: int
    """How many of them were spent."""
    points_returned: int
    """How many of those were given back since."""
    lapses_at: str
    """Until when it can be captured; then it lapses."""
    created_at: str
    """When it was placed."""


class HoldCapture(TypedDict):
    """What to take of a hold."""

    points: int
    """How many of its points; the rest is free again."""


class HoldCapturedData(TypedDict):
    """A hold whose points were spent."""

    id: str
    """The id of what was booked."""
    occurred_at: str
    """When it happened."""
    window: str
    """The window that it counts in."""
    late: bool
    """Whether it happened in a window that was closed already, and counts in a later one."""
    hold: str
    """The hold."""
    shop: str
    """The shop at which it happened."""
    member: str | None
    """The member concerned; null to a shop that named them by a contact."""
    points_spent: int
    """The points that were spent."""
    spent_from: dict[str, int]
    """The points that were spent, by the shop that had issued them."""
    points_released: NotRequired[int]
    """The points that are free again."""
    points_expired: NotRequired[int]
    """The points among them whose last day was over: they expired at once."""
    points_settled: NotRequired[int]
    """The points among them that paid what the member owed."""
    expires_on: NotRequired[str]
    """The last day on which the earned points can be spent."""


class HoldCapturedEvent(TypedDict):
    """Points of a hold were spent; the rest is free again."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["hold.captured"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: HoldCapturedData
    """What there is to know about it."""


class HoldCreate(TypedDict):
    """Points to lock."""

    shop: str
    """The shop."""
    member: NotRequired[str | None]
    """The member's id, which spends only up to the alliance's amount, 0 by default. Name the member by one of
    `member`, `pay_code` and `confirmation`.
    """
    pay_code: NotRequired[str | None]
    """The 20 digits that the member's phone shows, as QR code or barcode, or the six that they read out. They are good
    for a minute, and for one purchase or hold. A sale that spends nothing may name the code of when it happened, up
    to 72 hours ago.
    """
    confirmation: NotRequired[str | None]
    """The confirmation that this shop asked for, of the amount that the points are worth at the most."""
    points: int
    """How many; fewer only with `accept_partial`."""
    accept_partial: NotRequired[bool]
    """Whether fewer are locked where the member has fewer. `false`: exactly so many are locked, or the hold is refused
    (`points_short`).
    """
    lapses_after_seconds: NotRequired[int]
    """After how many seconds it lapses, and its points are free again."""


class HoldCreatedEvent(TypedDict):
    """Points were locked for a shop."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["hold.created"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: HoldData
    """What there is to know about it."""


class HoldData(TypedDict):
    """Points that are locked."""

    id: str
    """The id of what was booked."""
    occurred_at: str
    """When it happened."""
    window: str
    """The window that it counts in."""
    late: bool
    """Whether it happened in a window that was closed already, and counts in a later one."""
    shop: str
    """The shop at which it happened."""
    member: str | None
    """The member concerned; null to a shop that named them by a contact."""
    points_held: int
    """The points that are locked."""
    lapses_at: NotRequired[str]
    """When they are free again by themselves."""


class HoldEndedData(TypedDict):
    """A hold whose points are free again."""

    id: str
    """The id of what was booked."""
    occurred_at: str
    """When it happened."""
    window: str
    """The window that it counts in."""
    late: bool
    """Whether it happened in a window that was closed already, and counts in a later one."""
    hold: str
    """The hold."""
    shop: str
    """The shop at which it happened."""
    member: str | None
    """The member concerned; null to a shop that named them by a contact."""
    points_released: int
    """The points that are free again."""
    points_expired: NotRequired[int]
    """The points among them whose last day was over: they expired at once."""
    points_settled: NotRequired[int]
    """The points among them that paid what the member owed."""
    expires_on: NotRequired[str]
    """The last day on which the earned points can be spent."""


class HoldLapsedData(TypedDict):
    """A hold whose time passed."""

    id: str
    """The id of what was booked."""
    occurred_at: str
    """When it happened."""
    window: str
    """The window that it counts in."""
    late: bool
    """Whether it happened in a window that was closed already, and counts in a later one."""
    hold: str
    """The hold."""
    shop: NotRequired[str]
    """Its shop; missing where a finding about sales at several held points."""
    member: str | None
    """The member concerned; null to a shop that named them by a contact."""
    points_released: int
    """The points that are free again."""
    points_expired: NotRequired[int]
    """The points among them whose last day was over: they expired at once."""
    points_settled: NotRequired[int]
    """The points among them that paid what the member owed."""
    expires_on: NotRequired[str]
    """The last day on which the earned points can be spent."""


class HoldLapsedEvent(TypedDict):
    """A hold's time passed; its points are free again."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["hold.lapsed"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: HoldLapsedData
    """What there is to know about it."""


class HoldPage(TypedDict):
    """HoldPage"""

    data: list[Hold]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class HoldRefund(TypedDict):
    """What to give back of a captured hold."""

    points: int
    """How many of the captured points go back."""


class HoldReleasedEvent(TypedDict):
    """A hold was given up; its points are free again."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["hold.released"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: HoldEndedData
    """What there is to know about it."""


class HoldVoid(TypedDict):
    """A voided hold. The figures are what this void did; they are zero where nothing was locked or spent any more."""

    idempotency_key: str
    """The key, which is dead now: whatever comes under it is `key_voided`."""
    outcome: Literal["never_made", "undone"]
    """`never_made`: nothing was booked under the key, and nothing ever will be. `undone`: it was booked, and this void
    has undone what was left of it.
    """
    voided_at: str
    """When it was voided."""
    hold: str | None
    """The hold's id, where it was placed."""
    points_released: int
    """Points that were locked, and are free again."""
    points_returned: int
    """Points that were captured, and went back to the lots they came from."""


class Household(TypedDict):
    """A household."""

    id: str
    """Its id."""
    members: list[str]
    """Its members (at most 8), in the order in which their points are spent by others."""


class HouseholdCreate(TypedDict):
    """A household to create."""

    member: str
    """Its first member."""


class HouseholdInvitation(TypedDict):
    """An invitation to a household."""

    id: str
    """Its id."""
    household: str
    """The household."""
    invited_by: str
    """Who sent it."""
    member: str
    """Who is invited."""
    state: Literal["open", "accepted", "declined", "withdrawn"]
    """What the member answered, or that it was taken back."""
    expires_at: str
    """Until when it is open."""


class HouseholdInvitationCreate(TypedDict):
    """An invitation."""

    invited_by: str
    """A member of the household."""
    member: str
    """Who is invited."""


class HouseholdInvitationData(TypedDict):
    """An invitation to a household."""

    id: str
    """The invitation."""
    household: str
    """The household."""
    over_at: str
    """Until when it can be accepted."""


class HouseholdInvitationList(TypedDict):
    """Open invitations."""

    data: list[HouseholdInvitation]
    """The oldest first."""


class HouseholdInvitedEvent(TypedDict):
    """A member invited another one to their household."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["household.invited"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: HouseholdInvitationData
    """What there is to know about it."""


class HouseholdJoinedEvent(TypedDict):
    """A member joined a household."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["household.joined"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: HouseholdMemberData
    """What there is to know about it."""


class HouseholdLeftEvent(TypedDict):
    """A member left a household."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["household.left"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: HouseholdMemberData
    """What there is to know about it."""


class HouseholdMemberData(TypedDict):
    """A member of a household."""

    member: str
    """The member concerned."""
    household: str
    """The household."""


class HouseholdPointsChangedEvent(TypedDict):
    """A purchase, a hold or a refund of another member of the household took points of a member, or gave some back: it
    comes right behind that member's own event. No shop is told.
    """

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["household.points_changed"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: HouseholdPointsData
    """What there is to know about it."""


class HouseholdPointsData(TypedDict):
    """Points of a member that a sale, a hold or a refund of another member of their household moved."""

    id: str
    """The id of what was booked for the other member."""
    cause: str
    """The type of event that it was for them: purchase.created, hold.created, …"""
    occurred_at: str
    """When it happened."""
    shop: str | None
    """The shop at which it happened."""
    member: str
    """The member whose points they are."""
    by: str
    """The member who bought there."""
    points_change: int
    """By how many points the member has more; below zero where they were taken."""


class ImportPart(TypedDict):
    """What became of a part."""

    part: int
    """Which one, from 1."""
    points: int
    """How many points."""
    release_on: str
    """On which day it is released."""
    released_at: str | None
    """When it was issued; null as long as it was not."""
    refusal: str | None
    """Why the book did not take it the last time; it is tried again."""


class ImportPartCreate(TypedDict):
    """Points that are released on one day."""

    points: int
    """How many; 0 only enrols the member."""
    release_on: str
    """On which day, in the alliance's time zone; a day that is over: at once."""


class ImportRow(TypedDict):
    """The parts of a row."""

    ref: str
    """The row."""
    member: str
    """Whose they are."""
    data: list[ImportPart]
    """The parts, in order."""


class ImportRowCreate(TypedDict):
    """A member of the older scheme; who is enrolled already by one of the contacts gets the balance all the same."""

    phone: NotRequired[str | None]
    """A phone number; one without its country's code is one of the alliance's own country."""
    email: NotRequired[str | None]
    """An e-mail address."""
    name: NotRequired[str | None]
    """What the member likes to be called."""
    language: NotRequired[str | None]
    """The member's language (BCP 47)."""
    birthday: NotRequired[str | None]
    """The member's birthday."""
    notices_by: NotRequired[NoticesBy | None]
    """How messages reach them where no browser of theirs takes any: `email` also says what the alliance lets all
    members know; `sms` only where the alliance's settings for members have it; `none` is never. Null: what concerns
    their points, by e-mail.
    """
    consents: NotRequired[ConsentsUpdate]
    """What the member says yes or no to."""
    shift: NotRequired[str | None]
    """At a connected till: the shift of whoever is signed in there (`beginShift`)."""
    ref: str
    """The older scheme's own name for the row, unique for ever: it makes the row happen once."""
    shop: NotRequired[str | None]
    """The shop that stands for the points."""
    parts: NotRequired[list[ImportPartCreate]]
    """The balance, in parts: each is issued on its day."""
    expires_on: NotRequired[str | None]
    """The points' last day; left out, they are good as long as points earned on their day of release."""


class ImportRowResult(TypedDict):
    """The answer to one row."""

    ref: str
    """Which one it is."""
    status: Literal["imported", "already", "failed"]
    """`already`: it was imported before."""
    member: str | None
    """The member it became."""
    new: bool
    """Whether the member was enrolled by it."""
    code: Literal["account_unknown", "actor_missing", "already_in_household", "amount_not_payable", "amount_not_positive", "amount_too_large", "approval_awaited", "approval_not_open", "approver_new", "approver_tied", "asker_disabled", "asker_needed", "attempt_not_found", "attempt_settled", "bad_request", "balance_sign", "bank_file_not_found", "bank_file_unreadable", "bank_line_not_found", "bank_line_settled", "bank_settings_invalid", "birthday_invalid", "body_too_large", "capture_exceeds_hold", "changed_meanwhile", "claim_taken", "clock_jumped", "confirmation_declined", "confirmation_needed", "confirmation_over", "consent_needed", "contact_invalid", "contact_needed", "contact_taken", "contacts_differ", "content_malformed", "country_not_served", "csrf_token_missing", "cutoff_invalid", "day_limit_reached", "digits_too_few", "dispute_decided", "earlier_window_open", "event_refused", "fee_out_of_range", "finding_decided", "forbidden", "foreign_statement", "gift_taken", "hold_lapsed", "hold_resolved", "hold_unknown", "household_full", "idempotency_key_missing", "if_match_missing", "instant_out_of_range", "internal", "invalid", "invitation_unknown", "key_malformed", "key_reused", "key_voided", "last_owner", "limit_reached", "line_does_not_fit", "line_matched", "line_not_found", "line_unknown", "lines_below_zero", "log_in_needed", "log_in_refused", "lot_not_over", "lot_over", "lot_unknown", "member_frozen", "member_owes", "method_not_allowed", "money_not_conserved", "money_short", "name_taken", "no_sandbox", "no_such_date", "not_found", "not_set_up", "nothing_to_export", "nothing_to_hold", "occurs_in_future", "offline_full", "offline_too_late", "online_only", "originals_differ", "participant_unknown", "passkey_refused", "password_weak", "pay_code_invalid", "pay_code_over", "pay_code_used", "pay_codes_stopped", "payment_not_found", "payment_refused", "person_needed", "pin_locked", "pin_wrong", "points_not_conserved", "points_short", "poster_closed", "posting_reversed", "posting_unknown", "pot_short", "proof_needed", "purchases_invalid", "rail_unknown", "rate_limited", "rate_not_positive", "recovery_too_large", "refund_exceeds_original", "row_invalid", "run_too_large", "run_too_long", "sale_not_signed", "same_account", "same_member", "scenario_invalid", "second_factor_needed", "second_person_needed", "seller_removed", "settings_not_later", "settings_unchanged", "shift_needed", "shift_over", "shop_exists", "shop_not_earning", "shop_not_leaving", "shop_not_redeeming", "shop_unknown", "signature_needed", "signature_wrong", "spend_locked", "status_unreachable", "stripe_event_malformed", "stripe_missing", "stripe_refused", "stripe_unreachable", "terms_changed", "terms_needed", "terms_not_later", "till_code_unknown", "till_proof_refused", "too_many_endpoints", "unauthorized", "unavailable", "units_differ", "unknown_time_zone", "url_refused", "user_exists", "webhook_endpoint_exists", "window_not_found", "window_not_over"] | None
    """Why it failed."""
    detail: str | None
    """The same as a sentence."""


class JoinConsents(TypedDict):
    """What somebody who joins agrees to."""

    terms: bool
    """The programme's terms: nobody joins without."""
    terms_version: NotRequired[int | None]
    """The version of the alliance's own terms that they read (`listPublicLegalTexts`); null: whichever is in force."""
    marketing: NotRequired[bool]
    """Being written to."""


class JoinCreate(TypedDict):
    """Somebody who joins."""

    alliance: NotRequired[str | None]
    """The alliance's name; needed only if the server has several."""
    contact: str
    """A phone number with its country (+49…), or an e-mail address."""
    code: str
    """Six digits."""
    consents: JoinConsents
    """What they agree to."""
    name: NotRequired[str | None]
    """What they like to be called."""
    language: NotRequired[str | None]
    """Their language (BCP 47); that of the request where it is left out."""
    shop: NotRequired[str | None]
    """The ref of the shop whose poster brought them."""
    cookie: NotRequired[bool]
    """Whether to keep the session in a cookie, for pages in a browser. The answer then has no `token`, and every write
    has to send `csrf_token` as the header X-CSRF-Token.
    """


class Joined(TypedDict):
    """The session of whoever joined."""

    id: str
    """The session's id."""
    subject: str
    """Who is logged in: `user:usr_…` or `member:mem_…`."""
    role: str
    """The role of whoever is logged in."""
    shop: str | None
    """The shop, for a manager or a cashier."""
    token: str | None
    """The token, to send as `Authorization: Bearer …`. Null if a cookie keeps it."""
    csrf_token: str
    """What a browser has to send as X-CSRF-Token with every write."""
    expires_at: str
    """When it ends at the latest; an unused session ends sooner."""
    member: str
    """The member's id."""
    new: bool
    """False where the contact was a member's already, who is logged in now."""


class Key(TypedDict):
    """A key without its secret."""

    id: str
    """The key's id: the part between its second and third underscore."""
    label: str
    """What the key is for."""
    role: str
    """The key's role."""
    shop: str | None
    """The shop, for a till's key."""
    created_at: str
    """When the key was created."""
    expires_at: str | None
    """Until when it is valid, if it has an end."""
    replaced: bool
    """Whether another key has replaced it."""
    keeper: str | None
    """Who answers for an operator's key, with whose leaving it ends; `command` for a key that was made on the server.
    """
    revoked_at: str | None
    """When the key was revoked."""


class KeyCreate(TypedDict):
    """A new key."""

    label: str
    """What the key is for."""
    role: Literal["operator", "till", "app"]
    """The key's role: run the alliance, work one shop's tills, or act for members."""
    shop: NotRequired[str | None]
    """The shop; required for a till's key, and only for one."""
    expires_at: NotRequired[str | None]
    """Until when it is valid. An operator's key is valid for a year, or for less; another one, where nothing is said,
    without an end.
    """


class KeyPage(TypedDict):
    """KeyPage"""

    data: list[Key]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class KeyRotate(TypedDict):
    """How to rotate a key."""

    old_valid_until: NotRequired[str | None]
    """Until when the old key stays valid: seven days from now by default, at most 90."""


class KeyWithSecret(TypedDict):
    """A new key with its secret."""

    id: str
    """The key's id: the part between its second and third underscore."""
    label: str
    """What the key is for."""
    role: str
    """The key's role."""
    shop: str | None
    """The shop, for a till's key."""
    created_at: str
    """When the key was created."""
    expires_at: str | None
    """Until when it is valid, if it has an end."""
    replaced: bool
    """Whether another key has replaced it."""
    keeper: str | None
    """Who answers for an operator's key, with whose leaving it ends; `command` for a key that was made on the server.
    """
    revoked_at: str | None
    """When the key was revoked."""
    key: str
    """The key itself. This answer is the only one that has it."""


class LabComparison(TypedDict):
    """A vendor's figure beside the lab's."""

    says: dict[str, str]
    """What it is, by language."""
    value: str
    """The vendor's figure."""
    lab: str
    """The lab's, as exactly as the vendor shows it; a dash where there is none."""
    equal: bool
    """Whether both are the same to the shown digits."""


class LabEvent(TypedDict):
    """An event that a model knows."""

    do: str
    """The value of `do`."""
    needs: list[list[str]]
    """The keys that it must have; of each list one."""
    may: list[str]
    """The keys that it may have besides."""
    note: str
    """What it means."""


class LabGrowth(TypedDict):
    """A scheme that grows."""

    model: str
    """The model's name."""
    preset: NotRequired[str]
    """The name of one of the model's presets, or empty."""
    params: NotRequired[dict[str, str]]
    """Parameters by name, in place of the preset's; decimals as text."""
    growth: NotRequired[dict[str, str]]
    """The growth table: shape, months, members, rate, stop_month, run_month, run_share, amount, spread, runs and seed.
    At most 10,000,000 runs × members.
    """


class LabGrowthResult(TypedDict):
    """What became of a scheme that grew."""

    model: str
    """The model."""
    preset: str | None
    """The preset; null if none."""
    params: dict[str, str]
    """All parameters of the scheme."""
    growth: dict[str, str]
    """All parameters of its growth."""
    months: list[dict[str, Any]]
    """A row for each month: how many entered, and quantiles of each figure over the runs (`p5`, `p50` …); null before
    there is a figure.
    """


class LabModel(TypedDict):
    """A model of the lab: all that a scenario of it is made of."""

    name: str
    """The name to send as `model`."""
    title: str
    """What it is called."""
    about: str
    """What it is."""
    promise: str
    """What it promises to its members."""
    presets: list[LabPreset]
    """The presets to choose from."""
    parameters: list[LabParameter]
    """The parameters to send in `params`."""
    events: list[LabEvent]
    """The events to send in `events`."""


class LabParameter(TypedDict):
    """A parameter of a model."""

    name: str
    """The parameter's key in `params`."""
    default: str
    """The default, as text."""
    allowed: str
    """The values it may have."""
    note: str
    """What it means."""


class LabPreset(TypedDict):
    """A scheme as one vendor sells it."""

    name: str
    """The name to send as `preset`."""
    note: str
    """What it is."""
    params: dict[str, str]
    """The parameters that it sets off their defaults."""


class LabRun(TypedDict):
    """The result of a run."""

    model: str
    """The model."""
    preset: str | None
    """The preset; null if none."""
    params: dict[str, str]
    """All parameters of the run."""
    currency: str
    """What the amounts are in."""
    events: int
    """How many events were done."""
    rows: list[dict[str, Any]]
    """A row for each event, or for a selection of many: the model's figures after it as decimal text."""
    vendor: list[LabComparison]
    """The vendor's figures beside the lab's, in the scenario's order."""
    verdict: dict[str, Any]
    """Who pays, who gets back what was promised, and what happens at the end."""


class LabRunRequest(TypedDict):
    """A scenario to run, and how much of it to answer."""

    model: str
    """The model's name."""
    preset: NotRequired[str]
    """The name of one of the model's presets, or empty."""
    params: NotRequired[dict[str, str]]
    """Parameters by name, in place of the preset's; decimals as text."""
    title: NotRequired[str | dict[str, str]]
    """What the scenario is called: one text, or one for each language."""
    coalition: NotRequired[dict[str, str]]
    """Parameters of the fixed-rate coalition beside it; decimals as text."""
    currency: NotRequired[str]
    """What the amounts are in, by ISO 4217."""
    events: NotRequired[list[dict[str, str]]]
    """The events, in order; each has `do` and the keys of that kind of event."""
    purchases: NotRequired[str]
    """Real purchases to run after the events: a CSV file with the header at,member,merchant,amount,spend."""
    run_share: NotRequired[str]
    """The share of holders who want to cash out on one day, for the verdict."""
    growth: NotRequired[dict[str, str] | None]
    """How the scheme grows, as for `growLabScheme`; a report then says in which month it ends."""
    vendor: NotRequired[list[LabVendorFigure]]
    """Figures that the vendor names; the answer sets the lab's beside them."""
    every_row: NotRequired[bool]
    """Answer the row of every event; else a selection, where there are over 2,000."""


class LabScenario(TypedDict):
    """A scenario, as in the lab's TOML files."""

    model: str
    """The model's name."""
    preset: NotRequired[str]
    """The name of one of the model's presets, or empty."""
    params: NotRequired[dict[str, str]]
    """Parameters by name, in place of the preset's; decimals as text."""
    title: NotRequired[str | dict[str, str]]
    """What the scenario is called: one text, or one for each language."""
    coalition: NotRequired[dict[str, str]]
    """Parameters of the fixed-rate coalition beside it; decimals as text."""
    currency: NotRequired[str]
    """What the amounts are in, by ISO 4217."""
    events: NotRequired[list[dict[str, str]]]
    """The events, in order; each has `do` and the keys of that kind of event."""
    purchases: NotRequired[str]
    """Real purchases to run after the events: a CSV file with the header at,member,merchant,amount,spend."""
    run_share: NotRequired[str]
    """The share of holders who want to cash out on one day, for the verdict."""
    growth: NotRequired[dict[str, str] | None]
    """How the scheme grows, as for `growLabScheme`; a report then says in which month it ends."""
    vendor: NotRequired[list[LabVendorFigure]]
    """Figures that the vendor names; the answer sets the lab's beside them."""


class LabVendorFigure(TypedDict):
    """A figure that a vendor names, to be set beside the lab's."""

    says: str | dict[str, str]
    """What it is: one text, or one for each language."""
    event: NotRequired[int]
    """The number of the event whose row has it, from 0."""
    key: str
    """The key in that row, with a dot for each map it lies in; `ends.SHOP` for what a shop ends with."""
    value: str
    """The figure as the vendor shows it."""


class LegalText(TypedDict):
    """A version of a legal text. It never changes."""

    kind: LegalKind
    """Which text."""
    version: int
    """Counts up from 1."""
    effective_at: str
    """From when on it holds."""
    published_at: str
    """When it was published."""
    published_by: str
    """The person or the key that published it."""
    text: LegalWords
    """What it says."""


class LegalTextCreate(TypedDict):
    """A new version of a text."""

    kind: LegalKind
    """Which text: terms for members, privacy notice, or imprint."""
    text: LegalWords
    """What it says."""
    effective_at: NotRequired[str | None]
    """From when on it holds; null: from now on."""
    replaces: NotRequired[int | None]
    """The newest version so far, so that nobody overwrites what they have not read; null for the first."""


class LegalTextPage(TypedDict):
    """LegalTextPage"""

    data: list[LegalText]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class LegalWords(TypedDict):
    """What a text says, in both languages."""

    en: str
    """In English. Plain text: an empty line begins a paragraph, a line that begins with `# ` is a heading, and lines
    that begin with `- ` are a list.
    """
    zh: str
    """In Chinese, of the same shape."""


class LiabilityReport(TypedDict):
    """The alliance's liability: the points that members hold."""

    as_of: str
    """The moment that it is of: now, or the end of the day that was asked for."""
    currency: str
    """ISO 4217 code of the alliance's currency."""
    points: int
    """All points that members hold, held ones included."""
    worth_minor: int
    """Their worth, in minor units, rounded up once."""
    vintages: list[LiabilityVintage]
    """By issuer and expiry."""


class LiabilityVintage(TypedDict):
    """Points that members hold of one issuer, with one expiry."""

    issuer: str
    """The shop that issued them."""
    expires_on: str
    """Their last valid day."""
    points: int
    """How many points."""
    worth_minor: int
    """Their worth at the fixed rate, in minor units, rounded up."""


class LinkedGift(TypedDict):
    """A gift as whoever has its link sees it."""

    points: int
    """How many points were given."""
    giver_name: str | None
    """What its giver likes to be called."""
    state: Literal["waiting", "given", "returned", "refused"]
    """`waiting` until somebody takes it up, or until `returns_at`."""
    returns_at: str
    """When it goes back."""


class LogIn(TypedDict):
    """A log-in with a password."""

    alliance: NotRequired[str | None]
    """The alliance's name; needed only if the server has several."""
    email: str
    """An e-mail address; upper and lower case are the same."""
    password: str
    """The password: 12 to 200 characters of any kind."""
    code: NotRequired[str | None]
    """The authenticator app's current code; the alliance's people need it."""
    cookie: NotRequired[bool]
    """Whether to keep the session in a cookie, for pages in a browser. The answer then has no `token`, and every write
    has to send `csrf_token` as the header X-CSRF-Token.
    """


class LossShare(TypedDict):
    """A share of a default's loss."""

    source: LossSource
    """Where the money came from."""
    shop: str
    """Who lost it; `operator` is the alliance itself."""
    amount_minor: int
    """How much, in minor units."""


class MandateEndedData(TypedDict):
    """A mandate that has ended."""

    notice: str
    """The notice's id; a notice that is sent twice keeps it."""
    participant: str
    """Whom it is for: a shop, or the alliance."""
    rail: str
    """The payment rail."""
    why: str
    """Why."""


class MandateEndedEvent(TypedDict):
    """A shop can't be collected from any more: its mandate has ended."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["mandate.ended"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: MandateEndedData
    """What there is to know about it."""


class MapFlow(TypedDict):
    """Points of one shop that were spent at another."""

    issuer: str
    """The shop that issued the points: it sent the customers."""
    shop: str
    """The shop where they were spent."""
    points: int
    """Points spent, less refunds."""
    worth_minor: int
    """Their worth at the fixed rate, in minor units, rounded up."""


class MapShop(TypedDict):
    """What one shop sent to others and received from them."""

    shop: str
    """The shop."""
    sent: int
    """Its points that were spent at others."""
    sent_worth_minor: int
    """Their worth, in minor units, rounded up once."""
    received: int
    """Others' points that were spent at it."""
    received_worth_minor: int
    """Their worth, in minor units, rounded up once."""
    sends_to: Concentration | None
    """How much of what it sent went to a few; null where it sent nothing."""
    comes_from: Concentration | None
    """How much of what it received came from a few; null where it received nothing."""


class Member(TypedDict):
    """A member."""

    id: str
    """Their id; the book knows no more of them."""
    state: Literal["active", "frozen"]
    """A frozen member neither earns nor spends."""
    phone: str | None
    """Their phone number, with its country's code."""
    email: str | None
    """Their e-mail address."""
    name: str | None
    """What they like to be called."""
    language: str | None
    """Their language."""
    birthday: str | None
    """Their birthday."""
    notices_by: NoticesBy | None
    """How messages reach them where no browser of theirs takes any, where they chose that."""
    consents: list[Consent]
    """Their latest consent or refusal for each purpose."""
    household: str | None
    """The household whose points they share."""
    merged_ids: list[str]
    """Ids of duplicates that answer for this member."""
    created_at: str
    """When they enrolled."""


class MemberCards(TypedDict):
    """Members who get a card each."""

    members: list[str]
    """Their ids. A merged one is printed as the member whom it stands for."""
    paper: NotRequired[Paper]
    """The paper."""


class MemberCode(TypedDict):
    """What was done: the same for every contact."""

    minutes: int
    """How long a code is good, where one was sent."""


class MemberCodeCreate(TypedDict):
    """Whom to send a code."""

    alliance: NotRequired[str | None]
    """The alliance's name; needed only if the server has several."""
    contact: str
    """A phone number with its country (+49…), or an e-mail address."""


class MemberCohort(TypedDict):
    """Members who joined in one month."""

    month: str
    """The month, in the alliance's time zone."""
    members: int
    """How many members enrolled in the month."""
    active: list[int]
    """How many of them bought something in that month, in the next, and so on to the last month."""


class MemberCreate(TypedDict):
    """A member to enrol. Phone or e-mail is enough."""

    phone: NotRequired[str | None]
    """A phone number; one without its country's code is one of the alliance's own country."""
    email: NotRequired[str | None]
    """An e-mail address."""
    name: NotRequired[str | None]
    """What the member likes to be called."""
    language: NotRequired[str | None]
    """The member's language (BCP 47)."""
    birthday: NotRequired[str | None]
    """The member's birthday."""
    notices_by: NotRequired[NoticesBy | None]
    """How messages reach them where no browser of theirs takes any: `email` also says what the alliance lets all
    members know; `sms` only where the alliance's settings for members have it; `none` is never. Null: what concerns
    their points, by e-mail.
    """
    consents: NotRequired[ConsentsUpdate]
    """What the member says yes or no to."""
    shift: NotRequired[str | None]
    """At a connected till: the shift of whoever is signed in there (`beginShift`)."""


class MemberData(TypedDict):
    """A member."""

    member: str
    """The member concerned."""


class MemberEnrolledEvent(TypedDict):
    """A member joined."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["member.enrolled"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: MemberData
    """What there is to know about it."""


class MemberErasedEvent(TypedDict):
    """A member asked to be forgotten, and was."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["member.erased"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: MemberData
    """What there is to know about it."""


class MemberExport(TypedDict):
    """All of it."""

    exported_at: str
    """As of when."""
    member: Member
    """The person."""
    consents: list[Consent]
    """Every consent and refusal, the oldest first."""
    wallet: Wallet
    """What they have."""
    gifts: list[Gift]
    """What they gave and got, the oldest first."""
    imported: list[ImportPart]
    """Balances of an older scheme."""
    invitations: list[HouseholdInvitation]
    """Open invitations to households."""
    push_subscriptions: list[PushSubscription]
    """Browsers that hear of what concerns them, the oldest first."""
    history: list[WalletEvent]
    """All that happened, the newest first."""


class MemberFrozenEvent(TypedDict):
    """A member was frozen: their points can't be spent."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["member.frozen"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: MemberData
    """What there is to know about it."""


class MemberImport(TypedDict):
    """The answers, in order."""

    imported: int
    """How many are in, now or before."""
    failed: int
    """How many are not."""
    data: list[ImportRowResult]
    """An answer for each row."""
    read_as: list[str]
    """How a CSV was written where it is not UTF-8 with commas and dates as 2025-12-31."""


class MemberImportCreate(TypedDict):
    """Rows to import."""

    rows: list[ImportRowCreate]
    """The rows."""


class MemberMerge(TypedDict):
    """The member into whom a duplicate is merged."""

    into: str
    """The id of the member who stays."""


class MemberMergedData(TypedDict):
    """Two members who were made one."""

    member: str
    """The member who is no more."""
    receiver: str
    """The member who is left."""


class MemberMergedEvent(TypedDict):
    """Two members turned out to be one person, and were made one."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["member.merged"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: MemberMergedData
    """What there is to know about it."""


class MemberPage(TypedDict):
    """MemberPage"""

    data: list[Member]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class MemberSearch(TypedDict):
    """A phone number or an e-mail address."""

    phone: NotRequired[str | None]
    """A phone number; one without its country's code is one of the alliance's own country."""
    email: NotRequired[str | None]
    """An e-mail address."""


class MemberSessionCreate(TypedDict):
    """A member's log-in."""

    alliance: NotRequired[str | None]
    """The alliance's name; needed only if the server has several."""
    contact: str
    """A phone number with its country (+49…), or an e-mail address."""
    code: str
    """Six digits."""
    cookie: NotRequired[bool]
    """Whether to keep the session in a cookie, for pages in a browser. The answer then has no `token`, and every write
    has to send `csrf_token` as the header X-CSRF-Token.
    """


class MemberSettings(TypedDict):
    """Settings for members."""

    region: str | None
    """The country (ISO 3166) of phone numbers that are given without one; at first that of the alliance's time zone.
    Null: numbers need their country's code.
    """
    confirm_above_minor: int | None
    """Above this amount, in minor units, a member who spends points by pay code confirms it first; null: never."""
    gift_days: int
    """After so many days a gift to somebody who is not enrolled goes back."""
    expiry_notice_days: int
    """So many days before points of a member expire, the event `points.expiring` says so."""
    sms_notices: NotRequired[bool]
    """Whether members may choose to have messages of their points by SMS, for which the alliance pays: at most 5 a day
    for each, and at most half of what it pays for in a day.
    """


class MemberUnfrozenEvent(TypedDict):
    """A frozen member may spend again."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["member.unfrozen"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: MemberData
    """What there is to know about it."""


class MemberUpdate(TypedDict):
    """Fields to change; what is left out stays, null takes it away."""

    phone: NotRequired[str | None]
    """A phone number; one without its country's code is one of the alliance's own country."""
    email: NotRequired[str | None]
    """An e-mail address."""
    name: NotRequired[str | None]
    """What the member likes to be called."""
    language: NotRequired[str | None]
    """The member's language (BCP 47)."""
    birthday: NotRequired[str | None]
    """The member's birthday."""
    notices_by: NotRequired[NoticesBy | None]
    """How messages reach them where no browser of theirs takes any: `email` also says what the alliance lets all
    members know; `sms` only where the alliance's settings for members have it; `none` is never. Null: what concerns
    their points, by e-mail.
    """
    consents: NotRequired[ConsentsUpdate]
    """What the member says yes or no to."""


class Minimum(TypedDict):
    """At least `least` points are spent in a sale, or none."""

    kind: Literal["minimum"]
    """The least that is spent in a sale."""
    least: int
    """So many points, or none."""


class MissingBankStatement(TypedDict):
    """A statement that is missing between two that were imported: one opens with another balance than the last closed
    with.
    """

    after: str
    """The last day of the statement before."""
    before: str
    """The first day of the statement after."""
    change_minor: int
    """By how much the account changed in between, in minor units."""


class Money(TypedDict):
    """An amount of money; above zero it is received."""

    minor: int
    """The amount in minor units."""
    amount: str
    """The same as a decimal number."""


class Multiplier(TypedDict):
    """Gives the points of the base rate times `factor`, the base rate's own among them."""

    kind: Literal["multiplier"]
    """A multiplier of the base rate."""
    factor: str
    """How many times the points of the base rate a sale earns with it: more than 1."""


class NewPayDevice(TypedDict):
    """A new phone, with what it makes its codes of. This is shown once."""

    id: str
    """Its id."""
    name: str
    """What its owner knows it by."""
    created_at: str
    """When it was added."""
    number: str
    """Digits 3 to 11 of its codes."""
    key: str
    """Its key, 32 bytes in hexadecimal. Keep it where nothing can read it again, as a key of WebCrypto that is not
    extractable.
    """
    step_seconds: int
    """How long a step lasts."""
    slack_steps: int
    """By how many steps a clock may differ."""
    now: str
    """The alliance's clock, to set the phone's by."""


class NotEarned(TypedDict):
    """Why a sale that would earn points earns none: its shop may not issue points, or not at that moment."""

    code: Literal["account_unknown", "actor_missing", "already_in_household", "amount_not_payable", "amount_not_positive", "amount_too_large", "approval_awaited", "approval_not_open", "approver_new", "approver_tied", "asker_disabled", "asker_needed", "attempt_not_found", "attempt_settled", "bad_request", "balance_sign", "bank_file_not_found", "bank_file_unreadable", "bank_line_not_found", "bank_line_settled", "bank_settings_invalid", "birthday_invalid", "body_too_large", "capture_exceeds_hold", "changed_meanwhile", "claim_taken", "clock_jumped", "confirmation_declined", "confirmation_needed", "confirmation_over", "consent_needed", "contact_invalid", "contact_needed", "contact_taken", "contacts_differ", "content_malformed", "country_not_served", "csrf_token_missing", "cutoff_invalid", "day_limit_reached", "digits_too_few", "dispute_decided", "earlier_window_open", "event_refused", "fee_out_of_range", "finding_decided", "forbidden", "foreign_statement", "gift_taken", "hold_lapsed", "hold_resolved", "hold_unknown", "household_full", "idempotency_key_missing", "if_match_missing", "instant_out_of_range", "internal", "invalid", "invitation_unknown", "key_malformed", "key_reused", "key_voided", "last_owner", "limit_reached", "line_does_not_fit", "line_matched", "line_not_found", "line_unknown", "lines_below_zero", "log_in_needed", "log_in_refused", "lot_not_over", "lot_over", "lot_unknown", "member_frozen", "member_owes", "method_not_allowed", "money_not_conserved", "money_short", "name_taken", "no_sandbox", "no_such_date", "not_found", "not_set_up", "nothing_to_export", "nothing_to_hold", "occurs_in_future", "offline_full", "offline_too_late", "online_only", "originals_differ", "participant_unknown", "passkey_refused", "password_weak", "pay_code_invalid", "pay_code_over", "pay_code_used", "pay_codes_stopped", "payment_not_found", "payment_refused", "person_needed", "pin_locked", "pin_wrong", "points_not_conserved", "points_short", "poster_closed", "posting_reversed", "posting_unknown", "pot_short", "proof_needed", "purchases_invalid", "rail_unknown", "rate_limited", "rate_not_positive", "recovery_too_large", "refund_exceeds_original", "row_invalid", "run_too_large", "run_too_long", "sale_not_signed", "same_account", "same_member", "scenario_invalid", "second_factor_needed", "second_person_needed", "seller_removed", "settings_not_later", "settings_unchanged", "shift_needed", "shift_over", "shop_exists", "shop_not_earning", "shop_not_leaving", "shop_not_redeeming", "shop_unknown", "signature_needed", "signature_wrong", "spend_locked", "status_unreachable", "stripe_event_malformed", "stripe_missing", "stripe_refused", "stripe_unreachable", "terms_changed", "terms_needed", "terms_not_later", "till_code_unknown", "till_proof_refused", "too_many_endpoints", "unauthorized", "unavailable", "units_differ", "unknown_time_zone", "url_refused", "user_exists", "webhook_endpoint_exists", "window_not_found", "window_not_over"]
    """A stable name of the reason."""
    detail: str
    """The same as a sentence, in the language of Accept-Language."""


class NotEarnedData(TypedDict):
    """Why a purchase earned nothing."""

    code: str
    """A stable name of the reason."""


class Notice(TypedDict):
    """A notice of the alliance to its members."""

    id: str
    """The notice's id."""
    title: NoticeTitle
    """What it is about."""
    text: NoticeText
    """What it says."""
    visible_from: str
    """From when on members see it."""
    visible_until: str | None
    """Until when; null: until it is withdrawn."""
    posted_at: str
    """When it was posted."""
    posted_by: str | None
    """Who posted it: a person or a key of the alliance; null to members."""
    withdrawn_at: str | None
    """When it was withdrawn, if it was."""


class NoticeCreate(TypedDict):
    """A notice to post."""

    title: NoticeTitle
    """What it is about."""
    text: NoticeText
    """What it says."""
    visible_from: NotRequired[str | None]
    """From when on members see it; null: from now on."""
    visible_until: NotRequired[str | None]
    """Until when; null: until it is withdrawn."""


class NoticeData(TypedDict):
    """A notice to all members."""

    id: str
    """The notice."""
    title: dict[str, str]
    """Its title, by language: `en` and `zh`."""
    text: dict[str, str]
    """Its text, by language."""
    visible_from: str
    """From when on members see it."""
    visible_until: str | None
    """Until when; null: until it is withdrawn."""


class NoticePage(TypedDict):
    """NoticePage"""

    data: list[Notice]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class NoticePostedEvent(TypedDict):
    """The alliance has a notice for all members, who see it from now on."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["notice.posted"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: NoticeData
    """What there is to know about it."""


class NoticeText(TypedDict):
    """A text in both languages. It may have lines."""

    en: str
    """In English."""
    zh: str
    """In Chinese."""


class NoticeTitle(TypedDict):
    """A title in both languages."""

    en: str
    """In English."""
    zh: str
    """In Chinese."""


class NoticeWithdrawnEvent(TypedDict):
    """A notice to all members was withdrawn."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["notice.withdrawn"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: NoticeData
    """What there is to know about it."""


class OfflineSaleCreate(TypedDict):
    """A sale, and the till's signature of it."""

    content: str
    """The sale as JSON in ASCII, exactly as it was signed: what `createBatch` takes of a purchase, with
    `idempotency_key`, `occurred_at`, `shift`, and as `till` the till that made it.
    """
    signature: str
    """Its signature by the till's key: ECDSA with SHA-256 over its UTF-8 bytes, 64 bytes (r and s) in base64url, as
    WebCrypto signs.
    """


class OfflineSales(TypedDict):
    """The answers, in order."""

    data: list[BatchItem]
    """An answer for each sale."""


class OfflineSalesCreate(TypedDict):
    """Sales that a till made offline."""

    sales: list[OfflineSaleCreate]
    """In the order in which they are booked."""


class OpenFromUntil(TypedDict):
    """Hours of one day, by the clock on the shop's wall."""

    opens: str
    """When it opens."""
    closes: str
    """When it closes; on the next day, if that is not after it opens."""


class OwnTill(TypedDict):
    """All that a till needs to know to sell."""

    id: str
    """Its id."""
    shop: str
    """The shop."""
    name: str
    """What the shop knows it by."""
    created_at: str
    """When it was connected."""
    seen_at: str
    """When it last began a session, or sent what it had sold offline."""
    alliance: str
    """The alliance's name."""
    shop_name: str
    """The shop's name."""
    currency: str
    """ISO 4217 code of the currency."""
    minor_digits: int
    """Decimals of the currency: 2 for cents."""
    timezone: str
    """The time zone, an IANA name."""
    region: str | None
    """The country (ISO 3166) of phone numbers that are typed without one."""
    decimal_comma: bool | None
    """Whether amounts are written with a decimal comma there; null where that is not known."""
    now: str
    """The alliance's clock."""
    points_per_unit: str
    """Points that pay for a whole unit of money, exact."""
    cashiers: list[TillCashier]
    """Who may sign in, by name."""
    shift: Shift | None
    """Who is signed in; null where nobody is."""
    offline: TillOffline
    """What it may do without a connection: earn only, and so much."""
    lines: bool
    """Whether it asks for the lines of a sale (`setTillLines`)."""


class Passkey(TypedDict):
    """A passkey."""

    id: str
    """The passkey's id."""
    name: str
    """The owner's name for it."""
    created_at: str
    """When it was added."""
    used_at: str | None
    """When it was last used to log in."""


class PasskeyCreate(TypedDict):
    """A new passkey from the browser."""

    challenge: str
    """The `challenge` of the options."""
    credential: dict[str, Any]
    """The credential from `navigator.credentials`, as its `toJSON()` writes it."""
    name: str
    """The owner's name for it."""


class PasskeyLogIn(TypedDict):
    """A log-in with a passkey."""

    alliance: NotRequired[str | None]
    """The alliance's name; needed only if the server has several."""
    challenge: str
    """The `challenge` of the options."""
    credential: dict[str, Any]
    """The credential from `navigator.credentials`, as its `toJSON()` writes it."""
    cookie: NotRequired[bool]
    """Whether to keep the session in a cookie, for pages in a browser. The answer then has no `token`, and every write
    has to send `csrf_token` as the header X-CSRF-Token.
    """


class PasskeyLogInStart(TypedDict):
    """The alliance to log in to."""

    alliance: NotRequired[str | None]
    """The alliance's name; needed only if the server has several."""


class PasskeyOptions(TypedDict):
    """Options for the browser's WebAuthn call."""

    challenge: str
    """The challenge's id. Send it back with the credential within five minutes."""
    options: dict[str, Any]
    """`publicKey`, for the browser's parseCreationOptionsFromJSON or parseRequestOptionsFromJSON."""


class PasswordUpdate(TypedDict):
    """A new password."""

    old_password: str
    """The password: 12 to 200 characters of any kind."""
    new_password: str
    """The password: 12 to 200 characters of any kind."""


class PayDevice(TypedDict):
    """A phone that makes pay codes."""

    id: str
    """Its id."""
    name: str
    """What its owner knows it by."""
    created_at: str
    """When it was added."""


class PayDeviceCreate(TypedDict):
    """A phone."""

    name: str
    """What its owner knows it by."""


class PayDeviceList(TypedDict):
    """A member's phones."""

    data: list[PayDevice]
    """The oldest first."""
    now: str
    """The alliance's clock, to set the phone's by."""


class PayTo(TypedDict):
    """The account to which the shop transfers what it pays."""

    holder: str
    """Who owns the account."""
    account: str
    """Its IBAN or number."""
    bic: str | None
    """The bank's BIC."""


class PayeeNameCheck(TypedDict):
    """What the payee's bank said of the name that a payment goes to (Verification of Payee)."""

    match: PayeeMatch
    """`match`; `close_match` for nearly the name under which the account is held; `no_match`; `unchecked` where the
    bank could not say.
    """
    text: str | None
    """What the bank said beside, such as the name that it has."""
    checked_at: str
    """When its answer was imported."""


class Payment(TypedDict):
    """A payment."""

    id: str
    """The payment's id; ids sort by the time at which payments were planned."""
    window: str | None
    """The window that it settles; null for a deposit."""
    route: PaymentRoute
    """`collect`: from a shop to the clearing house; `pay`: the other way; `direct`: from shop to shop."""
    rail: str
    """The rail: `by_hand`, `bank` or `stripe`; `deposit` if it was drawn from the shop's deposit."""
    shop: str
    """The shop that pays or is paid; the payer of a direct payment."""
    counterparty: str | None
    """The payee of a direct payment."""
    purpose: Literal["net", "default", "deposit", "fund", "capital"]
    """What it pays: a net, what the shop is in default of, its deposit, its share of the guarantee fund, or capital."""
    amount_minor: int
    """The amount, in minor units."""
    currency: str
    """ISO 4217 code."""
    state: PaymentState
    """The payment's state."""
    attempt: int
    """The number of the current attempt, from 1."""
    planned_at: str
    """When the payment was planned."""
    due_on: str
    """The day on which it is due."""
    reference: str | None
    """The rail's own id of it."""
    waiting_for: str | None
    """Why it can't be sent yet, while it is planned."""
    fee_minor: int
    """The rail's fees so far, in minor units."""
    returnable_until: str | None
    """Until when a paid collection can still be returned."""
    moved_minor: int
    """How much of it has moved, in minor units, less what came back. The rest is still owed; what is too much is a
    credit.
    """
    coverage: PaymentCoverage
    """The same in a word."""
    written_off_minor: int
    """What is missing and the alliance bears as a cost of the rail, in minor units."""
    decided_by: str | None
    """Until when the rail knows whether it was paid, at the latest; null where it waits for people."""
    changed_at: str
    """When the payment entered this state, or an amount of it moved."""


class PaymentAccount(TypedDict):
    """How the shop pays and is paid."""

    shop: str
    """The shop."""
    rail: str | None
    """The rail that the shop chose; null for the alliance's rail."""
    used: str
    """The rail that it uses."""
    rails: list[str]
    """The rails that it can choose from."""
    details: dict[str, str]
    """Its account at that rail."""
    collect_problem: str | None
    """Why nothing can be collected from it; null if it can."""
    pay_problem: str | None
    """Why it can't be paid; null if it can."""
    suspended: bool
    """Whether payments to it are held back."""
    approval: NotRequired[str | None]
    """The id of the approval that another person has to give; until then nothing changes."""


class PaymentAccountUpdate(TypedDict):
    """How the shop will pay and be paid."""

    rail: str | None
    """`by_hand`, `bank` or `stripe`; `deposit` to draw debts from its deposit; null for the alliance's rail."""
    details: NotRequired[dict[str, Any] | None]
    """The bank account: name, iban and bic, with mandate_id and mandate_signed_on to collect. If left out, they stay
    as they are. An account at Stripe is opened on Stripe's own pages instead.
    """


class PaymentCancel(TypedDict):
    """Why a payment is cancelled."""

    why: str
    """The reason, for the payment's history."""


class PaymentConfirm(TypedDict):
    """What became of a payment that people make themselves."""

    outcome: ConfirmedOutcome
    """By hand: `paid`, `failed` or `returned`. From shop to shop: `paid` from the payer, `received` from the payee,
    `disputed` from either.
    """
    evidence: str
    """What proves it, such as a receipt's number."""
    document_sha256: NotRequired[str]
    """The SHA-256 of a document that proves it, in hexadecimal."""
    amount_minor: NotRequired[int | None]
    """How much was paid or came back, in minor units; null for all of it. What is missing stays owed, and more may be
    confirmed later.
    """


class PaymentConfirmed(TypedDict):
    """A payment after somebody confirmed it."""

    id: str
    """The payment's id; ids sort by the time at which payments were planned."""
    window: str | None
    """The window that it settles; null for a deposit."""
    route: PaymentRoute
    """`collect`: from a shop to the clearing house; `pay`: the other way; `direct`: from shop to shop."""
    rail: str
    """The rail: `by_hand`, `bank` or `stripe`; `deposit` if it was drawn from the shop's deposit."""
    shop: str
    """The shop that pays or is paid; the payer of a direct payment."""
    counterparty: str | None
    """The payee of a direct payment."""
    purpose: Literal["net", "default", "deposit", "fund", "capital"]
    """What it pays: a net, what the shop is in default of, its deposit, its share of the guarantee fund, or capital."""
    amount_minor: int
    """The amount, in minor units."""
    currency: str
    """ISO 4217 code."""
    state: PaymentState
    """The payment's state."""
    attempt: int
    """The number of the current attempt, from 1."""
    planned_at: str
    """When the payment was planned."""
    due_on: str
    """The day on which it is due."""
    reference: str | None
    """The rail's own id of it."""
    waiting_for: str | None
    """Why it can't be sent yet, while it is planned."""
    fee_minor: int
    """The rail's fees so far, in minor units."""
    returnable_until: str | None
    """Until when a paid collection can still be returned."""
    moved_minor: int
    """How much of it has moved, in minor units, less what came back. The rest is still owed; what is too much is a
    credit.
    """
    coverage: PaymentCoverage
    """The same in a word."""
    written_off_minor: int
    """What is missing and the alliance bears as a cost of the rail, in minor units."""
    decided_by: str | None
    """Until when the rail knows whether it was paid, at the latest; null where it waits for people."""
    changed_at: str
    """When the payment entered this state, or an amount of it moved."""
    payee_check: PayeeNameCheck | None
    """What the payee's bank said of the name; null where it said nothing."""
    collection_code: str | None
    """What the payee's own QR code says (Alipay, WeChat Pay), where people make the payment and the payee gave one:
    draw it for the payer to scan.
    """
    disputed: bool
    """Whether either shop of a direct payment disputes it."""
    people_needed: int
    """How many people have to confirm a payment by hand."""
    parts: list[PaymentPart]
    """What moved of it when, and what came back, oldest first: as far as its rail has shown it."""
    history: list[PaymentStep]
    """All steps, oldest first."""
    people_missing: int
    """How many more people have to confirm the same before it takes effect."""


class PaymentData(TypedDict):
    """A payment."""

    notice: str
    """The notice's id; a notice that is sent twice keeps it."""
    participant: str
    """Whom it is for: a shop, or the alliance."""
    payment: str
    """The payment."""
    amount_minor: int
    """The amount, in the currency's minor unit."""
    currency: str
    """The currency, by its ISO 4217 code."""
    route: str
    """Whether it goes through the alliance or from shop to shop."""
    rail: str
    """The payment rail."""
    window: NotRequired[str]
    """The window that it settles."""
    for_default: NotRequired[bool]
    """True where it pays what the shop is in default of."""
    due_on: NotRequired[str]
    """The day on which it is due."""
    payer: NotRequired[str]
    """The shop that pays, where it pays another one directly."""
    counterparty: NotRequired[str]
    """The shop that is paid directly."""
    collection_code: NotRequired[str]
    """What that shop's own QR code says, by which it is paid; in what asks for the payment."""
    why: NotRequired[str]
    """Why."""


class PaymentDetail(TypedDict):
    """A payment with its history."""

    id: str
    """The payment's id; ids sort by the time at which payments were planned."""
    window: str | None
    """The window that it settles; null for a deposit."""
    route: PaymentRoute
    """`collect`: from a shop to the clearing house; `pay`: the other way; `direct`: from shop to shop."""
    rail: str
    """The rail: `by_hand`, `bank` or `stripe`; `deposit` if it was drawn from the shop's deposit."""
    shop: str
    """The shop that pays or is paid; the payer of a direct payment."""
    counterparty: str | None
    """The payee of a direct payment."""
    purpose: Literal["net", "default", "deposit", "fund", "capital"]
    """What it pays: a net, what the shop is in default of, its deposit, its share of the guarantee fund, or capital."""
    amount_minor: int
    """The amount, in minor units."""
    currency: str
    """ISO 4217 code."""
    state: PaymentState
    """The payment's state."""
    attempt: int
    """The number of the current attempt, from 1."""
    planned_at: str
    """When the payment was planned."""
    due_on: str
    """The day on which it is due."""
    reference: str | None
    """The rail's own id of it."""
    waiting_for: str | None
    """Why it can't be sent yet, while it is planned."""
    fee_minor: int
    """The rail's fees so far, in minor units."""
    returnable_until: str | None
    """Until when a paid collection can still be returned."""
    moved_minor: int
    """How much of it has moved, in minor units, less what came back. The rest is still owed; what is too much is a
    credit.
    """
    coverage: PaymentCoverage
    """The same in a word."""
    written_off_minor: int
    """What is missing and the alliance bears as a cost of the rail, in minor units."""
    decided_by: str | None
    """Until when the rail knows whether it was paid, at the latest; null where it waits for people."""
    changed_at: str
    """When the payment entered this state, or an amount of it moved."""
    payee_check: PayeeNameCheck | None
    """What the payee's bank said of the name; null where it said nothing."""
    collection_code: str | None
    """What the payee's own QR code says (Alipay, WeChat Pay), where people make the payment and the payee gave one:
    draw it for the payer to scan.
    """
    disputed: bool
    """Whether either shop of a direct payment disputes it."""
    people_needed: int
    """How many people have to confirm a payment by hand."""
    parts: list[PaymentPart]
    """What moved of it when, and what came back, oldest first: as far as its rail has shown it."""
    history: list[PaymentStep]
    """All steps, oldest first."""


class PaymentDisputedEvent(TypedDict):
    """A shop's bank disputes a collection."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["payment.disputed"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: PaymentData
    """What there is to know about it."""


class PaymentDueEvent(TypedDict):
    """A shop's net is to be paid, by the day named."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["payment.due"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: PaymentData
    """What there is to know about it."""


class PaymentFailedEvent(TypedDict):
    """A payment failed."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["payment.failed"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: PaymentData
    """What there is to know about it."""


class PaymentGiveUp(TypedDict):
    """A payment that will never be made."""

    payment: str
    """The payment's key or reference."""
    why: str
    """Why it will never be paid."""


class PaymentPage(TypedDict):
    """PaymentPage"""

    data: list[Payment]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class PaymentPaidEvent(TypedDict):
    """A payment arrived."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["payment.paid"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: PaymentData
    """What there is to know about it."""


class PaymentPart(TypedDict):
    """What moved of a payment at once."""

    at: str
    """When it moved."""
    amount_minor: int
    """How much, in minor units; below zero where it came back."""
    fee_minor: int
    """What the rail charged for it, in minor units."""
    text: str | None
    """What the rail, or whoever confirmed it, wrote beside."""


class PaymentReminderEvent(TypedDict):
    """A payment is still open, and its shop was reminded."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["payment.reminder"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: PaymentData
    """What there is to know about it."""


class PaymentReturnedEvent(TypedDict):
    """A payment that had arrived came back."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["payment.returned"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: PaymentData
    """What there is to know about it."""


class PaymentRules(TypedDict):
    """Rules for payments."""

    rail: str
    """The rail of shops that chose none."""
    grace_days: int
    """A debt that is unpaid so many days after it was planned becomes a default."""
    attempts_max: int
    """A debt also becomes a default after so many failed attempts."""
    retry_days: int
    """Days from one attempt to the next."""
    cut_cap_bps: int
    """The most of a creditor's net that a default may take, in basis points."""
    deposit_without_mandate: bool
    """Whether a debt is drawn from the shop's deposit if it can't be collected."""
    two_people_from_minor: int
    """The amount, in minor units, from which two people confirm a payment by hand."""
    direct_days: int
    """Days that a shop has to pay another shop."""
    pay_from_fund: bool
    """Whether the guarantee fund advances what is not collected yet."""
    payout_min_minor: NotRequired[int]
    """The least that a shop is paid, in minor units; less is carried over, but for a shop that leaves."""
    pay_when_collected: NotRequired[bool]
    """Whether shops are paid only when everybody who owes has paid or is in default; otherwise as far as the cash
    reaches.
    """
    tolerance_minor: NotRequired[int]
    """A net that was paid in part is neither collected again nor in default for a rest of up to so much, in minor
    units.
    """
    tolerance_charged_to: NotRequired[Literal["shop", "operator"]]
    """Who bears that rest: the shop, which owes it with its next window, or the operator."""
    approval: NotRequired[str | None]
    """The id of the approval that another person has to give; until then nothing changes."""


class PaymentRulesUpdate(TypedDict):
    """Rules for payments. Days have 24 hours."""

    rail: str
    """The rail of shops that chose none."""
    grace_days: int
    """A debt that is unpaid so many days after it was planned becomes a default."""
    attempts_max: int
    """A debt also becomes a default after so many failed attempts."""
    retry_days: int
    """Days from one attempt to the next."""
    cut_cap_bps: int
    """The most of a creditor's net that a default may take, in basis points."""
    deposit_without_mandate: bool
    """Whether a debt is drawn from the shop's deposit if it can't be collected."""
    two_people_from_minor: int
    """The amount, in minor units, from which two people confirm a payment by hand."""
    direct_days: int
    """Days that a shop has to pay another shop."""
    pay_from_fund: bool
    """Whether the guarantee fund advances what is not collected yet."""
    payout_min_minor: NotRequired[int]
    """The least that a shop is paid, in minor units; less is carried over, but for a shop that leaves."""
    pay_when_collected: NotRequired[bool]
    """Whether shops are paid only when everybody who owes has paid or is in default; otherwise as far as the cash
    reaches.
    """
    tolerance_minor: NotRequired[int]
    """A net that was paid in part is neither collected again nor in default for a rest of up to so much, in minor
    units.
    """
    tolerance_charged_to: NotRequired[Literal["shop", "operator"]]
    """Who bears that rest: the shop, which owes it with its next window, or the operator."""


class PaymentStep(TypedDict):
    """A step in a payment's history."""

    at: str
    """When the step was recorded."""
    happened_at: str
    """When it happened, according to the rail."""
    state: PaymentState
    """The payment's state after the step."""
    attempt: int
    """The number of the attempt."""
    by: str | None
    """Who or what caused the step; only the alliance sees this."""
    reference: str | None
    """The rail's own reference for the payment."""
    code: str | None
    """A code for why the payment failed or was returned."""
    why: str | None
    """The same as a sentence."""


class PendingPoints(TypedDict):
    """Points that are released on a later day."""

    issuer: str
    """The shop that will issue them."""
    points: int
    """How many."""
    release_on: str
    """On which day."""


class PlannedPayment(TypedDict):
    """A payment of a plan."""

    payer: str
    """Who pays; `house` is the clearing house."""
    payee: str
    """Who is paid."""
    amount_minor: int
    """The amount, in minor units."""


class PointsExpiredData(TypedDict):
    """Points whose last day is over."""

    id: str
    """The id of what was booked."""
    occurred_at: str
    """When it happened."""
    window: str
    """The window that it counts in."""
    late: bool
    """Whether it happened in a window that was closed already, and counts in a later one."""
    shop: str
    """The shop that had issued them."""
    member: str | None
    """The member concerned; null to a shop."""
    points_expired: int
    """The points."""
    expires_on: str
    """Their last day."""


class PointsExpiredEvent(TypedDict):
    """Points expired, since their last day is over."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["points.expired"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: PointsExpiredData
    """What there is to know about it."""


class PointsExpiringData(TypedDict):
    """Points of a member that are about to expire."""

    member: str
    """The member concerned."""
    points: int
    """The points that expire unless they are spent by then."""
    worth_minor: int
    """What they pay for, in minor units, rounded down."""
    expires_on: str
    """The last day on which they can be spent."""


class PointsExpiringEvent(TypedDict):
    """Points of a member are about to expire: once for each member and day, as many days ahead as the alliance set
    (`expiry_notice_days`).
    """

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["points.expiring"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: PointsExpiringData
    """What there is to know about it."""


class PointsForwardedData(TypedDict):
    """Points that went on to the member who is left."""

    id: str
    """The id of what was booked."""
    occurred_at: str
    """When it happened."""
    window: str
    """The window that it counts in."""
    late: bool
    """Whether it happened in a window that was closed already, and counts in a later one."""
    member: str
    """The member who was merged."""
    receiver: str
    """The member who is left."""
    points_moved: int
    """The points that went from one member to another."""
    points_settled: NotRequired[int]
    """The points among them that paid what the member owed."""


class PointsForwardedEvent(TypedDict):
    """Points of a merged member went on to the member who is left."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["points.forwarded"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: PointsForwardedData
    """What there is to know about it."""


class PointsFreedData(TypedDict):
    """Points that can be spent again."""

    id: str
    """The id of what was booked."""
    occurred_at: str
    """When it happened."""
    window: str
    """The window that it counts in."""
    late: bool
    """Whether it happened in a window that was closed already, and counts in a later one."""
    finding: str
    """The finding."""
    member: str | None
    """The member concerned; null to a shop that named them by a contact."""
    shop: NotRequired[str]
    """The shop, where it all happened at one."""
    points_released: int
    """The points that are free again."""
    hold: str
    """What had locked them, as `hold.lapsed` names it."""
    points_expired: NotRequired[int]
    """The points among them whose last day was over: they expired at once."""
    points_settled: NotRequired[int]
    """The points among them that paid what the member owed."""
    expires_on: NotRequired[str]
    """The last day on which the earned points can be spent."""


class PointsFreedEvent(TypedDict):
    """A finding was dismissed; the points that it held are free again."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["points.freed"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: PointsFreedData
    """What there is to know about it."""


class PointsHeldData(TypedDict):
    """Points that a member can't spend while somebody looks at sales of theirs."""

    id: str
    """The id of what was booked."""
    occurred_at: str
    """When it happened."""
    window: str
    """The window that it counts in."""
    late: bool
    """Whether it happened in a window that was closed already, and counts in a later one."""
    finding: str
    """The finding."""
    member: str | None
    """The member concerned; null to a shop that named them by a contact."""
    shop: NotRequired[str]
    """The shop, where it all happened at one."""
    points_held: int
    """The points that are locked."""
    lapses_at: str
    """When they are free again by themselves."""


class PointsHeldEvent(TypedDict):
    """Points of a member are locked because of a finding."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["points.held"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: PointsHeldData
    """What there is to know about it."""


class Problem(TypedDict):
    """Problem details of RFC 9457."""

    type: str
    """A name of the kind of problem: urn:coalition:problem: and the code."""
    title: str
    """The kind of problem, in the language of Accept-Language (en or zh)."""
    status: int
    """The HTTP status code."""
    code: Literal["account_unknown", "actor_missing", "already_in_household", "amount_not_payable", "amount_not_positive", "amount_too_large", "approval_awaited", "approval_not_open", "approver_new", "approver_tied", "asker_disabled", "asker_needed", "attempt_not_found", "attempt_settled", "bad_request", "balance_sign", "bank_file_not_found", "bank_file_unreadable", "bank_line_not_found", "bank_line_settled", "bank_settings_invalid", "birthday_invalid", "body_too_large", "capture_exceeds_hold", "changed_meanwhile", "claim_taken", "clock_jumped", "confirmation_declined", "confirmation_needed", "confirmation_over", "consent_needed", "contact_invalid", "contact_needed", "contact_taken", "contacts_differ", "content_malformed", "country_not_served", "csrf_token_missing", "cutoff_invalid", "day_limit_reached", "digits_too_few", "dispute_decided", "earlier_window_open", "event_refused", "fee_out_of_range", "finding_decided", "forbidden", "foreign_statement", "gift_taken", "hold_lapsed", "hold_resolved", "hold_unknown", "household_full", "idempotency_key_missing", "if_match_missing", "instant_out_of_range", "internal", "invalid", "invitation_unknown", "key_malformed", "key_reused", "key_voided", "last_owner", "limit_reached", "line_does_not_fit", "line_matched", "line_not_found", "line_unknown", "lines_below_zero", "log_in_needed", "log_in_refused", "lot_not_over", "lot_over", "lot_unknown", "member_frozen", "member_owes", "method_not_allowed", "money_not_conserved", "money_short", "name_taken", "no_sandbox", "no_such_date", "not_found", "not_set_up", "nothing_to_export", "nothing_to_hold", "occurs_in_future", "offline_full", "offline_too_late", "online_only", "originals_differ", "participant_unknown", "passkey_refused", "password_weak", "pay_code_invalid", "pay_code_over", "pay_code_used", "pay_codes_stopped", "payment_not_found", "payment_refused", "person_needed", "pin_locked", "pin_wrong", "points_not_conserved", "points_short", "poster_closed", "posting_reversed", "posting_unknown", "pot_short", "proof_needed", "purchases_invalid", "rail_unknown", "rate_limited", "rate_not_positive", "recovery_too_large", "refund_exceeds_original", "row_invalid", "run_too_large", "run_too_long", "sale_not_signed", "same_account", "same_member", "scenario_invalid", "second_factor_needed", "second_person_needed", "seller_removed", "settings_not_later", "settings_unchanged", "shift_needed", "shift_over", "shop_exists", "shop_not_earning", "shop_not_leaving", "shop_not_redeeming", "shop_unknown", "signature_needed", "signature_wrong", "spend_locked", "status_unreachable", "stripe_event_malformed", "stripe_missing", "stripe_refused", "stripe_unreachable", "terms_changed", "terms_needed", "terms_not_later", "till_code_unknown", "till_proof_refused", "too_many_endpoints", "unauthorized", "unavailable", "units_differ", "unknown_time_zone", "url_refused", "user_exists", "webhook_endpoint_exists", "window_not_found", "window_not_over"]
    """A stable name of the kind of problem, to decide on in a program."""
    detail: str
    """What happened this time, and what to do."""
    request_id: str
    """The id of this request, as in the header X-Request-Id and in the log."""
    fields: NotRequired[list[FieldProblem]]
    """The fields concerned, where there are any: the first 50."""


class PublicAlliance(TypedDict):
    """An alliance as everybody sees it."""

    name: str
    """The alliance's name."""
    currency: str
    """ISO 4217 code of the currency."""
    minor_digits: int
    """Decimals of the currency: 2 for cents."""
    timezone: str
    """The time zone of its shops, an IANA name."""
    now: str
    """The time on the alliance's clock, by which pay codes are made."""
    region: str | None
    """The country (ISO 3166) of phone numbers that are given without one."""
    points_per_unit: str
    """Points that pay for a whole unit of money, exact."""
    earn_points_per_unit: str
    """Points for a whole unit of money paid, exact."""
    expiry_months: int
    """Points are good until the end of the month so many months later."""


class PublicLegalText(TypedDict):
    """The version of a legal text that is in force."""

    kind: LegalKind
    """Which text."""
    version: int
    """Its version, to which those agree who join now."""
    effective_at: str
    """Since when it holds."""
    text: LegalWords
    """What it says."""


class PublicLegalTexts(TypedDict):
    """The alliance's own legal texts."""

    data: list[PublicLegalText]
    """Those that it has: terms, privacy notice, imprint."""


class PublicShop(TypedDict):
    """A shop that takes part."""

    ref: str
    """The shop's short name, which never changes."""
    name: str
    """The shop's name."""
    name_zh: str | None
    """The shop's name in Chinese, if it has one."""
    description_en: str | None
    """What it is, in English."""
    description_zh: str | None
    """What it is, in Chinese."""
    website: str | None
    """The shop's website."""
    category: Category | None
    """What the shop sells in the main."""
    phone: str | None
    """The shop's phone number."""
    address: str | None
    """Where it is."""
    place: ShopPlace | None
    """Where it is on a map."""
    hours: ShopHours | None
    """When it is open; null where it does not say."""
    logo: str | None
    """The path of its logo, a WebP file of at most 256 × 256 pixels."""
    photo: str | None
    """The path of its photo, a WebP file of at most 1200 × 800 pixels."""
    earns: bool
    """Whether members earn points there now."""
    redeems: bool
    """Whether members pay in points there now."""
    open_now: bool | None
    """Whether it is open now; null where it does not say when it is."""
    closes_at: str | None
    """When it closes, by the clock on its wall; null where it is closed."""


class PublicShopPage(TypedDict):
    """PublicShopPage"""

    data: list[PublicShop]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class Purchase(TypedDict):
    """A purchase as it was booked."""

    id: str
    """Its id."""
    shop: str
    """The shop."""
    member: str | None
    """The member; null to a shop that named them by their phone number or address."""
    amount_minor: int
    """What was to be paid, in minor units."""
    currency: str
    """ISO 4217 code of the alliance's currency."""
    points_spent: int
    """Points that paid for a part."""
    cash_due_minor: int
    """What is left to pay in money, in minor units; a fraction of one is rounded up."""
    points_earned: int
    """Points issued for what was paid in money, including those that paid a debt of the member."""
    points_expired: int
    """Those of them whose last day was over already when the purchase was booked: it came late."""
    not_earned: NotEarned | None
    """Why it earned nothing although it would: `shop_not_earning`, `limit_reached`. Null where nothing stood in the
    way.
    """
    bonuses: list[PurchaseBonus]
    """Of the points earned those that bonus rules gave, by who pays for them."""
    stamps: list[PurchaseStamps]
    """What it put on stamp cards of the member."""
    external_ref: str | None
    """The till's own number."""
    occurred_at: str
    """When it happened."""
    window: str
    """The window that it settles in."""
    late: bool
    """Whether it came after the window of its time was closed."""


class PurchaseBatch(TypedDict):
    """The answers, in order."""

    object: NotRequired[Literal["batch"]]
    """Always `batch`."""
    booked: int
    """How many were booked, now or before."""
    data: list[BatchItem]
    """An answer for each purchase."""
    refunds: list[BatchRefund]
    """An answer for each refund."""


class PurchaseBatchCreate(TypedDict):
    """Writes, booked in this order: the purchases, then the refunds."""

    purchases: NotRequired[list[BatchItemCreate]]
    """Purchases."""
    refunds: NotRequired[list[BatchRefundCreate]]
    """Refunds, of purchases in this batch too: those by their `external_ref`."""


class PurchaseBonus(TypedDict):
    """Points that a purchase got by a bonus rule, and who pays for them."""

    rule: str
    """The rule."""
    version: int
    """Its version."""
    funder: str
    """The shop that pays for them, or `operator`."""
    points: int
    """The points, which are among the points earned."""
    description: str
    """What the rule gives, in the language of Accept-Language."""


class PurchaseCreate(TypedDict):
    """A purchase at a till."""

    shop: str
    """The shop."""
    member: NotRequired[str | None]
    """The member's id. It earns, and spends only up to the alliance's amount, which is 0 by default. Name the buyer by
    one of `member`, `pay_code`, `confirmation`, `phone` and `email`.
    """
    pay_code: NotRequired[str | None]
    """The 20 digits that the member's phone shows, as QR code or barcode, or the six that they read out. They are good
    for a minute, and for one purchase or hold. A sale that spends nothing may name the code of when it happened, up
    to 72 hours ago.
    """
    confirmation: NotRequired[str | None]
    """The confirmation that this shop asked for (`createConfirmation`), once the member said yes: good for one sale of
    that amount.
    """
    phone: NotRequired[str | None]
    """The member's phone number, which only earns."""
    email: NotRequired[str | None]
    """The member's e-mail address, which only earns."""
    amount_minor: int
    """What is to be paid, in minor units."""
    points: NotRequired[Literal["all"] | int]
    """Points to spend, at most; `all` for as many as the member has and the amount takes. Where the member has fewer,
    or a limit (`addSpendLimit`) allows fewer, fewer are spent (see `accept_partial`): what is left to pay is
    `cash_due_minor`.
    """
    accept_partial: NotRequired[bool]
    """Whether fewer than `points` may be spent, where the member has fewer or the sale takes fewer. `false`: exactly
    so many are spent, or the purchase is refused (`points_short`, `amount_too_large`) and nothing is booked.
    """
    lines: NotRequired[list[PurchaseLineCreate]]
    """The sale's lines, which add up to the amount. A line can be kept from earning, and be refunded by itself."""
    external_ref: NotRequired[str | None]
    """The till's own number for the sale, unique in the shop for ever: sent again, even under a new key, it gives the
    first answer.
    """
    occurred_at: NotRequired[str | None]
    """When the sale happened, if not just now: the till was offline, for example."""
    shift: NotRequired[str | None]
    """The shift in which it was sold (`beginShift`). A connected till names it with every sale; a key has none."""


class PurchaseCreatedEvent(TypedDict):
    """A purchase was booked."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["purchase.created"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: PurchaseData
    """What there is to know about it."""


class PurchaseData(TypedDict):
    """A purchase."""

    id: str
    """The id of what was booked."""
    occurred_at: str
    """When it happened."""
    window: str
    """The window that it counts in."""
    late: bool
    """Whether it happened in a window that was closed already, and counts in a later one."""
    points_returned: NotRequired[int]
    """The points that went back to the member."""
    points_taken_back: NotRequired[int]
    """The earned points that were taken back."""
    points_owed: NotRequired[int]
    """The points that the member owes: they had spent them, or given them away."""
    points_settled: NotRequired[int]
    """The points that paid what the member owed."""
    points_waived: NotRequired[int]
    """The points that had expired before: nobody owes them."""
    shop: str
    """The shop at which it happened."""
    member: str | None
    """The member concerned; null to a shop that named them by a contact."""
    amount_minor: int
    """The whole amount, in minor units."""
    currency: str
    """The currency, by its ISO 4217 code."""
    cash_due_minor: int
    """What points did not pay of it, in minor units."""
    points_spent: int
    """The points that were spent."""
    points_earned: int
    """The points that were earned."""
    points_expired: int
    """Those of them whose last day was over already."""
    not_earned: NotEarnedData | None
    """Why it earned nothing, where its shop may not issue points."""
    spent_from: NotRequired[dict[str, int]]
    """The points that were spent, by the shop that had issued them."""
    expires_on: NotRequired[str]
    """The last day on which the earned points can be spent."""
    lines: NotRequired[list[PurchaseLineData]]
    """Its lines, where the till sent them."""
    external_ref: str | None
    """The till's own reference."""
    till: NotRequired[str]
    """The connected till that booked it."""
    cashier: NotRequired[str]
    """The cashier who was signed in there."""


class PurchaseDetail(TypedDict):
    """A purchase with its lines, and what was refunded of it."""

    id: str
    """Its id."""
    shop: str
    """The shop."""
    member: str | None
    """The member; null to a shop that named them by their phone number or address."""
    amount_minor: int
    """What was to be paid, in minor units."""
    currency: str
    """ISO 4217 code of the alliance's currency."""
    points_spent: int
    """Points that paid for a part."""
    cash_due_minor: int
    """What is left to pay in money, in minor units; a fraction of one is rounded up."""
    points_earned: int
    """Points issued for what was paid in money, including those that paid a debt of the member."""
    points_expired: int
    """Those of them whose last day was over already when the purchase was booked: it came late."""
    not_earned: NotEarned | None
    """Why it earned nothing although it would: `shop_not_earning`, `limit_reached`. Null where nothing stood in the
    way.
    """
    bonuses: list[PurchaseBonus]
    """Of the points earned those that bonus rules gave, by who pays for them."""
    stamps: list[PurchaseStamps]
    """What it put on stamp cards of the member."""
    external_ref: str | None
    """The till's own number."""
    occurred_at: str
    """When it happened."""
    window: str
    """The window that it settles in."""
    late: bool
    """Whether it came after the window of its time was closed."""
    refunded_minor: int
    """How much of its amount was refunded until now, in minor units."""
    lines: list[BookedLine]
    """Each line with its share."""
    recorded_at: str
    """When it was booked."""
    till: str | None
    """The connected till that booked it; null for what came by a key."""
    cashier: str | None
    """The cashier who was signed in there."""


class PurchaseDetailPage(TypedDict):
    """PurchaseDetailPage"""

    data: list[PurchaseDetail]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class PurchaseLine(TypedDict):
    """A line of a purchase, and what it earns."""

    ref: str
    """The till's name for it."""
    amount_minor: int
    """What it costs in all, in minor units."""
    earns: bool
    """Whether it earns."""
    spends: bool
    """Whether points may pay for it."""
    points_earned: int
    """Its share of the points earned."""


class PurchaseLineCreate(TypedDict):
    """A line of a sale."""

    ref: str
    """The till's name for the line, unique in the sale."""
    amount_minor: int
    """What it costs in all, in minor units; below zero for a coupon, or a deposit that is paid back."""
    earns: NotRequired[bool]
    """Whether it earns points; tobacco or books may not, by law. A coupon that earns lessens what the sale earns."""
    spends: NotRequired[bool]
    """Whether points may pay for it: for tobacco or a deposit they may not, by law or by the shop's wish."""


class PurchaseLineData(TypedDict):
    """A line of a purchase."""

    ref: str
    """The till's name of the line."""
    amount_minor: int
    """Its amount, in minor units."""
    earns: bool
    """Whether it earns points."""
    spends: bool
    """Whether points could pay for it."""


class PurchaseStamps(TypedDict):
    """Stamps that a purchase put on a card of the member."""

    rule: str
    """The rule."""
    added: int
    """How many it put there."""
    stamps: int
    """How many are on the card now."""
    needed: int
    """How many fill it."""
    cards: int
    """How many full cards it paid: their points are among the bonuses."""
    description: str
    """What a cashier says of it, in the language of Accept-Language."""


class PurchaseVoid(TypedDict):
    """A voided purchase. The figures are what this void did; they are zero where refunds had undone all before."""

    idempotency_key: str
    """The key, which is dead now: whatever comes under it is `key_voided`."""
    outcome: Literal["never_made", "undone"]
    """`never_made`: nothing was booked under the key, and nothing ever will be. `undone`: it was booked, and this void
    has undone what was left of it.
    """
    voided_at: str
    """When it was voided."""
    purchase: str | None
    """The purchase's id, where it was made."""
    cash_back_minor: int
    """The money to give back of what was paid, in minor units."""
    points_returned: int
    """Points that went back to the lots they were spent from."""
    points_taken_back: int
    """Points earned that were taken back."""
    debt_points: int
    """The part of those that the member had spent already: the next points earned pay it."""


class PushSubscription(TypedDict):
    """A browser that hears of what concerns a member. Where it is posted to is not shown again."""

    id: str
    """Its id."""
    created_at: str
    """When it was added."""


class PushSubscriptionCreate(TypedDict):
    """What a browser's `PushSubscription.toJSON()` says."""

    endpoint: str
    """Where its messages are posted: https, with a public address."""
    p256dh: str
    """Its public key, in base64url."""
    auth: str
    """The secret that it shares with the sender, in base64url."""


class PushSubscriptionList(TypedDict):
    """A member's browsers."""

    data: list[PushSubscription]
    """The oldest first."""
    application_server_key: str
    """The alliance's public key, which a browser takes as `applicationServerKey` when it subscribes."""


class Quote(TypedDict):
    """What a purchase would do, and why."""

    amount_minor: int
    """What is to be paid, in minor units."""
    currency: str
    """ISO 4217 code of the alliance's currency."""
    points_before: int
    """What the member could spend now."""
    points_spent: int
    """Points that would pay for a part."""
    cash_due_minor: int
    """What would be left to pay in money, in minor units."""
    points_earned: int
    """Points that would be issued."""
    not_earned: NotEarned | None
    """Why it would earn nothing: `shop_not_earning`, `limit_reached`. Null where nothing stands in the way."""
    points_after: int
    """What the member could spend afterwards."""
    spending: list[QuotedLot]
    """Whose points would be spent, in that order."""
    spend_limits: list[QuotedLimit]
    """The limits that hold for such a sale: they, and lines that points may not pay for, are why fewer may be spent
    than the member has.
    """
    earning_minor: int
    """The part of the amount that can earn, in minor units."""
    earn_points_per_unit: str
    """Points for a whole unit of money, exact."""
    expires_on: str | None
    """The last day of the new points; null if none are issued."""
    lines: list[PurchaseLine]
    """Each line with its share."""
    earning_forecast: EarningForecast
    """What of it bonus rules would give, and which would not."""


class QuotedLimit(TypedDict):
    """A limit of what points may pay for."""

    id: str
    """The limit and its version."""
    description: str
    """What it asks, in the language of Accept-Language."""


class QuotedLot(TypedDict):
    """Points out of one lot."""

    issuer: str
    """The shop where they were earned."""
    expires_on: str
    """The last day on which they can be spent."""
    points: int
    """How many."""
    worth_minor: str
    """What they pay for, in minor units, exactly: a whole number or a fraction such as 100/3."""


class RailDifference(TypedDict):
    """A payment on which the book and the rail's movements differ."""

    payment: str
    """The payment's id."""
    book_minor: int
    """The amount according to the book, less fees, in minor units."""
    lines_minor: int
    """The amount according to the movements, in minor units."""


class RailLine(TypedDict):
    """A movement of cash at a rail that is not matched yet."""

    rail: str
    """The rail."""
    line: str
    """The movement's id at the rail."""
    at: str
    """When it happened."""
    amount_minor: int
    """The amount before fees, in minor units; above zero came in."""
    fee_minor: int
    """The rail's fee, in minor units."""
    text: str
    """The rail's text."""


class RailLineMatch(TypedDict):
    """Where a movement belongs: to a payment or several, to a deposit, or booked under a name with a reason."""

    rail: str
    """The rail."""
    line: str
    """The movement's id at the rail."""
    payment: NotRequired[str | None]
    """The id of the payment that it belongs to, at this rail or, as with a debt by hand that came by bank, at another.
    """
    shares: NotRequired[list[RailLineShare] | None]
    """Or the payments that it stands for; what they leave over waits as a movement of its own."""
    deposit_of: NotRequired[str | None]
    """Or the shop that pays it into its `account`; `operator` for the alliance."""
    account: NotRequired[DepositAccount | None]
    """With `deposit_of`: its deposit (by default), share of the fund, or capital."""
    book_as: NotRequired[str | None]
    """Or the name to book it under."""
    why: NotRequired[str | None]
    """The reason; required with `book_as`, and only then."""


class RailLineMatched(TypedDict):
    """Where a movement belongs."""

    rail: str
    """The rail."""
    line: str
    """The movement's id at the rail."""
    payment: str | None
    """The id of the payment that it belongs to: of a deposit, a new one."""
    booked_as: str | None
    """Or the name that it was booked under."""
    parts: list[str]
    """Or the movements that took its place, one for each share."""


class RailLineShare(TypedDict):
    """How much of a movement is one payment."""

    payment: str
    """The payment's id."""
    amount_minor: int
    """How much of the movement it is, in minor units."""


class RailReconciliation(TypedDict):
    """The cash at a rail, according to the book and to the imported movements."""

    rail: str
    """The rail."""
    book_minor: int
    """The cash according to the book, in minor units."""
    lines_minor: int
    """The sum of the movements, less fees, in minor units."""
    plugged_in: bool
    """Whether this server is set up for the rail. If not, nobody knows what the rail says now."""
    agrees: bool
    """Whether both agree exactly and every movement is matched; never of a rail that is not set up here."""
    unmatched: int
    """How many movements are not matched yet."""
    differences: list[RailDifference]
    """Payments on which they differ."""


class RecoveryData(TypedDict):
    """What came in after a default."""

    notice: str
    """The notice's id; a notice that is sent twice keeps it."""
    participant: str
    """Whom it is for: a shop, or the alliance."""
    payment: NotRequired[str]
    """The payment that brought it; without one it was set off against what the shop is owed."""
    amount_minor: int
    """The amount, in the currency's minor unit."""
    open_minor: int
    """What is still missing, in minor units."""
    window: str
    """The window that it settles."""


class Refund(TypedDict):
    """A refund as it was booked."""

    id: str
    """Its id."""
    purchase: str
    """The purchase."""
    shop: str
    """The shop that refunds."""
    member: str | None
    """The member; null to a shop that named them by a contact."""
    amount_minor: int
    """How much of the purchase's amount went back, in minor units."""
    cash_back_minor: int
    """The part of it that the shop gives back in money: what no points had paid for."""
    points_returned: int
    """Points that went back to the lots they were spent from, and are good still."""
    points_expired: int
    """Points that went back too, but whose last day is over: they are gone."""
    points_settled: int
    """Points of those returned that paid what the member owed before."""
    points_taken_back: int
    """Points earned that were taken back: out of lots, or owed. Where the rate has changed, points of other lots stand
    for them by value.
    """
    points_waived: int
    """Points earned that had expired before: nobody has them, nobody owes them."""
    debt_points: int
    """The part of those taken back that the member has spent or given away: the next points pay it."""
    recorded_at: str
    """When it was booked."""
    window: str
    """The window that it settles in."""
    till: str | None
    """The connected till that booked it; null for what came by a key."""
    cashier: str | None
    """The cashier who was signed in there."""


class RefundCreate(TypedDict):
    """What to refund of a purchase: an amount, or lines, or neither for all that is left."""

    purchase: NotRequired[str | None]
    """The purchase's id; give either this or `external_ref`."""
    external_ref: NotRequired[str | None]
    """The till's own number of the sale: its receipt."""
    shop: NotRequired[str | None]
    """The shop whose receipt it is. A till may leave it out: it is its own."""
    amount_minor: NotRequired[int | None]
    """How much of it, in minor units."""
    lines: NotRequired[list[str]]
    """Which lines of it, by their refs."""
    shift: NotRequired[str | None]
    """At a connected till: the shift of whoever is signed in there (`beginShift`)."""


class RefundCreatedEvent(TypedDict):
    """A purchase was refunded, in full or in part; or captured points of a hold were given back."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["refund.created"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: RefundData
    """What there is to know about it."""


class RefundData(TypedDict):
    """What a refund gave back."""

    id: str
    """The id of what was booked."""
    occurred_at: str
    """When it happened."""
    window: str
    """The window that it counts in."""
    late: bool
    """Whether it happened in a window that was closed already, and counts in a later one."""
    points_returned: NotRequired[int]
    """The points that went back to the member."""
    points_taken_back: NotRequired[int]
    """The earned points that were taken back."""
    points_owed: NotRequired[int]
    """The points that the member owes: they had spent them, or given them away."""
    points_settled: NotRequired[int]
    """The points that paid what the member owed."""
    points_waived: NotRequired[int]
    """The points that had expired before: nobody owes them."""
    shop: str
    """The shop at which it happened."""
    member: str | None
    """The member concerned; null to a shop that named them by a contact."""
    purchase: NotRequired[str]
    """The purchase that was refunded."""
    hold: NotRequired[str]
    """The hold whose captured points were given back."""
    amount_minor: NotRequired[int]
    """How much of the purchase was refunded, in minor units."""
    cash_back_minor: NotRequired[int]
    """What of it the shop gives back in money, in minor units."""
    lines: NotRequired[list[str]]
    """The lines that were refunded, where they were named."""
    till: NotRequired[str]
    """The connected till that booked it."""
    cashier: NotRequired[str]
    """The cashier who was signed in there."""
    returned_to: NotRequired[dict[str, int]]
    """The points that came back, by the shop that had issued them."""
    points_expired: NotRequired[int]
    """The points among them whose last day was over: they expired at once."""
    expires_on: NotRequired[str]
    """The last day on which the earned points can be spent."""


class RefundPage(TypedDict):
    """RefundPage"""

    data: list[Refund]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class RestWriteOff(TypedDict):
    """Why what is missing of a payment is written off."""

    why: str
    """The reason, for the payment's history."""


class Rule(TypedDict):
    """A version of a bonus rule."""

    rule: str
    """The rule."""
    version: int
    """The version, from 1 on."""
    description: str
    """What it gives, in the language of Accept-Language."""
    effect: FirstVisit | FixedBonus | Multiplier | ShopTour | StampCard | Streak
    """The same by `kind`."""
    funders: list[RulePot]
    """Who pays for it."""
    budget: int
    """The most that it gives in all, in points."""
    first_day: str
    """The first day."""
    last_day: str | None
    """The last day; null: until it is ended."""
    shops: list[str]
    """Only at these shops; none: at all."""
    days: list[int]
    """Only on these days, 0 for Monday; none: on all."""
    from_hour: int
    """From this hour on."""
    until_hour: int
    """To before this hour."""
    most: int | None
    """The most for one sale, in points."""
    most_member: int | None
    """The most for one member, in all of its versions, in points."""
    most_member_day: int | None
    """The most for one member on one day, in points."""
    most_day: int | None
    """The most for all members on one day, in points."""
    group: str | None
    """Of the rules of one group a sale gets the one that gives most."""
    priority: int
    """The higher one is taken where two of a group give the same."""
    starts_at: str
    """From when on sales may get it: it was added then."""
    ended_at: str | None
    """From when on they get it no more; null: it was not ended."""
    created_by: str
    """Who added it."""


class RuleCreate(TypedDict):
    """A bonus rule, or the next version of one."""

    rule: str
    """Its name. A rule that is there gets its next version, with a budget of its own."""
    effect: FirstVisit | FixedBonus | Multiplier | ShopTour | StampCard | Streak
    """What it gives, by `kind`."""
    funders: list[RuleFunder]
    """Who pays for it. The greatest share takes odd points."""
    budget: int
    """The most that it gives in all, in points. It is set aside by the funders at once, by their shares, and counts to
    what they have at risk.
    """
    first_day: NotRequired[str | None]
    """The first day; null: from now on."""
    last_day: NotRequired[str | None]
    """The last day, which counts whole; null: until it is ended."""
    shops: NotRequired[list[str]]
    """Only at these shops; none: at all."""
    days: NotRequired[list[int]]
    """Only on these days: 0 for Monday, 6 for Sunday; none: on all."""
    from_hour: NotRequired[int]
    """From this hour on, on the alliance's clock."""
    until_hour: NotRequired[int]
    """To before this hour."""
    most: NotRequired[int | None]
    """The most for one sale, in points."""
    most_member: NotRequired[int | None]
    """The most for one member, in all of its versions, in points."""
    most_member_day: NotRequired[int | None]
    """The most for one member on one day, in points."""
    most_day: NotRequired[int | None]
    """The most for all members on one day, in points."""
    group: NotRequired[str | None]
    """Of the rules of one group a sale gets the one that gives most."""
    priority: NotRequired[int]
    """Of two in a group that give the same, the one with the higher priority is taken."""


class RuleFunder(TypedDict):
    """Who pays for a part of a bonus."""

    shop: str
    """A shop, or `operator` for the alliance itself."""
    share: NotRequired[int]
    """Its share, in parts of all shares together."""


class RulePot(TypedDict):
    """What a funder set aside for a version of a rule, and what is left of it."""

    shop: str
    """The funder."""
    share: int
    """Its share."""
    points_left: int
    """Points that are left."""


class RuleTrial(TypedDict):
    """A rule as it is tried on past sales."""

    id: str
    """The trial's id, which is that of its task."""
    state: TaskState
    """Where it stands; one that is `done` has its result."""
    done: int
    """How many postings were looked at."""
    total: int
    """Of how many."""
    rule: str
    """The rule."""
    since: str
    """The first day whose sales count."""
    until: str
    """The last day."""
    result: RuleTrialResult | None
    """What came of it; null while it is under way."""


class RuleTrialCreate(TypedDict):
    """A rule that is not added, but tried on past sales: a new one, or the next version of one that is there."""

    rule: str
    """Its name. A rule that is there gets its next version, with a budget of its own."""
    effect: FirstVisit | FixedBonus | Multiplier | ShopTour | StampCard | Streak
    """What it gives, by `kind`."""
    funders: list[RuleFunder]
    """Who pays for it. The greatest share takes odd points."""
    budget: int
    """The most that it gives in all, in points. It is set aside by the funders at once, by their shares, and counts to
    what they have at risk.
    """
    first_day: NotRequired[str | None]
    """The first day; null: from now on."""
    last_day: NotRequired[str | None]
    """The last day, which counts whole; null: until it is ended."""
    shops: NotRequired[list[str]]
    """Only at these shops; none: at all."""
    days: NotRequired[list[int]]
    """Only on these days: 0 for Monday, 6 for Sunday; none: on all."""
    from_hour: NotRequired[int]
    """From this hour on, on the alliance's clock."""
    until_hour: NotRequired[int]
    """To before this hour."""
    most: NotRequired[int | None]
    """The most for one sale, in points."""
    most_member: NotRequired[int | None]
    """The most for one member, in all of its versions, in points."""
    most_member_day: NotRequired[int | None]
    """The most for one member on one day, in points."""
    most_day: NotRequired[int | None]
    """The most for all members on one day, in points."""
    group: NotRequired[str | None]
    """Of the rules of one group a sale gets the one that gives most."""
    priority: NotRequired[int]
    """Of two in a group that give the same, the one with the higher priority is taken."""
    since: NotRequired[str | None]
    """The first day whose sales count; null: that of the month of `until`."""
    until: NotRequired[str | None]
    """The last day; null: today, or the last day of last month where `since` is null too."""


class RuleTrialPoints(TypedDict):
    """Points that are given under the rules of now, and those with the rule that is tried. Worth is at the rate of
    now, in minor units, each rounded to the nearest.
    """

    name: str
    """The rule, the funder or the shop; of members the tenth, 1 for who spent most."""
    points_now: int
    """Points under the rules of now."""
    points_then: int
    """Points with the rule."""
    worth_now_minor: int
    """What the first are worth."""
    worth_then_minor: int
    """What the second are worth."""


class RuleTrialResult(TypedDict):
    """What a rule would have given, to whom, and who would have paid."""

    rule: RuleTrialPoints
    """The rule itself."""
    points_left: int
    """What would be left of its budget."""
    used_up_on: str | None
    """The day on which it first gave nothing for want of budget; null where that lasted."""
    total: RuleTrialShop
    """All sales together."""
    members: int
    """Members who bought something."""
    rules: list[RuleTrialPoints]
    """The rule and those of its group, which may give less because of it."""
    funders: list[RuleTrialPoints]
    """Who pays, of all of these rules."""
    shops: list[RuleTrialShop]
    """Where, the most first."""
    tenths: list[RuleTrialTenth]
    """To whom: members in tenths by what they spent, the most first."""
    reasons: dict[str, int]
    """For how many sales the rule gave nothing, by the reason that a quote would state."""


class RuleTrialShop(TypedDict):
    """The same of sales at a shop."""

    name: str
    """The rule, the funder or the shop; of members the tenth, 1 for who spent most."""
    points_now: int
    """Points under the rules of now."""
    points_then: int
    """Points with the rule."""
    worth_now_minor: int
    """What the first are worth."""
    worth_then_minor: int
    """What the second are worth."""
    sales: int
    """Sales, without those that were refunded whole."""
    amount_minor: int
    """What they cost, less what was refunded."""
    sales_gaining: int
    """Sales that the rule gives something for."""


class RuleTrialTenth(TypedDict):
    """The same of a tenth of the members who bought something, by what they spent."""

    name: str
    """The rule, the funder or the shop; of members the tenth, 1 for who spent most."""
    points_now: int
    """Points under the rules of now."""
    points_then: int
    """Points with the rule."""
    worth_now_minor: int
    """What the first are worth."""
    worth_then_minor: int
    """What the second are worth."""
    members: int
    """Members."""
    amount_minor: int
    """What they spent, less what was refunded."""
    members_gaining: int
    """Members who get more points than under the rules of now."""
    members_losing: int
    """Members who get fewer."""


class Rules(TypedDict):
    """Versions of bonus rules."""

    data: list[Rule]
    """By rule and version."""


class Session(TypedDict):
    """A session."""

    id: str
    """The session's id."""
    agent: str
    """The browser or program, as it named itself."""
    current: bool
    """Whether this request belongs to it."""
    created_at: str
    """When it began."""
    seen_at: str
    """When it was last used, to the minute."""
    expires_at: str
    """When it ends at the latest."""


class SessionProof(TypedDict):
    """A password, with a one-time code where the user has one; a contact and the code sent to it; or a passkey."""

    password: NotRequired[str | None]
    """A user's password."""
    code: NotRequired[str | None]
    """The authenticator app's current code, or the one that was sent to `contact`."""
    contact: NotRequired[str | None]
    """Where a member's code was sent (`sendMemberCode`)."""
    challenge: NotRequired[str | None]
    """The `challenge` of `startPasskeyLogIn`."""
    credential: NotRequired[dict[str, Any] | None]
    """The credential from `navigator.credentials`."""


class SessionProven(TypedDict):
    """How long the proof is good, and the session's new token."""

    minutes: int
    """For so many minutes from now on."""
    token: str | None
    """What to send as `Authorization: Bearer …` from now on. Null if a cookie keeps it."""
    csrf_token: str
    """What a browser has to send as X-CSRF-Token with every write from now on."""


class SessionWithToken(TypedDict):
    """A new session with its token."""

    id: str
    """The session's id."""
    subject: str
    """Who is logged in: `user:usr_…` or `member:mem_…`."""
    role: str
    """The role of whoever is logged in."""
    shop: str | None
    """The shop, for a manager or a cashier."""
    token: str | None
    """The token, to send as `Authorization: Bearer …`. Null if a cookie keeps it."""
    csrf_token: str
    """What a browser has to send as X-CSRF-Token with every write."""
    expires_at: str
    """When it ends at the latest; an unused session ends sooner."""


class Settlement(TypedDict):
    """How far the settlement is."""

    window: str | None
    """The last closed window; null if none is closed yet."""
    cash_minor: int
    """The cash that the next run may pay shops out of, in minor units."""
    outlook: list[SettlementOutlook]
    """Every shop with an open net."""
    defaults: list[SettlementDefault]
    """The open defaults."""
    rails: list[RailReconciliation]
    """The cash at each rail."""


class SettlementCompletedEvent(TypedDict):
    """Nothing of the last window is open any more."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["settlement.completed"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: SettlementData
    """What there is to know about it."""


class SettlementData(TypedDict):
    """A window that is settled."""

    notice: str
    """The notice's id; a notice that is sent twice keeps it."""
    participant: str
    """Whom it is for: a shop, or the alliance."""
    amount_minor: int
    """All that was paid, in minor units."""
    window: str
    """The window that it settles."""


class SettlementDefault(TypedDict):
    """A default: what a shop did not pay, how the loss was allocated, and what is still to be recovered."""

    number: int
    """The number of the default in the alliance, from 1."""
    shop: str
    """The shop that did not pay."""
    window: str
    """The window that the shop did not settle."""
    at: str
    """When the default was declared."""
    owed_minor: int
    """What the shop owed, in minor units."""
    open_minor: int
    """The loss that is not recovered yet, in minor units; 0 ends the default."""
    losses: list[LossShare]
    """How the loss was allocated: deposit, fund, operator, then cuts of creditors."""
    uncovered_minor: int
    """The part of the loss that nothing covered, in minor units."""


class SettlementDefaultedEvent(TypedDict):
    """A shop did not pay in time; others bear what is missing."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["settlement.defaulted"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: DefaultData
    """What there is to know about it."""


class SettlementOutlook(TypedDict):
    """What the next run would do for a shop, or why it would do nothing."""

    shop: str
    """The shop; `operator` is the alliance itself."""
    net_minor: int
    """The open net, in minor units: above zero the shop is owed, below zero it owes."""
    on_its_way_minor: int
    """How much of that is being paid, in minor units."""
    for_default: bool
    """Whether the amounts are what the shop is in default of, and not a net. What it is owed is set off against that
    first.
    """
    rail: str
    """The rail that the shop uses."""
    next: NextAction
    """What the next run will do."""
    now_minor: int
    """How much the next run collects, draws from the deposit, or pays, in minor units, above zero."""
    oldest_window: str | None
    """The oldest window of which the shop owes something still; null for one that owes nothing. What a shop pays
    counts for the oldest first.
    """
    why: str | None
    """Why nothing is moved, or not all of it: the account, the cash, a day to wait for. Null if all is."""


class SettlementRecoveredEvent(TypedDict):
    """What a shop had failed to pay came in after all or was set off, or a part of it."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["settlement.recovered"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: RecoveryData
    """What there is to know about it."""


class SettlementRun(TypedDict):
    """What a run of the settlement did."""

    window: str
    """The last closed window."""
    looked_at: int
    """How many payments were looked up at their rails."""
    collecting: int
    """How many collections were sent."""
    collecting_minor: int
    """What these collect, in minor units."""
    drawn_minor: int
    """What was drawn from deposits, in minor units."""
    paying: int
    """How many payments to shops were sent."""
    paying_minor: int
    """What these pay, in minor units."""
    defaults: list[SettlementDefault]
    """The defaults that were declared."""


class Shift(TypedDict):
    """The time that a cashier is signed in at a till."""

    id: str
    """Its id, which sales name."""
    till: str
    """The till's id."""
    cashier: str
    """The cashier's id."""
    begun_at: str
    """When they signed in."""
    ended_at: str | None
    """When they signed out; null while they are signed in."""


class ShiftBegin(TypedDict):
    """Who signs in."""

    cashier: str
    """The cashier's id."""
    pin: str
    """The PIN."""


class Shop(TypedDict):
    """A shop, as everybody in the alliance sees it."""

    ref: str
    """The shop's short name, which never changes."""
    name: str
    """The shop's name."""
    name_zh: str | None
    """The shop's name in Chinese, if it has one."""
    description_en: str | None
    """What it is, in English."""
    description_zh: str | None
    """What it is, in Chinese."""
    website: str | None
    """The shop's website."""
    category: Category | None
    """What the shop sells in the main."""
    phone: str | None
    """The shop's phone number."""
    address: str | None
    """Where it is."""
    place: ShopPlace | None
    """Where it is on a map."""
    hours: ShopHours | None
    """When it is open; null where it does not say."""
    logo: str | None
    """The path of its logo, a WebP file of at most 256 × 256 pixels."""
    photo: str | None
    """The path of its photo, a WebP file of at most 1200 × 800 pixels."""
    status: ShopStatus
    """The shop's status; only an `active` shop issues points."""


class ShopBuyOut(TypedDict):
    """Who takes over what a leaving shop's points will cost."""

    by: NotRequired[str]
    """A shop, or `operator` for the alliance itself."""


class ShopConfirmation(TypedDict):
    """What a shop asked a member, and what they answered."""

    id: str
    """Its id: send it as `confirmation`."""
    shop: str
    """The shop that asks."""
    amount_minor: int
    """The amount of the sale, in minor units."""
    state: Literal["asked", "confirmed", "declined", "expired"]
    """What the member answered; `expired` when its time is over, whatever they answered."""
    expires_at: str
    """Until when they may answer, and the till may book it."""
    code: str | None
    """What opens it in a wallet, where the till named nobody: typed, or scanned as `link`."""
    link: str | None
    """What the till shows as a QR code."""


class ShopCreate(TypedDict):
    """A shop that applies to join."""

    name: str
    """The shop's name."""
    name_zh: NotRequired[str | None]
    """The shop's name in Chinese, if it has one."""
    description_en: NotRequired[str | None]
    """What it is, in English."""
    description_zh: NotRequired[str | None]
    """What it is, in Chinese."""
    email: NotRequired[str | None]
    """The e-mail address at which the alliance reaches the shop; members don't see it."""
    website: NotRequired[str | None]
    """The shop's website."""
    category: NotRequired[Category | None]
    """What the shop sells in the main."""
    phone: NotRequired[str | None]
    """The shop's phone number, as it writes it."""
    address: NotRequired[str | None]
    """Where it is, as it writes it."""
    place: NotRequired[ShopPlace | None]
    """Where it is on a map."""
    hours: NotRequired[ShopHours | None]
    """When it is open."""
    ref: str
    """The shop's short name, which never changes: small letters, digits, dots, dashes."""


class ShopExposure(TypedDict):
    """What a shop has at risk."""

    shop: str
    """The shop."""
    exposure_minor: int
    """Its outstanding points and open debts, in minor units."""
    deposit_minor: int
    """Its deposit, in minor units."""
    returnable_minor: int
    """Collections from it that its bank can still return, in minor units."""
    deposit_short_minor: int
    """How much its deposit falls short of covering those returns, in minor units."""
    limit_minor: int | None
    """The most that it may have at risk, in minor units; null for no limit."""
    level: Literal["within", "alert", "reserve", "stopped"]
    """How near it is to its limit. From `reserve` on, payouts stay in its deposit; at `stopped` it can't issue points.
    """


class ShopFlow(TypedDict):
    """Points of one shop that were spent at another."""

    issuer: str
    """The shop that issued the points: it sent the customers."""
    shop: str
    """The shop where they were spent."""
    points: int
    """Points spent, less refunds."""


class ShopHours(TypedDict):
    """When a shop is open."""

    monday: NotRequired[list[OpenFromUntil]]
    """Hours that begin on a Monday."""
    tuesday: NotRequired[list[OpenFromUntil]]
    """Hours that begin on a Tuesday."""
    wednesday: NotRequired[list[OpenFromUntil]]
    """Hours that begin on a Wednesday."""
    thursday: NotRequired[list[OpenFromUntil]]
    """Hours that begin on a Thursday."""
    friday: NotRequired[list[OpenFromUntil]]
    """Hours that begin on a Friday."""
    saturday: NotRequired[list[OpenFromUntil]]
    """Hours that begin on a Saturday."""
    sunday: NotRequired[list[OpenFromUntil]]
    """Hours that begin on a Sunday."""
    closed_on: NotRequired[list[str]]
    """Days on which it stays closed, such as holidays."""


class ShopLimitUpdate(TypedDict):
    """The limit on what a shop may have at risk."""

    credit_minor: int | None
    """The credit on top of the shop's deposit, in minor units; null for no limit."""
    alert_bps: NotRequired[int]
    """The part of the limit, in basis points, from which the shop is reported."""
    reserve_bps: NotRequired[int]
    """The part of the limit, in basis points, from which payouts to the shop stay in its deposit."""


class ShopPage(TypedDict):
    """ShopPage"""

    data: list[Shop]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class ShopPlace(TypedDict):
    """Where a shop is."""

    latitude: float
    """Degrees north (WGS 84)."""
    longitude: float
    """Degrees east."""


class ShopResult(TypedDict):
    """What points cost a shop and brought it. Amounts are in minor units, all but the net rounded to the nearest."""

    shop: str
    """The shop."""
    issued: int
    """Points that it issued, less those taken back."""
    redeemed_own: int
    """Its own points spent at it."""
    redeemed_here: int
    """Others' points spent at it."""
    redeemed_elsewhere: int
    """Its points spent at others."""
    expired: int
    """Its points that expired."""
    redemption_bps: int | None
    """Its points redeemed anywhere per points issued, in basis points, rounded down; null if none were issued."""
    breakage_bps: int | None
    """Its points expired per points issued, in basis points, rounded down; null if none were issued."""
    paid_minor: int
    """What it paid for its points: where they were spent at others or, where points are paid for as they are issued,
    then.
    """
    taken_minor: int
    """The worth of its own points spent at it, for which it gave goods and nobody paid it."""
    received_minor: int
    """What it was paid for points that were spent at it."""
    other_minor: int
    """The rest of its net: fees, what came back for expired points, compensation, and what rounding left."""
    net_minor: int
    """What it received less what it paid: the sum of its nets of these windows, of open ones so far."""


class ShopRisk(TypedDict):
    """What a shop has at risk, and how much it may have."""

    shop: str
    """The shop."""
    exposure_minor: int
    """Its outstanding points and open debts, in minor units."""
    deposit_minor: int
    """The shop's deposit, in minor units."""
    returnable_minor: int
    """Collections from the shop that its bank can still return, in minor units."""
    deposit_short_minor: int
    """How much its deposit falls short of covering those returns, in minor units."""
    credit_minor: int | None
    """The credit on top of the shop's deposit, in minor units; null for no limit."""
    limit_minor: int | None
    """The most the shop may have at risk: deposit plus credit, in minor units; null for no limit."""
    alert_bps: int | None
    """The part of the limit, in basis points, from which the shop is reported."""
    reserve_bps: int | None
    """The part of the limit, in basis points, from which payouts to the shop stay in its deposit."""
    level: ExposureLevel
    """How near the shop is to its limit; at `stopped` it can't issue points."""


class ShopTour(TypedDict):
    """Gives `bonus_points` for sales at `different_shops` shops in a period, `minimum_minor` or more at each."""

    kind: Literal["shop_tour"]
    """Sales at several shops."""
    different_shops: int
    """At how many different shops to buy."""
    period: Literal["week", "month", "year"]
    """Within a week (Monday to Sunday), a month or a year of the calendar."""
    bonus_points: int
    """The points for so many shops."""
    minimum_minor: int
    """Sales count of which so much or more is paid in money and can earn, in minor units."""


class ShopTurnover(TypedDict):
    """A shop's points over a period."""

    shop: str
    """The shop."""
    issued: int
    """Points that it issued, less those taken back."""
    redeemed_own: int
    """Its own points spent at it."""
    redeemed_here: int
    """Others' points spent at it."""
    redeemed_elsewhere: int
    """Its points spent at others."""
    expired: int
    """Its points that expired."""
    redemption_bps: int | None
    """The shop's points redeemed anywhere, per points issued in the period, in basis points, rounded down; null if
    none were issued.
    """
    breakage_bps: int | None
    """The shop's points expired per points issued, in basis points, rounded down; null if none were issued."""


class ShopUpdate(TypedDict):
    """What to change of a shop. Fields that are left out stay as they are; null takes one away, but not the name."""

    name: NotRequired[str | None]
    """The shop's name."""
    name_zh: NotRequired[str | None]
    """The shop's name in Chinese, if it has one."""
    description_en: NotRequired[str | None]
    """What it is, in English."""
    description_zh: NotRequired[str | None]
    """What it is, in Chinese."""
    email: NotRequired[str | None]
    """The e-mail address at which the alliance reaches the shop; members don't see it."""
    website: NotRequired[str | None]
    """The shop's website."""
    category: NotRequired[Category | None]
    """What the shop sells in the main."""
    phone: NotRequired[str | None]
    """The shop's phone number, as it writes it."""
    address: NotRequired[str | None]
    """Where it is, as it writes it."""
    place: NotRequired[ShopPlace | None]
    """Where it is on a map."""
    hours: NotRequired[ShopHours | None]
    """When it is open."""
    status: NotRequired[ShopStatus | None]
    """The new status; only the alliance may change it."""


class ShortCode(TypedDict):
    """Six digits to read out at a till."""

    code: str
    """What the till sends as `pay_code`."""
    member: str
    """The member."""
    expires_at: str
    """Until when they are good: 60 seconds."""


class SpendLimit(TypedDict):
    """A version of a limit."""

    rule: str
    """The limit."""
    version: int
    """The version, from 1 on."""
    description: str
    """What it asks, in the language of Accept-Language."""
    effect: GreatestShare | Minimum | SpendStep
    """The same by `kind`."""
    first_day: str
    """The first day."""
    last_day: str | None
    """The last day; null: until it is ended."""
    shops: list[str]
    """Only at these shops; none: at all."""
    starts_at: str
    """From when on it holds for sales: it was added then."""
    ended_at: str | None
    """From when on it holds no more; null: it was not ended."""
    created_by: str
    """Who added it."""


class SpendLimitCreate(TypedDict):
    """A limit, or the next version of one."""

    rule: str
    """Its name. A limit that is there gets its next version."""
    effect: GreatestShare | Minimum | SpendStep
    """What it asks, by `kind`."""
    first_day: NotRequired[str | None]
    """The first day; null: from now on."""
    last_day: NotRequired[str | None]
    """The last day, which counts whole; null: until it is ended."""
    shops: NotRequired[list[str]]
    """Only at these shops; none: at all."""


class SpendLimits(TypedDict):
    """Versions of limits."""

    data: list[SpendLimit]
    """By limit and version."""


class SpendLockUpdate(TypedDict):
    """Whether a member's points are locked."""

    locked: bool
    """True: no purchase, hold or gift takes the member's points."""


class SpendStep(TypedDict):
    """What is spent in a sale is a multiple of `step` points."""

    kind: Literal["step"]
    """Points are spent by the step."""
    step: int
    """So many points at a time."""


class SpendingLockedEvent(TypedDict):
    """A member locked their points: nothing of them is spent."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["spending.locked"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: MemberData
    """What there is to know about it."""


class SpendingRuleUpdate(TypedDict):
    """What it takes to spend."""

    spend_by_id_up_to_minor: int
    """Up to what amount of a sale, in minor units, a member's id alone spends their points; 0: never."""


class SpendingUnlockedEvent(TypedDict):
    """A member unlocked their points."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["spending.unlocked"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: MemberData
    """What there is to know about it."""


class StampCard(TypedDict):
    """Gives `bonus_points` for each `stamps` stamps, one for each whole `stamp_minor` of what earns."""

    kind: Literal["stamp_card"]
    """A stamp card."""
    stamps: int
    """How many stamps fill a card."""
    bonus_points: int
    """The points for a full card."""
    stamp_minor: int
    """A stamp for each whole so much that is paid in money and can earn, in minor units."""
    stamps_a_sale: NotRequired[int]
    """The most stamps for one sale: 1 for a stamp a visit."""
    stamps_a_day: NotRequired[int | None]
    """The most stamps for a member on one day; null for no limit."""


class Statement(TypedDict):
    """A shop's statement: lines add up to their section, and sections to the net."""

    alliance: str
    """The alliance's name."""
    participant: str
    """The shop, or the alliance's own `operator` or `pool`."""
    participant_name: str
    """What it is called."""
    language: Literal["en", "zh"]
    """The language of its texts."""
    window: StatementWindow
    """The window."""
    currency: Currency
    """The currency."""
    headline: str
    """The balance in words."""
    sections: list[StatementSection]
    """The sections, by kind of business."""
    net: Money
    """The net of the window."""
    carried_over: Money
    """The balance still open from earlier windows."""
    kept_in_deposit: Money
    """What the close kept in the shop's deposit instead of paying it out."""
    balance: Money
    """The amount to pay: net + carried_over - kept_in_deposit."""
    payments: list[StatementPayment]
    """The payments that are planned for it."""


class StatementLine(TypedDict):
    """A line: one kind of business with one counterpart."""

    counterpart: str
    """The other shop, `operator` or `pool`; empty if there is none."""
    counterpart_name: str
    """What it is called."""
    points: int
    """How many points."""
    moves: int
    """How many moves it adds up."""
    money: ExactMoney
    """The money received or paid for it."""
    drill_down: NotRequired[list[StatementMove]]
    """The moves that add up to the line; only with `moves=true`."""


class StatementMove(TypedDict):
    """A move behind a line."""

    posting: int
    """The number of the posting in the book."""
    line: int
    """The number of the move in the posting."""
    occurred_at: str
    """When it happened."""
    key: str
    """The book's key of the request, which ends with its Idempotency-Key."""
    receipt: str | None
    """The till's own number of the purchase, its `external_ref`."""
    points: int
    """How many points."""
    money: ExactMoney
    """Their worth, or the fee."""


class StatementPayment(TypedDict):
    """A payment that is planned for the window."""

    due_on: str
    """The day on which it is due."""
    rail: str
    """The rail."""
    money: Money
    """The amount; below zero the shop pays it."""
    reference: str | None
    """The reference that the bank's line shows."""
    pay_to: PayTo | None
    """Where the shop transfers it; null where it is collected or paid out."""


class StatementSection(TypedDict):
    """A section: one kind of business."""

    kind: LineKind
    """The kind of business, for programs."""
    title: str
    """The kind of business, in the reader's language."""
    points: int
    """How many points."""
    moves: int
    """How many moves it adds up."""
    money: ExactMoney
    """The sum of its lines."""
    lines: list[StatementLine]
    """The lines, by counterpart."""


class StatementWindow(TypedDict):
    """The statement's window."""

    opens_at: str
    """The window's first moment."""
    closes_at: str
    """The window's cut-off: the first moment after it."""
    timezone: str
    """The alliance's time zone, an IANA name."""


class Streak(TypedDict):
    """Gives `bonus_points` for `times` days, weeks or months in a row, each with a sale of `minimum_minor` or more."""

    kind: Literal["streak"]
    """Sales in several periods in a row."""
    times: int
    """How many in a row."""
    period: Literal["day", "week", "month"]
    """Days, weeks (Monday to Sunday) or months of the calendar."""
    bonus_points: int
    """The points for so many in a row; then it begins anew."""
    minimum_minor: int
    """Sales count of which so much or more is paid in money and can earn, in minor units."""


class StripeOnboardingCreate(TypedDict):
    """What Stripe needs to know about the shop."""

    done_url: str
    """Where to go when the visitor has finished."""
    back_url: str
    """Where to go when the visitor turns back, or the page has expired."""
    country: str
    """The shop's country, an ISO 3166 code."""
    email: NotRequired[str | None]
    """The shop's e-mail address at Stripe; by default the one in its profile."""


class StripePage(TypedDict):
    """A page at Stripe."""

    url: str
    """The page to send the shop's owner to. An onboarding page works once, for some minutes."""


class StripePageCreate(TypedDict):
    """Where the page sends its visitor afterwards."""

    done_url: str
    """Where to go when the visitor has finished."""
    back_url: str
    """Where to go when the visitor turns back, or the page has expired."""


class StripeTopUpCreate(TypedDict):
    """How much to pay into the deposit."""

    done_url: str
    """Where to go when the visitor has finished."""
    back_url: str
    """Where to go when the visitor turns back, or the page has expired."""
    amount_minor: int
    """The amount, in minor units."""


class StripeWebhookReceipt(TypedDict):
    """A webhook that was stored."""

    new: bool
    """Whether it came for the first time."""


class Task(TypedDict):
    """Long work that somebody asked for. It goes on also where the server starts anew."""

    id: str
    """The task's id."""
    kind: str
    """What it does: `members.import`, `payments.run` …"""
    state: TaskState
    """Where it stands; a task that is `done` or `failed` has ended."""
    done: int
    """How many of its parts are done."""
    total: int
    """Of how many; 0 where nobody knows yet."""
    requested_at: str
    """When it was asked for."""
    requested_by: str
    """Who asked for it."""
    finished_at: str | None
    """When it ended; it is forgotten seven days later."""
    file: str | None
    """The name of the file that it made; null where there is none."""


class TaskPage(TypedDict):
    """TaskPage"""

    data: list[Task]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class Terms(TypedDict):
    """Terms: what a point issued under them is worth and costs. A point keeps its terms for life."""

    effective_at: str | None
    """From when on they apply; null for the first."""
    points_per_unit: str
    """Points per unit of money at redemption, exact."""
    funding: Funding
    """When the issuing shop pays for a point: `on_redemption` or `on_issue`."""
    redeem_fee_bps: int
    """The fee that a redeeming shop pays, in basis points."""
    issue_fee_bps: int
    """The fee that an issuing shop pays, in basis points."""
    breakage_to: Breakage
    """Who gets the money behind expired points under `on_issue`."""


class TermsCreate(TypedDict):
    """New terms. Points issued before keep theirs."""

    effective_at: str
    """From when on they apply: later than now and than all terms so far."""
    points_per_unit: str
    """Points per unit of money at redemption."""
    funding: Funding
    """When the issuing shop pays for a point."""
    redeem_fee_bps: NotRequired[int]
    """The fee that a redeeming shop pays, in basis points."""
    issue_fee_bps: NotRequired[int]
    """The fee that an issuing shop pays, in basis points."""
    breakage_to: NotRequired[Breakage]
    """Who gets the money behind expired points under `on_issue`."""


class TillCashier(TypedDict):
    """A cashier as a till shows them."""

    id: str
    """Their id."""
    name: str
    """Their name."""
    locked: bool
    """Whether a manager has to unlock the PIN first."""


class TillChallenge(TypedDict):
    """What the till is to sign."""

    challenge: str
    """A text, good for two minutes."""


class TillChallengeCreate(TypedDict):
    """A till that wants to begin a session."""

    till: str
    """The till's id."""


class TillCode(TypedDict):
    """What connects a device to a shop, once."""

    code: str
    """Eight letters and digits, to be typed on the device."""
    link: str
    """The same as a link, to be shown as a QR code."""
    expires_at: str
    """Until when it is good."""


class TillConnect(TypedDict):
    """A device that wants to be a till."""

    code: str
    """The code that a manager has made."""
    name: str
    """What the shop knows the device by."""
    public_key: str
    """The public half of a key that the device made (ECDSA, P-256): the 65 bytes of the uncompressed point in
    base64url, as WebCrypto exports it `raw`. The private half never leaves the device.
    """


class TillDayLimit(TypedDict):
    """The most that may be booked on a day without a manager."""

    sales: NotRequired[int | None]
    """How many sales; null for no limit."""
    amount_minor: NotRequired[int | None]
    """What they come to, in minor units."""
    points: NotRequired[int | None]
    """Points that pay. A sale that asks for all of the member's goes through while any is left."""


class TillDevice(TypedDict):
    """A connected device."""

    id: str
    """Its id."""
    shop: str
    """The shop."""
    name: str
    """What the shop knows it by."""
    created_at: str
    """When it was connected."""
    seen_at: str
    """When it last began a session, or sent what it had sold offline."""


class TillLines(TypedDict):
    """Whether a shop's tills ask for the lines of a sale."""

    wanted: bool
    """Whether they do: then a line can be kept from earning, and be refunded by itself."""


class TillLinesUpdate(TypedDict):
    """Whether a shop's tills ask for the lines of a sale."""

    wanted: bool
    """Whether they do: then a line can be kept from earning, and be refunded by itself."""


class TillList(TypedDict):
    """A shop's tills."""

    data: list[TillDevice]
    """Those that were not removed, the oldest first."""


class TillOffline(TypedDict):
    """What a till may do without a connection, as the alliance decided (`setTillSettings`)."""

    sales_per_day: int
    """How many sales it may make offline on a day."""
    sales_left: int
    """How many of them are left today."""
    hours: int
    """Within how many hours they have to be sent."""
    loss: LossBearer
    """Who bears that a sale made offline earns no points after all."""


class TillSession(TypedDict):
    """A session of a till."""

    token: str
    """Send it as `Authorization: Bearer …`."""
    expires_at: str
    """Until when it is good, if it is used every hour."""


class TillSessionCreate(TypedDict):
    """The challenge, signed."""

    till: str
    """The till's id."""
    challenge: str
    """The challenge."""
    signature: str
    """Its signature by the till's key: ECDSA with SHA-256 over its UTF-8 bytes, 64 bytes (r and s) in base64url, as
    WebCrypto signs.
    """


class TillSettings(TypedDict):
    """Settings for tills. Offline they only earn: nobody knows there whether points are still to be spent."""

    offline_sales_per_day: int
    """How many sales a connected till may make offline on a day; 0: none."""
    offline_hours: int
    """Within how many hours a sale made offline has to be sent."""
    offline_loss: LossBearer
    """Who bears that a sale made offline earns no points after all, because its code was not good, say. `member`: they
    get none. `shop`: it rings the amount up again. `alliance`: it gives the points by a correction.
    """
    till_day: NotRequired[TillDayLimit]
    """What one connected till may book on a day. A manager lets it go on for a day (`updateTill`), or books the sale
    in their own session.
    """
    shop_day: NotRequired[TillDayLimit]
    """What all tills, till systems and cashiers of one shop may book on a day together."""


class TillUpdate(TypedDict):
    """Another name, or no limit for today."""

    name: NotRequired[str | None]
    """What the shop knows it by; null leaves it."""
    limit_lifted: NotRequired[bool | None]
    """Whether it may book more than its limit of a day (`setTillSettings`) until that is over."""


class User(TypedDict):
    """A user."""

    id: str
    """The user's id."""
    email: str
    """The e-mail address, by which the user logs in."""
    name: str
    """The name."""
    role: Literal["owner", "finance", "support", "manager", "cashier"]
    """The user's role."""
    shop: str | None
    """The shop, for a manager or a cashier."""
    language: Literal["en", "zh"]
    """The language of messages to the user."""
    status: Literal["invited", "active", "disabled"]
    """`invited` until the user chooses a password; a `disabled` user can't log in."""
    second_factor: bool
    """Whether the user needs a one-time code to log in."""
    created_at: str
    """When the user was first invited."""


class UserCreate(TypedDict):
    """A user to invite."""

    email: str
    """An e-mail address; upper and lower case are the same."""
    name: str
    """The user's name."""
    role: Literal["owner", "finance", "support", "manager", "cashier"]
    """The user's role."""
    shop: NotRequired[str | None]
    """The shop; required for a manager or a cashier, and only for these."""
    language: NotRequired[Literal["en", "zh"]]
    """The language of messages to the user."""


class UserInvitation(TypedDict):
    """An invitation that can be accepted."""

    alliance: str
    """The alliance's name."""
    user: User
    """The invited user."""
    authenticator_uri: str | None
    """The second factor as a URI for an authenticator app (otpauth://…, to show as a QR code). Null if none is needed.
    """


class UserInvitationAccept(TypedDict):
    """The acceptance of an invitation."""

    token: str
    """The invitation's token, which is in its link behind #."""
    password: str
    """The password: 12 to 200 characters of any kind."""
    code: NotRequired[str | None]
    """The authenticator app's current code, if the invitation has a second factor."""


class UserInvitationLookUp(TypedDict):
    """An invitation's token."""

    token: str
    """The invitation's token, which is in its link behind #."""


class UserPage(TypedDict):
    """UserPage"""

    data: list[User]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class UserUpdate(TypedDict):
    """What to change of a user. Fields that are left out stay as they are."""

    email: NotRequired[str | None]
    """The e-mail address with which the user logs in."""
    name: NotRequired[str | None]
    """The user's name."""
    role: NotRequired[Literal["owner", "finance", "support", "manager", "cashier"] | None]
    """The new role. People of the alliance stay with the alliance, people of a shop with the shop."""
    language: NotRequired[Literal["en", "zh"] | None]
    """The language of messages to the user."""
    disabled: NotRequired[bool | None]
    """Whether the user is disabled and can't log in."""


class VoidCreate(TypedDict):
    """The key of what is to be voided."""

    idempotency_key: str
    """The Idempotency-Key under which it was sent, or was going to be sent."""
    shift: NotRequired[str | None]
    """At a connected till: the shift of whoever is signed in there. A void succeeds without one too."""


class Wallet(TypedDict):
    """All that a member has."""

    member: str
    """The member."""
    frozen: bool
    """Whether it is held back now."""
    spend_locked: bool
    """Whether the member has locked their points, so that none can be spent."""
    points: int
    """Points that can be spent now."""
    worth_minor: int
    """What they pay for, in minor units, rounded down."""
    currency: str
    """ISO 4217 code of the alliance's currency."""
    held_points: int
    """Points that holds have locked, those included whose time is over and that come back in seconds."""
    pending_points: int
    """Points that are released on later days."""
    owed_points: int
    """Points that the member owes."""
    household: str | None
    """The household whose points the member may spend too."""
    household_points: int
    """What the others of the household have."""
    lots: list[WalletLot]
    """The points, in the order in which they are spent."""
    expiries: list[WalletExpiry]
    """Every day on which points expire, the next first."""
    pending: list[PendingPoints]
    """What is released on which day, the next first."""
    debts: list[WalletDebt]
    """What is owed to whom."""
    stamp_cards: list[WalletCard]
    """Cards with stamps on them, of rules that count now."""


class WalletCard(TypedDict):
    """A stamp card of a member."""

    rule: str
    """The rule."""
    stamps: int
    """Stamps that are on it."""
    needed: int
    """Stamps that fill it."""
    points: int
    """What a full card gives, in points."""
    shops: list[str]
    """Only these shops stamp it; none: all."""


class WalletDebt(TypedDict):
    """Points owed since a purchase was refunded whose points were spent; the next points that come pay it."""

    shop: str
    """The shop they are owed to."""
    points: int
    """How many, at the rate of the purchase that was refunded."""
    worth_minor: int
    """What they are worth, in minor units, rounded up. Points of another rate pay them by this value."""


class WalletEvent(TypedDict):
    """Something that happened to a member, or to their points."""

    id: str
    """The event's id."""
    type: EventType
    """What happened."""
    at: str
    """When it was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member who did it."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    points_change: int
    """By how many points it changed what the member can spend: below zero where some were taken. The changes of a
    whole history add up to the balance.
    """
    data: dict[str, Any]
    """All about it: points_earned, points_spent, spent_from …"""


class WalletEventPage(TypedDict):
    """WalletEventPage"""

    data: list[WalletEvent]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class WalletExpiry(TypedDict):
    """Points that expire after one day."""

    expires_on: str
    """Their last day, in the alliance's time zone."""
    points: int
    """How many expire then, if they are not spent before."""
    worth_minor: int
    """What they pay for, in minor units, rounded down."""


class WalletLot(TypedDict):
    """Points of one shop with one last day."""

    issuer: str
    """The shop that issued them, and stands for them."""
    points: int
    """How many there are."""
    worth_minor: int
    """What they pay for, in minor units, rounded down."""
    expires_on: str
    """Their last day, in the alliance's time zone."""


class WebhookAttempt(TypedDict):
    """One attempt to deliver an event."""

    number: int
    """The number of the attempt, from 1."""
    at: str
    """When it was made."""
    status: int | None
    """The HTTP status of the answer; any 2xx means delivered."""
    problem: str | None
    """Why there was no answer."""
    duration_ms: int
    """How long it took, in milliseconds."""


class WebhookDelivery(TypedDict):
    """The delivery of an event to an endpoint."""

    event: str
    """The event's id."""
    type: EventType
    """The event's type."""
    state: Literal["pending", "delivered", "failed"]
    """`failed`: given up after the last attempt."""
    next_attempt_at: str | None
    """When the next attempt is made."""
    ended_at: str | None
    """When it was delivered, or given up."""
    attempts: list[WebhookAttempt]
    """All attempts, oldest first."""


class WebhookDeliveryPage(TypedDict):
    """WebhookDeliveryPage"""

    data: list[WebhookDelivery]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class WebhookEndpoint(TypedDict):
    """An endpoint."""

    id: str
    """The endpoint's id."""
    url: str
    """The URL that events are sent to."""
    shop: str | None
    """The shop whose events it gets; null for the alliance's own endpoint."""
    types: list[str]
    """The event types that it gets; empty for all."""
    app: bool
    """Whether it is a wallet app's, which gets what concerns a member, at any shop."""
    description: str
    """What the endpoint is for."""
    status: Literal["enabled", "disabled"]
    """Whether events are sent to it."""
    disabled_because: str | None
    """Why it is disabled; null while it is enabled."""
    created_at: str
    """When it was created."""
    failing_since: str | None
    """Since when every attempt has failed; null while it works."""


class WebhookEndpointCreate(TypedDict):
    """A new endpoint."""

    url: str
    """The URL to send events to: https, with a public address."""
    shop: NotRequired[str | None]
    """The shop whose events it gets; by default the caller's shop. Null for the alliance's own endpoint."""
    types: NotRequired[list[EventType]]
    """The event types that it gets; empty for all."""
    description: NotRequired[str]
    """What the endpoint is for."""


class WebhookEndpointDisabledData(TypedDict):
    """An endpoint that gets no more."""

    id: str
    """The endpoint."""
    url: str
    """Its URL."""
    shop: str | None
    """The shop whose events it got; null for the alliance's own."""
    because: str
    """Why."""


class WebhookEndpointDisabledEvent(TypedDict):
    """An endpoint took nothing for days and gets no more."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["webhook_endpoint.disabled"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: WebhookEndpointDisabledData
    """What there is to know about it."""


class WebhookEndpointPage(TypedDict):
    """WebhookEndpointPage"""

    data: list[WebhookEndpoint]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class WebhookEndpointUpdate(TypedDict):
    """What to change of an endpoint. Fields that are left out stay as they are."""

    url: NotRequired[str | None]
    """The new URL."""
    types: NotRequired[list[EventType] | None]
    """The new types."""
    description: NotRequired[str | None]
    """What the endpoint is for."""
    status: NotRequired[Literal["enabled", "disabled"] | None]
    """An endpoint that is enabled again gets the events that waited for it and new ones; replay those in between."""


class WebhookEndpointWithSecret(TypedDict):
    """An endpoint with its newest secret."""

    id: str
    """The endpoint's id."""
    url: str
    """The URL that events are sent to."""
    shop: str | None
    """The shop whose events it gets; null for the alliance's own endpoint."""
    types: list[str]
    """The event types that it gets; empty for all."""
    app: bool
    """Whether it is a wallet app's, which gets what concerns a member, at any shop."""
    description: str
    """What the endpoint is for."""
    status: Literal["enabled", "disabled"]
    """Whether events are sent to it."""
    disabled_because: str | None
    """Why it is disabled; null while it is enabled."""
    created_at: str
    """When it was created."""
    failing_since: str | None
    """Since when every attempt has failed; null while it works."""
    secret: str
    """The secret to verify signatures with, by any Standard Webhooks library. Only this answer has it."""


class WebhookReplay(TypedDict):
    """What to send again: one event, or all events of a period."""

    event: NotRequired[str | None]
    """The id of the event."""
    since: NotRequired[str | None]
    """The start of the period: events recorded at this moment or later."""
    until: NotRequired[str | None]
    """The end of the period: events recorded before this moment."""
    after: NotRequired[str | None]
    """Continue after this event: the `next` of the previous answer."""
    include_delivered: NotRequired[bool]
    """Whether to send events of the period again that were delivered. A single event is always sent."""


class WebhookReplayQueued(TypedDict):
    """What will be sent again."""

    queued: int
    """How many events will be sent."""
    next: str | None
    """One call covers 1000 events: send this as `after` to continue. Null at the end."""


class WebhookSecretRotate(TypedDict):
    """A new secret for an endpoint."""

    overlap_hours: NotRequired[int]
    """For how many hours webhooks are signed with the old secret too."""


class Window(TypedDict):
    """A settlement window."""

    id: str
    """The window's id: its opening in UTC."""
    status: WindowStatus
    """`due`: the window is over and waits to be closed."""
    opens_at: str
    """The window's first moment."""
    closes_at: str
    """The window's cut-off: the first moment after it."""
    currency: str
    """ISO 4217 code of the alliance's currency."""
    collected_minor: int
    """The sum of what shops owe, which equals the sum of what they are owed, in minor units."""


class WindowClosedData(TypedDict):
    """A window that is closed."""

    id: str
    """The id of its closing."""
    opens_at: str
    """When it began."""
    closes_at: str
    """When it ended."""


class WindowClosedEvent(TypedDict):
    """A window was closed; its nets stand."""

    id: str
    """The event's id; also the webhook's `webhook-id`."""
    type: Literal["window.closed"]
    """The type of event."""
    timestamp: str
    """When the event was recorded."""
    shop: str | None
    """The shop at which it happened."""
    member: str | None
    """The member concerned."""
    second_member: str | None
    """The other member, such as the receiver of a gift."""
    data: WindowClosedData
    """What there is to know about it."""


class WindowDetail(TypedDict):
    """A settlement window with its nets."""

    id: str
    """The window's id: its opening in UTC."""
    status: WindowStatus
    """`due`: the window is over and waits to be closed."""
    opens_at: str
    """The window's first moment."""
    closes_at: str
    """The window's cut-off: the first moment after it."""
    currency: str
    """ISO 4217 code of the alliance's currency."""
    collected_minor: int
    """The sum of what shops owe, which equals the sum of what they are owed, in minor units."""
    nets: list[WindowNet]
    """The nets by shop. Those of an open window may still change."""


class WindowNet(TypedDict):
    """The net of one shop."""

    shop: str
    """The shop, or the alliance's own `operator` or `pool`."""
    net_minor: int
    """Its net in minor units: above zero the shop is owed, below zero it owes."""
    carried_over_minor: int
    """The balance still open from earlier windows, in minor units."""
    kept_in_deposit_minor: int
    """What the close kept in the shop's deposit instead of paying it out, in minor units."""


class WindowPage(TypedDict):
    """WindowPage"""

    data: list[Window]
    """The items, in order."""
    next_cursor: str | None
    """Send this as `cursor` to get the next page; null on the last page."""


class WindowPlan(TypedDict):
    """The payments that settle a window."""

    payments: list[PlannedPayment]
    """The payments, by payer and payee."""
    proven_minimal: bool | None
    """Whether it is proven that no plan has fewer payments; null for the plan through the clearing house."""


class WithdrawalCreate(TypedDict):
    """Money to pay back."""

    shop: str
    """The shop; `operator` for the alliance itself."""
    account: NotRequired[DepositAccount]
    """The account: the shop's deposit, its share of the guarantee fund, or capital."""
    amount_minor: int
    """The amount, in minor units."""


class WriteOffRequest(TypedDict):
    """A write-off that waits for approval."""

    approval: str
    """The id of the approval that another person has to give."""


class Client(Requester):
    """Calls the API. Raises ApiProblem when it refuses a request, Unreachable when it does not answer."""

    def get_alliance(self) -> Alliance:
        """Get the alliance and its rules."""
        return cast("Alliance", self.ask("GET", "/v1/alliance"))

    def create_alliance_settings(self, *, if_match: str | None = None, **body: Unpack[AllianceSettingsCreate]) -> Alliance:
        """Change name, time zone or windows."""
        return cast("Alliance", self.ask("POST", "/v1/alliance/settings", headers={"If-Match": if_match}, body=body))

    def create_terms(self, *, if_match: str | None = None, **body: Unpack[TermsCreate]) -> Alliance:
        """Add new terms."""
        return cast("Alliance", self.ask("POST", "/v1/alliance/terms", headers={"If-Match": if_match}, body=body))

    def create_earning_rules(self, *, if_match: str | None = None, **body: Unpack[EarningRulesCreate]) -> Alliance:
        """Add new earning rules."""
        return cast("Alliance", self.ask("POST", "/v1/alliance/earning", headers={"If-Match": if_match}, body=body))

    def set_spending_rule(self, *, if_match: str | None = None, **body: Unpack[SpendingRuleUpdate]) -> Alliance:
        """Set what it takes to spend."""
        return cast("Alliance", self.ask("PUT", "/v1/alliance/spending", headers={"If-Match": if_match}, body=body))

    def advance_clock(self, **body: Unpack[ClockAdvance]) -> Clock:
        """Move a sandbox's clock."""
        return cast("Clock", self.ask("POST", "/v1/alliance/clock", body=body))

    def confirm_clock(self) -> Clock:
        """Confirm the server's clock."""
        return cast("Clock", self.ask("POST", "/v1/alliance/clock/confirm"))

    def create_legal_text(self, **body: Unpack[LegalTextCreate]) -> LegalText:
        """Publish a legal text."""
        return cast("LegalText", self.ask("POST", "/v1/legal-texts", body=body))

    def list_legal_texts(self, *, kind: LegalKind | None = None, limit: int | None = None, cursor: str | None = None) -> LegalTextPage:
        """List the legal texts."""
        return cast("LegalTextPage", self.ask("GET", "/v1/legal-texts", query={"kind": kind, "limit": limit, "cursor": cursor}))

    def all_legal_texts(self, *, kind: LegalKind | None = None, limit: int | None = None) -> Iterator[LegalText]:
        """List the legal texts: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_legal_texts(kind=kind, limit=limit, cursor=cursor)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def list_rules(self) -> Rules:
        """List the bonus rules."""
        return cast("Rules", self.ask("GET", "/v1/rules"))

    def add_rule(self, **body: Unpack[RuleCreate]) -> Rule:
        """Add a bonus rule, or a version of one."""
        return cast("Rule", self.ask("POST", "/v1/rules", body=body))

    def end_rule(self, rule: str, /) -> Rules:
        """End a bonus rule."""
        return cast("Rules", self.ask("POST", "/v1/rules/{rule}/end", path_values={"rule": rule}))

    def get_public_alliance(self, *, alliance: str | None = None) -> PublicAlliance:
        """The alliance."""
        return cast("PublicAlliance", self.ask("GET", "/v1/public/alliance", query={"alliance": alliance}))

    def list_public_legal_texts(self, *, alliance: str | None = None) -> PublicLegalTexts:
        """The alliance's legal texts."""
        return cast("PublicLegalTexts", self.ask("GET", "/v1/public/legal-texts", query={"alliance": alliance}))

    def list_public_shops(self, *, category: Category | None = None, open_now: bool | None = None, limit: int | None = None, cursor: str | None = None, alliance: str | None = None) -> PublicShopPage:
        """The shops that take part."""
        return cast("PublicShopPage", self.ask("GET", "/v1/public/shops", query={"category": category, "open_now": open_now, "limit": limit, "cursor": cursor, "alliance": alliance}))

    def all_public_shops(self, *, category: Category | None = None, open_now: bool | None = None, limit: int | None = None, alliance: str | None = None) -> Iterator[PublicShop]:
        """The shops that take part: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_public_shops(category=category, open_now=open_now, limit=limit, cursor=cursor, alliance=alliance)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def get_public_shop(self, shop: str, /, *, alliance: str | None = None) -> PublicShop:
        """A shop that takes part."""
        return cast("PublicShop", self.ask("GET", "/v1/public/shops/{shop}", path_values={"shop": shop}, query={"alliance": alliance}))

    def get_public_image(self, digest: str, /) -> Any:
        """A picture of a shop."""
        return self.ask("GET", "/v1/public/images/{digest}", path_values={"digest": digest})

    def try_rule(self, **body: Unpack[RuleTrialCreate]) -> RuleTrial:
        """Try a bonus rule on past sales."""
        return cast("RuleTrial", self.ask("POST", "/v1/rules/what-if", body=body))

    def get_rule_trial(self, trial: str, /) -> RuleTrial:
        """Get what a rule would have cost."""
        return cast("RuleTrial", self.ask("GET", "/v1/rules/what-if/{trial}", path_values={"trial": trial}))

    def list_spend_limits(self) -> SpendLimits:
        """List the limits of spending."""
        return cast("SpendLimits", self.ask("GET", "/v1/spend-limits"))

    def add_spend_limit(self, **body: Unpack[SpendLimitCreate]) -> SpendLimit:
        """Limit what points may pay for in one sale."""
        return cast("SpendLimit", self.ask("POST", "/v1/spend-limits", body=body))

    def end_spend_limit(self, rule: str, /) -> SpendLimits:
        """End a limit of spending."""
        return cast("SpendLimits", self.ask("POST", "/v1/spend-limits/{rule}/end", path_values={"rule": rule}))

    def create_shop(self, **body: Unpack[ShopCreate]) -> Shop:
        """Add a shop."""
        return cast("Shop", self.ask("POST", "/v1/shops", body=body))

    def list_shops(self, *, limit: int | None = None, cursor: str | None = None) -> ShopPage:
        """List the shops."""
        return cast("ShopPage", self.ask("GET", "/v1/shops", query={"limit": limit, "cursor": cursor}))

    def all_shops(self, *, limit: int | None = None) -> Iterator[Shop]:
        """List the shops: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_shops(limit=limit, cursor=cursor)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def get_shop(self, shop: str, /) -> Shop:
        """Get a shop."""
        return cast("Shop", self.ask("GET", "/v1/shops/{shop}", path_values={"shop": shop}))

    def update_shop(self, shop: str, /, *, if_match: str | None = None, **body: Unpack[ShopUpdate]) -> Shop:
        """Change a shop."""
        return cast("Shop", self.ask("PATCH", "/v1/shops/{shop}", path_values={"shop": shop}, headers={"If-Match": if_match}, body=body))

    def set_shop_image(self, shop: str, kind: str, /, *, if_match: str | None = None, content: bytes) -> Shop:
        """Set a shop's logo or photo."""
        return cast("Shop", self.ask("PUT", "/v1/shops/{shop}/images/{kind}", path_values={"shop": shop, "kind": kind}, headers={"If-Match": if_match}, content=content))

    def remove_shop_image(self, shop: str, kind: str, /, *, if_match: str | None = None) -> Shop:
        """Take a shop's logo or photo away."""
        return cast("Shop", self.ask("DELETE", "/v1/shops/{shop}/images/{kind}", path_values={"shop": shop, "kind": kind}, headers={"If-Match": if_match}))

    def get_shop_risk(self, shop: str, /) -> ShopRisk:
        """Get what a shop has at risk."""
        return cast("ShopRisk", self.ask("GET", "/v1/shops/{shop}/risk", path_values={"shop": shop}))

    def set_shop_limit(self, shop: str, /, *, if_match: str | None = None, **body: Unpack[ShopLimitUpdate]) -> ShopRisk:
        """Set a shop's limit."""
        return cast("ShopRisk", self.ask("PUT", "/v1/shops/{shop}/limit", path_values={"shop": shop}, headers={"If-Match": if_match}, body=body))

    def get_join_sheet(self, kind: str, /, *, paper: Paper | None = None) -> Any:
        """Print a poster for all shops."""
        return self.ask("GET", "/v1/alliance/join-sheets/{kind}", path_values={"kind": kind}, query={"paper": paper})

    def get_shop_join_sheet(self, shop: str, kind: str, /, *, paper: Paper | None = None) -> Any:
        """Print a shop's poster."""
        return self.ask("GET", "/v1/shops/{shop}/join-sheets/{kind}", path_values={"shop": shop, "kind": kind}, query={"paper": paper})

    def create_member_cards(self, **body: Unpack[MemberCards]) -> Any:
        """Print members' cards."""
        return self.ask("POST", "/v1/member-cards", body=body)

    def get_payment_slips(self, *, shop: str | None = None, paper: Paper | None = None) -> Any:
        """Print what shops pay each other."""
        return self.ask("GET", "/v1/payment-slips", query={"shop": shop, "paper": paper})

    def get_day_sheet(self, shop: str, day: str, /, *, format: Literal["json", "csv"] | None = None) -> Any:
        """A shop's day: sales, points, voids and refunds by cashier."""
        return self.ask("GET", "/v1/shops/{shop}/days/{day}", path_values={"shop": shop, "day": day}, query={"format": format})

    def get_day_mail(self, shop: str, /) -> DayMail:
        """Whether daily figures are e-mailed."""
        return cast("DayMail", self.ask("GET", "/v1/shops/{shop}/day-mail", path_values={"shop": shop}))

    def set_day_mail(self, shop: str, /, **body: Unpack[DayMailUpdate]) -> DayMail:
        """E-mail daily figures, or stop it."""
        return cast("DayMail", self.ask("PUT", "/v1/shops/{shop}/day-mail", path_values={"shop": shop}, body=body))

    def create_purchase(self, *, idempotency_key: str | None = None, **body: Unpack[PurchaseCreate]) -> Purchase:
        """Record a purchase, spending and earning points."""
        return cast("Purchase", self.ask("POST", "/v1/purchases", headers={"Idempotency-Key": idempotency_key or new_key()}, body=body))

    def list_purchases(self, *, external_ref: str | None = None, key: str | None = None, shop: str | None = None, member: str | None = None, since: str | None = None, until: str | None = None, limit: int | None = None, cursor: str | None = None) -> PurchaseDetailPage:
        """Purchases, the newest first."""
        return cast("PurchaseDetailPage", self.ask("GET", "/v1/purchases", query={"external_ref": external_ref, "key": key, "shop": shop, "member": member, "since": since, "until": until, "limit": limit, "cursor": cursor}))

    def all_purchases(self, *, external_ref: str | None = None, key: str | None = None, shop: str | None = None, member: str | None = None, since: str | None = None, until: str | None = None, limit: int | None = None) -> Iterator[PurchaseDetail]:
        """Purchases, the newest first: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_purchases(external_ref=external_ref, key=key, shop=shop, member=member, since=since, until=until, limit=limit, cursor=cursor)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def quote_purchase(self, **body: Unpack[PurchaseCreate]) -> Quote:
        """What a purchase would do, explained."""
        return cast("Quote", self.ask("POST", "/v1/purchases/quote", body=body))

    def get_purchase(self, purchase: str, /) -> PurchaseDetail:
        """A purchase."""
        return cast("PurchaseDetail", self.ask("GET", "/v1/purchases/{purchase}", path_values={"purchase": purchase}))

    def create_refund(self, *, idempotency_key: str | None = None, **body: Unpack[RefundCreate]) -> Refund:
        """Refund a purchase."""
        return cast("Refund", self.ask("POST", "/v1/refunds", headers={"Idempotency-Key": idempotency_key or new_key()}, body=body))

    def list_refunds(self, *, key: str | None = None, shop: str | None = None, member: str | None = None, since: str | None = None, until: str | None = None, limit: int | None = None, cursor: str | None = None) -> RefundPage:
        """Refunds of purchases, the newest first."""
        return cast("RefundPage", self.ask("GET", "/v1/refunds", query={"key": key, "shop": shop, "member": member, "since": since, "until": until, "limit": limit, "cursor": cursor}))

    def all_refunds(self, *, key: str | None = None, shop: str | None = None, member: str | None = None, since: str | None = None, until: str | None = None, limit: int | None = None) -> Iterator[Refund]:
        """Refunds of purchases, the newest first: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_refunds(key=key, shop=shop, member=member, since=since, until=until, limit=limit, cursor=cursor)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def get_refund(self, refund: str, /) -> Refund:
        """A refund."""
        return cast("Refund", self.ask("GET", "/v1/refunds/{refund}", path_values={"refund": refund}))

    def create_hold(self, *, idempotency_key: str | None = None, **body: Unpack[HoldCreate]) -> Hold:
        """Lock points for a shop."""
        return cast("Hold", self.ask("POST", "/v1/holds", headers={"Idempotency-Key": idempotency_key or new_key()}, body=body))

    def list_holds(self, *, key: str | None = None, shop: str | None = None, member: str | None = None, since: str | None = None, until: str | None = None, limit: int | None = None, cursor: str | None = None) -> HoldPage:
        """Holds, the newest first."""
        return cast("HoldPage", self.ask("GET", "/v1/holds", query={"key": key, "shop": shop, "member": member, "since": since, "until": until, "limit": limit, "cursor": cursor}))

    def all_holds(self, *, key: str | None = None, shop: str | None = None, member: str | None = None, since: str | None = None, until: str | None = None, limit: int | None = None) -> Iterator[Hold]:
        """Holds, the newest first: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_holds(key=key, shop=shop, member=member, since=since, until=until, limit=limit, cursor=cursor)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def capture_hold(self, hold: str, /, *, idempotency_key: str | None = None, **body: Unpack[HoldCapture]) -> Hold:
        """Spend points of a hold."""
        return cast("Hold", self.ask("POST", "/v1/holds/{hold}/capture", path_values={"hold": hold}, headers={"Idempotency-Key": idempotency_key or new_key()}, body=body))

    def release_hold(self, hold: str, /, *, idempotency_key: str | None = None) -> Hold:
        """Give a hold up."""
        return cast("Hold", self.ask("POST", "/v1/holds/{hold}/release", path_values={"hold": hold}, headers={"Idempotency-Key": idempotency_key or new_key()}))

    def refund_hold(self, hold: str, /, *, idempotency_key: str | None = None, **body: Unpack[HoldRefund]) -> Hold:
        """Give captured points back."""
        return cast("Hold", self.ask("POST", "/v1/holds/{hold}/refund", path_values={"hold": hold}, headers={"Idempotency-Key": idempotency_key or new_key()}, body=body))

    def get_hold(self, hold: str, /) -> Hold:
        """A hold."""
        return cast("Hold", self.ask("GET", "/v1/holds/{hold}", path_values={"hold": hold}))

    def void_purchase(self, **body: Unpack[VoidCreate]) -> PurchaseVoid:
        """Void a purchase by its key."""
        return cast("PurchaseVoid", self.ask("POST", "/v1/purchases/void", repeatable=True, body=body))

    def void_hold(self, **body: Unpack[VoidCreate]) -> HoldVoid:
        """Void a hold by its key."""
        return cast("HoldVoid", self.ask("POST", "/v1/holds/void", repeatable=True, body=body))

    def create_batch(self, **body: Unpack[PurchaseBatchCreate]) -> PurchaseBatch:
        """Record many purchases and refunds at once."""
        return cast("PurchaseBatch", self.ask("POST", "/v1/batches", repeatable=True, body=body))

    def enrol_member(self, **body: Unpack[MemberCreate]) -> EnrolledMember:
        """Enrol a member by phone or e-mail."""
        return cast("EnrolledMember", self.ask("POST", "/v1/members", body=body))

    def list_members(self, *, state: Literal["active", "frozen"] | None = None, limit: int | None = None, cursor: str | None = None) -> MemberPage:
        """All members, the newest first."""
        return cast("MemberPage", self.ask("GET", "/v1/members", query={"state": state, "limit": limit, "cursor": cursor}))

    def all_members(self, *, state: Literal["active", "frozen"] | None = None, limit: int | None = None) -> Iterator[Member]:
        """All members, the newest first: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_members(state=state, limit=limit, cursor=cursor)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def search_members(self, **body: Unpack[MemberSearch]) -> list[Member]:
        """Find members by contact."""
        return cast("list[Member]", self.ask("POST", "/v1/members/search", body=body))

    def get_member(self, member: str, /) -> Member:
        """A member."""
        return cast("Member", self.ask("GET", "/v1/members/{member}", path_values={"member": member}))

    def update_member(self, member: str, /, *, if_match: str | None = None, **body: Unpack[MemberUpdate]) -> Member:
        """Change a member."""
        return cast("Member", self.ask("PATCH", "/v1/members/{member}", path_values={"member": member}, headers={"If-Match": if_match}, body=body))

    def freeze_member(self, member: str, /) -> Member:
        """Freeze a member."""
        return cast("Member", self.ask("POST", "/v1/members/{member}/freeze", path_values={"member": member}))

    def unfreeze_member(self, member: str, /) -> Member:
        """Unfreeze a member."""
        return cast("Member", self.ask("POST", "/v1/members/{member}/unfreeze", path_values={"member": member}))

    def merge_member(self, member: str, /, **body: Unpack[MemberMerge]) -> Member:
        """Merge a duplicate into another member."""
        return cast("Member", self.ask("POST", "/v1/members/{member}/merge", path_values={"member": member}, body=body))

    def erase_member(self, member: str, /) -> None:
        """Erase a person."""
        self.ask("POST", "/v1/members/{member}/erase", path_values={"member": member})

    def send_contact_code(self, member: str, /, **body: Unpack[ContactCodeCreate]) -> MemberCode:
        """Send a code to your new contact."""
        return cast("MemberCode", self.ask("POST", "/v1/members/{member}/contact-codes", path_values={"member": member}, body=body))

    def change_contact(self, member: str, /, **body: Unpack[ContactChange]) -> SessionWithToken:
        """Change your own contact."""
        return cast("SessionWithToken", self.ask("POST", "/v1/members/{member}/contact", path_values={"member": member}, body=body))

    def export_member(self, member: str, /) -> MemberExport:
        """All that is known about a member."""
        return cast("MemberExport", self.ask("GET", "/v1/members/{member}/export", path_values={"member": member}))

    def import_members(self, **body: Unpack[MemberImportCreate]) -> MemberImport:
        """Import members and their old balances."""
        return cast("MemberImport", self.ask("POST", "/v1/member-imports", body=body))

    def import_members_csv(self, *, content: bytes) -> MemberImport:
        """The same as CSV."""
        return cast("MemberImport", self.ask("POST", "/v1/member-imports/csv", content=content))

    def get_member_import(self, ref: str, /) -> ImportRow:
        """What became of a row's balance."""
        return cast("ImportRow", self.ask("GET", "/v1/member-imports/{ref}", path_values={"ref": ref}))

    def get_member_settings(self) -> MemberSettings:
        """Settings for members."""
        return cast("MemberSettings", self.ask("GET", "/v1/settings/members"))

    def set_member_settings(self, *, if_match: str | None = None, **body: Unpack[MemberSettings]) -> MemberSettings:
        """Replace the settings for members."""
        return cast("MemberSettings", self.ask("PUT", "/v1/settings/members", headers={"If-Match": if_match}, body=body))

    def get_till_settings(self) -> TillSettings:
        """Settings for tills."""
        return cast("TillSettings", self.ask("GET", "/v1/settings/tills"))

    def set_till_settings(self, *, if_match: str | None = None, **body: Unpack[TillSettings]) -> TillSettings:
        """Replace the settings for tills."""
        return cast("TillSettings", self.ask("PUT", "/v1/settings/tills", headers={"If-Match": if_match}, body=body))

    def get_finding_settings(self) -> FindingSettings:
        """Settings for findings."""
        return cast("FindingSettings", self.ask("GET", "/v1/settings/findings"))

    def set_finding_settings(self, *, if_match: str | None = None, **body: Unpack[FindingSettings]) -> FindingSettings:
        """Replace the settings for findings."""
        return cast("FindingSettings", self.ask("PUT", "/v1/settings/findings", headers={"If-Match": if_match}, body=body))

    def get_wallet(self, member: str, /) -> Wallet:
        """What a member has."""
        return cast("Wallet", self.ask("GET", "/v1/wallets/{member}", path_values={"member": member}))

    def set_spend_lock(self, member: str, /, **body: Unpack[SpendLockUpdate]) -> Wallet:
        """Lock a member's points, or unlock them."""
        return cast("Wallet", self.ask("PUT", "/v1/wallets/{member}/spend-lock", path_values={"member": member}, body=body))

    def get_wallet_history(self, member: str, /, *, limit: int | None = None, cursor: str | None = None) -> WalletEventPage:
        """What happened to a member's points, the newest first."""
        return cast("WalletEventPage", self.ask("GET", "/v1/wallets/{member}/history", path_values={"member": member}, query={"limit": limit, "cursor": cursor}))

    def all_wallet_history(self, member: str, /, *, limit: int | None = None) -> Iterator[WalletEvent]:
        """What happened to a member's points, the newest first: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.get_wallet_history(member, limit=limit, cursor=cursor)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def create_gift(self, *, idempotency_key: str | None = None, **body: Unpack[GiftCreate]) -> Gift:
        """Give points to somebody."""
        return cast("Gift", self.ask("POST", "/v1/gifts", headers={"Idempotency-Key": idempotency_key or new_key()}, body=body))

    def list_gifts(self, *, member: str | None = None, limit: int | None = None, cursor: str | None = None) -> GiftPage:
        """Gifts that a member gave or got, the newest first."""
        return cast("GiftPage", self.ask("GET", "/v1/gifts", query={"member": member, "limit": limit, "cursor": cursor}))

    def all_gifts(self, *, member: str | None = None, limit: int | None = None) -> Iterator[Gift]:
        """Gifts that a member gave or got, the newest first: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_gifts(member=member, limit=limit, cursor=cursor)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def get_gift(self, gift: str, /) -> Gift:
        """A gift."""
        return cast("Gift", self.ask("GET", "/v1/gifts/{gift}", path_values={"gift": gift}))

    def take_back_gift(self, gift: str, /) -> Gift:
        """Take a gift back that nobody has taken up."""
        return cast("Gift", self.ask("POST", "/v1/gifts/{gift}/take-back", path_values={"gift": gift}, repeatable=True))

    def get_linked_gift(self, code: str, /, *, alliance: str | None = None) -> LinkedGift:
        """What whoever opens a gift's link sees."""
        return cast("LinkedGift", self.ask("GET", "/v1/public/gifts/{code}", path_values={"code": code}, query={"alliance": alliance}))

    def take_gift(self, code: str, /, **body: Unpack[GiftTake]) -> Gift:
        """Take a gift up by its link."""
        return cast("Gift", self.ask("POST", "/v1/gift-links/{code}/take", path_values={"code": code}, repeatable=True, body=body))

    def create_household(self, **body: Unpack[HouseholdCreate]) -> Household:
        """Create a household."""
        return cast("Household", self.ask("POST", "/v1/households", body=body))

    def get_household(self, household: str, /) -> Household:
        """A household."""
        return cast("Household", self.ask("GET", "/v1/households/{household}", path_values={"household": household}))

    def invite_to_household(self, household: str, /, **body: Unpack[HouseholdInvitationCreate]) -> HouseholdInvitation:
        """Invite a member."""
        return cast("HouseholdInvitation", self.ask("POST", "/v1/households/{household}/invitations", path_values={"household": household}, body=body))

    def list_household_invitations(self, household: str, /) -> HouseholdInvitationList:
        """A household's open invitations."""
        return cast("HouseholdInvitationList", self.ask("GET", "/v1/households/{household}/invitations", path_values={"household": household}))

    def withdraw_household_invitation(self, household: str, invitation: str, /) -> HouseholdInvitation:
        """Withdraw an invitation."""
        return cast("HouseholdInvitation", self.ask("POST", "/v1/households/{household}/invitations/{invitation}/withdraw", path_values={"household": household, "invitation": invitation}))

    def list_invitations(self, member: str, /) -> HouseholdInvitationList:
        """A member's open invitations."""
        return cast("HouseholdInvitationList", self.ask("GET", "/v1/members/{member}/invitations", path_values={"member": member}))

    def accept_household_invitation(self, member: str, invitation: str, /) -> HouseholdInvitation:
        """Join a household."""
        return cast("HouseholdInvitation", self.ask("POST", "/v1/members/{member}/invitations/{invitation}/accept", path_values={"member": member, "invitation": invitation}))

    def decline_household_invitation(self, member: str, invitation: str, /) -> HouseholdInvitation:
        """Decline an invitation."""
        return cast("HouseholdInvitation", self.ask("POST", "/v1/members/{member}/invitations/{invitation}/decline", path_values={"member": member, "invitation": invitation}))

    def leave_household(self, household: str, member: str, /) -> None:
        """Leave a household."""
        self.ask("DELETE", "/v1/households/{household}/members/{member}", path_values={"household": household, "member": member})

    def create_notice(self, **body: Unpack[NoticeCreate]) -> Notice:
        """Post a notice."""
        return cast("Notice", self.ask("POST", "/v1/notices", body=body))

    def list_notices(self, *, limit: int | None = None, cursor: str | None = None) -> NoticePage:
        """List the notices."""
        return cast("NoticePage", self.ask("GET", "/v1/notices", query={"limit": limit, "cursor": cursor}))

    def all_notices(self, *, limit: int | None = None) -> Iterator[Notice]:
        """List the notices: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_notices(limit=limit, cursor=cursor)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def get_notice(self, notice: str, /) -> Notice:
        """Get a notice."""
        return cast("Notice", self.ask("GET", "/v1/notices/{notice}", path_values={"notice": notice}))

    def withdraw_notice(self, notice: str, /) -> Notice:
        """Withdraw a notice."""
        return cast("Notice", self.ask("POST", "/v1/notices/{notice}/withdraw", path_values={"notice": notice}))

    def create_pay_device(self, member: str, /, **body: Unpack[PayDeviceCreate]) -> NewPayDevice:
        """Let a phone make pay codes."""
        return cast("NewPayDevice", self.ask("POST", "/v1/members/{member}/pay-devices", path_values={"member": member}, body=body))

    def list_pay_devices(self, member: str, /) -> PayDeviceList:
        """A member's phones."""
        return cast("PayDeviceList", self.ask("GET", "/v1/members/{member}/pay-devices", path_values={"member": member}))

    def end_pay_device(self, member: str, device: str, /) -> None:
        """End a phone."""
        self.ask("DELETE", "/v1/members/{member}/pay-devices/{device}", path_values={"member": member, "device": device})

    def create_push_subscription(self, member: str, /, **body: Unpack[PushSubscriptionCreate]) -> PushSubscription:
        """Send a member's notices to a browser."""
        return cast("PushSubscription", self.ask("POST", "/v1/members/{member}/push-subscriptions", path_values={"member": member}, body=body))

    def list_push_subscriptions(self, member: str, /) -> PushSubscriptionList:
        """Browsers that hear of a member's notices."""
        return cast("PushSubscriptionList", self.ask("GET", "/v1/members/{member}/push-subscriptions", path_values={"member": member}))

    def end_push_subscription(self, member: str, subscription: str, /) -> None:
        """Send nothing more to a browser."""
        self.ask("DELETE", "/v1/members/{member}/push-subscriptions/{subscription}", path_values={"member": member, "subscription": subscription})

    def create_short_code(self, member: str, /) -> ShortCode:
        """Six digits to pay with."""
        return cast("ShortCode", self.ask("POST", "/v1/members/{member}/short-codes", path_values={"member": member}))

    def create_confirmation(self, **body: Unpack[ConfirmationCreate]) -> ShopConfirmation:
        """Ask a member to let the shop take points."""
        return cast("ShopConfirmation", self.ask("POST", "/v1/confirmations", body=body))

    def get_confirmation(self, confirmation: str, /) -> ShopConfirmation:
        """What a member answered."""
        return cast("ShopConfirmation", self.ask("GET", "/v1/confirmations/{confirmation}", path_values={"confirmation": confirmation}))

    def list_confirmations(self, member: str, /) -> AmountConfirmationList:
        """Amounts that wait for the member's answer."""
        return cast("AmountConfirmationList", self.ask("GET", "/v1/members/{member}/confirmations", path_values={"member": member}))

    def open_confirmation(self, member: str, /, **body: Unpack[ConfirmationOpen]) -> AmountConfirmation:
        """Open what a till shows as a QR code."""
        return cast("AmountConfirmation", self.ask("POST", "/v1/members/{member}/confirmations", path_values={"member": member}, body=body))

    def confirm_amount(self, member: str, confirmation: str, /) -> AmountConfirmation:
        """Confirm an amount."""
        return cast("AmountConfirmation", self.ask("POST", "/v1/members/{member}/confirmations/{confirmation}/confirm", path_values={"member": member, "confirmation": confirmation}))

    def decline_amount(self, member: str, confirmation: str, /) -> AmountConfirmation:
        """Decline an amount."""
        return cast("AmountConfirmation", self.ask("POST", "/v1/members/{member}/confirmations/{confirmation}/decline", path_values={"member": member, "confirmation": confirmation}))

    def list_windows(self, *, limit: int | None = None, cursor: str | None = None) -> WindowPage:
        """List the windows."""
        return cast("WindowPage", self.ask("GET", "/v1/windows", query={"limit": limit, "cursor": cursor}))

    def all_windows(self, *, limit: int | None = None) -> Iterator[Window]:
        """List the windows: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_windows(limit=limit, cursor=cursor)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def get_window(self, window: str, /) -> WindowDetail:
        """Get a window with its nets."""
        return cast("WindowDetail", self.ask("GET", "/v1/windows/{window}", path_values={"window": window}))

    def close_window(self, window: str, /) -> WindowDetail:
        """Close a window."""
        return cast("WindowDetail", self.ask("POST", "/v1/windows/{window}/close", path_values={"window": window}))

    def get_window_plan(self, window: str, /, *, shop_to_shop: bool | None = None) -> WindowPlan:
        """Get who pays whom."""
        return cast("WindowPlan", self.ask("GET", "/v1/windows/{window}/plan", path_values={"window": window}, query={"shop_to_shop": shop_to_shop}))

    def get_statement(self, window: str, shop: str, /, *, format: Literal["json", "csv", "text", "pdf"] | None = None, moves: bool | None = None) -> Any:
        """Get a shop's statement of a closed window."""
        return self.ask("GET", "/v1/windows/{window}/statements/{shop}", path_values={"window": window, "shop": shop}, query={"format": format, "moves": moves})

    def run_settlement(self) -> SettlementRun:
        """Settle the last closed window."""
        return cast("SettlementRun", self.ask("POST", "/v1/settlements/run"))

    def plan_direct_payments(self) -> list[Payment]:
        """Let shops pay each other."""
        return cast("list[Payment]", self.ask("POST", "/v1/settlements/direct"))

    def get_settlement(self) -> Settlement:
        """Get how far the settlement is."""
        return cast("Settlement", self.ask("GET", "/v1/settlements"))

    def reconcile_rails(self) -> list[RailReconciliation]:
        """Import and match the movements of all rails."""
        return cast("list[RailReconciliation]", self.ask("POST", "/v1/settlements/reconcile"))

    def list_unmatched_lines(self, *, rail: str | None = None) -> list[RailLine]:
        """List the unmatched movements."""
        return cast("list[RailLine]", self.ask("GET", "/v1/settlements/lines", query={"rail": rail}))

    def match_line(self, **body: Unpack[RailLineMatch]) -> RailLineMatched:
        """Match a movement."""
        return cast("RailLineMatched", self.ask("POST", "/v1/settlements/lines/match", body=body))

    def carry_cash(self, *, idempotency_key: str | None = None, **body: Unpack[CashCarry]) -> CashCarryResult:
        """Carry cash between rails."""
        return cast("CashCarryResult", self.ask("POST", "/v1/settlements/cash", headers={"Idempotency-Key": idempotency_key or new_key()}, body=body))

    def list_payments(self, *, window: str | None = None, shop: str | None = None, state: PaymentState | None = None, limit: int | None = None, cursor: str | None = None) -> PaymentPage:
        """List the payments."""
        return cast("PaymentPage", self.ask("GET", "/v1/payments", query={"window": window, "shop": shop, "state": state, "limit": limit, "cursor": cursor}))

    def all_payments(self, *, window: str | None = None, shop: str | None = None, state: PaymentState | None = None, limit: int | None = None) -> Iterator[Payment]:
        """List the payments: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_payments(window=window, shop=shop, state=state, limit=limit, cursor=cursor)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def get_payment(self, payment: str, /) -> PaymentDetail:
        """Get a payment and its history."""
        return cast("PaymentDetail", self.ask("GET", "/v1/payments/{payment}", path_values={"payment": payment}))

    def confirm_payment(self, payment: str, /, **body: Unpack[PaymentConfirm]) -> PaymentConfirmed:
        """Confirm a payment."""
        return cast("PaymentConfirmed", self.ask("POST", "/v1/payments/{payment}/confirm", path_values={"payment": payment}, body=body))

    def cancel_payment(self, payment: str, /, **body: Unpack[PaymentCancel]) -> Payment:
        """Cancel a payment that was not sent."""
        return cast("Payment", self.ask("POST", "/v1/payments/{payment}/cancel", path_values={"payment": payment}, body=body))

    def write_off_rest(self, payment: str, /, *, idempotency_key: str | None = None, **body: Unpack[RestWriteOff]) -> WriteOffRequest:
        """Write off what is missing."""
        return cast("WriteOffRequest", self.ask("POST", "/v1/payments/{payment}/write-off", path_values={"payment": payment}, headers={"Idempotency-Key": idempotency_key or new_key()}, body=body))

    def create_deposit(self, *, idempotency_key: str | None = None, **body: Unpack[DepositCreate]) -> DepositRequest:
        """Pay into a deposit."""
        return cast("DepositRequest", self.ask("POST", "/v1/deposits", headers={"Idempotency-Key": idempotency_key or new_key()}, body=body))

    def create_withdrawal(self, *, idempotency_key: str | None = None, **body: Unpack[WithdrawalCreate]) -> DepositRequest:
        """Request a withdrawal."""
        return cast("DepositRequest", self.ask("POST", "/v1/withdrawals", headers={"Idempotency-Key": idempotency_key or new_key()}, body=body))

    def buy_out_shop(self, shop: str, /, *, idempotency_key: str | None = None, **body: Unpack[ShopBuyOut]) -> DepositRequest:
        """Buy a leaving shop out."""
        return cast("DepositRequest", self.ask("POST", "/v1/shops/{shop}/buy-out", path_values={"shop": shop}, headers={"Idempotency-Key": idempotency_key or new_key()}, body=body))

    def get_payment_account(self, shop: str, /) -> PaymentAccount:
        """Get how a shop pays and is paid."""
        return cast("PaymentAccount", self.ask("GET", "/v1/shops/{shop}/payment-account", path_values={"shop": shop}))

    def set_payment_account(self, shop: str, /, *, idempotency_key: str | None = None, if_match: str | None = None, **body: Unpack[PaymentAccountUpdate]) -> PaymentAccount:
        """Set how a shop pays and is paid."""
        return cast("PaymentAccount", self.ask("PUT", "/v1/shops/{shop}/payment-account", path_values={"shop": shop}, headers={"Idempotency-Key": idempotency_key or new_key(), "If-Match": if_match}, body=body))

    def get_payment_rules(self) -> PaymentRules:
        """Get how the alliance pays."""
        return cast("PaymentRules", self.ask("GET", "/v1/payment-rules"))

    def set_payment_rules(self, *, idempotency_key: str | None = None, if_match: str | None = None, **body: Unpack[PaymentRulesUpdate]) -> PaymentRules:
        """Set how the alliance pays."""
        return cast("PaymentRules", self.ask("PUT", "/v1/payment-rules", headers={"Idempotency-Key": idempotency_key or new_key(), "If-Match": if_match}, body=body))

    def list_bank_files(self) -> list[BankFile]:
        """List the files for the bank."""
        return cast("list[BankFile]", self.ask("GET", "/v1/bank/files"))

    def export_bank_file(self, file: str, /) -> BankFileExport:
        """Export a file."""
        return cast("BankFileExport", self.ask("POST", "/v1/bank/files/{file}/export", path_values={"file": file}))

    def import_bank_statement(self, **body: Unpack[BankStatementImport]) -> BankStatementImported:
        """Import a file from the bank."""
        return cast("BankStatementImported", self.ask("POST", "/v1/bank/statements", body=body))

    def list_missing_bank_statements(self) -> list[MissingBankStatement]:
        """List the statements that are missing."""
        return cast("list[MissingBankStatement]", self.ask("GET", "/v1/bank/missing-statements"))

    def list_bank_lines(self) -> list[BankLine]:
        """List the lines to match."""
        return cast("list[BankLine]", self.ask("GET", "/v1/bank/lines"))

    def match_bank_line(self, line: str, /, **body: Unpack[BankLineMatch]) -> BankLinesWaiting:
        """Match a line."""
        return cast("BankLinesWaiting", self.ask("POST", "/v1/bank/lines/{line}/match", path_values={"line": line}, body=body))

    def give_up_payment(self, **body: Unpack[PaymentGiveUp]) -> BankLinesWaiting:
        """Give a payment up."""
        return cast("BankLinesWaiting", self.ask("POST", "/v1/bank/give-up", body=body))

    def create_stripe_onboarding(self, shop: str, /, **body: Unpack[StripeOnboardingCreate]) -> StripePage:
        """Open an account at Stripe."""
        return cast("StripePage", self.ask("POST", "/v1/shops/{shop}/stripe/onboarding", path_values={"shop": shop}, body=body))

    def create_stripe_mandate(self, shop: str, /, **body: Unpack[StripePageCreate]) -> StripePage:
        """Save a mandate at Stripe."""
        return cast("StripePage", self.ask("POST", "/v1/shops/{shop}/stripe/mandate", path_values={"shop": shop}, body=body))

    def create_stripe_top_up(self, shop: str, /, *, idempotency_key: str | None = None, **body: Unpack[StripeTopUpCreate]) -> StripePage:
        """Top up a deposit at Stripe."""
        return cast("StripePage", self.ask("POST", "/v1/shops/{shop}/stripe/top-up", path_values={"shop": shop}, headers={"Idempotency-Key": idempotency_key or new_key()}, body=body))

    def create_dispute(self, **body: Unpack[DisputeCreate]) -> Dispute:
        """Dispute a statement."""
        return cast("Dispute", self.ask("POST", "/v1/disputes", body=body))

    def list_disputes(self, *, limit: int | None = None, cursor: str | None = None) -> DisputePage:
        """List the disputes."""
        return cast("DisputePage", self.ask("GET", "/v1/disputes", query={"limit": limit, "cursor": cursor}))

    def all_disputes(self, *, limit: int | None = None) -> Iterator[Dispute]:
        """List the disputes: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_disputes(limit=limit, cursor=cursor)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def get_dispute(self, dispute: str, /) -> Dispute:
        """Get a dispute."""
        return cast("Dispute", self.ask("GET", "/v1/disputes/{dispute}", path_values={"dispute": dispute}))

    def answer_dispute(self, dispute: str, /, **body: Unpack[DisputeAnswer]) -> Dispute:
        """Answer a dispute."""
        return cast("Dispute", self.ask("POST", "/v1/disputes/{dispute}/answer", path_values={"dispute": dispute}, body=body))

    def withdraw_dispute(self, dispute: str, /) -> Dispute:
        """Withdraw a dispute."""
        return cast("Dispute", self.ask("POST", "/v1/disputes/{dispute}/withdraw", path_values={"dispute": dispute}))

    def list_findings(self, *, status: FindingStatus | None = None, limit: int | None = None, cursor: str | None = None) -> FindingPage:
        """List the findings."""
        return cast("FindingPage", self.ask("GET", "/v1/findings", query={"status": status, "limit": limit, "cursor": cursor}))

    def all_findings(self, *, status: FindingStatus | None = None, limit: int | None = None) -> Iterator[Finding]:
        """List the findings: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_findings(status=status, limit=limit, cursor=cursor)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def get_finding(self, finding: str, /) -> Finding:
        """Get a finding."""
        return cast("Finding", self.ask("GET", "/v1/findings/{finding}", path_values={"finding": finding}))

    def decide_finding(self, finding: str, /, **body: Unpack[FindingDecision]) -> Finding:
        """Dismiss or confirm a finding."""
        return cast("Finding", self.ask("POST", "/v1/findings/{finding}/decision", path_values={"finding": finding}, body=body))

    def hold_finding_points(self, finding: str, /) -> Finding:
        """Hold the points of a finding."""
        return cast("Finding", self.ask("POST", "/v1/findings/{finding}/hold", path_values={"finding": finding}))

    def get_liability_report(self, *, as_of: str | None = None, format: Literal["json", "csv"] | None = None) -> Any:
        """Get the points outstanding."""
        return self.ask("GET", "/v1/reports/liability", query={"as_of": as_of, "format": format})

    def get_turnover_report(self, *, first_day: str | None = None, last_day: str | None = None) -> list[ShopTurnover]:
        """Get points issued, redeemed and expired, by shop."""
        return cast("list[ShopTurnover]", self.ask("GET", "/v1/reports/turnover", query={"first_day": first_day, "last_day": last_day}))

    def get_flow_report(self, *, most: int | None = None, first_day: str | None = None, last_day: str | None = None) -> list[ShopFlow]:
        """Get which shops send customers to which."""
        return cast("list[ShopFlow]", self.ask("GET", "/v1/reports/flows", query={"most": most, "first_day": first_day, "last_day": last_day}))

    def get_exposure_report(self) -> list[ShopExposure]:
        """Get what each shop has at risk."""
        return cast("list[ShopExposure]", self.ask("GET", "/v1/reports/exposures"))

    def get_cohort_report(self, *, months: int | None = None, format: Literal["json", "csv"] | None = None) -> Any:
        """Get how many members joined and came back."""
        return self.ask("GET", "/v1/reports/cohorts", query={"months": months, "format": format})

    def get_flow_map(self, *, shop: str | None = None, first_window: str | None = None, last_window: str | None = None, most: int | None = None, format: Literal["json", "csv"] | None = None) -> Any:
        """Get the map of customer flows."""
        return self.ask("GET", "/v1/reports/flow-map", query={"shop": shop, "first_window": first_window, "last_window": last_window, "most": most, "format": format})

    def get_shop_results(self, *, first_window: str | None = None, last_window: str | None = None, format: Literal["json", "csv"] | None = None) -> Any:
        """Get what points cost and brought each shop."""
        return self.ask("GET", "/v1/reports/shop-results", query={"first_window": first_window, "last_window": last_window, "format": format})

    def get_customer_report(self, *, shop: str | None = None, months: int | None = None, format: Literal["json", "csv"] | None = None) -> Any:
        """Get a shop's customers month by month."""
        return self.ask("GET", "/v1/reports/customers", query={"shop": shop, "months": months, "format": format})

    def get_journal(self, *, first_day: str | None = None, last_day: str | None = None, format: JournalForm | None = None, balances: bool | None = None) -> Any:
        """Get the journal of the money book."""
        return self.ask("GET", "/v1/journal", query={"first_day": first_day, "last_day": last_day, "format": format, "balances": balances})

    def get_backing_proof(self, *, day: str | None = None, since: str | None = None) -> Any:
        """Get the proof of a day's backing."""
        return self.ask("GET", "/v1/reports/backing-proof", query={"day": day, "since": since})

    def create_adjustment(self, *, idempotency_key: str | None = None, **body: Unpack[AdjustmentCreate]) -> Adjustment:
        """Adjust a member's points."""
        return cast("Adjustment", self.ask("POST", "/v1/adjustments", headers={"Idempotency-Key": idempotency_key or new_key()}, body=body))

    def get_adjustment(self, id: str, /) -> Adjustment:
        """Get an adjustment."""
        return cast("Adjustment", self.ask("GET", "/v1/adjustments/{id}", path_values={"id": id}))

    def list_approvals(self, *, status: ApprovalStatus | None = None, limit: int | None = None, cursor: str | None = None) -> ApprovalPage:
        """List the requests."""
        return cast("ApprovalPage", self.ask("GET", "/v1/approvals", query={"status": status, "limit": limit, "cursor": cursor}))

    def all_approvals(self, *, status: ApprovalStatus | None = None, limit: int | None = None) -> Iterator[Approval]:
        """List the requests: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_approvals(status=status, limit=limit, cursor=cursor)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def get_approval(self, id: str, /) -> Approval:
        """Get a request."""
        return cast("Approval", self.ask("GET", "/v1/approvals/{id}", path_values={"id": id}))

    def approve_request(self, id: str, /) -> Approval:
        """Approve a request and carry it out."""
        return cast("Approval", self.ask("POST", "/v1/approvals/{id}/approve", path_values={"id": id}))

    def reject_request(self, id: str, /, **body: Unpack[ApprovalReject]) -> Approval:
        """Reject a request."""
        return cast("Approval", self.ask("POST", "/v1/approvals/{id}/reject", path_values={"id": id}, body=body))

    def withdraw_request(self, id: str, /) -> Approval:
        """Withdraw your own request."""
        return cast("Approval", self.ask("POST", "/v1/approvals/{id}/withdraw", path_values={"id": id}))

    def list_approval_limits(self) -> list[ApprovalLimit]:
        """List how much one person may do alone."""
        return cast("list[ApprovalLimit]", self.ask("GET", "/v1/approval-limits"))

    def get_approval_limit(self, action: str, /) -> ApprovalLimit:
        """Get how much of an action one person may do alone."""
        return cast("ApprovalLimit", self.ask("GET", "/v1/approval-limits/{action}", path_values={"action": action}))

    def set_approval_limit(self, action: str, /, *, idempotency_key: str | None = None, if_match: str | None = None, **body: Unpack[ApprovalLimitUpdate]) -> ApprovalLimit:
        """Set how much one person may do alone."""
        return cast("ApprovalLimit", self.ask("PUT", "/v1/approval-limits/{action}", path_values={"action": action}, headers={"Idempotency-Key": idempotency_key or new_key(), "If-Match": if_match}, body=body))

    def list_sessions(self) -> list[Session]:
        """List your own sessions."""
        return cast("list[Session]", self.ask("GET", "/v1/sessions"))

    def log_in(self, **body: Unpack[LogIn]) -> SessionWithToken:
        """Log in with a password."""
        return cast("SessionWithToken", self.ask("POST", "/v1/sessions", body=body))

    def end_sessions(self) -> None:
        """End all of your own sessions."""
        self.ask("DELETE", "/v1/sessions")

    def end_session(self, id: str, /) -> None:
        """End one of your own sessions."""
        self.ask("DELETE", "/v1/sessions/{id}", path_values={"id": id})

    def get_session(self) -> CurrentCaller:
        """Get the caller of this request."""
        return cast("CurrentCaller", self.ask("GET", "/v1/session"))

    def log_out(self) -> None:
        """Log out."""
        self.ask("DELETE", "/v1/session")

    def change_password(self, **body: Unpack[PasswordUpdate]) -> None:
        """Change your password."""
        self.ask("PUT", "/v1/session/password", body=body)

    def look_up_user_invitation(self, **body: Unpack[UserInvitationLookUp]) -> UserInvitation:
        """Look up an invitation."""
        return cast("UserInvitation", self.ask("POST", "/v1/invitations/look", body=body))

    def accept_user_invitation(self, **body: Unpack[UserInvitationAccept]) -> User:
        """Accept an invitation."""
        return cast("User", self.ask("POST", "/v1/invitations/accept", body=body))

    def send_join_code(self, **body: Unpack[MemberCodeCreate]) -> MemberCode:
        """Send a code to somebody who wants to join."""
        return cast("MemberCode", self.ask("POST", "/v1/join-codes", body=body))

    def join_alliance(self, **body: Unpack[JoinCreate]) -> Joined:
        """Join, or log in."""
        return cast("Joined", self.ask("POST", "/v1/join", body=body))

    def prove_session(self, **body: Unpack[SessionProof]) -> SessionProven:
        """Prove again who you are."""
        return cast("SessionProven", self.ask("POST", "/v1/session/proof", body=body))

    def send_member_code(self, **body: Unpack[MemberCodeCreate]) -> MemberCode:
        """Send a member a one-time code."""
        return cast("MemberCode", self.ask("POST", "/v1/member-codes", body=body))

    def log_in_member(self, **body: Unpack[MemberSessionCreate]) -> SessionWithToken:
        """Log a member in."""
        return cast("SessionWithToken", self.ask("POST", "/v1/member-sessions", body=body))

    def start_adding_passkey(self) -> PasskeyOptions:
        """Start adding a passkey."""
        return cast("PasskeyOptions", self.ask("POST", "/v1/passkeys/options"))

    def list_passkeys(self) -> list[Passkey]:
        """List your own passkeys."""
        return cast("list[Passkey]", self.ask("GET", "/v1/passkeys"))

    def add_passkey(self, **body: Unpack[PasskeyCreate]) -> Passkey:
        """Add a passkey."""
        return cast("Passkey", self.ask("POST", "/v1/passkeys", body=body))

    def remove_passkey(self, id: str, /) -> None:
        """Remove one of your own passkeys."""
        self.ask("DELETE", "/v1/passkeys/{id}", path_values={"id": id})

    def start_passkey_log_in(self, **body: Unpack[PasskeyLogInStart]) -> PasskeyOptions:
        """Start to log in with a passkey."""
        return cast("PasskeyOptions", self.ask("POST", "/v1/sessions/passkey/options", body=body))

    def log_in_with_passkey(self, **body: Unpack[PasskeyLogIn]) -> SessionWithToken:
        """Log in with a passkey."""
        return cast("SessionWithToken", self.ask("POST", "/v1/sessions/passkey", body=body))

    def invite_user(self, **body: Unpack[UserCreate]) -> User:
        """Invite a user."""
        return cast("User", self.ask("POST", "/v1/users", body=body))

    def list_users(self, *, shop: str | None = None, limit: int | None = None, cursor: str | None = None) -> UserPage:
        """List users."""
        return cast("UserPage", self.ask("GET", "/v1/users", query={"shop": shop, "limit": limit, "cursor": cursor}))

    def all_users(self, *, shop: str | None = None, limit: int | None = None) -> Iterator[User]:
        """List users: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_users(shop=shop, limit=limit, cursor=cursor)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def get_user(self, id: str, /) -> User:
        """Get a user."""
        return cast("User", self.ask("GET", "/v1/users/{id}", path_values={"id": id}))

    def update_user(self, id: str, /, **body: Unpack[UserUpdate]) -> User:
        """Change, disable or enable a user."""
        return cast("User", self.ask("PATCH", "/v1/users/{id}", path_values={"id": id}, body=body))

    def send_user_invitation(self, id: str, /) -> User:
        """Send a new invitation."""
        return cast("User", self.ask("POST", "/v1/users/{id}/invitations", path_values={"id": id}))

    def list_user_passkeys(self, id: str, /) -> list[Passkey]:
        """List a user's passkeys."""
        return cast("list[Passkey]", self.ask("GET", "/v1/users/{id}/passkeys", path_values={"id": id}))

    def remove_user_passkey(self, id: str, passkey: str, /) -> None:
        """Remove a user's passkey."""
        self.ask("DELETE", "/v1/users/{id}/passkeys/{passkey}", path_values={"id": id, "passkey": passkey})

    def create_key(self, **body: Unpack[KeyCreate]) -> KeyWithSecret:
        """Create a key."""
        return cast("KeyWithSecret", self.ask("POST", "/v1/keys", body=body))

    def list_keys(self, *, limit: int | None = None, cursor: str | None = None) -> KeyPage:
        """List keys."""
        return cast("KeyPage", self.ask("GET", "/v1/keys", query={"limit": limit, "cursor": cursor}))

    def all_keys(self, *, limit: int | None = None) -> Iterator[Key]:
        """List keys: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_keys(limit=limit, cursor=cursor)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def revoke_key(self, id: str, /) -> None:
        """Revoke a key."""
        self.ask("DELETE", "/v1/keys/{id}", path_values={"id": id})

    def rotate_key(self, id: str, /, **body: Unpack[KeyRotate]) -> KeyWithSecret:
        """Replace a key."""
        return cast("KeyWithSecret", self.ask("POST", "/v1/keys/{id}/rotate", path_values={"id": id}, body=body))

    def adopt_key(self, id: str, /) -> Key:
        """Answer for an operator's key."""
        return cast("Key", self.ask("POST", "/v1/keys/{id}/adopt", path_values={"id": id}))

    def create_till_code(self, shop: str, /) -> TillCode:
        """Make a code that connects a till."""
        return cast("TillCode", self.ask("POST", "/v1/shops/{shop}/till-codes", path_values={"shop": shop}))

    def list_tills(self, shop: str, /) -> TillList:
        """A shop's tills."""
        return cast("TillList", self.ask("GET", "/v1/shops/{shop}/tills", path_values={"shop": shop}))

    def get_till_lines(self, shop: str, /) -> TillLines:
        """Whether a shop's tills ask for the lines of a sale."""
        return cast("TillLines", self.ask("GET", "/v1/shops/{shop}/till-lines", path_values={"shop": shop}))

    def set_till_lines(self, shop: str, /, **body: Unpack[TillLinesUpdate]) -> TillLines:
        """Let a shop's tills ask for the lines of a sale, or stop it."""
        return cast("TillLines", self.ask("PUT", "/v1/shops/{shop}/till-lines", path_values={"shop": shop}, body=body))

    def update_till(self, till: str, /, **body: Unpack[TillUpdate]) -> TillDevice:
        """Change a till."""
        return cast("TillDevice", self.ask("PATCH", "/v1/tills/{till}", path_values={"till": till}, body=body))

    def revoke_till(self, till: str, /) -> None:
        """Remove a till."""
        self.ask("DELETE", "/v1/tills/{till}", path_values={"till": till})

    def connect_till(self, **body: Unpack[TillConnect]) -> TillDevice:
        """Connect a device to a shop."""
        return cast("TillDevice", self.ask("POST", "/v1/tills", body=body))

    def create_till_challenge(self, **body: Unpack[TillChallengeCreate]) -> TillChallenge:
        """What a till is to sign."""
        return cast("TillChallenge", self.ask("POST", "/v1/till-challenges", body=body))

    def create_till_session(self, **body: Unpack[TillSessionCreate]) -> TillSession:
        """Begin a session of a till."""
        return cast("TillSession", self.ask("POST", "/v1/till-sessions", body=body))

    def get_own_till(self) -> OwnTill:
        """The till that calls."""
        return cast("OwnTill", self.ask("GET", "/v1/till"))

    def create_cashier(self, shop: str, /, **body: Unpack[CashierCreate]) -> Cashier:
        """Add a cashier."""
        return cast("Cashier", self.ask("POST", "/v1/shops/{shop}/cashiers", path_values={"shop": shop}, body=body))

    def list_cashiers(self, shop: str, /) -> CashierList:
        """A shop's cashiers."""
        return cast("CashierList", self.ask("GET", "/v1/shops/{shop}/cashiers", path_values={"shop": shop}))

    def update_cashier(self, cashier: str, /, **body: Unpack[CashierUpdate]) -> Cashier:
        """Change a cashier."""
        return cast("Cashier", self.ask("PATCH", "/v1/cashiers/{cashier}", path_values={"cashier": cashier}, body=body))

    def end_cashier(self, cashier: str, /) -> None:
        """End a cashier."""
        self.ask("DELETE", "/v1/cashiers/{cashier}", path_values={"cashier": cashier})

    def create_offline_sales(self, **body: Unpack[OfflineSalesCreate]) -> OfflineSales:
        """Record sales that a till made offline."""
        return cast("OfflineSales", self.ask("POST", "/v1/offline-sales", repeatable=True, body=body))

    def begin_shift(self, **body: Unpack[ShiftBegin]) -> Shift:
        """Sign in at a till."""
        return cast("Shift", self.ask("POST", "/v1/shifts", body=body))

    def end_shift(self, shift: str, /) -> Shift:
        """Sign out."""
        return cast("Shift", self.ask("POST", "/v1/shifts/{shift}/end", path_values={"shift": shift}))

    def list_audit_log(self, *, actor: str | None = None, action: str | None = None, target: str | None = None, since: str | None = None, until: str | None = None, limit: int | None = None, cursor: str | None = None) -> AuditLogEntryPage:
        """List who did what."""
        return cast("AuditLogEntryPage", self.ask("GET", "/v1/audit-log", query={"actor": actor, "action": action, "target": target, "since": since, "until": until, "limit": limit, "cursor": cursor}))

    def all_audit_log(self, *, actor: str | None = None, action: str | None = None, target: str | None = None, since: str | None = None, until: str | None = None, limit: int | None = None) -> Iterator[AuditLogEntry]:
        """List who did what: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_audit_log(actor=actor, action=action, target=target, since=since, until=until, limit=limit, cursor=cursor)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def list_events(self, *, type: EventType | None = None, shop: str | None = None, member: str | None = None, since: str | None = None, after: str | None = None, cursor: str | None = None, limit: int | None = None) -> EventPage:
        """List events."""
        return cast("EventPage", self.ask("GET", "/v1/events", query={"type": type, "shop": shop, "member": member, "since": since, "after": after, "cursor": cursor, "limit": limit}))

    def all_events(self, *, type: EventType | None = None, shop: str | None = None, member: str | None = None, since: str | None = None, after: str | None = None, limit: int | None = None) -> Iterator[Event]:
        """List events: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_events(type=type, shop=shop, member=member, since=since, after=after, cursor=cursor, limit=limit)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def get_event(self, id: str, /) -> Event:
        """Get an event."""
        return cast("Event", self.ask("GET", "/v1/events/{id}", path_values={"id": id}))

    def create_webhook_endpoint(self, **body: Unpack[WebhookEndpointCreate]) -> WebhookEndpointWithSecret:
        """Create an endpoint that events are sent to."""
        return cast("WebhookEndpointWithSecret", self.ask("POST", "/v1/webhook_endpoints", body=body))

    def list_webhook_endpoints(self, *, cursor: str | None = None, limit: int | None = None) -> WebhookEndpointPage:
        """List the endpoints."""
        return cast("WebhookEndpointPage", self.ask("GET", "/v1/webhook_endpoints", query={"cursor": cursor, "limit": limit}))

    def all_webhook_endpoints(self, *, limit: int | None = None) -> Iterator[WebhookEndpoint]:
        """List the endpoints: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_webhook_endpoints(cursor=cursor, limit=limit)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def get_webhook_endpoint(self, id: str, /) -> WebhookEndpoint:
        """Get an endpoint."""
        return cast("WebhookEndpoint", self.ask("GET", "/v1/webhook_endpoints/{id}", path_values={"id": id}))

    def update_webhook_endpoint(self, id: str, /, **body: Unpack[WebhookEndpointUpdate]) -> WebhookEndpoint:
        """Change, disable or enable an endpoint."""
        return cast("WebhookEndpoint", self.ask("PATCH", "/v1/webhook_endpoints/{id}", path_values={"id": id}, body=body))

    def delete_webhook_endpoint(self, id: str, /) -> None:
        """Delete an endpoint."""
        self.ask("DELETE", "/v1/webhook_endpoints/{id}", path_values={"id": id})

    def rotate_webhook_secret(self, id: str, /, **body: Unpack[WebhookSecretRotate]) -> WebhookEndpointWithSecret:
        """Replace an endpoint's secret."""
        return cast("WebhookEndpointWithSecret", self.ask("POST", "/v1/webhook_endpoints/{id}/rotate_secret", path_values={"id": id}, body=body))

    def list_webhook_deliveries(self, id: str, /, *, state: Literal["pending", "delivered", "failed"] | None = None, cursor: str | None = None, limit: int | None = None) -> WebhookDeliveryPage:
        """List an endpoint's deliveries."""
        return cast("WebhookDeliveryPage", self.ask("GET", "/v1/webhook_endpoints/{id}/deliveries", path_values={"id": id}, query={"state": state, "cursor": cursor, "limit": limit}))

    def all_webhook_deliveries(self, id: str, /, *, state: Literal["pending", "delivered", "failed"] | None = None, limit: int | None = None) -> Iterator[WebhookDelivery]:
        """List an endpoint's deliveries: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_webhook_deliveries(id, state=state, cursor=cursor, limit=limit)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def replay_webhooks(self, id: str, /, **body: Unpack[WebhookReplay]) -> WebhookReplayQueued:
        """Send events again."""
        return cast("WebhookReplayQueued", self.ask("POST", "/v1/webhook_endpoints/{id}/replay", path_values={"id": id}, body=body))

    def receive_stripe_webhook(self, alliance_id: str, /) -> StripeWebhookReceipt:
        """Receive a webhook from Stripe."""
        return cast("StripeWebhookReceipt", self.ask("POST", "/v1/alliances/{alliance_id}/stripe/webhooks", path_values={"alliance_id": alliance_id}))

    def list_tasks(self, *, kind: str | None = None, state: Literal["open", "done", "failed"] | None = None, limit: int | None = None, cursor: str | None = None) -> TaskPage:
        """List the long work."""
        return cast("TaskPage", self.ask("GET", "/v1/tasks", query={"kind": kind, "state": state, "limit": limit, "cursor": cursor}))

    def all_tasks(self, *, kind: str | None = None, state: Literal["open", "done", "failed"] | None = None, limit: int | None = None) -> Iterator[Task]:
        """List the long work: all pages, one item after another."""
        cursor: str | None = None
        while True:
            page = self.list_tasks(kind=kind, state=state, limit=limit, cursor=cursor)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def get_task(self, task: str, /) -> Task:
        """Get how far long work is."""
        return cast("Task", self.ask("GET", "/v1/tasks/{task}", path_values={"task": task}))

    def get_task_file(self, task: str, /) -> Any:
        """Get the file that long work made."""
        return self.ask("GET", "/v1/tasks/{task}/file", path_values={"task": task})

    def list_lab_models(self) -> list[LabModel]:
        """List the models."""
        return cast("list[LabModel]", self.ask("GET", "/v1/lab/models"))

    def run_lab_scenario(self, **body: Unpack[LabRunRequest]) -> LabRun:
        """Run a scheme."""
        return cast("LabRun", self.ask("POST", "/v1/lab/runs", body=body))

    def create_lab_report(self, **body: Unpack[LabScenario]) -> Any:
        """Write the report on a scheme."""
        return self.ask("POST", "/v1/lab/reports", body=body)

    def grow_lab_scheme(self, **body: Unpack[LabGrowth]) -> LabGrowthResult:
        """Let a scheme grow."""
        return cast("LabGrowthResult", self.ask("POST", "/v1/lab/growth", body=body))

    def get_liveness(self) -> Health:
        """Is the process there?"""
        return cast("Health", self.ask("GET", "/health/live"))

    def get_readiness(self) -> Health:
        """Can it do its work?"""
        return cast("Health", self.ask("GET", "/health/ready"))
