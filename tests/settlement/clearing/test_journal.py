"""The journal: every entry balances, and a period ties the balances before it to those after it."""

from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from random import Random

import pytest

from settlement.clearing import (
    Journal,
    LineKind,
    MoneyAccount,
    close_due,
    draw_deposit_leg,
    journal_of,
    pay_in_leg,
    pay_out_leg,
)
from settlement.errors import BookCorrupt
from settlement.ledger import OPERATOR, AccountKind, Book, Earn, Session, Spend
from tests.support.books import SHOPS, BookClient, make_terms
from tests.support.clock import DAY, HOUR, Clock

LATER = 20301231
START, FOREVER = -(2**62), 2**62
WEEK = 7 * DAY


@pytest.fixture
def till(book: Callable[..., Book], session: Session) -> BookClient:
    """A town with fees on both sides."""
    return BookClient(book(terms=make_terms(redeem_fee_bps=150, issue_fee_bps=100)), session)


def account(kind: AccountKind, owner: str) -> MoneyAccount:
    return MoneyAccount(kind, owner)


def sums(journal: Journal) -> dict[MoneyAccount, int]:
    """Credits less debits of all entries."""
    total: dict[MoneyAccount, int] = defaultdict(int)
    for entry in journal.entries:
        for line in entry.lines:
            total[line.account] -= line.debit_minor
    return total


def check(journal: Journal) -> None:
    """Each entry balances, and what it begins with and the entries come to what it ends with."""
    for entry in journal.entries:
        assert sum(line.debit_minor for line in entry.lines) == 0
        assert all(line.account.kind > AccountKind.CLEARING for line in entry.lines)
    moved = sums(journal)
    for name in {*journal.opening, *moved, *journal.closing}:
        assert journal.opening.get(name, 0) + moved.get(name, 0) == journal.closing.get(name, 0), name
    assert sum(journal.opening.values()) == sum(journal.closing.values()) == 0


def test_a_week_is_its_payments_and_its_close_with_the_fees_apart(till: BookClient, clock: Clock) -> None:
    config = till.book.config(till.session)
    till.take(pay_in_leg(config, "bakery", 5_000, to=AccountKind.DEPOSIT), key="deposit-1")
    till.take(Earn("bakery", "ann", 1_000, LATER), Spend("cafe", "ann", 800))
    clock.forward(WEEK)
    close_due(till.book, till.session, clock())
    till.take(draw_deposit_leg(config, "bakery", 810), key="draw-1")
    journal = journal_of(till.book, till.session, START, FOREVER)
    check(journal)
    deposit, close, draw = journal.entries
    cash, bakery = account(AccountKind.CASH, "cash"), account(AccountKind.DEPOSIT, "bakery")
    assert deposit.key == "deposit-1"
    assert deposit.lines == ((cash, 5_000, ""), (bakery, -5_000, ""))
    owed, cafe, operator = (account(AccountKind.SETTLEMENT, owner) for owner in ("bakery", "cafe", OPERATOR))
    # 800 cents between the two; the cafe pays 12 of them, the bakery 10 for what it issued.
    assert sorted(close.lines) == sorted(
        [
            (owed, 810, ""),
            (cafe, -788, ""),
            (operator, -12, LineKind.REDEEM_FEE),
            (operator, -10, LineKind.ISSUE_FEE),
        ]
    )
    assert draw.lines == ((bakery, 810, ""), (owed, -810, ""))
    assert journal.opening == {}
    assert journal.closing == {cash: -5_000, bakery: 4_190, cafe: 788, operator: 22}


def test_points_alone_are_no_entry(till: BookClient) -> None:
    till.take(Earn("bakery", "ann", 1_000, LATER))
    assert journal_of(till.book, till.session, START, FOREVER) == Journal({}, (), {})


def test_a_window_in_which_nothing_is_owed_is_no_entry(till: BookClient, clock: Clock) -> None:
    clock.forward(WEEK)
    close_due(till.book, till.session, clock())
    assert journal_of(till.book, till.session, START, FOREVER).entries == ()


def test_an_entry_is_of_the_day_it_was_recorded_and_periods_follow_each_other(till: BookClient, clock: Clock) -> None:
    config = till.book.config(till.session)
    chance = Random(7)
    cuts = [START]
    for number in range(60):
        shop = chance.choice(SHOPS)
        minor = chance.randrange(1, 5_000)
        till.take(
            pay_in_leg(
                config, shop, minor, to=chance.choice([AccountKind.DEPOSIT, AccountKind.SETTLEMENT, AccountKind.FUND])
            )
        )
        till.take(Earn(shop, "ann", minor, LATER), at=clock() - chance.randrange(HOUR))
        till.take(Spend(chance.choice(SHOPS), "ann", chance.randrange(1, minor + 1)))
        if number % 5 == 4:
            till.take(pay_out_leg(config, OPERATOR, 1))
        clock.forward(chance.randrange(DAY))
        close_due(till.book, till.session, clock())
        if chance.random() < 0.2:
            cuts.append(clock())
    cuts.append(FOREVER)
    whole = journal_of(till.book, till.session, START, FOREVER)
    check(whole)
    before: Journal | None = None
    entries = []
    for since, until in pairwise(cuts):
        part = journal_of(till.book, till.session, since, until)
        check(part)
        if before is not None:
            assert part.opening == before.closing
        assert all(since <= entry.at < until for entry in part.entries)
        entries += part.entries
        before = part
    assert tuple(entries) == whole.entries
    assert whole.closing == before.closing
    stored = till.session.rows("SELECT kind, owner, balance FROM accounts WHERE kind >= 20 AND balance <> 0")
    assert dict(whole.closing) == {MoneyAccount(AccountKind(kind), owner): minor for kind, owner, minor in stored}


def test_balances_that_the_entries_do_not_come_to_are_never_exported(till: BookClient) -> None:
    config = till.book.config(till.session)
    till.take(pay_in_leg(config, "bakery", 5_000, to=AccountKind.DEPOSIT))
    till.session.execute("UPDATE accounts SET balance = balance + 1 WHERE kind = 22")
    with pytest.raises(BookCorrupt, match="deposit:bakery stands at 5001"):
        journal_of(till.book, till.session, START, FOREVER)
