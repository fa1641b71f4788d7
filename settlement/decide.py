"""Loaded book + postings → answers, moves and new balances. Plain Python, no database, no clock.

`decide` takes the postings of a batch in order. Each leg becomes moves at once, on the loaded balances, so the
next leg sees them; a leg that can't be taken raises Refused, the posting's moves are taken back, and the
refusal is its answer. What the batch changed comes back as a Decision, which holds no reference to the loaded
book: it may be written while the next batch is decided.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from json import JSONEncoder, loads
from typing import Any, NamedTuple

from settlement.accounts import MONEY, Account, AccountName, Kind
from settlement.errors import KeyMalformed, KeyReused, SettlementError
from settlement.loaded import HoldState, LoadedBook, Original, Refused, Shop, Stored
from settlement.moves import (
    LEG_MAX,
    Answer,
    Capture,
    Commission,
    Earn,
    Expire,
    Give,
    Hold,
    Move,
    MoveKind,
    Posting,
    RefundEarn,
    RefundSpend,
    Refusal,
    Release,
    Reverse,
    Slice,
    Spend,
    Transfer,
)
from settlement.positions import Tally, count, new_tallies
from settlement.terms import Funding, Terms

CLOCK_SKEW = 300 * 1_000_000
"""A till's clock may run ahead of the book's by five minutes (in microseconds)."""

KEY_CHARS_MAX = 200

# Plain integers: an IntEnum member costs a Python-level call wherever it is hashed or formatted.
ISSUE, REDEEM, EXPIRE, GIVE = (
    int(MoveKind.ISSUE),
    int(MoveKind.REDEEM),
    int(MoveKind.EXPIRE),
    int(MoveKind.GIVE),
)
HOLD, OWE, COMPENSATE, TRANSFER = (
    int(MoveKind.HOLD),
    int(MoveKind.OWE),
    int(MoveKind.COMPENSATE),
    int(MoveKind.TRANSFER),
)
CIRCULATION = {ISSUE: 1, -ISSUE: -1, REDEEM: -1, -REDEEM: 1, EXPIRE: -1, -EXPIRE: 1}
"""What a move of each kind does to the points outstanding."""

encode_content = JSONEncoder(separators=(",", ":")).encode


class PostingRow(NamedTuple):
    """One stored posting, in the order of the table's columns."""

    alliance_id: int
    id: int
    key: str
    content: str
    occurred_at: int
    recorded_at: int
    window_id: int
    late_for: int | None
    refers_to: int | None
    refusal: str | None


class Decision(NamedTuple):
    """What a batch changed: rows to write, and an answer (or the error) for each of its postings."""

    outcomes: Sequence[Answer | SettlementError]
    postings: Sequence[PostingRow]
    moves: Sequence[Move]
    opened: Sequence[tuple[int, int, str, int, int, int, int]]
    balances: Sequence[tuple[int, int]]
    tallies: Mapping[tuple[int, int, int], Tally]
    outstanding: Sequence[tuple[int, int, int]]
    holds_opened: Sequence[tuple[int, int]]
    holds_resolved: Sequence[tuple[int, int]]
    next_posting: int
    next_account: int


def decide(book: LoadedBook, postings: Sequence[Posting], now: int) -> Decision:
    """Take `postings` in order, at `now` (microseconds since 1970 UTC) where they bring no time of their own.

    Changes `book`, which must hold every account, key and earlier posting that they name.
    """
    batch = Batch(book, now)
    outcomes = [batch.post(posting) for posting in postings]
    return batch.decision(outcomes)


