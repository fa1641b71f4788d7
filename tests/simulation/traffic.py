"""Random business for a book: sales, gifts, holds, refunds, money, retries; most of it sensible, some of it not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from settlement.ledger import (
    AccountKind,
    AccountName,
    BookView,
    Capture,
    Commission,
    Count,
    CountBack,
    Earn,
    EarnOutOf,
    Expire,
    ExposureLimit,
    Give,
    Hold,
    Leg,
    MeterRef,
    Participant,
    PassCounts,
    Posting,
    PotRef,
    PutBack,
    RefundEarn,
    RefundSpend,
    Refusal,
    Release,
    Reverse,
    SetAside,
    Spend,
    Transfer,
)
from tests.simulation.facts import DAY, HOUR, NEVER, date_of, own
from tests.simulation.twin import Twin

MEMBERS = ("ann", "bob", "cyd")
SHOPS = (
    Participant(0, "bakery"),
    Participant(0, "cafe", limit=ExposureLimit(3_000, reserve_bps=700)),
    Participant(0, "diner", limit=ExposureLimit(900, reserve_bps=9_000)),
    Participant(0, "museum", may_redeem=False),
    Participant(0, "shut", may_issue=False, may_redeem=False),
)
# Those that do business come often, those that may not now and then; the operator may hand out points too.
EARN_AT = (*("bakery", "cafe", "diner") * 4, "bakery", "museum", "operator", "shut", "nowhere")
SPEND_AT = (*("bakery", "cafe", "diner") * 4, "operator", "museum", "nowhere")
SMALL = (1, 2, 3, 5, 7, 10, 13, 20)
LARGE = (20, 33, 50, 100, 177)
POINTS = (*SMALL * 2, *LARGE * 3, 0, -5, 10**15 + 1)
# Most tills report at once, some late, some with a clock that is ahead: by less or by more than is taken.
LATE = (*(0,) * 20, HOUR // 2, HOUR, 20 * HOUR, 2 * DAY, 5 * DAY, -HOUR // 20, -HOUR)
CASH = AccountName(AccountKind.CASH, "bank")
UNKNOWN = 10**6
FINDER_POINTS = 2
# A name may have a pot at several shops.
POTS = tuple(PotRef(shop, name) for shop in ("bakery", "bakery", "cafe", "diner") for name in ("double@1", "stamps@2"))


@dataclass(frozen=True)
class SpendAll:
    """A plan: spend whatever the member has, and earn a point for each lot that it came from."""

    shop: str
    member: str
    expires_on: int

    @property
    def owners(self) -> Sequence[str]:
        return self.shop, self.member

    def __call__(self, view: BookView) -> Sequence[Leg] | Refusal:
        lots = list(view.slices(self.member))
        if not lots:
            return Refusal("points_short", {"points": view.points(self.member), "asked": 1})
        return [
            Spend(self.shop, self.member, view.points(self.member)),
            Earn(self.shop, self.member, len(lots), self.expires_on),
        ]


@dataclass(frozen=True)
class BonusSale:
    """A plan: an earn, and more out of a pot, as far as there is something left in it."""

    earned: Earn
    pot: PotRef
    points: int

    @property
    def owners(self) -> Sequence[str]:
        return self.earned.shop, self.earned.member, *self.pot

    @property
    def expires_on(self) -> int:
        return self.earned.expires_on

    def __call__(self, view: BookView) -> Sequence[Leg] | Refusal:
        points = min(self.points, view.set_aside(self.pot)) if view.may_issue(self.pot.shop) else 0
        bonus = [EarnOutOf(self.pot, self.earned.member, points, self.expires_on)] if points else []
        return [self.earned, *bonus]


class Traffic:
    """Makes requests that fit what the twin knows. Whatever it draws, it draws from the generator that it is given."""

    def __init__(self, twin: Twin) -> None:
        self.twin = twin
        self.sent: list[Posting] = []

    def batch(self, draw: Random, size: int, business: "Sequence[Business]") -> list[Posting]:
        """Requests that refer to what was answered before this batch, as callers can."""
        made = [self.request(draw, draw.choice(business)) for _ in range(size)]
        self.sent += made
        return made

    def request(self, draw: Random, business: "Business") -> Posting:
        number = len(self.sent) + 1
        if self.sent and draw.randint(1, 16) == 1:
            again = draw.choice(self.sent)
            return again if draw.randint(1, 3) > 1 else again._replace(content={**again.content, "n": -number})
        key = f"key {number}.{draw.randint(0, 10**6)}"
        return Posting(key, self.twin.now - draw.choice(LATE), {"n": number}, business(self, draw))

    # -- what is likely to exist --------------------------------------------------------------------------------

    def day(self, draw: Random) -> int:
        """A date up to which points are good: from yesterday, which is too late, on."""
        return date_of(self.twin.now + draw.choice((-1, 0, 0, 1, 1, 1, 3, 3, 30, 30, 30, 30)) * DAY)

    def posting_with(self, draw: Random, what: str) -> int:
        """A recent posting with such a move; sometimes any, or none."""
        fitting = [n for n, past in self.twin.past.items() if any(move.what == what for move in past.moves)][-12:]
        if not fitting or draw.randint(1, 12) == 1:
            return draw.choice((UNKNOWN, *self.twin.past))
        return draw.choice(fitting)

    def open_hold(self, draw: Random) -> int:
        waiting = [number for number, held in self.twin.holds.items() if held.ended_by is None]
        return draw.choice(waiting) if waiting and draw.randint(1, 6) > 1 else self.posting_with(draw, "hold")

    # -- business -------------------------------------------------------------------------------------------

    def earn(self, draw: Random) -> list[Leg]:
        return [Earn(draw.choice(EARN_AT), draw.choice(MEMBERS), draw.choice(POINTS), self.day(draw))]

    def spend(self, draw: Random) -> list[Leg]:
        return [Spend(draw.choice(SPEND_AT), draw.choice(MEMBERS), draw.choice((*SMALL, *SMALL, *POINTS)))]

    def sale(self, draw: Random) -> list[Leg]:
        (earned,) = self.earn(draw)
        return [Spend(earned.shop, earned.member, draw.choice(SMALL)), earned]

    def found_sale(self, draw: Random) -> list[Leg]:
        """A sale to a member whom another member and a shop have brought."""
        (earned,) = self.earn(draw)
        finder = Earn(earned.shop, draw.choice(MEMBERS), FINDER_POINTS, self.day(draw))
        return [earned, finder, Commission(earned.shop, draw.choice(SPEND_AT), FINDER_POINTS)]

    def set_aside(self, draw: Random) -> list[Leg]:
        pots = (*POTS * 3, PotRef("shut", "double@1"), PotRef("nowhere", "double@1"))
        return [SetAside(draw.choice(pots), draw.choice((*LARGE, *POINTS)))]

    def put_back(self, draw: Random) -> list[Leg]:
        return [PutBack(draw.choice(POTS), draw.choice(POINTS), draw.randint(0, 1) == 1)]

    def bonus_sale(self, draw: Random) -> list[Leg] | BonusSale:
        (earned,) = self.earn(draw)
        pot = draw.choice(POTS)
        if draw.randint(0, 1):
            return BonusSale(earned, pot, draw.choice(SMALL))
        return [earned, EarnOutOf(pot, earned.member, draw.choice(SMALL), earned.expires_on)]

    def refund_bonus(self, draw: Random) -> list[Leg]:
        """Of a sale with a bonus, and sometimes of one without."""
        pots = [n for n, past in self.twin.past.items() if any(source.kind == "pot" for _, source in past.earned)]
        of = draw.choice(pots[-12:]) if pots and draw.randint(1, 8) > 1 else self.posting_with(draw, "issue")
        sources = [source for _, source in self.twin.past[of].earned] if of in self.twin.past else []
        pot = next(
            (PotRef(source.issuer, source.owner) for source in sources if source.kind == "pot"), draw.choice(POTS)
        )
        back = RefundEarn(
            of, draw.choice(SMALL), draw.randint(0, 1) == 1, draw.choice(((), (), MEMBERS)), (), out_of=pot
        )
        return [back] if draw.randint(0, 1) else [RefundEarn(of, draw.choice(SMALL), at_most=True), back]

    def meter(self, draw: Random) -> MeterRef:
        until = draw.choice((NEVER, date_of(self.twin.now), self.day(draw)))
        return MeterRef(
            draw.choice(MEMBERS), draw.choice((8, 9)), until, draw.choice((None, None, "cafe", "bakery", "nowhere"))
        )

    def counted_sale(self, draw: Random) -> list[Leg]:
        (earned,) = self.earn(draw)
        counts = [Count(self.meter(draw)._replace(owner=earned.member), draw.choice((0, 1, 1, 3)))]
        return [earned, *counts] if draw.randint(1, 3) > 1 else counts

    def count_back(self, draw: Random) -> list[Leg]:
        of = self.posting_with(draw, "count")
        moves = self.twin.past[of].moves if of in self.twin.past else []
        names = [move.target for move in moves if move.what == "count" and move.target.kind == "meter"]
        known = [MeterRef(name.owner, name.terms, name.expires_on, name.issuer or None) for name in names]
        meter, holders = draw.choice(known or [self.meter(draw)]), draw.choice(((), MEMBERS))
        return [CountBack(of, meter, draw.choice((1, 1, 5)), holders)]

    def pass_counts(self, draw: Random) -> list[Leg]:
        return [PassCounts(draw.choice(MEMBERS), draw.choice(MEMBERS))]

    def give(self, draw: Random) -> list[Leg]:
        return [Give(draw.choice(MEMBERS), draw.choice(MEMBERS), draw.choice(SMALL))]

    def expire(self, draw: Random) -> list[Leg]:
        today = date_of(self.twin.now)
        over = [id_ for id_, lot in self.twin.lot_names.items() if lot.expires_on < today and self.twin.balance[lot]]
        return [Expire(draw.choice(over or (UNKNOWN, *self.twin.lot_names)))]

    def commission(self, draw: Random) -> list[Leg]:
        return [Commission(draw.choice(EARN_AT), draw.choice(SPEND_AT), draw.choice(SMALL))]

    def hold(self, draw: Random) -> list[Leg]:
        lapses_at = self.twin.now + draw.choice((0, HOUR, 30 * HOUR, 30 * HOUR))
        return [Hold(draw.choice(SPEND_AT), draw.choice(MEMBERS), draw.choice(SMALL), lapses_at)]

    def capture(self, draw: Random) -> list[Leg]:
        capture = Capture(self.open_hold(draw), draw.choice(SMALL))
        return [capture, *self.earn(draw)] if draw.randint(1, 3) == 1 else [capture]

    def release(self, draw: Random) -> list[Leg]:
        return [Release(self.open_hold(draw))]

    def refund_spend(self, draw: Random) -> list[Leg]:
        return [RefundSpend(self.posting_with(draw, "redeem"), draw.choice(SMALL))]

    def refund_earn(self, draw: Random) -> list[Leg]:
        of = self.posting_with(draw, "issue")
        holders = draw.choice(((), (), MEMBERS, MEMBERS[1:]))
        pool = draw.choice(((), ("bob",)))
        return [RefundEarn(of, draw.choice(POINTS), draw.randint(0, 1) == 1, holders, pool)]

    def refund_sale(self, draw: Random) -> list[Leg]:
        of = self.posting_with(draw, "redeem")
        other = of if draw.randint(1, 6) > 1 else self.posting_with(draw, "issue")
        return [RefundSpend(of, draw.choice(SMALL)), RefundEarn(other, draw.choice(SMALL))]

    def reverse(self, draw: Random) -> list[Leg]:
        kinds = ("issue", "redeem", "give", "hold", "expire", "set_aside", "count", "transfer")
        return [Reverse(self.posting_with(draw, draw.choice(kinds)))]

    def money(self, draw: Random) -> list[Leg]:
        shop = self.twin.shops[draw.choice(("bakery", "cafe", "diner", "operator"))]
        deposit, settled = (
            AccountName(AccountKind.DEPOSIT, shop.ref, shop.id),
            AccountName(AccountKind.SETTLEMENT, shop.ref, shop.id),
        )
        open_ = self.twin.balance[own("settlement", shop.ref)]
        if open_ and draw.randint(1, 2) == 1:
            return [Transfer(settled, CASH, open_) if open_ > 0 else Transfer(CASH, settled, -open_)]
        source, target = draw.choice(((CASH, deposit), (CASH, deposit), (deposit, CASH), (deposit, settled)))
        return [Transfer(source, target, 10 * draw.choice(POINTS))]

    def plan(self, draw: Random) -> SpendAll:
        return SpendAll(draw.choice(SPEND_AT), draw.choice(MEMBERS), self.day(draw))


Business = Callable[[Traffic, Random], Sequence[Leg] | SpendAll | BonusSale]

SALES: Sequence[Business] = (
    *(Traffic.earn,) * 6,
    *(Traffic.spend,) * 4,
    *(Traffic.sale,) * 3,
    *(Traffic.found_sale,) * 2,
    *(Traffic.plan,) * 2,
    *(Traffic.set_aside,) * 2,
    *(Traffic.bonus_sale,) * 3,
    *(Traffic.counted_sale,) * 3,
    Traffic.put_back,
    Traffic.commission,
)
WAITING: Sequence[Business] = (
    *(Traffic.hold,) * 3,
    *(Traffic.capture,) * 3,
    Traffic.release,
    *(Traffic.give,) * 2,
    Traffic.pass_counts,
    *(Traffic.expire,) * 3,
)
COMING_BACK: Sequence[Business] = (
    *(Traffic.refund_spend,) * 2,
    *(Traffic.refund_earn,) * 2,
    Traffic.refund_sale,
    *(Traffic.refund_bonus,) * 2,
    *(Traffic.count_back,) * 2,
    *(Traffic.reverse,) * 2,
)
MONEY: Sequence[Business] = (Traffic.money,)
ALL: Sequence[Business] = (*SALES, *WAITING, *COMING_BACK, *MONEY, *MONEY)
