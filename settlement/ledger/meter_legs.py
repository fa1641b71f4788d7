"""What legs that count become, in moves on the loaded book."""

from settlement.ledger.accounts import METERED as ALL_METERS
from settlement.ledger.accounts import NEVER, NOBODY, LoadedAccount
from settlement.ledger.leg_context import METER, METERED, LegContext, check_amount
from settlement.ledger.loaded import LegRefused, LoadedBook
from settlement.ledger.meters import Count, CountBack, MeterRef, PassCounts
from settlement.ledger.moves import COUNT


def count(batch: LegContext, leg: Count) -> None:
    """More is counted on a meter, which is opened where it is new."""
    check_amount(leg.amount)
    owner, number, until, at = leg.meter
    shop = NOBODY if at is None else batch.shop(at).id
    meter = batch.account(METER, owner, shop, until, number)
    batch.move(COUNT, 0, NOBODY, NOBODY, _counterparty(batch), meter, leg.amount)


def count_back(batch: LegContext, leg: CountBack) -> None:
    """Under whichever id the count lies now, the owner's own first."""
    check_amount(leg.amount)
    original = batch.refer(leg.of)
    if original is None or not original.moves:
        raise LegRefused("posting_unknown", posting=leg.of)
    accounts, meter = batch.book.accounts, leg.meter
    counted = sum(
        move.amount
        for move in original.moves
        if move.kind == COUNT
        and accounts[move.debit].kind == METERED
        and _ref(batch.book, accounts[move.credit]) == meter
    )
    back = sum(
        move.amount
        for move in original.taken_back
        if move.kind == -COUNT and _ref(batch.book, accounts[move.debit])[1:] == meter[1:]
    )
    if not counted:
        raise LegRefused("refund_exceeds_original", posting=leg.of, left=0, asked=leg.amount)
    need = min(leg.amount, max(0, counted - back))
    shop = NOBODY if meter.shop is None else batch.shop(meter.shop).id
    for owner in dict.fromkeys((meter.owner, *leg.holders)):
        account = batch.book.by_name.get((METER, owner, shop, meter.until, meter.number))
        part = 0 if account is None else min(need, account.balance)
        if account is not None and part:
            batch.move(-COUNT, 0, NOBODY, NOBODY, account, _counterparty(batch), part)
            need -= part


def pass_counts(batch: LegContext, leg: PassCounts) -> None:
    """Meter by meter, each to the one of the same number, day and shop."""
    if leg.giver == leg.receiver:
        raise LegRefused("same_account", account=leg.giver)
    for meter in tuple(batch.book.meters.get(leg.giver, ())):
        if meter.balance and meter.expires_on >= batch.today:
            theirs = batch.account(*meter.name._replace(owner=leg.receiver))
            batch.move(COUNT, 0, NOBODY, NOBODY, meter, theirs, meter.balance)


def _counterparty(batch: LegContext) -> LoadedAccount:
    return batch.account(METERED, ALL_METERS, NOBODY, NEVER, 0)


def _ref(book: LoadedBook, meter: LoadedAccount) -> MeterRef:
    shop = None if meter.issuer == NOBODY else book.shop_ids[meter.issuer].ref
    return MeterRef(meter.owner, meter.terms_id, meter.expires_on, shop)
