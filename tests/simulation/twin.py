"""A naive twin of the book, to be held against it: dicts, lists and loops, written from the rules alone.

It takes the same requests and shares nothing else with the package: no accounts, no tallies that are kept up to
date, no database. What it wants to know it counts anew from the moves that it remembers. Its windows are the
days of a zone eight hours ahead of UTC.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil

from settlement import Terms
from settlement.ledger import AccountKind, AccountName, LotSlice, Participant, Posting, PotRef, Refusal
from tests.simulation.facts import (
    DAY,
    NOT_ABOVE_ZERO,
    NOT_BELOW_ZERO,
    Held,
    Moved,
    Name,
    Past,
    Refused,
    TwinAnswer,
    changes_of,
    date_of,
    own,
    round_to_zero_sum,
    window_of,
)
from tests.simulation.rules import RULES

Kept = tuple[
    dict[Name, int], dict[Name, None], dict[int, Held], dict[int, tuple[list[int], dict[tuple[str, Name], int]]], int
]


class Twin:
    """One alliance. `now` is set by whoever drives it; so are `lot_names`, the lots' ids in the book."""

    def __init__(self, terms: Terms, participants: Iterable[Participant]) -> None:
        self.now = 0
        self.all_terms = [terms]
        self.shops = {participant.ref: participant for participant in participants}
        self.balance: dict[Name, int] = defaultdict(int)
        self.opened: dict[Name, None] = {}
        self.moves: list[Moved] = []
        self.past: dict[int, Past] = {}
        self.holds: dict[int, Held] = {}
        self.answers: dict[str, tuple[dict[str, str | int], TwinAnswer]] = {}
        self.lot_names: dict[int, Name] = {}
        self.closed_until: int | None = None
        self.next_posting = 1
        self.occurred_at = self.recorded_at = self.window = 0
        self.refers_to: int | None = None

    # -- postings -------------------------------------------------------------------------------------------

    def post(self, request: Posting) -> TwinAnswer | str:
        """Answer a request, or name the field in which it differs from the first one under its key."""
        content = dict(request.content)
        if request.key in self.answers:
            first, answer = self.answers[request.key]
            for name in sorted({*first, *content}):
                if first.get(name) != content.get(name):
                    return name
            return replace(answer, again=True)
        number = self.next_posting
        late_for = self.enter(request)
        kept = self.keep()
        refusal = None
        try:
            self.take(request)
        except Refused as refused:
            refusal = (refused.code, refused.values)
            self.restore(kept)
        moves = self.moves[kept[-1] :]
        if refusal is None:
            self.past[number] = Past(moves)
            if self.refers_to is not None and moves:
                self.past[self.refers_to].takers.append(number)
        self.next_posting += 1
        answer = TwinAnswer(number, self.window, late_for, changes_of(moves), refusal)
        self.answers[request.key] = content, answer
        return answer

    def enter(self, request: Posting) -> int | None:
        """The window of a posting: its own, or if that is closed the first open one."""
        self.occurred_at = request.occurred_at
        self.recorded_at = self.now if request.recorded_at is None else request.recorded_at
        self.refers_to = None
        self.window = window_of(self.occurred_at)[0]
        if self.closed_until is None or self.occurred_at >= self.closed_until:
            return None
        late_for, self.window = self.window, self.closed_until
        return late_for

    def keep(self) -> Kept:
        """All that a refused posting may have touched."""
        return (
            dict(self.balance),
            dict(self.opened),
            {number: replace(held) for number, held in self.holds.items()},
            {number: (list(past.left), dict(past.earned)) for number, past in self.past.items()},
            len(self.moves),
        )

    def restore(self, kept: Kept) -> None:
        balance, self.opened, self.holds, left, length = kept
        self.balance = defaultdict(int, balance)
        for number, past in self.past.items():
            past.left, past.earned = left[number]
        del self.moves[length:]

    def take(self, request: Posting) -> None:
        if self.occurred_at > self.recorded_at + 5 * 60_000_000:
            raise Refused("occurs_in_future", occurred_at=self.occurred_at, now=self.recorded_at)
        legs = request.legs
        if callable(legs):
            legs = legs(self)
            if isinstance(legs, Refusal):
                raise Refused(legs.code, **legs.values)
        for leg in legs:
            RULES[type(leg)](self, leg)

    # -- what rules are made of -----------------------------------------------------------------------------

    @property
    def today(self) -> int:
        return date_of(self.recorded_at)

    @property
    def terms(self) -> Terms:
        """The last terms that were in effect when the posting occurred."""
        return [terms for terms in self.all_terms if terms.effective_at <= self.occurred_at][-1]

    def terms_of(self, number: int) -> Terms:
        return next(terms for terms in self.all_terms if terms.id == number)

    def name_of(self, name: AccountName) -> Name:
        """An account of the book as it is called here."""
        issuer = next((shop.ref for shop in self.shops.values() if shop.id == name.issuer), "")
        return Name(AccountKind(name.kind).name.lower(), name.owner, issuer, name.expires_on, name.terms_id)

    def value(self, points: int, terms: int) -> Fraction:
        """Minor units that points of these terms are worth."""
        its = self.terms_of(terms)
        return points * 10**its.minor_digits / its.points_per_unit

    def move(self, moved: Moved) -> None:
        self.opened.setdefault(moved.source)
        self.opened.setdefault(moved.target)
        self.balance[moved.source] -= moved.amount
        self.balance[moved.target] += moved.amount
        self.moves.append(moved)
        for name, bad in (
            (moved.source, moved.source.kind in NOT_BELOW_ZERO and self.balance[moved.source] < 0),
            (moved.target, moved.target.kind in NOT_ABOVE_ZERO and self.balance[moved.target] > 0),
        ):
            if bad:
                raise Refused("balance_sign", account=f"{name.kind}:{name.owner}", balance=self.balance[name])

    def moved(
        self, what: str, terms: int, issuer: str, shop: str, source: Name, target: Name, amount: int, back: int = 1
    ) -> None:
        if amount:
            self.move(Moved(self.window, what, back, terms, issuer, shop, source, target, amount))

    def lots(self, member: str) -> list[Name]:
        """A member's lots that are not over, soonest expiry first, then in the order in which they were opened."""
        mine = [name for name in self.opened if name.kind == "lot" and name.owner == member]
        return sorted((name for name in mine if name.expires_on >= self.today), key=lambda name: name.expires_on)

    def parts_of(self, member: str, points: int) -> list[tuple[Name, int]]:
        """The lots that a member pays `points` from."""
        points_held = self.points(member)
        if points_held < points:
            raise Refused("points_short", points=points_held, asked=points)
        parts = []
        for lot in self.lots(member):
            part = min(points, self.balance[lot])
            if part:
                parts.append((lot, part))
            points -= part
        return parts

    def at_risk(self, shop: str) -> int:
        """Minor units that others would lose if the shop failed now, rounded up for each set of terms."""
        minor = max(0, -self.balance[own("settlement", shop)])
        for terms in self.all_terms:
            points = 0
            for move in self.moves:
                if (move.issuer, move.terms) != (shop, terms.id):
                    continue
                if terms.funding == "on_redemption":
                    points += (
                        {"issue": 1, "redeem": -1, "expire": -1, "repay": -1}.get(move.what, 0)
                        * move.back
                        * move.amount
                    )
                elif move.what in ("issue", "repay") and (
                    self.closed_until is None or move.window >= self.closed_until
                ):
                    points += (1 if move.what == "issue" else -1) * move.back * move.amount
            points += sum(self.balance[pot] for pot in self.pots(shop) if pot.terms == terms.id)
            minor += ceil(self.value(points, terms.id))
        return minor

    def pots(self, shop: str) -> list[Name]:
        """A shop's pots, in the order in which they were opened."""
        return [name for name in self.opened if (name.kind, name.issuer) == ("pot", shop)]

    def most_at_risk(self, shop: str) -> int | None:
        limit = self.shops[shop].limit
        return None if limit is None else limit.credit_minor + self.balance[own("deposit", shop)]

    # -- the view of plans ----------------------------------------------------------------------------------

    def points(self, member: str) -> int:
        return sum(self.balance[lot] for lot in self.lots(member))

    def slices(self, member: str) -> Sequence[LotSlice]:
        return [LotSlice(self.balance[lot], self.terms_of(lot.terms)) for lot in self.lots(member) if self.balance[lot]]

    def may_issue(self, shop: str) -> bool:
        return shop in self.shops and self.shops[shop].may_issue

    def set_aside(self, pot: PotRef) -> int:
        return sum(self.balance[name] for name in self.pots(pot.shop) if name.owner == pot.name)

    # -- closing --------------------------------------------------------------------------------------------

    def due(self) -> list[int]:
        """Windows that are over and not closed, with something in them."""
        telling = ("issue", "redeem", "expire", "compensate", "repay")
        windows = sorted({move.window for move in self.moves if move.what in telling})
        return [at for at in windows if at >= (self.closed_until or 0) and at + DAY <= self.now]

    def close(self, window: int) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        """Nets, what was open before, and what of the nets stays in deposits."""
        nets = round_to_zero_sum(self.positions(window))
        before = {ref: self.balance[own("settlement", ref)] for ref in self.shops}
        self.closed_until = self.window = window + DAY
        kept = {ref: part for ref, net in nets.items() if (part := self.kept(ref, net))}
        for ref, net in sorted(nets.items()):
            house, mine = Name("clearing", "clearing"), own("settlement", ref)
            source, target = (house, mine) if net > 0 else (mine, house)
            self.moved("transfer", 0, "", "", source, target, abs(net))
        for ref, part in kept.items():
            self.moved("transfer", 0, "", "", own("settlement", ref), own("deposit", ref), part)
        self.next_posting += 1
        return nets, {ref: open_ for ref, open_ in before.items() if open_}, kept

    def kept(self, ref: str, net: int) -> int:
        """What a shop near its limit leaves in its deposit: of what it is owed once its old debts are paid."""
        most = self.most_at_risk(ref)
        limit = self.shops[ref].limit
        if most is None or limit is None or net <= 0:
            return 0
        owed = max(0, -self.balance[own("settlement", ref)])
        at_risk = self.at_risk(ref) - min(owed, net)
        enough = ceil(Fraction(at_risk * 10_000, max(1, limit.reserve_bps)))
        return max(0, min(net - owed, enough - most))

    def positions(self, window: int) -> dict[str, Fraction]:
        """What everybody receives (or pays, below zero) for a window, exactly."""
        exact: dict[str, Fraction] = defaultdict(Fraction)

        def pay(payer: str, payee: str, amount: Fraction) -> None:
            exact[payer] -= amount
            exact[payee] += amount

        for move in self.moves:
            if move.window != window or move.what not in ("issue", "redeem", "expire", "compensate", "repay"):
                continue
            terms = self.terms_of(move.terms)
            value = move.back * self.value(move.amount, move.terms)
            pooled = terms.funding == "on_issue"
            if move.what in ("issue", "repay"):
                issued = value if move.what == "issue" else -value
                if pooled:
                    pay(move.issuer, "pool", issued)
                pay(move.issuer, "operator", issued * terms.issue_fee_bps / 10_000)
                if move.what == "repay":
                    pay(move.issuer, move.shop, value)
            elif move.what == "redeem" and (pooled or move.issuer != move.shop):
                pay("pool" if pooled else move.issuer, move.shop, value)
                pay(move.shop, "operator", value * terms.redeem_fee_bps / 10_000)
            elif move.what == "expire" and pooled:
                pay("pool", move.issuer if terms.breakage_to == "issuer" else "operator", value)
            elif move.what == "compensate":
                pay(move.issuer, move.shop, value)
        return exact
