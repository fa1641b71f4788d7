"""Refunds and reversals: value goes back to where it came from, whatever happened in between."""

from collections.abc import Callable

import pytest

from settlement.ledger import (
    AccountKind,
    AccountName,
    Answer,
    Book,
    Capture,
    Commission,
    Earn,
    Expire,
    Hold,
    MoveKind,
    Posting,
    RefundEarn,
    RefundSpend,
    Release,
    Reverse,
    Session,
    Spend,
)
from tests.support.books import BookClient, account_ids, balances, check_book, expired_lots
from tests.support.clock import DAY, HOUR, Clock

SOON, LATER = 20240520, 20251231


@pytest.fixture
def till(book: Callable[..., Book], session: Session) -> BookClient:
    return BookClient(book(), session)


def held_by(till: BookClient, owner: str) -> dict[tuple[str, str], int]:
    """A member's balances by (kind, issuer)."""
    by_id = till.book.config(till.session).by_id
    held: dict[tuple[str, str], int] = {}
    for name, balance in balances(till.book, till.session).items():
        if name.owner == owner:
            key = AccountKind(name.kind).name.lower(), by_id[name.issuer].ref
            held[key] = held.get(key, 0) + balance
    return held


def code(answer: Answer) -> str | None:
    return None if answer.refusal is None else answer.refusal.code


# -- a refunded spend ---------------------------------------------------------------------------------------


def test_a_refunded_spend_goes_back_to_its_lots_the_last_taken_first(till: BookClient) -> None:
    till.take(Earn("bakery", "ann", 50, SOON))
    till.take(Earn("butcher", "ann", 50, LATER))
    spent = till.take(Spend("cafe", "ann", 80)).posting_id
    assert held_by(till, "ann") == {("lot", "butcher"): 20}
    till.take(RefundSpend(spent, 20))
    assert held_by(till, "ann") == {("lot", "butcher"): 40}
    till.take(RefundSpend(spent, 30))
    assert held_by(till, "ann") == {("lot", "butcher"): 50, ("lot", "bakery"): 20}
    till.take(RefundSpend(spent, 30))
    assert held_by(till, "ann") == {("lot", "butcher"): 50, ("lot", "bakery"): 50}
    assert code(till.post(RefundSpend(spent, 1))) == "refund_exceeds_original"
    check_book(till.book)


def test_a_refunded_capture_goes_back_to_its_lots_too(till: BookClient, clock: Clock) -> None:
    till.take(Earn("bakery", "ann", 50, SOON))
    till.take(Earn("butcher", "ann", 50, LATER))
    hold = till.take(Hold("cafe", "ann", 100, clock() + HOUR)).posting_id
    captured = till.take(Capture(hold, 90)).posting_id
    assert held_by(till, "ann") == {("lot", "butcher"): 10}
    for points, left in ((30, (0, 40)), (30, (20, 50)), (30, (50, 50))):
        till.take(RefundSpend(captured, points))
        held = held_by(till, "ann")
        assert (held.get(("lot", "bakery"), 0), held[("lot", "butcher")]) == left
    assert code(till.post(RefundSpend(captured, 1))) == "refund_exceeds_original"
    check_book(till.book)


@pytest.mark.parametrize("how", ["spent", "captured"])
def test_points_that_go_back_to_a_lot_that_is_over_expire_at_once(till: BookClient, clock: Clock, how: str) -> None:
    till.take(Earn("bakery", "ann", 50, SOON))
    if how == "captured":
        hold = till.take(Hold("cafe", "ann", 50, clock() + HOUR)).posting_id
        paid = till.take(Capture(hold, 50)).posting_id
    else:
        paid = till.take(Spend("cafe", "ann", 50)).posting_id
    clock.forward(10 * DAY)
    back = till.take(RefundSpend(paid, 50))
    assert back.total(MoveKind.EXPIRE) == 50
    assert held_by(till, "ann") == {("expired", "bakery"): 50}
    assert code(till.post(Spend("cafe", "ann", 1))) == "points_short"
    lot = account_ids(till.book, till.session)[AccountName(AccountKind.LOT, "ann", 3, SOON, 1)]
    assert till.take(Expire(lot)).moves == []
    check_book(till.book)


