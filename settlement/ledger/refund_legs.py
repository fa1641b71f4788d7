"""Legs that take back what an earlier posting did: refunds of spends and earns, and reversals.

What a refund of an earn does about points that have left their lot stands in settlement/README.md, way by way.
"""

from collections import defaultdict
from collections.abc import Sequence

from settlement.ledger.accounts import NEVER, LoadedAccount
from settlement.ledger.arrivals import arrive, expire, repay
from settlement.ledger.leg_context import DEBT, EXPIRES, HELD, LOT, POT, LegContext, check_amount
from settlement.ledger.loaded import HoldState, LegRefused, OriginalPosting
from settlement.ledger.moves import HOLD, ISSUE, OWE, REDEEM, WAIVE, Move, PotRef, RefundEarn, RefundSpend, Reverse

EARN_TAKEN_BACK = frozenset({-ISSUE, OWE, WAIVE})
"""Kinds of moves that make up what was taken back of an earn, in the points that it issued."""


def open_hold(batch: LegContext, hold: int) -> tuple[HoldState, Sequence[Move]]:
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


def refund_spend(batch: LegContext, leg: RefundSpend) -> None:
    """Points go back to the very lots they came from, the last taken first."""
    check_amount(leg.points)
    left_of = _not_yet_back(batch, _original(batch, leg.of))
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
            arrive(batch, lot, part)
            need -= part


def refund_earn(batch: LegContext, leg: RefundEarn) -> None:
    """From those who earned, in the order in which they did, each at the shop or out of the pot that issued to them."""
    check_amount(leg.points)
    original = _original(batch, leg.of)
    accounts = batch.book.accounts
    earns: dict[tuple[str, int], list[Move]] = defaultdict(list)
    sources = set()
    for move in original.moves:
        if move.kind == ISSUE and _pot_of(batch, accounts[move.debit]) == leg.out_of:
            earns[accounts[move.credit].owner, move.debit].append(move)
            sources.add(move.debit)
    issued = {earner: sum(move.amount for move in moves) for earner, moves in earns.items()}
    # Refunds take in this order too, so what is gone by now is gone from the first.
    gone = sum(move.amount for move in original.taken_back if move.kind in EARN_TAKEN_BACK and move.credit in sources)
    left = max(0, sum(issued.values()) - gone)
    if leg.points > left and not (leg.at_most and issued):
        raise LegRefused("refund_exceeds_original", posting=leg.of, left=left, asked=leg.points)
    need = min(leg.points, left)
    for earner, points in issued.items():
        part = min(need, max(0, points - gone))
        gone = max(0, gone - points)
        if part:
            _take_back(batch, leg, earns[earner], part)
            need -= part


def _take_back(batch: LegContext, leg: RefundEarn, earned: Sequence[Move], points: int) -> None:
    """Where the points are now, as far as they are there; what expired is waived; the rest is owed.

    All of it goes to where they came from, which the shop's own issue or a pot of its is.
    Other lots of the shop pay at once what is owed, each at its own rate.
    """
    book = batch.book
    shop = book.shop_ids[earned[0].issuer]
    source = book.accounts[earned[0].debit]
    take = batch.move_pot if source.kind == POT else batch.move
    lots = [book.accounts[move.credit] for move in reversed(earned)]
    earner = lots[0].owner
    holders = leg.holders if earner in leg.holders else (earner,)
    pool = leg.pool if earner in leg.holders else ()
    need = points
    own = (earner, *holders)
    # Each is looked up when its turn comes: what is over has its account of what expired by then.
    for kind, of, owners in ((-ISSUE, LOT, own), (WAIVE, EXPIRES, own), (-ISSUE, LOT, pool)):
        for place in _like(batch, lots, of, owners):
            part = min(need, place.balance)
            if of == LOT and place.expires_on < batch.today:
                # The sweep has not come yet, and it must not matter when it does.
                if part and owners is own:
                    expire(batch, place, part)
            elif part:
                take(kind, place.terms_id, shop.id, shop.id, place, source, part)
                need -= part
    if need:
        terms_id = earned[0].terms_id
        debt = batch.account(DEBT, holders[0], shop.id, NEVER, terms_id)
        take(OWE, terms_id, shop.id, shop.id, debt, source, need)
        for lot in [lot for holder in holders for lot in book.lots.get(holder, ())]:
            if lot.issuer == shop.id and lot.balance and lot.expires_on >= batch.today and debt.balance < 0:
                repay(batch, debt, lot, lot.balance)


def _like(batch: LegContext, lots: Sequence[LoadedAccount], kind: int, owners: Sequence[str]) -> list[LoadedAccount]:
    """The accounts of this kind that have the issuer, last day and terms of these lots, owner by owner for each."""
    by_name = batch.book.by_name
    names = [lot.name._replace(kind=kind, owner=owner) for lot in lots for owner in owners]
    return [by_name[name] for name in names if name in by_name]


def reverse(batch: LegContext, leg: Reverse) -> None:
    """Undo every move, the last first."""
    original = _original(batch, leg.of)
    if original.taken_back:
        raise LegRefused("posting_reversed", posting=leg.of, by=original.taken_back[0].posting_id)
    # What a capture took goes back to the lot, and what it freed stays free: its hold is over.
    undone = [move for move in reversed(original.moves) if move.kind != -HOLD]
    if not undone:
        raise LegRefused("posting_unknown", posting=leg.of)
    if leg.of in batch.book.holds:
        open_hold(batch, leg.of)
    accounts = batch.book.accounts
    lots = {}
    for move in undone:
        debit, credit = accounts[move.credit], _lot_of(batch, accounts[move.debit])
        if credit.kind == LOT:
            lots[credit.id] = credit
        back = batch.move_pot if POT in (debit.kind, credit.kind) else batch.move
        back(-move.kind, move.terms_id, move.issuer, move.shop, debit, credit, move.amount)
    # What a later move of the same posting takes again has to be there until then.
    for lot in lots.values():
        if lot.balance and lot.expires_on < batch.today:
            expire(batch, lot, lot.balance)


def _original(batch: LegContext, of: int) -> OriginalPosting:
    original = batch.refer(of)
    if original is None or not original.moves:
        raise LegRefused("posting_unknown", posting=of)
    return original


def _pot_of(batch: LegContext, source: LoadedAccount) -> PotRef | None:
    """The pot that points were issued out of; None where a shop issued them out of none."""
    return PotRef(batch.book.shop_ids[source.issuer].ref, source.owner) if source.kind == POT else None


def _lot_of(batch: LegContext, account: LoadedAccount) -> LoadedAccount:
    """The lot that a held account was locked out of; any other account itself."""
    return batch.account(*account.name._replace(kind=LOT)) if account.kind == HELD else account


def _not_yet_back(batch: LegContext, original: OriginalPosting) -> list[tuple[Move, int]]:
    """The original's spends, the last first, with what earlier refunds left of each."""
    accounts = batch.book.accounts
    back: dict[tuple[int, int], int] = defaultdict(int)
    for move in original.taken_back:
        if move.kind == -REDEEM:
            back[move.credit, move.debit] += move.amount
    left = []
    for move in reversed(original.moves):
        if move.kind == REDEEM:
            # Captured points were taken from a held account, but it is the lot that they go back to.
            pair = _lot_of(batch, accounts[move.debit]).id, move.credit
            gone = min(move.amount, back[pair])
            back[pair] -= gone
            left.append((move, move.amount - gone))
    return left
