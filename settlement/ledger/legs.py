"""What each leg becomes: the rules of earning, spending, holding, refunding, in moves on the loaded book.

A rule looks first and moves then, in the order of `settlement.ledger.refusals.REFUSALS`; where it can only know
afterwards (a limit, a sign) it raises all the same, since a refused posting's moves are taken back.
"""

from collections.abc import Callable, Mapping
from typing import Any

from settlement.ledger.accounts import (
    MONEY,
    NEVER,
    NOBODY,
    OF_PARTICIPANTS,
    AccountKind,
    AccountName,
    LoadedAccount,
    describe_account,
)
from settlement.ledger.arrivals import arrive, expire
from settlement.ledger.leg_context import HELD, ISSUES, LOT, POT, REDEEMS, LegContext
from settlement.ledger.leg_context import check_amount as _check
from settlement.ledger.loaded import HoldState, LegRefused, LoadedShop
from settlement.ledger.meter_legs import count, count_back, pass_counts
from settlement.ledger.meters import Count, CountBack, PassCounts
from settlement.ledger.moves import (
    COMPENSATE,
    GIVE,
    HOLD,
    ISSUE,
    REDEEM,
    SET_ASIDE,
    TRANSFER,
    Capture,
    Commission,
    Earn,
    EarnIfAllowed,
    EarnOutOf,
    Expire,
    Give,
    Hold,
    PotRef,
    PutBack,
    RefundEarn,
    RefundSpend,
    Release,
    Reverse,
    SetAside,
    Spend,
    TakeToken,
    Transfer,
)
from settlement.ledger.refund_legs import open_hold, refund_earn, refund_spend, reverse


def _issuer(batch: LegContext, ref: str) -> LoadedShop:
    shop = batch.shop(ref)
    if batch.occurred_at >= shop.issued_until:
        raise LegRefused("shop_not_earning", shop=ref)
    return shop


def _taker(batch: LegContext, ref: str) -> LoadedShop:
    shop = batch.shop(ref)
    if batch.occurred_at >= shop.redeemed_until:
        raise LegRefused("shop_not_redeeming", shop=ref)
    return shop


def _earn(batch: LegContext, leg: Earn | EarnIfAllowed) -> None:
    ref, member, points, expires_on = leg
    shop = _issuer(batch, ref)
    _check(points)
    if expires_on < batch.today:
        _check_last_day(batch, expires_on)
    book, shop_id, terms_id = batch.book, shop.id, batch.terms.id
    lot = book.lot(member, shop_id, expires_on, terms_id)
    if lot is None:
        lot = batch.account(LOT, member, shop_id, expires_on, terms_id)
    batch.move(ISSUE, terms_id, shop_id, shop_id, batch.shop_account(shop, ISSUES), lot, points)
    if member in book.debts or expires_on < batch.today:
        arrive(batch, lot, points)
    if shop.limit is not None:
        _check_limit(batch, shop)


def _check_limit(batch: LegContext, shop: LoadedShop) -> None:
    limit = batch.book.limit_minor(shop)
    exposure = batch.book.exposure_minor(shop)
    if limit is not None and exposure > limit:
        raise LegRefused("limit_reached", shop=shop.ref, limit_minor=limit, exposure_minor=exposure)


MAY_NOT_ISSUE = frozenset({"shop_not_earning", "limit_reached"})
"""Reasons for which a shop issues nothing, whatever it has sold."""


def _earn_if_allowed(batch: LegContext, leg: EarnIfAllowed) -> None:
    line, account = len(batch.moves), batch.book.next_account
    try:
        _earn(batch, leg)
    except LegRefused as refused:
        if refused.refusal.code not in MAY_NOT_ISSUE:
            raise
        batch.undo_moves(line, account)
        batch.omitted = refused.refusal


def _check_last_day(batch: LegContext, expires_on: int) -> None:
    """A sale that comes late may earn what is over by now, but not what was over when it happened."""
    day = batch.book.calendar.day(batch.occurred_at)[0]
    if expires_on < day:
        raise LegRefused("lot_over", expires_on=expires_on, today=day)


def _set_aside(batch: LegContext, leg: SetAside) -> None:
    shop = _issuer(batch, leg.pot.shop)
    _check(leg.points)
    terms_id = batch.terms.id
    pot = batch.account(POT, leg.pot.name, shop.id, NEVER, terms_id)
    batch.move_pot(SET_ASIDE, terms_id, shop.id, shop.id, batch.shop_account(shop, ISSUES), pot, leg.points)
    _check_limit(batch, shop)