def test_two_refunds_in_one_posting_do_not_return_more_than_was_spent(till: BookClient) -> None:
    till.take(Earn("bakery", "ann", 50, LATER))
    spent = till.take(Spend("cafe", "ann", 30)).posting_id
    till.take(Earn("bakery", "bob", 50, LATER))
    till.take(Spend("cafe", "bob", 50))
    assert code(till.post(RefundSpend(spent, 20), RefundSpend(spent, 20))) == "refund_exceeds_original"
    till.take(RefundSpend(spent, 20), RefundSpend(spent, 10))
    assert held_by(till, "ann") == {("lot", "bakery"): 50}
    assert code(till.post(RefundSpend(spent, 1))) == "refund_exceeds_original"
    check_book(till.book)


def test_a_spend_and_an_earn_of_one_posting_are_refunded_together(till: BookClient) -> None:
    till.take(Earn("bakery", "ann", 50, LATER))
    sale = till.take(Spend("cafe", "ann", 30), Earn("cafe", "ann", 7, LATER)).posting_id
    till.take(RefundSpend(sale, 30), RefundEarn(sale, 7))
    assert held_by(till, "ann") == {("lot", "bakery"): 50}
    assert code(till.post(RefundSpend(sale, 1))) == "refund_exceeds_original"
    assert code(till.post(RefundEarn(sale, 1))) == "refund_exceeds_original"
    assert code(till.post(Reverse(sale))) == "posting_reversed"


# -- a refunded earn ----------------------------------------------------------------------------------------


def test_a_refunded_earn_takes_the_lot_then_other_lots_of_the_shop_then_makes_a_debt(till: BookClient) -> None:
    earned = till.take(Earn("bakery", "ann", 100, SOON)).posting_id
    till.take(Earn("bakery", "ann", 10, LATER))
    till.take(Earn("butcher", "ann", 25, LATER))
    till.take(Spend("cafe", "ann", 70))
    till.take(RefundEarn(earned, 30))
    assert held_by(till, "ann") == {("lot", "bakery"): 10, ("lot", "butcher"): 25}
    till.take(RefundEarn(earned, 70))
    assert held_by(till, "ann") == {("lot", "butcher"): 25, ("debt", "bakery"): -60}
    assert code(till.post(RefundEarn(earned, 1))) == "refund_exceeds_original"
    check_book(till.book)


def test_a_second_debt_to_a_shop_adds_to_the_first(till: BookClient) -> None:
    first, second = (till.take(Earn("bakery", "ann", 10, LATER)).posting_id for _ in range(2))
    till.take(Spend("cafe", "ann", 20))
    till.take(RefundEarn(first, 10))
    till.take(RefundEarn(second, 10))
    assert held_by(till, "ann") == {("debt", "bakery"): -20}
    check_book(till.book)


def test_the_next_earn_pays_the_debt_at_whatever_shop_it_is(till: BookClient) -> None:
    earned = till.take(Earn("bakery", "ann", 60, LATER)).posting_id
    till.take(Spend("cafe", "ann", 60))
    till.take(RefundEarn(earned, 60))
    till.take(Earn("butcher", "ann", 40, LATER))
    assert held_by(till, "ann") == {("debt", "bakery"): -20}
    payer = till.take(Earn("cafe", "ann", 50, LATER)).posting_id
    assert held_by(till, "ann") == {("lot", "cafe"): 30}
    till.take(RefundEarn(payer, 50))
    # The bakery has been paid: what its debt took of them is owed to the cafe now.
    assert held_by(till, "ann") == {("debt", "cafe"): -20}
    check_book(till.book)