class Batch:
    """One round of decisions. It is also the View that plans look at."""

    def __init__(self, book: LoadedBook, now: int) -> None:
        self.book = book
        self.now = now
        self.moves: list[Move] = []
        self.rows: list[PostingRow] = []
        self.opened: list[Account] = []
        self.holds_opened: list[tuple[int, int]] = []
        self.holds_resolved: list[tuple[int, int]] = []
        self.window = (0, 0)
        self.day = (0, 0, 0)
        self.posting_id = 0
        self.first_line = 0
        self.window_id = 0
        self.today = 0
        self.refers_to: int | None = None
        self.terms: Terms = book.terms[0]

    # -- a posting ------------------------------------------------------------------------------------------

    def post(self, posting: Posting) -> Answer | SettlementError:
        """Answer one posting; a retry gets the first answer again."""
        key = posting.key
        content = encode_content(posting.content)
        stored = self.book.stored.get(key)
        if stored is not None:
            return _again(key, content, stored)
        if not key or len(key) > KEY_CHARS_MAX or not key.isprintable():
            return KeyMalformed(key)
        recorded_at = self.now if posting.recorded_at is None else posting.recorded_at
        late_for = self._enter(posting.occurred_at, recorded_at)
        marks = len(self.moves), len(self.opened), len(self.holds_opened), len(self.holds_resolved)
        refusal = None
        try:
            if posting.occurred_at > recorded_at + CLOCK_SKEW:
                raise Refused("occurs_in_future", occurred_at=posting.occurred_at, now=recorded_at)
            self._take(posting)
        except Refused as refused:
            refusal = refused.refusal
            self._undo(*marks)
        self.book.next_posting += 1
        self.rows.append(
            PostingRow(
                self.book.alliance_id,
                self.posting_id,
                key,
                content,
                posting.occurred_at,
                recorded_at,
                self.window_id,
                late_for,
                self.refers_to,
                None if refusal is None else encode_content({"code": refusal.code, **refusal.values}),
            ),
        )
        answer = Answer(self.posting_id, self.window_id, self.moves[marks[0] :], refusal, late_for)
        if self.refers_to is not None and refusal is None:
            original = self.book.originals[self.refers_to]
            taken_back = [*original.taken_back, *answer.moves]
            self.book.originals[self.refers_to] = original._replace(taken_back=taken_back)
        self.book.stored[key] = Stored(content, answer)
        return answer

    def _enter(self, occurred_at: int, recorded_at: int) -> int | None:
        """Set window, day and terms for a posting; return the window it missed, if it comes late."""
        book = self.book
        self.posting_id = book.next_posting
        self.first_line = len(self.moves)
        self.refers_to = None
        late_for = None
        in_window = occurred_at
        if in_window < book.closed_until:
            late_for = book.calendar.window(occurred_at)[0]
            in_window = book.closed_until
        if not self.window[0] <= in_window < self.window[1]:
            self.window = book.calendar.window(in_window)
        self.window_id = self.window[0]
        if not self.day[1] <= recorded_at < self.day[2]:
            self.day = book.calendar.day(recorded_at)
        self.today = self.day[0]
        if len(book.terms) > 1:
            self.terms = book.terms_at(occurred_at)
        return late_for

    def _take(self, posting: Posting) -> None:
        legs = posting.legs
        if callable(legs):
            planned = legs(self)
            if isinstance(planned, Refusal):
                raise Refused(planned.code, **planned.values)
            legs = planned
        for leg in legs:
            TAKE[type(leg)](self, leg)

    def _undo(self, moves: int, opened: int, holds_opened: int, holds_resolved: int) -> None:
        for move in reversed(self.moves[moves:]):
            accounts = self.book.accounts
            self._apply(
                move.kind,
                move.terms_id,
                move.issuer,
                accounts[move.debit],
                accounts[move.credit],
                -move.amount,
            )
        for account in reversed(self.opened[opened:]):
            self.book.drop(account)
        self.book.next_account -= len(self.opened) - opened
        for hold, _ in self.holds_opened[holds_opened:]:
            del self.book.holds[hold]
        for hold, _ in self.holds_resolved[holds_resolved:]:
            self.book.holds[hold] = self.book.holds[hold]._replace(resolved_by=None)
        del self.moves[moves:], self.opened[opened:]
        del self.holds_opened[holds_opened:], self.holds_resolved[holds_resolved:]

    # -- moves and accounts ---------------------------------------------------------------------------------

    def move(
        self,
        kind: int,
        terms_id: int,
        issuer: int,
        shop: int,
        debit: Account,
        credit: Account,
        amount: int,
    ) -> None:
        """Move `amount` from debit to credit, within the permitted signs."""
        self._apply(kind, terms_id, issuer, debit, credit, amount)
        self.moves.append(
            Move(
                self.book.alliance_id,
                self.window_id,
                self.posting_id,
                len(self.moves) - self.first_line,
                kind,
                terms_id,
                issuer,
                shop,
                debit.id,
                credit.id,
                amount,
            ),
        )
        if (debit.never_negative and debit.balance < 0) or (credit.never_positive and credit.balance > 0):
            bad = debit if debit.never_negative and debit.balance < 0 else credit
            raise Refused("balance_sign", account=describe(bad.name), balance=bad.balance)

    def _apply(
        self,
        kind: int,
        terms_id: int,
        issuer: int,
        debit: Account,
        credit: Account,
        amount: int,
    ) -> None:
        debit.balance -= amount
        credit.balance += amount
        direction = CIRCULATION.get(kind)
        if direction is not None:
            shop = self.book.shop_ids[issuer]
            shop.outstanding[terms_id] += direction * amount
            if abs(kind) == ISSUE or self.book.terms_by_id[terms_id].funding is Funding.ON_REDEMPTION:
                shop.at_risk[terms_id] += direction * amount

    def account(self, name: AccountName) -> Account:
        """The account of that name, opened if it is new."""
        found = self.book.by_name.get(name)
        if found is None:
            found = Account(self.book.next_account, *name)
            self.book.next_account += 1
            self.book.add(found)
            self.opened.append(found)
        return found

    def shop(self, ref: str) -> Shop:
        """The participant of that name. Refuses `shop_unknown`."""
        found = self.book.shops.get(ref)
        if found is None:
            raise Refused("shop_unknown", shop=ref)
        return found

    def shop_account(self, shop: Shop, kind: Kind) -> Account:
        """A shop's own account of a kind."""
        return self.account(AccountName(kind, shop.ref, shop.id))

    # -- the view of plans ----------------------------------------------------------------------------------

    def points(self, member: str) -> int:
        """Points that the member can spend now."""
        return self.book.points(member, self.today)

    def slices(self, member: str) -> list[Slice]:
        """The same, lot by lot in spending order."""
        return self.book.slices(member, self.today)

    # -- what goes to the writer ----------------------------------------------------------------------------

    def decision(self, outcomes: Sequence[Answer | SettlementError]) -> Decision:
        """All that the batch changed, as values."""
        book = self.book
        by_window: dict[int, dict[tuple[int, int], Tally]] = {}
        touched = set()
        for move in self.moves:
            touched.add(move.debit)
            touched.add(move.credit)
            tallies = by_window.get(move.window_id)
            if tallies is None:
                tallies = by_window[move.window_id] = new_tallies()
            count(tallies, move.kind, move.terms_id, move.issuer, move.shop, move.amount)
        opened_ids = {account.id for account in self.opened}
        keys = sorted({key for tallies in by_window.values() for key in tallies})
        return Decision(
            outcomes=outcomes,
            postings=self.rows,
            moves=self.moves,
            opened=[
                (a.id, int(a.kind), a.owner, a.issuer, a.expires_on, a.terms_id, a.balance)
                for a in self.opened
            ],
            balances=[(id_, book.accounts[id_].balance) for id_ in sorted(touched - opened_ids)],
            tallies={
                (window_id, shop, terms_id): tally
                for window_id, tallies in sorted(by_window.items())
                for (shop, terms_id), tally in sorted(tallies.items())
            },
            outstanding=[
                (shop, terms_id, book.shop_ids[shop].outstanding[terms_id]) for shop, terms_id in keys
            ],
            holds_opened=self.holds_opened,
            holds_resolved=self.holds_resolved,
            next_posting=book.next_posting,
            next_account=book.next_account,
        )


