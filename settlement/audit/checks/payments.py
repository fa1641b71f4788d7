"""What must be true of payments: their histories, their postings, and the cash at each rail say the same."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise

from settlement.audit.auditor import Auditor, CheckResult
from settlement.clearing.default import remaining_plan
from settlement.errors import WaterfallUnbalanced
from settlement.ledger.accounts import AccountKind, AccountName
from settlement.ledger.moves import TRANSFER
from settlement.payments.losses import DefaultRecord
from settlement.payments.states import ALLOWED_STEPS, ON_ITS_WAY, PaymentRoute, PaymentState
from settlement.payments.store import COLUMNS, DEPOSIT, PaymentRecord

POSITION = 40

Moved = dict[str, dict[AccountName, int]]
"""Credits less debits by account, by payment."""


def check_histories(auditor: Auditor) -> CheckResult:
    """Each payment stands where its history ends, and its history is one that can be."""
    histories: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
    for payment_id, number, state, attempt in auditor.rows(
        "SELECT payment_id, number, state, attempt FROM payment_events WHERE alliance_id = :alliance_id "
        "ORDER BY payment_id, number"
    ):
        histories[str(payment_id)].append((number, str(state), attempt))
    differences = []
    payments = _payments(auditor)
    for payment in payments:
        steps = histories.pop(payment.id, [])
        ends = steps[-1] if steps else (0, "", 0)
        if ends != (payment.events, payment.state, payment.attempt) or [step[0] for step in steps] != list(
            range(1, payment.events + 1)
        ):
            differences.append(
                f"payment {payment.id} is {payment.state} at event {payment.events}, its history ends at {ends}"
            )
        for (_, before, tried), (_, after, trying) in pairwise(steps):
            taken = trying - tried
            if before != after and PaymentState(after) not in ALLOWED_STEPS[PaymentState(before)]:
                differences.append(f"payment {payment.id} went from {before} to {after}")
            if taken != ((before, after) == (PaymentState.PLANNED, PaymentState.RESERVED)):
                differences.append(f"payment {payment.id} took {taken} keys between {before} and {after}")
    differences += [f"events of payment {id_}, which is not there" for id_ in sorted(histories)]
    return len(payments), differences


def check_postings(auditor: Auditor) -> CheckResult:
    """Each payment has moved exactly what its state says: nothing twice, nothing not at all."""
    moved = _moved(auditor)
    payments = _payments(auditor)
    differences = []
    for payment in payments:
        accounts = moved.pop(payment.id, {})
        cash = sum(
            accounts.get(AccountName(kind, payment.rail), 0) for kind in (AccountKind.CASH, AccountKind.OVERDRAFT)
        )
        facts = {
            "cash": (-cash, _cash(payment)),
            "transit": (accounts.get(AccountName(AccountKind.TRANSIT, payment.rail), 0), _transit(payment)),
            "fees": (
                -accounts.get(AccountName(AccountKind.FEES, payment.rail), 0),
                payment.fee_minor + payment.written_off_minor,
            ),
            "what is settled": (_settled(accounts), _expected(payment)),
        }
        differences += [
            f"payment {payment.id} ({payment.state}): {what} moved by {actual}, should be {expected}"
            for what, (actual, expected) in facts.items()
            if actual != expected
        ]
    differences += [f"postings of payment {id_}, which is not there" for id_ in sorted(moved)]
    return len(payments), differences


def check_cash(auditor: Auditor) -> CheckResult:
    """The cash at each rail is what its payments, and what was booked there beside them, add up to."""
    book: dict[str, int] = defaultdict(int)
    owners = f"{AccountKind.CASH:d}, {AccountKind.OVERDRAFT:d}"
    for owner, balance in auditor.rows(
        f"SELECT owner, balance FROM accounts WHERE alliance_id = :alliance_id AND kind IN ({owners})"
    ):
        book[str(owner)] -= balance
    added: dict[str, int] = defaultdict(int)
    for payment in _payments(auditor):
        added[payment.rail] += _cash(payment)
    beside: dict[str, int] = defaultdict(int, {} if auditor.since is None else auditor.since.facts["cash"])
    for owner, minor in auditor.rows(
        "SELECT a.owner, CAST(SUM(CASE WHEN m.credit = a.id THEN -m.amount ELSE m.amount END) AS BIGINT) "
        f"FROM accounts AS a JOIN {auditor.new_moves} AS m "
        "ON m.alliance_id = a.alliance_id AND (m.debit = a.id OR m.credit = a.id) "
        "JOIN postings AS p ON p.alliance_id = m.alliance_id AND p.id = m.posting_id "
        f"WHERE a.alliance_id = :alliance_id AND a.kind IN ({owners}) AND p.key NOT LIKE 'payment:%' GROUP BY a.owner"
    ):
        beside[str(owner)] += minor
    auditor.facts["cash"] = beside
    for rail, minor in beside.items():
        added[rail] += minor
    rails = sorted({*book, *added})
    return len(rails), [
        f"cash:{rail} is {book[rail]}, its payments add up to {added[rail]}"
        for rail in rails
        if book[rail] != added[rail]
    ]


def check_defaults(auditor: Auditor) -> CheckResult:
    """What is open of each default is what was not paid back of it, to nobody more than it took from them; and only
    who was in default is asked for one."""
    columns = ", ".join(DefaultRecord._fields)
    rows = auditor.rows(f"SELECT {columns} FROM payment_defaults WHERE alliance_id = :alliance_id ORDER BY number")
    records = [DefaultRecord(*row) for row in rows]  # type: ignore[arg-type]
    differences = []
    for record in records:
        try:
            left = remaining_plan(record.waterfall, record.repayments).shortfall_minor
        except WaterfallUnbalanced as error:
            differences.append(f"default {record.number}: {error}")
        else:
            if left != record.open_minor:
                differences.append(f"default {record.number}: {record.open_minor} is open, should be {left}")
    in_default = {record.participant for record in records}
    asked = [payment for payment in _payments(auditor) if payment.for_default]
    differences += [
        f"payment {payment.id} asks {payment.participant} for a default that it never was in"
        for payment in asked
        if payment.participant not in in_default
    ]
    return len(records) + len(asked), differences


CHECKS = {
    "payment_histories": check_histories,
    "payment_postings": check_postings,
    "cash_at_rails": check_cash,
    "defaults": check_defaults,
}


def _payments(auditor: Auditor) -> list[PaymentRecord]:
    sql = f"SELECT {COLUMNS} FROM payments WHERE alliance_id = :alliance_id ORDER BY id"
    return [PaymentRecord(*row) for row in auditor.rows(sql)]  # type: ignore[arg-type]


def _moved(auditor: Auditor) -> Moved:
    moved: Moved = defaultdict(lambda: defaultdict(int))
    for side, sign in (("credit", 1), ("debit", -1)):
        for key, kind, owner, issuer, amount in auditor.rows(
            "SELECT p.key, a.kind, a.owner, a.issuer, m.amount FROM postings AS p "
            "JOIN moves AS m ON m.alliance_id = p.alliance_id AND m.window_id = p.window_id AND m.posting_id = p.id "
            f"AND m.kind = {TRANSFER:d} JOIN accounts AS a ON a.alliance_id = m.alliance_id AND a.id = m.{side} "
            "WHERE p.alliance_id = :alliance_id AND p.key >= 'payment:' AND p.key < 'payment;'"
        ):
            moved[str(key).split(":")[1]][AccountName(kind, str(owner), issuer)] += sign * amount
    return {id_: dict(accounts) for id_, accounts in moved.items()}


def _cash(payment: PaymentRecord) -> int:
    """What a payment brought to the cash at its rail, fees deducted."""
    if payment.rail == DEPOSIT or payment.route == PaymentRoute.DIRECT:
        return 0
    return payment.signed(payment.moved_minor) - payment.fee_minor


def _transit(payment: PaymentRecord) -> int:
    return payment.minor if payment.route == PaymentRoute.PAY and payment.state in ON_ITS_WAY else 0


def _settled(accounts: Mapping[AccountName, int]) -> int:
    """What moved on the accounts of participants, and of the house's loss: the other side of cash and transit."""
    rails = (AccountKind.CASH, AccountKind.OVERDRAFT, AccountKind.TRANSIT, AccountKind.FEES)
    return sum(minor for name, minor in accounts.items() if name.kind not in rails)


def _expected(payment: PaymentRecord) -> int:
    return _cash(payment) + payment.fee_minor + payment.written_off_minor - _transit(payment)
