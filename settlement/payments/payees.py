"""What banks say of the names of payees: an account that is held under another name may be somebody else's."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from settlement.payments.context import PaymentContext
from settlement.payments.states import PaymentRoute
from settlement.payments.store import PaymentRecord, rail_account
from settlement.rails.port import CheckingRail, PayeeCheck, PayeeMatch

DOUBTFUL = (PayeeMatch.NONE, PayeeMatch.CLOSE)


def payee_checks_of(context: PaymentContext, payments: Iterable[PaymentRecord]) -> Mapping[str, PayeeCheck]:
    """What payees' banks said of the current attempts of these payments, by payment; without those of which they said
    nothing, or that nobody asks."""
    by_rail: dict[str, dict[str, str]] = defaultdict(dict)
    for payment in payments:
        if payment.route == PaymentRoute.PAY:
            by_rail[payment.rail][payment.key] = payment.id
    checks: dict[str, PayeeCheck] = {}
    for name, ids in by_rail.items():
        rail = context.rails.get(name)
        by_key: Mapping[str, PayeeCheck] = rail.payee_checks([*ids]) if isinstance(rail, CheckingRail) else {}
        checks |= {ids[key]: check for key, check in by_key.items()}
    return checks


def doubtful_payees(context: PaymentContext) -> list[PayeeCheck]:
    """Accounts of which their banks said last that they are held under other names, until another account takes their
    place; in order of participant and rail."""
    newest = [
        (check.account.participant, name, check)
        for name, rail in context.rails.items()
        if isinstance(rail, CheckingRail)
        for check in rail.newest_payee_checks().values()
        if check.match in DOUBTFUL
    ]
    return [
        check
        for participant, name, check in sorted(newest, key=lambda row: row[:2])
        if rail_account(context.book, context.session, participant, name).details == check.account.details
    ]
