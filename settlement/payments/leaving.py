"""A shop that is suspended, and one that leaves for good.

A suspended shop is not paid out: what it is owed stays with the alliance. A shop that leaves issues no more points;
those that members hold are honoured until they lapse, and it goes on paying for them, or are bought out. Its deposit
stays until its last collection can't come back any more.
"""

from fractions import Fraction

from settlement.clearing.money import money_account
from settlement.errors import MoneyShort
from settlement.ledger.accounts import OPERATOR, AccountKind
from settlement.ledger.config import Participant
from settlement.ledger.moves import Transfer
from settlement.payments import tables
from settlement.payments.change import Change, Desk, changing
from settlement.payments.plan import rail_of
from settlement.payments.states import Route, State
from settlement.payments.store import Profile, change_profile, payments_where, planned


def suspend(desk: Desk, who: str, *, suspended: bool = True) -> Profile:
    """Hold back what a participant is paid out, or let it go again. Raises ParticipantUnknown."""
    money_account(desk.book.config(desk.session), AccountKind.SETTLEMENT, who)
    return change_profile(desk.book, desk.session, who, suspended=suspended)


def leave(desk: Desk, who: str) -> Profile:
    """Let a shop leave: from now on it neither issues points nor takes them. Raises ParticipantUnknown."""
    config = desk.book.config(desk.session)
    money_account(config, AccountKind.SETTLEMENT, who)
    there = config.by_ref[who]
    desk.book.add_participants([Participant(0, who, may_issue=False, may_redeem=False, limit=there.limit)])
    return change_profile(desk.book, desk.session, who, leaving_since=desk.book.clock())


def buy_out(desk: Desk, who: str, by: str = OPERATOR) -> int:
    """Let another take over what a leaving shop's points will cost, for their whole value out of its deposit.

    Returns that value in minor units, rounded up; zero where it was bought out before. Raises ParticipantUnknown, and
    MoneyShort where the deposit does not cover it.
    """
    with changing(desk) as change:
        profile = change.profile(who)
        if profile.debts_of:
            return 0
        value = _outstanding_minor(change, who)
        deposit = change.account(who, AccountKind.DEPOSIT)
        if change.till.balance(deposit) < value:
            raise MoneyShort(f"the deposit of {who}", change.till.balance(deposit), value)
        legs = [Transfer(deposit, change.account(by), value)] if value else []
        change.post(f"buyout:{who}:{change.number}", {"participant": who, "by": by, "minor": value}, legs)
        desk.session.upsert(tables.payment_profiles, [profile._replace(debts_of=by)], add=False)
    return value


def release_deposits(desk: Desk, window_id: int) -> list[str]:
    """Plan to pay back the deposits and shares of the fund of those who have left with nothing behind them."""
    with changing(desk) as change:
        for who, profile in sorted(change.profiles.items()):
            if profile.leaving_since is not None and not profile.suspended and _is_clear(change, profile):
                for kind in (AccountKind.DEPOSIT, AccountKind.FUND):
                    minor = change.till.balance(change.account(who, kind))
                    if minor > 0:
                        rail = rail_of(change, who)
                        id_ = desk.ids(change.now)
                        change.plan(planned(desk.book, id_, window_id, Route.PAY, rail, who, minor, purpose=kind))
    condition = "route = ? AND state = ? AND purpose <> ?"
    ready = payments_where(
        desk.book, desk.session, condition, Route.PAY.value, State.PLANNED.value, int(AccountKind.SETTLEMENT)
    )
    return [one.id for one in ready]


def _is_clear(change: Change, profile: Profile) -> bool:
    """Whether nothing can become of a participant any more that its deposit would have to cover."""
    who = profile.participant
    if change.owed(who) != 0 or change.defaulted(who):
        return False
    if not profile.debts_of and _outstanding_minor(change, who):
        return False
    return not _has_payments(change, who) and not _has_open_window(change, who)


def _has_payments(change: Change, who: str) -> bool:
    """Whether a payment of theirs is on its way, or could still come back."""
    mine = payments_where(change.desk.book, change.desk.session, "participant = ?", who)
    return any(
        one.live or (one.state == State.PAID and one.returnable_until is not None and one.returnable_until > change.now)
        for one in mine
    )


def _has_open_window(change: Change, who: str) -> bool:
    """Whether their points moved in a window that is not closed yet."""
    desk = change.desk
    rows = desk.session.rows(
        "SELECT COUNT(*) FROM tallies AS t JOIN books AS b ON b.alliance_id = t.alliance_id "
        "WHERE t.alliance_id = ? AND t.shop = ? AND t.window_id >= b.closed_until",
        desk.book.alliance_id,
        change.config.by_ref[who].id,
    )
    return bool(rows[0][0])


def _outstanding_minor(change: Change, who: str) -> int:
    """What a participant's outstanding points are worth, rounded up to whole minor units."""
    desk = change.desk
    rows = desk.session.rows(
        "SELECT terms_id, points FROM outstanding WHERE alliance_id = ? AND shop = ?",
        desk.book.alliance_id,
        change.config.by_ref[who].id,
    )
    worth = {terms.id: terms.minor_per_point for terms in change.config.terms}
    exact = sum((points * worth[terms_id] for terms_id, points in rows), Fraction(0))
    return -(-exact.numerator // exact.denominator)
