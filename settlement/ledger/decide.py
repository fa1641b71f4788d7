"""Loaded book + postings → answers, moves and new balances. Plain Python, no database, no clock.

`decide` takes the postings of a batch in order. Each leg becomes moves at once, on the loaded balances, so
the next leg sees them; a leg that can't be taken raises LegRefused, the posting's moves are taken back, and the
refusal is its answer. What the batch changed comes back as a Decision, which holds no reference to the loaded
book: it may be written while the next batch is decided.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from json import loads
from operator import itemgetter

import orjson

from settlement.errors import ContentMalformed, InstantOutOfRange, KeyMalformed, KeyReused, SettlementError
from settlement.ledger.accounts import BALANCE_MAX, NEVER, LoadedAccount, describe_account
from settlement.ledger.decision import Decision, PostingRow
from settlement.ledger.leg_context import POT
from settlement.ledger.legs import REFERRING, TAKE
from settlement.ledger.loaded import LegRefused, LoadedBook, LoadedShop, OriginalPosting, StoredAnswer, reference_key
from settlement.ledger.meters import MeterRef
from settlement.ledger.moves import Answer, Leg, LegPlan, LotSlice, Move, Posting, PotRef, is_key
from settlement.ledger.refusals import Refusal, encode_refusal
from settlement.ledger.tallies import BILLED, CIRCULATION, Tally, count_moves, new_tallies
from settlement.terms import Terms

CLOCK_SKEW = 300 * 1_000_000
"""A till's clock may run ahead of the book's by five minutes (in microseconds)."""

# By its place a value is read in half the time that its name takes.
WINDOW = itemgetter(Move._fields.index("window_id"))
COUNTED = itemgetter(*map(Move._fields.index, ("kind", "terms_id", "issuer", "shop", "amount")))

make = tuple.__new__
"""Makes a named tuple from a plain one, which takes a third of the time of its constructor."""


def encode_content(content: Mapping[str, str | int]) -> str:
    """What a posting's key stands for, as the JSON text that is stored and compared. Raises TypeError."""
    return orjson.dumps(content).decode()


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
        self.alliance_id = book.alliance_id
        self.now = now
        self.moves: list[Move] = []
        self.balances: dict[int, int] = {}
        self.rows: list[PostingRow] = []
        self.opened: list[LoadedAccount] = []
        self.first_opened = book.next_account
        self.holds_opened: list[tuple[int, int]] = []
        self.holds_resolved: list[tuple[int, int]] = []
        self.omissions: list[tuple[int, str]] = []
        self.pots_changed: set[tuple[int, int]] = set()
        self.omitted: Refusal | None = None
        self.window = (0, 0)
        self.day = (0, 0, 0)
        self.posting_id = 0
        self.first_account = 0
        self.first_line = 0
        self.window_id = 0
        self.today = 0
        self.occurred_at = self.recorded_at = now
        self.refers_to: int | None = None
        self.taken_back: list[Move] = []
        self.terms: Terms = book.terms[0]

    # -- a posting ------------------------------------------------------------------------------------------

    def post(self, posting: Posting) -> Answer | SettlementError:
        """Answer one posting; a retry gets the first answer again."""
        book = self.book
        key, occurred_at, stands_for, legs, recorded_at, reference = posting
        try:
            content = encode_content(stands_for)
        except TypeError as error:
            return ContentMalformed(key, str(error))
        known = self._known(key, reference, content)
        if known is not None:
            return known
        try:
            late_for = self._enter(occurred_at, recorded_at)
        except InstantOutOfRange as error:
            return error
        refusal = None
        try:
            self._take(occurred_at, legs)
        except LegRefused as refused:
            refusal = refused.refusal
            self._undo()
        if self.omitted is not None:
            self.omissions.append((self.posting_id, encode_refusal(self.omitted)))
        book.next_posting += 1
        self.rows.append(
            make(
                PostingRow,
                (
                    self.alliance_id,
                    self.posting_id,
                    key,
                    content,
                    occurred_at,
                    self.recorded_at,
                    self.window_id,
                    late_for,
                    self.refers_to,
                    None if refusal is None else encode_refusal(refusal),
                    # A refused sale may be sent again under its own number once it can be taken.
                    reference if refusal is None else None,
                ),
            )
        )
        moves = self.moves[self.first_line :]
        answer = make(Answer, (self.posting_id, self.window_id, moves, refusal, late_for, False, self.omitted))
        if self.refers_to is not None and refusal is None:
            original = book.originals[self.refers_to]
            taken_back = [*original.taken_back, *self.taken_back]
            book.originals[self.refers_to] = original._replace(taken_back=taken_back)
        book.stored[key] = stored = make(StoredAnswer, (content, answer))
        if reference is not None and refusal is None:
            book.stored[reference_key(reference)] = stored
        return answer

    def _known(self, key: str, reference: str | None, content: str) -> Answer | SettlementError | None:
        """What there is to say without deciding: the first answer under this key or reference, or an error."""
        stored = self.book.stored.get(key)
        if stored is not None:
            return _again(key, content, stored)
        if not is_key(key):
            return KeyMalformed(key)
        if reference is None:
            return None
        stored = self.book.stored.get(reference_key(reference))
        if stored is not None:
            return _again(reference, content, stored)
        return None if is_key(reference) else KeyMalformed(reference)

    def _enter(self, occurred_at: int, recorded_at: int | None) -> int | None:
        """Set window, day and terms for a posting; return the window it missed, if it comes late."""
        book = self.book
        if recorded_at is None:
            recorded_at = self.now
        self.occurred_at = occurred_at
        self.recorded_at = recorded_at
        self.posting_id = book.next_posting
        self.first_account = book.next_account
        self.first_line = len(self.moves)
        self.refers_to = None
        self.taken_back = []
        self.omitted = None
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

    def _take(self, occurred_at: int, legs: Sequence[Leg] | LegPlan) -> None:
        if occurred_at > self.recorded_at + CLOCK_SKEW:
            raise LegRefused("occurs_in_future", occurred_at=occurred_at, now=self.recorded_at)
        if callable(legs):
            planned = legs(self)
            if isinstance(planned, Refusal):
                raise LegRefused(planned.code, **planned.values)
            legs = planned
        for leg in legs:
            kind = type(leg)
            first = len(self.moves)
            TAKE[kind](self, leg)
            if kind in REFERRING:
                self.taken_back += self.moves[first:]

    def _undo(self) -> None:
        """Take back what the posting has done until now."""
        self.undo_moves(self.first_line, self.first_account)
        self.omitted = None
        holds = self.book.holds
        while self.holds_opened and self.holds_opened[-1][0] == self.posting_id:
            # Two holds of one posting are one entry.
            holds.pop(self.holds_opened.pop()[0], None)
        while self.holds_resolved and self.holds_resolved[-1][1] == self.posting_id:
            hold, _ = self.holds_resolved.pop()
            holds[hold] = holds[hold]._replace(resolved_by=None)

    def undo_moves(self, first_line: int, first_account: int) -> None:
        """Take back the moves from a line of the batch on, and the accounts opened from an id on."""
        book, balances = self.book, self.balances
        accounts = book.accounts
        for move in reversed(self.moves[first_line:]):
            accounts[move.debit].balance = balances[move.debit] = balances[move.debit] + move.amount
            accounts[move.credit].balance = balances[move.credit] = balances[move.credit] - move.amount
            self._circulate(move.kind, move.terms_id, move.issuer, -move.amount)
            self._count_set_aside(accounts[move.debit], accounts[move.credit], -move.amount)
        del self.moves[first_line:]
        while self.opened and self.opened[-1].id >= first_account:
            account = self.opened.pop()
            book.drop(account)
            balances.pop(account.id, None)
        book.next_account = first_account

    # -- moves and accounts ---------------------------------------------------------------------------------

    def move(
        self, kind: int, terms_id: int, issuer: int, shop: int, debit: LoadedAccount, credit: LoadedAccount, amount: int
    ) -> None:
        """Move `amount` from debit to credit. Refuses `amount_too_large` and `balance_sign`."""
        debited = debit.balance = self.balances[debit.id] = debit.balance - amount
        credited = credit.balance = self.balances[credit.id] = credit.balance + amount
        self._circulate(kind, terms_id, issuer, amount)
        moves = self.moves
        moves.append(
            make(
                Move,
                (
                    self.alliance_id,
                    self.window_id,
                    self.posting_id,
                    len(moves) - self.first_line,
                    kind,
                    terms_id,
                    issuer,
                    shop,
                    debit.id,
                    credit.id,
                    amount,
                ),
            )
        )
        if debited < debit.floor or credited > credit.ceiling:
            raise _out_of_bounds(debit, credit, amount)

    def move_pot(
        self, kind: int, terms_id: int, issuer: int, shop: int, debit: LoadedAccount, credit: LoadedAccount, amount: int
    ) -> None:
        """The same where one of the two is a pot. Most postings touch none, and are not asked whether they do."""
        self._count_set_aside(debit, credit, amount)
        self.move(kind, terms_id, issuer, shop, debit, credit, amount)

    def _count_set_aside(self, debit: LoadedAccount, credit: LoadedAccount, amount: int) -> None:
        """Keep what the issuer has set aside in step with a move out of a pot or into one."""
        for account, change in ((debit, -amount), (credit, amount)):
            if account.kind == POT:
                shop = self.book.shop_ids[account.issuer]
                shop.set_aside[account.terms_id] = shop.set_aside.get(account.terms_id, 0) + change
                # An exposure goes through the terms that points are outstanding under.
                shop.outstanding.setdefault(account.terms_id, 0)
                self.pots_changed.add((account.issuer, account.terms_id))

    def _circulate(self, kind: int, terms_id: int, issuer: int, amount: int) -> None:
        """Keep the issuer's outstanding and unbilled points in step with a move."""
        direction = CIRCULATION.get(kind)
        if direction is not None:
            shop = self.book.shop_ids[issuer]
            shop.outstanding[terms_id] += direction * amount
            if terms_id in self.book.on_issue and kind in BILLED:
                shop.unbilled[terms_id] += direction * amount

    def account(self, kind: int, owner: str, issuer: int, expires_on: int = NEVER, terms_id: int = 0) -> LoadedAccount:
        """The account of that name, opened if it is new."""
        account = self.book.by_name.get((kind, owner, issuer, expires_on, terms_id))
        if account is None:
            account = LoadedAccount(self.book.next_account, kind, owner, issuer, expires_on, terms_id)
            self.book.next_account += 1
            self.book.add(account)
            self.opened.append(account)
        return account

    def refer(self, of: int) -> OriginalPosting | None:
        """An earlier posting, with what was taken back of it until now. Refuses `originals_differ`."""
        if self.refers_to not in (None, of):
            raise LegRefused("originals_differ", first=self.refers_to, second=of)
        original = self.book.originals.get(of)
        if original is None:
            return None
        self.refers_to = of
        return original._replace(taken_back=[*original.taken_back, *self.taken_back])

    def shop(self, ref: str) -> LoadedShop:
        """The participant of that name. Refuses `shop_unknown`."""
        shop = self.book.shops.get(ref)
        if shop is None:
            raise LegRefused("shop_unknown", shop=ref)
        return shop

    def shop_account(self, shop: LoadedShop, kind: int) -> LoadedAccount:
        """A shop's own account of a kind."""
        return shop.accounts.get(kind) or self.account(kind, shop.ref, shop.id)

    # -- the view of plans ----------------------------------------------------------------------------------

    def points(self, member: str) -> int:
        """Points that the member can spend now."""
        return self.book.points(member, self.today)

    def slices(self, member: str) -> Iterator[LotSlice]:
        """The same, lot by lot in spending order."""
        return self.book.slices(member, self.today)

    def may_issue(self, shop: str) -> bool:
        """Whether the shop may issue points for what happened when this posting did."""
        issuer = self.book.shops.get(shop)
        return issuer is not None and self.occurred_at < issuer.issued_until

    def set_aside(self, pot: PotRef) -> int:
        """Points that are left in a pot; none where its shop is not there."""
        shop = self.book.shops.get(pot.shop)
        pots = () if shop is None else self.book.pots.get((pot.name, shop.id), ())
        return sum(account.balance for account in pots)

    def counted(self, meter: MeterRef) -> int:
        """What a meter stands at; zero where nothing was counted yet."""
        return self.book.counted(meter)

    def counts(self, member: str) -> bool:
        """Whether anything is counted of a member on meters that are not over."""
        return any(meter.balance and meter.expires_on >= self.today for meter in self.book.meters.get(member, ()))

    # -- what goes to the writer ----------------------------------------------------------------------------

    def decision(self, outcomes: Sequence[Answer | SettlementError]) -> Decision:
        """All that the batch changed, as values."""
        book = self.book
        by_window: dict[int, dict[tuple[int, int], Tally]] = defaultdict(new_tallies)
        for window_id, moves in groupby(self.moves, WINDOW):
            count_moves(by_window[window_id], map(COUNTED, moves))
        keys = sorted({key for tallies in by_window.values() for key in tallies})
        # Accounts that the batch opened have the highest ids; they are written with their balances.
        earlier = sorted(self.balances)
        del earlier[bisect_left(earlier, self.first_opened) :]
        return Decision(
            outcomes=outcomes,
            postings=self.rows,
            moves=self.moves,
            opened=[(a.id, int(a.kind), a.owner, a.issuer, a.expires_on, a.terms_id, a.balance) for a in self.opened],
            balances=dict(zip(earlier, map(self.balances.__getitem__, earlier), strict=True)),
            tallies={
                (window_id, *key): tallies[key]
                for window_id, tallies in sorted(by_window.items())
                for key in keys
                if key in tallies
            },
            outstanding=[
                (id_, terms_id, (shop := book.shop_ids[id_]).outstanding[terms_id], shop.set_aside.get(terms_id, 0))
                for id_, terms_id in (sorted(self.pots_changed.union(keys)) if self.pots_changed else keys)
            ],
            holds=[
                (id_, *book.holds[id_])
                for id_ in sorted({id_ for id_, _ in (*self.holds_opened, *self.holds_resolved)})
            ],
            omissions=self.omissions,
            next_posting=book.next_posting,
            next_account=book.next_account,
        )


def _out_of_bounds(debit: LoadedAccount, credit: LoadedAccount, amount: int) -> LegRefused:
    over = max(-debit.balance, credit.balance) - BALANCE_MAX
    if over > 0:
        return LegRefused("amount_too_large", amount=amount, most=amount - over)
    bad = debit if debit.balance < debit.floor else credit
    return LegRefused("balance_sign", account=describe_account(bad.name), balance=bad.balance)


def _again(key: str, content: str, stored: StoredAnswer) -> Answer | SettlementError:
    if content == stored.content:
        return stored.answer._replace(replayed=True)
    first, second = loads(stored.content), loads(content)
    for name in sorted({*first, *second}):
        if first.get(name) != second.get(name):
            return KeyReused(key, name, first.get(name), second.get(name))
    return stored.answer._replace(replayed=True)