def _parts_of_pot(
    batch: LegContext, shop: LoadedShop, pot: PotRef, points: int, *, at_most: bool = False
) -> list[tuple[LoadedAccount, int]]:
    """Where so many points of a pot are: what was set aside first, first. Refuses `pot_short`."""
    parts = []
    left = points
    for account in batch.book.pots.get((pot.name, shop.id), ()):
        part = min(left, account.balance)
        if part:
            parts.append((account, part))
            left -= part
    if left and not at_most:
        raise LegRefused("pot_short", pot=pot.name, points=points - left, asked=points)
    return parts


def _put_back(batch: LegContext, leg: PutBack) -> None:
    shop = batch.shop(leg.pot.shop)
    _check(leg.points)
    issue = batch.shop_account(shop, ISSUES)
    for pot, part in _parts_of_pot(batch, shop, leg.pot, leg.points, at_most=leg.at_most):
        batch.move_pot(-SET_ASIDE, pot.terms_id, shop.id, shop.id, pot, issue, part)


def _earn_out_of(batch: LegContext, leg: EarnOutOf) -> None:
    shop = _issuer(batch, leg.pot.shop)
    _check(leg.points)
    if leg.expires_on < batch.today:
        _check_last_day(batch, leg.expires_on)
    for pot, part in _parts_of_pot(batch, shop, leg.pot, leg.points):
        lot = batch.account(LOT, leg.member, shop.id, leg.expires_on, pot.terms_id)
        batch.move_pot(ISSUE, pot.terms_id, shop.id, shop.id, pot, lot, part)
        arrive(batch, lot, part)


def _spendable(batch: LegContext, points: int, *members: str) -> list[tuple[LoadedAccount, int]]:
    """The parts of a spend, member by member, of each in spending order. Refuses `points_short`."""
    parts = []
    left = points
    for member in members:
        for lot in batch.book.lots.get(member, ()):
            if lot.balance and lot.expires_on >= batch.today:
                part = min(left, lot.balance)
                parts.append((lot, part))
                left -= part
                if not left:
                    return parts
    raise LegRefused("points_short", points=points - left, asked=points)


def _spend(batch: LegContext, leg: Spend) -> None:
    ref, member, points = leg
    shop = _taker(batch, ref)
    _check(points)
    parts = _spendable(batch, points, member)
    redeem = batch.shop_account(shop, REDEEMS)
    for lot, part in parts:
        batch.move(REDEEM, lot.terms_id, lot.issuer, shop.id, lot, redeem, part)


def _give(batch: LegContext, leg: Give) -> None:
    _check(leg.points)
    if leg.giver == leg.receiver:
        raise LegRefused("same_account", account=leg.giver)
    for lot, part in _spendable(batch, leg.points, leg.giver):
        mine = batch.account(*lot.name._replace(owner=leg.receiver))
        batch.move(GIVE, lot.terms_id, lot.issuer, lot.issuer, lot, mine, part)
        arrive(batch, mine, part)


def _expire(batch: LegContext, leg: Expire) -> None:
    lot = batch.book.accounts.get(leg.lot)
    if lot is None or lot.kind != LOT:
        raise LegRefused("lot_unknown", lot=leg.lot)
    if lot.expires_on >= batch.today:
        raise LegRefused("lot_not_over", lot=leg.lot, expires_on=lot.expires_on, today=batch.today)
    if lot.balance:
        expire(batch, lot, lot.balance)


def _commission(batch: LegContext, leg: Commission) -> None:
    payer, payee = batch.shop(leg.payer), _taker(batch, leg.payee)
    _check(leg.points)
    if payer is payee:
        raise LegRefused("same_account", account=leg.payer)
    issue, redeem = batch.shop_account(payer, ISSUES), batch.shop_account(payee, REDEEMS)
    batch.move(COMPENSATE, batch.terms.id, payer.id, payee.id, issue, redeem, leg.points)