def _again(key: str, content: str, stored: Stored) -> Answer | SettlementError:
    if content == stored.content:
        return stored.answer._replace(replayed=True)
    first, second = loads(stored.content), loads(content)
    for name in sorted({*first, *second}):
        if first.get(name) != second.get(name):
            return KeyReused(key, name, first.get(name), second.get(name))
    return stored.answer._replace(replayed=True)


def describe(name: AccountName) -> str:
    """An account as an error shows it: deposit:A, lot:M."""
    return f"{Kind(name.kind).name.lower()}:{name.owner}"


# -- legs: what each becomes --------------------------------------------------------------------------------


def _check(amount: int) -> None:
    if amount <= 0:
        raise Refused("amount_not_positive", amount=amount)
    if amount > LEG_MAX:
        raise Refused("amount_too_large", amount=amount, most=LEG_MAX)


def _issuer(batch: Batch, ref: str) -> Shop:
    shop = batch.shop(ref)
    if not shop.may_issue:
        raise Refused("shop_not_earning", shop=ref)
    return shop


def _taker(batch: Batch, ref: str) -> Shop:
    shop = batch.shop(ref)
    if not shop.may_redeem:
        raise Refused("shop_not_redeeming", shop=ref)
    return shop


def _earn(batch: Batch, leg: Earn) -> None:
    shop = _issuer(batch, leg.shop)
    _check(leg.points)
    if leg.expires_on < batch.today:
        raise Refused("lot_over", expires_on=leg.expires_on, today=batch.today)
    issue = batch.shop_account(shop, Kind.ISSUE)
    left = leg.points
    # What a member owes since a refund is paid by the next earn, whichever shop issues it.
    for debt in batch.book.debts.get(leg.member, ()):
        if debt.balance < 0 < left:
            part = min(left, -debt.balance)
            batch.move(COMPENSATE, batch.terms.id, shop.id, debt.issuer, issue, debt, part)
            left -= part
    if left:
        lot = batch.account(AccountName(Kind.LOT, leg.member, shop.id, leg.expires_on, batch.terms.id))
        batch.move(ISSUE, batch.terms.id, shop.id, shop.id, issue, lot, left)
    limit = batch.book.limit_minor(shop)
    if limit is not None:
        exposure = batch.book.exposure_minor(shop)
        if exposure > limit:
            raise Refused("limit_reached", shop=shop.ref, limit_minor=limit, exposure_minor=exposure)