def test_debts_are_paid_in_the_order_in_which_they_arose(till: BookClient) -> None:
    sales = [till.take(Earn(shop, "ann", 10, LATER)).posting_id for shop in ("diner", "bakery")]
    till.take(Spend("cafe", "ann", 20))
    for sale in sales:
        till.take(RefundEarn(sale, 10))
    till.take(Earn("butcher", "ann", 10, LATER))
    assert held_by(till, "ann") == {("debt", "bakery"): -10}


def test_a_lot_that_is_over_pays_no_refund_but_of_its_own_earn(till: BookClient, clock: Clock) -> None:
    over = till.take(Earn("bakery", "ann", 10, SOON)).posting_id
    earned = till.take(Earn("bakery", "ann", 20, LATER)).posting_id
    till.take(Spend("cafe", "ann", 15))
    clock.forward(10 * DAY)
    till.take(Earn("bakery", "ann", 10, LATER))
    till.take(Spend("cafe", "ann", 25))
    till.take(RefundEarn(earned, 20))
    assert held_by(till, "ann") == {("debt", "bakery"): -20}
    till.take(RefundEarn(over, 5))
    assert held_by(till, "ann") == {("debt", "bakery"): -25}
    check_book(till.book)


def test_what_is_asked_for_beside_it_does_not_change_a_refund(till: BookClient, clock: Clock) -> None:
    till.take(Earn("bakery", "ann", 10, SOON))
    earned = till.take(Earn("bakery", "ann", 20, LATER)).posting_id
    till.take(Spend("cafe", "ann", 5))
    clock.forward(10 * DAY)
    till.take(Spend("cafe", "ann", 20))
    # The first request is of a day on which the first lot was still good, so the batch loads it.
    early = Posting("early", clock() - 10 * DAY, {}, [Earn("cafe", "bob", 1, LATER)], clock() - 10 * DAY)
    refund = Posting("refund", clock(), {}, [RefundEarn(earned, 20)])
    assert [answer.refusal for answer in till.book.post([early, refund], till.session)] == [None, None]
    assert held_by(till, "ann") == {("lot", "bakery"): 5, ("debt", "bakery"): -20}
    check_book(till.book)


def test_of_an_earn_into_two_lots_the_last_is_the_first_to_give_back(till: BookClient) -> None:
    sale = till.take(Earn("bakery", "ann", 10, SOON), Earn("bakery", "ann", 10, LATER)).posting_id
    till.take(RefundEarn(sale, 15))
    assert {name.expires_on: balance for name, balance in balances(till.book, till.session).items() if balance > 0} == {
        SOON: 5
    }


def test_an_earn_for_two_members_is_taken_back_from_each_what_they_got(till: BookClient) -> None:
    sale = till.take(Earn("bakery", "ann", 100, LATER), Earn("bakery", "bob", 10, LATER)).posting_id
    till.take(Spend("cafe", "bob", 10))
    till.take(RefundEarn(sale, 60))
    assert (held_by(till, "ann"), held_by(till, "bob")) == ({("lot", "bakery"): 40}, {})
    till.take(RefundEarn(sale, 50))
    assert (held_by(till, "ann"), held_by(till, "bob")) == ({}, {("debt", "bakery"): -10})
    check_book(till.book)


def test_an_earn_at_two_shops_goes_back_to_the_shop_that_issued_it(till: BookClient) -> None:
    sale = till.take(Earn("bakery", "ann", 30, LATER), Earn("butcher", "ann", 30, LATER)).posting_id
    till.take(RefundEarn(sale, 40))
    assert held_by(till, "ann") == {("lot", "butcher"): 20}
    till.take(RefundEarn(sale, 20))
    assert held_by(till, "ann") == {}
    assert balances(till.book, till.session) == {}
    check_book(till.book)


