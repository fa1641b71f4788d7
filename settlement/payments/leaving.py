"""A shop that is suspended, and one that leaves for good.

A suspended shop is not paid out: what it is owed stays with the alliance. A shop that leaves issues no more points;
those that members hold are honoured until they lapse, and it goes on paying for them, or are bought out. Its deposit
stays until its last collection can't come back any more.
"""

from fractions import Fraction

from settlement.clearing.money_book import money_account
from settlement.errors import MoneyShort
from settlement.ledger.accounts import OPERATOR, AccountKind
from settlement.ledger.moves import Transfer
from settlement.payments import tables
from settlement.payments.context import PaymentContext
from settlement.payments.standing import rail_of
from settlement.payments.states import PaymentRoute, PaymentState
from settlement.payments.store import PaymentProfile, change_payment_profile, payments_where, planned_payment
from settlement.payments.unit_of_work import UnitOfWork, open_unit_of_work
from settlement.sentences import Phrase


def suspend_payouts(context: PaymentContext, participant: str, *, suspended: bool = True) -> PaymentProfile:
    """Hold back what a participant is paid out, or let it go again. Raises ParticipantUnknown."""
    money_account(context.book.config(context.session), AccountKind.SETTLEMENT, participant)
    return change_payment_profile(context.book, context.session, participant, suspended=suspended)


def start_leaving(context: PaymentContext, participant: str) -> PaymentProfile:
    """Let a shop leave: from now on it neither issues points nor takes them. Raises ParticipantUnknown."""
    config = context.book.config(context.session)
    money_account(config, AccountKind.SETTLEMENT, participant)
    now = context.book.clock()
    context.book.add_participants([config.by_ref[participant].stop(now)])
    return change_payment_profile(context.book, context.session, participant, leaving_since=now)


def buy_out_shop(context: PaymentContext, participant: str, by: str = OPERATOR) -> int:
    """Let another take over what a leaving shop's points will cost, for their whole value out of its deposit.

    Returns that value in minor units, rounded up; zero where it was bought out before. Raises ParticipantUnknown, and
    MoneyShort where the deposit does not cover it.
    """
    with open_unit_of_work(context) as unit:
        profile = unit.profile(participant)
        if profile.debts_of:
            return 0
        value = _outstanding_minor(unit, participant)
        deposit = unit.account(participant, AccountKind.DEPOSIT)
        if unit.cash_ledger.balance(deposit) < value:
            raise MoneyShort(
                Phrase("the deposit of {participant}", participant=participant),
                unit.cash_ledger.balance(deposit),
                value,
            )
        legs = [Transfer(deposit, unit.account(by), value)] if value else []
        unit.post(f"buyout:{participant}:{unit.number}", {"participant": participant, "by": by, "minor": value}, legs)
        profile = profile._replace(debts_of=by)
        context.session.upsert(tables.payment_profiles, [profile], add=False)
        unit.seal(tables.payment_profiles, [profile])
    return value


def release_deposits(context: PaymentContext, window_id: int) -> list[str]:
    """Plan to pay back the deposits and shares of the fund of those who have left with nothing behind them."""
    with open_unit_of_work(context) as unit:
        for participant, profile in sorted(unit.profiles.items()):
            if profile.leaving_since is not None and not profile.suspended and _is_clear(unit, profile):
                for kind in (AccountKind.DEPOSIT, AccountKind.FUND):
                    minor = unit.cash_ledger.balance(unit.account(participant, kind))
                    if minor > 0:
                        rail = rail_of(unit, participant)
                        id_ = context.new_id(unit.now)
                        unit.add(
                            planned_payment(
                                context.book, id_, window_id, PaymentRoute.PAY, rail, participant, minor, purpose=kind
                            )
                        )
    condition = "route = ? AND state = ? AND purpose <> ?"
    ready = payments_where(
        context.book,
        context.session,
        condition,
        PaymentRoute.PAY.value,
        PaymentState.PLANNED.value,
        int(AccountKind.SETTLEMENT),
    )
    return [payment.id for payment in ready]


def _is_clear(unit: UnitOfWork, profile: PaymentProfile) -> bool:
    """Whether nothing can become of a participant any more that its deposit would have to cover."""
    participant = profile.participant
    if unit.owed(participant) != 0 or unit.defaulted(participant):
        return False
    if _set_aside(unit, participant) or (not profile.debts_of and _outstanding_minor(unit, participant)):
        return False
    return not _has_payments(unit, participant) and not _has_open_window(unit, participant)


def _has_payments(unit: UnitOfWork, participant: str) -> bool:
    """Whether a payment of theirs is on its way, or could still come back."""
    mine = payments_where(unit.context.book, unit.context.session, "participant = ?", participant)
    return any(
        payment.live
        or (
            payment.state == PaymentState.PAID
            and payment.returnable_until is not None
            and payment.returnable_until > unit.now
        )
        for payment in mine
    )


def _has_open_window(unit: UnitOfWork, participant: str) -> bool:
    """Whether their points moved in a window that is not closed yet."""
    context = unit.context
    rows = context.session.rows(
        "SELECT COUNT(*) FROM tallies AS t JOIN books AS b ON b.alliance_id = t.alliance_id "
        "WHERE t.alliance_id = ? AND t.shop = ? AND t.window_id >= b.closed_until",
        context.book.alliance_id,
        unit.config.by_ref[participant].id,
    )
    return bool(rows[0][0])


def _set_aside(unit: UnitOfWork, participant: str) -> bool:
    """Whether points wait in pots of theirs: a late sale may still issue some."""
    rows = unit.context.session.rows(
        "SELECT COUNT(*) FROM outstanding WHERE alliance_id = ? AND shop = ? AND set_aside > 0",
        unit.context.book.alliance_id,
        unit.config.by_ref[participant].id,
    )
    return bool(rows[0][0])


def _outstanding_minor(unit: UnitOfWork, participant: str) -> int:
    """What a participant's outstanding points are worth, rounded up to whole minor units."""
    context = unit.context
    rows = context.session.rows(
        "SELECT terms_id, points FROM outstanding WHERE alliance_id = ? AND shop = ?",
        context.book.alliance_id,
        unit.config.by_ref[participant].id,
    )
    worth = {terms.id: terms.minor_per_point for terms in unit.config.terms}
    exact = sum((points * worth[terms_id] for terms_id, points in rows), Fraction(0))
    return -(-exact.numerator // exact.denominator)