def _spendable(batch: Batch, member: str, points: int) -> list[tuple[Account, int]]:
    """The parts of a spend, in spending order. Refuses `points_short`."""
    parts = []
    left = points
    for lot in batch.book.lots.get(member, ()):
        if lot.balance and lot.expires_on >= batch.today:
            part = min(left, lot.balance)
            parts.append((lot, part))
            left -= part
            if not left:
                return parts
    raise Refused("points_short", points=points - left, asked=points)


def _spend(batch: Batch, leg: Spend) -> None:
    shop = _taker(batch, leg.shop)
    _check(leg.points)
    parts = _spendable(batch, leg.member, leg.points)
    redeem = batch.shop_account(shop, Kind.REDEEM)
    for lot, part in parts:
        batch.move(REDEEM, lot.terms_id, lot.issuer, shop.id, lot, redeem, part)


def _give(batch: Batch, leg: Give) -> None:
    _check(leg.points)
    if leg.giver == leg.receiver:
        raise Refused("same_account", account=leg.giver)
    for lot, part in _spendable(batch, leg.giver, leg.points):
        mine = batch.account(lot.name._replace(owner=leg.receiver))
        batch.move(GIVE, lot.terms_id, lot.issuer, lot.issuer, lot, mine, part)


def _expire(batch: Batch, leg: Expire) -> None:
    lot = batch.book.accounts.get(leg.lot)
    if lot is None or lot.kind != Kind.LOT:
        raise Refused("lot_unknown", lot=leg.lot)
    if lot.expires_on >= batch.today:
        raise Refused("lot_not_over", lot=leg.lot, expires_on=lot.expires_on, today=batch.today)
    if lot.balance:
        issuer = batch.book.shop_ids[lot.issuer]
        expired = batch.shop_account(issuer, Kind.EXPIRED)
        batch.move(EXPIRE, lot.terms_id, issuer.id, issuer.id, lot, expired, lot.balance)