def test_a_commission_between_shops_is_no_earn_to_refund(till: BookClient) -> None:
    paid = till.take(Commission("bakery", "cafe", 10)).posting_id
    assert code(till.post(RefundEarn(paid, 1))) == "refund_exceeds_original"


# -- reversals ----------------------------------------------------------------------------------------------


def test_a_reversal_undoes_every_move_of_a_posting(till: BookClient) -> None:
    till.take(Earn("bakery", "ann", 100, LATER))
    before = balances(till.book, till.session)
    sale = till.take(Spend("cafe", "ann", 60), Earn("cafe", "ann", 5, LATER), Commission("cafe", "diner", 2))
    till.take(Reverse(sale.posting_id))
    assert balances(till.book, till.session) == before
    assert code(till.post(Reverse(sale.posting_id))) == "posting_reversed"
    check_book(till.book)


def test_an_earn_that_was_spent_is_not_reversed(till: BookClient) -> None:
    earned = till.take(Earn("bakery", "ann", 100, LATER)).posting_id
    till.take(Spend("cafe", "ann", 1))
    assert code(till.post(Reverse(earned))) == "balance_sign"


def test_a_reversed_hold_is_resolved(till: BookClient, clock: Clock) -> None:
    till.take(Earn("bakery", "ann", 20, LATER))
    first, second = (till.take(Hold("cafe", "ann", 10, clock() + HOUR)).posting_id for _ in range(2))
    till.take(Reverse(first))
    assert held_by(till, "ann") == {("lot", "bakery"): 10, ("held", "bakery"): 10}
    assert code(till.post(Capture(first, 10))) == "hold_resolved"
    till.take(Capture(second, 10))
    check_book(till.book)


def test_a_reversed_capture_frees_the_points(till: BookClient, clock: Clock) -> None:
    till.take(Earn("bakery", "ann", 20, LATER))
    hold = till.take(Hold("cafe", "ann", 20, clock() + HOUR)).posting_id
    captured = till.take(Capture(hold, 15), Earn("cafe", "ann", 1, LATER)).posting_id
    till.take(Reverse(captured))
    assert held_by(till, "ann") == {("lot", "bakery"): 20}
    check_book(till.book)


def test_points_that_come_back_to_a_lot_that_is_over_expire_at_once(till: BookClient, clock: Clock) -> None:
    today = till.book.calendar.day(clock())[0]
    till.take(Earn("bakery", "ann", 20, today))
    spent = till.take(Spend("cafe", "ann", 15)).posting_id
    clock.forward(DAY)
    refund = till.take(RefundSpend(spent, 4)).posting_id
    assert held_by(till, "ann") == {("lot", "bakery"): 5, ("expired", "bakery"): 4}
    # What the refund brought and what expired of it is undone before anything expires again.
    till.take(Reverse(refund))
    assert held_by(till, "ann") == {("expired", "bakery"): 5}
    check_book(till.book)


def test_what_a_reversal_brings_back_expires_beside_what_was_swept_before(till: BookClient, clock: Clock) -> None:
    today = till.book.calendar.day(clock())[0]
    till.take(Earn("bakery", "ann", 20, today))
    spent = till.take(Spend("cafe", "ann", 15)).posting_id
    clock.forward(DAY)
    till.book.post(expired_lots(till.book, till.session, clock()), till.session)
    assert held_by(till, "ann") == {("expired", "bakery"): 5}
    till.take(Reverse(spent))
    assert held_by(till, "ann") == {("expired", "bakery"): 20}
    check_book(till.book)


def test_there_is_nothing_to_undo_in_a_release(till: BookClient, clock: Clock) -> None:
    till.take(Earn("bakery", "ann", 20, LATER))
    hold = till.take(Hold("cafe", "ann", 20, clock() + HOUR)).posting_id
    release = till.take(Release(hold)).posting_id
    assert code(till.post(Reverse(release))) == "posting_unknown"
    assert held_by(till, "ann") == {("lot", "bakery"): 20}
