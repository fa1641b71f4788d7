"""A book that has seen everything: every kind of posting, closed windows, a default, terms of both fundings."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from settlement import Funding
from settlement.clearing import close_due, default_posting, draw_deposit_leg, pay_in_leg, pay_out_leg, plan_default
from settlement.ledger import (
    OPERATOR,
    AccountKind,
    Book,
    Capture,
    Commission,
    Count,
    CountBack,
    Earn,
    EarnOutOf,
    ExposureLimit,
    Give,
    Hold,
    MeterRef,
    Participant,
    PassCounts,
    Posting,
    PotRef,
    PutBack,
    RefundEarn,
    RefundSpend,
    Release,
    Reverse,
    Session,
    SetAside,
    Spend,
    lapsed_holds,
    sweep_lots,
)
from tests.support.books import BookClient, make_terms
from tests.support.clock import DAY, HOUR, MINUTE, Clock

LATER = 20301231
SHOPS = (
    "bakery",
    "butcher",
    "cafe",
    Participant(0, "corner", limit=ExposureLimit(credit_minor=1000, reserve_bps=5000)),
)


def busy_book(book: Callable[..., Book], session: Session, clock: Clock) -> Book:
    """A book that has seen every kind of posting, closed windows, a default, and terms of both fundings."""
    town = book(terms=make_terms(redeem_fee_bps=100, issue_fee_bps=50), shops=SHOPS)
    till = BookClient(town, session)
    config = town.config(session)
    till.take(
        pay_in_leg(config, "bakery", 50, AccountKind.DEPOSIT), pay_in_leg(config, OPERATOR, 20, AccountKind.CAPITAL)
    )
    till.take(pay_in_leg(config, "cafe", 100, AccountKind.FUND), pay_out_leg(config, "bakery", 10, AccountKind.DEPOSIT))
    till.take(Earn("corner", "bob", 800, LATER))
    week(town, till, clock)
    clock.forward(7 * DAY)
    (first,) = close_due(town, session, clock())
    till.take(draw_deposit_leg(config, "bakery", 30))
    assert till.take(Earn("bakery", "ann", 3, LATER), at=first.opens_at).late_for == first.opens_at
    plan = plan_default(town, session, "bakery", first.opens_at, cut_cap_bps=5_000)
    assert plan.draws
    take_all(town, session, [default_posting(config, plan, "bakery", first.opens_at, clock())])
    town.add_terms(make_terms(effective_at=clock() + HOUR, funding=Funding.ON_ISSUE, points_per_unit=Fraction(50)))
    clock.forward(2 * HOUR)
    week(town, till, clock)
    clock.forward(7 * DAY)
    later = close_due(town, session, clock())
    assert any(window.kept for window in (first, *later))
    assert all(window.carried_over for window in later)
    week(town, till, clock)
    return town


def week(town: Book, till: BookClient, clock: Clock) -> None:
    """Every kind of posting between members and shops; a hold stays open and one posting is refused."""
    till.take(Earn("corner", "bob", 10, LATER))
    till.take(Earn("bakery", "ann", 500, LATER))
    soon = till.take(Earn("butcher", "eve", 40, clock_day(town, 2))).posting_id
    till.take(Spend("corner", "ann", 100), Give("ann", "cyd", 50))
    spent = till.take(Spend("cafe", "ann", 80)).posting_id
    till.take(RefundSpend(spent, 30))
    till.take(RefundSpend(spent, 50))
    till.take(Commission("butcher", "cafe", 7))
    captured, released, _, _ = (
        till.take(Hold("cafe", "ann", 20, clock() + minutes * MINUTE)).posting_id for minutes in (60, 60, 1, 10**6)
    )
    till.take(RefundSpend(till.take(Capture(captured, 15)).posting_id, 5))
    till.take(Release(released))
    till.take(Reverse(till.take(Earn("cafe", "bob", 9, LATER)).posting_id))
    pot = PotRef("cafe", "double@1")
    till.take(SetAside(pot, 20))
    till.take(RefundEarn(till.take(EarnOutOf(pot, "cyd", 12, LATER)).posting_id, 4, out_of=pot))
    till.take(PutBack(pot, 5))
    stamps = MeterRef("cyd", 8)
    till.take(CountBack(till.take(Count(stamps, 3)).posting_id, stamps, 1), PassCounts("cyd", "bob"))
    # Dee, another each week, spends what is taken back from her: a debt. Her next earn pays it, and is taken back.
    dee = f"dee {clock_day(town, 0)}"
    owed = till.take(Earn("bakery", dee, 60, LATER)).posting_id
    till.take(Spend("cafe", dee, 60))
    till.take(RefundEarn(owed, 60))
    paying = till.take(Earn("butcher", dee, 90, LATER)).posting_id
    till.take(RefundEarn(paying, 80))
    till.take(Reverse(till.take(Earn("butcher", dee, 5, LATER)).posting_id))
    assert till.post(Spend("cafe", "nobody", 1)).refusal is not None
    clock.forward(3 * DAY)
    for expired in sweep_lots(town, till.session, clock()):
        take_all(town, till.session, expired)
    take_all(town, till.session, lapsed_holds(town, till.session, clock()))
    till.take(RefundEarn(soon, 30))


def clock_day(town: Book, days: int) -> int:
    """The date of so many days ahead, yyyymmdd."""
    return town.calendar.day(town.clock() + days * DAY)[0]


def take_all(town: Book, session: Session, postings: Sequence[Posting]) -> None:
    assert postings
    assert all(answer.refusal is None for answer in town.post(postings, session))