def _commission(batch: Batch, leg: Commission) -> None:
    payer, payee = batch.shop(leg.payer), _taker(batch, leg.payee)
    _check(leg.points)
    if payer is payee:
        raise Refused("same_account", account=leg.payer)
    issue, redeem = batch.shop_account(payer, Kind.ISSUE), batch.shop_account(payee, Kind.REDEEM)
    batch.move(COMPENSATE, batch.terms.id, payer.id, payee.id, issue, redeem, leg.points)


def _hold(batch: Batch, leg: Hold) -> None:
    shop = _taker(batch, leg.shop)
    _check(leg.points)
    for lot, part in _spendable(batch, leg.member, leg.points):
        held = batch.account(lot.name._replace(kind=Kind.HELD))
        batch.move(HOLD, lot.terms_id, lot.issuer, shop.id, lot, held, part)
    batch.book.holds[batch.posting_id] = HoldState(leg.lapses_at, None)
    batch.holds_opened.append((batch.posting_id, leg.lapses_at))


def _open_hold(batch: Batch, hold: int) -> tuple[HoldState, Sequence[Move]]:
    """An open hold and the moves that locked it; marks it resolved by this posting."""
    state = batch.book.holds.get(hold)
    original = batch.book.originals.get(hold)
    if state is None or original is None:
        raise Refused("hold_unknown", hold=hold)
    if state.resolved_by is not None:
        raise Refused("hold_resolved", hold=hold, by=state.resolved_by)
    batch.refers_to = hold
    batch.book.holds[hold] = state._replace(resolved_by=batch.posting_id)
    batch.holds_resolved.append((hold, batch.posting_id))
    return state, [move for move in original.moves if move.kind == HOLD]


def _capture(batch: Batch, leg: Capture) -> None:
    state, locked = _open_hold(batch, leg.hold)
    _check(leg.points)
    if batch.now > state.lapses_at:
        raise Refused("hold_lapsed", hold=leg.hold, lapses_at=state.lapses_at)
    held_points = sum(move.amount for move in locked)
    if leg.points > held_points:
        raise Refused("capture_exceeds_hold", hold=leg.hold, held=held_points, asked=leg.points)
    left = leg.points
    for move in locked:
        part = min(left, move.amount)
        left -= part
        held, lot = batch.book.accounts[move.credit], batch.book.accounts[move.debit]
        if part:
            shop = batch.book.shop_ids[move.shop]
            redeem = batch.shop_account(shop, Kind.REDEEM)
            batch.move(REDEEM, move.terms_id, move.issuer, move.shop, held, redeem, part)
        if part < move.amount:
            batch.move(-HOLD, move.terms_id, move.issuer, move.shop, held, lot, move.amount - part)


def _release(batch: Batch, leg: Release) -> None:
    for move in _open_hold(batch, leg.hold)[1]:
        held, lot = batch.book.accounts[move.credit], batch.book.accounts[move.debit]
        batch.move(-HOLD, move.terms_id, move.issuer, move.shop, held, lot, move.amount)


def _original(batch: Batch, of: int) -> Original:
    original = batch.book.originals.get(of)
    if original is None or not original.moves:
        raise Refused("posting_unknown", posting=of)
    batch.refers_to = of
    return original


def _left_to_refund(of: int, original: Original, kinds: Sequence[int], asked: int) -> None:
    """Refuse a refund of more than is left: `kinds` are the kinds of move that took something back before."""
    gave = sum(move.amount for move in original.moves if -move.kind in kinds)
    left = gave - sum(move.amount for move in original.taken_back if move.kind in kinds)
    if asked > left:
        raise Refused("refund_exceeds_original", posting=of, left=left, asked=asked)


