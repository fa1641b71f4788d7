"""What becomes of points that come to a member: they pay what the member owes, and those that are over expire at once.

Points come by an earn, a gift, a hold that is given up, a refund of what they paid. Whoever owes points owes them under
the terms of the sale that was refunded; points of other terms stand for them by value, each at its own rate.
"""

from settlement.ledger.accounts import LoadedAccount
from settlement.ledger.leg_context import EXPIRES, ISSUES, REDEEMS, LegContext
from settlement.ledger.moves import EXPIRE, OWE, REPAY

Rate = tuple[int, int]
"""What a point is worth in minor units, exactly: numerator, denominator."""


def points_for_debt(owed: int, owed_rate: Rate, available: int, rate: Rate) -> tuple[int, int]:
    """How many of `owed` points `available` points of another rate pay, and how many points that takes.

    Whole points are paid, as many as the value of what is available covers; what they take is rounded up to a whole
    point. That is the only rounding there is: in favour of the shop that is owed, by less than one point, so that no
    value comes into being.
    """
    if rate == owed_rate:
        paid = min(owed, available)
        return paid, paid
    numerator, denominator = rate[0] * owed_rate[1], rate[1] * owed_rate[0]
    paid = min(owed, available * numerator // denominator)
    return paid, -(-paid * denominator // numerator)


def arrive(batch: LegContext, lot: LoadedAccount, points: int) -> None:
    """Take from `points` that just came to a lot what the member owes; let the rest expire if its last day is over."""
    for debt in batch.book.debts.get(lot.owner, ()):
        if debt.balance < 0 < points:
            points -= repay(batch, debt, lot, points)
    if points and lot.expires_on < batch.today:
        expire(batch, lot, points)


def repay(batch: LegContext, debt: LoadedAccount, lot: LoadedAccount, available: int) -> int:
    """Pay a debt with up to `available` points of a lot; returns how many that took.

    It is as if they were spent at the shop that is owed, but without a fee.
    """
    rates = batch.book.rates
    paid, taken = points_for_debt(-debt.balance, rates[debt.terms_id], available, rates[lot.terms_id])
    if paid:
        creditor = batch.book.shop_ids[debt.issuer]
        redeem, issue = batch.shop_account(creditor, REDEEMS), batch.shop_account(creditor, ISSUES)
        batch.move(REPAY, lot.terms_id, lot.issuer, creditor.id, lot, redeem, taken)
        batch.move(-OWE, debt.terms_id, creditor.id, creditor.id, issue, debt, paid)
    return taken


def expire(batch: LegContext, lot: LoadedAccount, points: int) -> None:
    """Let points of a lot expire. They are counted for each lot: a refund must know that nobody spent them."""
    expired = batch.account(*lot.name._replace(kind=EXPIRES))
    batch.move(EXPIRE, lot.terms_id, lot.issuer, lot.issuer, lot, expired, points)