def _hold(batch: LegContext, leg: Hold) -> None:
    shop = _taker(batch, leg.shop)
    _check(leg.points)
    for lot, part in _spendable(batch, leg.points, leg.member, *leg.pool):
        held = batch.account(*lot.name._replace(kind=HELD))
        batch.move(HOLD, lot.terms_id, lot.issuer, shop.id, lot, held, part)
    batch.book.holds[batch.posting_id] = HoldState(leg.lapses_at, None)
    batch.holds_opened.append((batch.posting_id, leg.lapses_at))


def _capture(batch: LegContext, leg: Capture) -> None:
    _check(leg.points)
    state, locked = open_hold(batch, leg.hold)
    if batch.recorded_at > state.lapses_at:
        raise LegRefused("hold_lapsed", hold=leg.hold, lapses_at=state.lapses_at)
    held_points = sum(move.amount for move in locked)
    if leg.points > held_points:
        raise LegRefused("capture_exceeds_hold", hold=leg.hold, held=held_points, asked=leg.points)
    left = leg.points
    for move in locked:
        part = min(left, move.amount)
        left -= part
        held, lot = batch.book.accounts[move.credit], batch.book.accounts[move.debit]
        if part:
            shop = batch.book.shop_ids[move.shop]
            redeem = batch.shop_account(shop, REDEEMS)
            batch.move(REDEEM, move.terms_id, move.issuer, move.shop, held, redeem, part)
        if part < move.amount:
            batch.move(-HOLD, move.terms_id, move.issuer, move.shop, held, lot, move.amount - part)
            arrive(batch, lot, move.amount - part)


def _release(batch: LegContext, leg: Release) -> None:
    for move in open_hold(batch, leg.hold)[1]:
        held, lot = batch.book.accounts[move.credit], batch.book.accounts[move.debit]
        batch.move(-HOLD, move.terms_id, move.issuer, move.shop, held, lot, move.amount)
        arrive(batch, lot, move.amount)


def _claim(batch: LegContext, leg: TakeToken) -> None:
    name = AccountName(AccountKind.TOKEN, leg.name)
    if name in batch.book.by_name:
        raise LegRefused("claim_taken", claim=leg.name)
    # A refusal of another leg drops what the posting opened, so the name is free again.
    batch.account(*name)


def _is_money_account(batch: LegContext, name: AccountName) -> bool:
    """Whether money may stand under this name: a participant's under its own id, the house's under nobody's."""
    if name.kind not in OF_PARTICIPANTS:
        return name == AccountName(name.kind, name.owner, NOBODY)
    shop = batch.book.shops.get(name.owner)
    return shop is not None and name == AccountName(name.kind, name.owner, shop.id)


def _transfer(batch: LegContext, leg: Transfer) -> None:
    _check(leg.minor)
    if leg.debit == leg.credit:
        raise LegRefused("same_account", account=describe_account(leg.debit))
    if leg.debit.kind not in MONEY or leg.credit.kind not in MONEY:
        raise LegRefused("units_differ", debit=describe_account(leg.debit), credit=describe_account(leg.credit))
    for name in (leg.debit, leg.credit):
        if not _is_money_account(batch, name):
            raise LegRefused("account_unknown", account=describe_account(name), issuer=name.issuer)
    debit, credit = batch.account(*leg.debit), batch.account(*leg.credit)
    if debit.floor == 0 and debit.balance < leg.minor:
        raise LegRefused("money_short", account=describe_account(leg.debit), minor=debit.balance, asked=leg.minor)
    batch.move(TRANSFER, 0, leg.debit.issuer, leg.credit.issuer, debit, credit, leg.minor)


# A leg goes to the function of its type: one table, so that a leg without a rule fails at once.
TAKE: Mapping[type, Callable[[LegContext, Any], None]] = {
    Earn: _earn,
    EarnIfAllowed: _earn_if_allowed,
    SetAside: _set_aside,
    PutBack: _put_back,
    EarnOutOf: _earn_out_of,
    Count: count,
    CountBack: count_back,
    PassCounts: pass_counts,
    Spend: _spend,
    Give: _give,
    Expire: _expire,
    Commission: _commission,
    Hold: _hold,
    Capture: _capture,
    Release: _release,
    RefundEarn: refund_earn,
    RefundSpend: refund_spend,
    Reverse: reverse,
    TakeToken: _claim,
    Transfer: _transfer,
}

REFERRING = frozenset({Capture, CountBack, Release, RefundEarn, RefundSpend, Reverse})
"""Legs that take something back of an earlier posting."""
