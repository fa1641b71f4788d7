"""What each leg becomes: the rules of earning, spending, holding, refunding, in moves on the loaded book.

A rule looks first and moves then, in the order of `settlement.ledger.refusals.REFUSALS`; where it can only know
afterwards (a limit, a sign) it raises all the same, since a refused posting's moves are taken back.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from settlement.ledger.accounts import (
    MONEY,
    NOBODY,
    OF_PARTICIPANTS,
    AccountKind,
    AccountName,
    LoadedAccount,
    describe_account,
)
from settlement.ledger.leg_context import ISSUES, LOT, REDEEMS, LegContext
from settlement.ledger.leg_context import check_amount as _check
from settlement.ledger.loaded import HoldState, LegRefused, LoadedShop, OriginalPosting
from settlement.ledger.moves import (
    COMPENSATE,
    EXPIRE,
    GIVE,
    HOLD,
    ISSUE,
    OWE,
    REDEEM,
    TRANSFER,
    Capture,
    Commission,
    Earn,
    EarnIfAllowed,
    Expire,
    Give,
    Hold,
    Move,
    RefundEarn,
    RefundSpend,
    Release,
    Reverse,
    Spend,
    TakeToken,
    Transfer,
)


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


def _earn(batch: LegContext, leg: Earn) -> None:
    ref, member, left, expires_on = leg
    shop = _issuer(batch, ref)
    _check(left)
    if expires_on < batch.today:
        raise LegRefused("lot_over", expires_on=expires_on, today=batch.today)
    book, shop_id, terms_id = batch.book, shop.id, batch.terms.id
    issue = batch.shop_account(shop, ISSUES)
    # What a member owes since a refund is paid by the next earn, whichever shop issues it.
    for debt in book.debts.get(member, ()):
        if debt.balance < 0 < left:
            part = min(left, -debt.balance)
            batch.move(COMPENSATE, terms_id, shop_id, debt.issuer, issue, debt, part)
            left -= part
    if left:
        lot = book.lot(member, shop_id, expires_on, terms_id)
        if lot is None:
            lot = batch.account(LOT, member, shop_id, expires_on, terms_id)
        batch.move(ISSUE, terms_id, shop_id, shop_id, issue, lot, left)
    limit = book.limit_minor(shop)
    if limit is not None:
        exposure = book.exposure_minor(shop)
        if exposure > limit:
            raise LegRefused("limit_reached", shop=shop.ref, limit_minor=limit, exposure_minor=exposure)


MAY_NOT_ISSUE = frozenset({"shop_not_earning", "limit_reached"})
"""Reasons for which a shop issues nothing, whatever it has sold."""


def _earn_if_allowed(batch: LegContext, leg: EarnIfAllowed) -> None:
    line, account = len(batch.moves), batch.book.next_account
    try:
        _earn(batch, Earn(*leg))
    except LegRefused as refused:
        if refused.refusal.code not in MAY_NOT_ISSUE:
            raise
        batch.undo_moves(line, account)
        batch.omitted = refused.refusal


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


def _expire(batch: LegContext, leg: Expire) -> None:
    lot = batch.book.accounts.get(leg.lot)
    if lot is None or lot.kind != AccountKind.LOT:
        raise LegRefused("lot_unknown", lot=leg.lot)
    if lot.expires_on >= batch.today:
        raise LegRefused("lot_not_over", lot=leg.lot, expires_on=lot.expires_on, today=batch.today)
    if lot.balance:
        issuer = batch.book.shop_ids[lot.issuer]
        expired = batch.shop_account(issuer, AccountKind.EXPIRED)
        batch.move(EXPIRE, lot.terms_id, issuer.id, issuer.id, lot, expired, lot.balance)


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
        held = batch.account(*lot.name._replace(kind=AccountKind.HELD))
        batch.move(HOLD, lot.terms_id, lot.issuer, shop.id, lot, held, part)
    batch.book.holds[batch.posting_id] = HoldState(leg.lapses_at, None)
    batch.holds_opened.append((batch.posting_id, leg.lapses_at))


def _open_hold(batch: LegContext, hold: int) -> tuple[HoldState, Sequence[Move]]:
    """An open hold and the moves that locked it; marks it resolved by this posting."""
    original = batch.refer(hold)
    state = batch.book.holds.get(hold)
    if state is None or original is None:
        raise LegRefused("hold_unknown", hold=hold)
    if state.resolved_by is not None:
        raise LegRefused("hold_resolved", hold=hold, by=state.resolved_by)
    batch.book.holds[hold] = state._replace(resolved_by=batch.posting_id)
    batch.holds_resolved.append((hold, batch.posting_id))
    return state, [move for move in original.moves if move.kind == HOLD]


def _capture(batch: LegContext, leg: Capture) -> None:
    _check(leg.points)
    state, locked = _open_hold(batch, leg.hold)
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


def _release(batch: LegContext, leg: Release) -> None:
    for move in _open_hold(batch, leg.hold)[1]:
        held, lot = batch.book.accounts[move.credit], batch.book.accounts[move.debit]
        batch.move(-HOLD, move.terms_id, move.issuer, move.shop, held, lot, move.amount)


def _original(batch: LegContext, of: int) -> OriginalPosting:
    original = batch.refer(of)
    if original is None or not original.moves:
        raise LegRefused("posting_unknown", posting=of)
    return original


def _lot_of(batch: LegContext, account: LoadedAccount) -> LoadedAccount:
    """The lot that a held account was locked out of; any other account itself."""
    return batch.account(*account.name._replace(kind=LOT)) if account.kind == AccountKind.HELD else account


def _not_yet_back(batch: LegContext, original: OriginalPosting, kind: int) -> list[tuple[Move, int]]:
    """The original's moves of a kind, the last first, with what earlier refunds left of each."""
    accounts = batch.book.accounts
    back: dict[tuple[int, int], int] = defaultdict(int)
    for move in original.taken_back:
        if move.kind == -kind:
            back[move.credit, move.debit] += move.amount
    left = []
    for move in reversed(original.moves):
        if move.kind == kind:
            # Captured points were taken from a held account, but it is the lot that they go back to.
            pair = _lot_of(batch, accounts[move.debit]).id, move.credit
            gone = min(move.amount, back[pair])
            back[pair] -= gone
            left.append((move, move.amount - gone))
    return left