def _not_yet_back(original: Original, kind: int) -> list[tuple[Move, int]]:
    """The original's moves of a kind, the last first, with what earlier postings left of each."""
    back: dict[tuple[int, int], int] = defaultdict(int)
    for move in original.taken_back:
        if move.kind == -kind:
            back[move.credit, move.debit] += move.amount
    left = []
    for move in reversed(original.moves):
        if move.kind == kind:
            gone = min(move.amount, back[move.debit, move.credit])
            back[move.debit, move.credit] -= gone
            left.append((move, move.amount - gone))
    return left


def _refund_spend(batch: Batch, leg: RefundSpend) -> None:
    _check(leg.points)
    original = _original(batch, leg.of)
    _left_to_refund(leg.of, original, (-REDEEM,), leg.points)
    accounts = batch.book.accounts
    need = leg.points
    for move, left in _not_yet_back(original, REDEEM):
        part = min(need, left)
        if part:
            # Captured points were taken from a held account, but it is the lot that they go back to.
            lot = batch.account(accounts[move.debit].name._replace(kind=Kind.LOT))
            batch.move(-REDEEM, move.terms_id, move.issuer, move.shop, accounts[move.credit], lot, part)
            need -= part


def _refund_earn(batch: Batch, leg: RefundEarn) -> None:
    """From the very lot, then the member's other lots of that shop; then debts it paid come back; then new debt."""
    _check(leg.points)
    original = _original(batch, leg.of)
    _left_to_refund(leg.of, original, (-ISSUE, OWE, -COMPENSATE), leg.points)
    accounts = batch.book.accounts
    issued = next(move for move in original.moves if move.kind in (ISSUE, COMPENSATE))
    shop = batch.book.shop_ids[issued.issuer]
    issue = batch.shop_account(shop, Kind.ISSUE)
    own = [accounts[move.credit] for move in original.moves if move.kind == ISSUE]
    member = own[0].owner if own else accounts[issued.credit].owner
    others = [lot for lot in batch.book.lots.get(member, ()) if lot.issuer == shop.id and lot not in own]
    need = leg.points
    for lot in [*reversed(own), *others]:
        part = min(need, lot.balance)
        if part:
            batch.move(-ISSUE, lot.terms_id, shop.id, shop.id, lot, issue, part)
            need -= part
    for move, left in _not_yet_back(original, COMPENSATE):
        part = min(need, left)
        if part:
            batch.move(-COMPENSATE, move.terms_id, shop.id, move.shop, accounts[move.credit], issue, part)
            need -= part
    if need:
        debt = batch.account(AccountName(Kind.DEBT, member, shop.id))
        batch.move(OWE, issued.terms_id, shop.id, shop.id, debt, issue, need)


def _reverse(batch: Batch, leg: Reverse) -> None:
    original = _original(batch, leg.of)
    if original.taken_back:
        raise Refused("posting_reversed", posting=leg.of, by=original.taken_back[0].posting_id)
    accounts = batch.book.accounts
    for move in reversed(original.moves):
        debit, credit = accounts[move.credit], accounts[move.debit]
        batch.move(-move.kind, move.terms_id, move.issuer, move.shop, debit, credit, move.amount)


def _transfer(batch: Batch, leg: Transfer) -> None:
    _check(leg.minor)
    if leg.debit == leg.credit:
        raise Refused("same_account", account=describe(leg.debit))
    if leg.debit.kind not in MONEY or leg.credit.kind not in MONEY:
        raise Refused("units_differ", debit=describe(leg.debit), credit=describe(leg.credit))
    debit, credit = batch.account(leg.debit), batch.account(leg.credit)
    if debit.never_negative and debit.balance < leg.minor:
        raise Refused("money_short", account=describe(leg.debit), minor=debit.balance, asked=leg.minor)
    batch.move(TRANSFER, 0, leg.debit.issuer, leg.credit.issuer, debit, credit, leg.minor)


# A leg goes to the function of its type: one table, so that a leg without a rule fails at once.
TAKE: Mapping[type, Callable[[Batch, Any], None]] = {
    Earn: _earn,
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
    Transfer: _transfer,
}
