"""What banks say of the names of payees: an account that is held under another name may be somebody else's."""

from settlement.payments.context import PaymentContext
from settlement.payments.states import PaymentRoute
from settlement.payments.store import PaymentRecord, rail_account
from settlement.rails.port import CheckingRail, PayeeCheck, PayeeMatch

DOUBTFUL = (PayeeMatch.NONE, PayeeMatch.CLOSE)


def payee_check_of(context: PaymentContext, payment: PaymentRecord) -> PayeeCheck | None:
    """What the payee's bank said of a payment's current attempt; None where it said nothing, or nobody asks it."""
    rail = context.rails.get(payment.rail) if payment.route == PaymentRoute.PAY else None
    return rail.payee_checks([payment.key]).get(payment.key) if isinstance(rail, CheckingRail) else None


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