def _refund_spend(batch: LegContext, leg: RefundSpend) -> None:
    _check(leg.points)
    left_of = _not_yet_back(batch, _original(batch, leg.of), REDEEM)
    left_in_all = sum(left for _, left in left_of)
    if leg.points > left_in_all:
        raise LegRefused("refund_exceeds_original", posting=leg.of, left=left_in_all, asked=leg.points)
    accounts = batch.book.accounts
    need = leg.points
    for move, left in left_of:
        part = min(need, left)
        if part:
            lot = _lot_of(batch, accounts[move.debit])
            batch.move(-REDEEM, move.terms_id, move.issuer, move.shop, accounts[move.credit], lot, part)
            need -= part


def _refund_earn(batch: LegContext, leg: RefundEarn) -> None:
    """From those who earned, in the order in which they did, each at the shop that issued to them."""
    _check(leg.points)
    original = _original(batch, leg.of)
    accounts = batch.book.accounts
    earns: dict[tuple[str, int], list[Move]] = defaultdict(list)
    for move in original.moves:
        if move.kind == ISSUE or (move.kind == COMPENSATE and accounts[move.credit].kind == AccountKind.DEBT):
            earns[accounts[move.credit].owner, move.issuer].append(move)
    left = {earner: sum(move.amount for move in moves) for earner, moves in earns.items()}
    for move in original.taken_back:
        earner = accounts[move.debit].owner, move.issuer
        if move.kind in (-ISSUE, OWE, -COMPENSATE) and earner in left:
            left[earner] -= move.amount
    if leg.points > sum(left.values()):
        raise LegRefused("refund_exceeds_original", posting=leg.of, left=sum(left.values()), asked=leg.points)
    paid_debts = _not_yet_back(batch, original, COMPENSATE)
    need = leg.points
    for earner, points in left.items():
        part = min(need, points)
        if part:
            earned = earns[earner]
            _take_back(batch, earned, [(move, left) for move, left in paid_debts if move in earned], part)
            need -= part


def _take_back(batch: LegContext, earned: Sequence[Move], paid_debts: Sequence[tuple[Move, int]], points: int) -> None:
    """From the very lot, the member's other lots of that shop, debts that it paid; the rest is new debt."""
    accounts = batch.book.accounts
    shop = batch.book.shop_ids[earned[0].issuer]
    member = accounts[earned[0].credit].owner
    issue = batch.shop_account(shop, ISSUES)
    own = [accounts[move.credit] for move in reversed(earned) if move.kind == ISSUE]
    others = [
        lot
        for lot in batch.book.lots.get(member, ())
        if lot.issuer == shop.id and lot.expires_on >= batch.today and lot not in own
    ]
    need = points
    for lot in [*own, *others]:
        part = min(need, lot.balance)
        if part:
            batch.move(-ISSUE, lot.terms_id, shop.id, shop.id, lot, issue, part)
            need -= part
    for move, left in paid_debts:
        part = min(need, left)
        if part:
            batch.move(-COMPENSATE, move.terms_id, shop.id, move.shop, accounts[move.credit], issue, part)
            need -= part
    if need:
        debt = batch.account(AccountKind.DEBT, member, shop.id)
        batch.move(OWE, earned[0].terms_id, shop.id, shop.id, debt, issue, need)


def _reverse(batch: LegContext, leg: Reverse) -> None:
    original = _original(batch, leg.of)
    if original.taken_back:
        raise LegRefused("posting_reversed", posting=leg.of, by=original.taken_back[0].posting_id)
    # What a capture took goes back to the lot, and what it freed stays free: its hold is over.
    undone = [move for move in reversed(original.moves) if move.kind != -HOLD]
    if not undone:
        raise LegRefused("posting_unknown", posting=leg.of)
    if leg.of in batch.book.holds:
        _open_hold(batch, leg.of)
    accounts = batch.book.accounts
    for move in undone:
        debit, credit = accounts[move.credit], _lot_of(batch, accounts[move.debit])
        batch.move(-move.kind, move.terms_id, move.issuer, move.shop, debit, credit, move.amount)


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
    Spend: _spend,
    Give: _give,
    Expire: _expire,
    Commission: _commission,
    Hold: _hold,
    Capture: _capture,
    Release: _release,
    RefundEarn: _refund_earn,
    RefundSpend: _refund_spend,
    Reverse: _reverse,
    TakeToken: _claim,
    Transfer: _transfer,
}

REFERRING = frozenset({Capture, Release, RefundEarn, RefundSpend, Reverse})
"""Legs that take something back of an earlier posting."""
