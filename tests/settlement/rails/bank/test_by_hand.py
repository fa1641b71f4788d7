"""Lines of the bank that wait for somebody: matched by hand, split, set aside, under the name of who does it."""

from contextlib import closing
from datetime import date

import pytest
from sqlalchemy import text

from settlement.audit import audit_book
from settlement.rails.actor import ActorMissing
from settlement.rails.bank import (
    all_lines,
    give_up_payment,
    match_by_hand,
    set_line_aside,
    waiting_lines,
)
from settlement.rails.bank.errors import (
    AttemptNotFound,
    AttemptSettled,
    BankFileUnreadable,
    BankLineNotFound,
    BankLineSettled,
    LineDoesNotFit,
)
from settlement.rails.port import Direction, RailStatus
from tests.support.bank import SHOP_IBAN, Bank, attempt, balance, queue, sent, shop_account, statuses, take
from tests.support.camt import Entry, Paid, camt

PAY, COLLECT = Direction.PAY, Direction.COLLECT
FOREVER = 2**62
MAY_14 = date(2024, 5, 14)


class TestByHand:
    def waiting(self, bank: Bank, minor: int, text: str = "no reference") -> str:
        before = {line.id for line in queue(bank)}
        bank.tell(bank.movement(minor, Paid(minor, text=text, iban=SHOP_IBAN)))
        (new,) = [line.id for line in queue(bank) if line.id not in before]
        return new

    def test_a_line_is_matched_with_a_payment_that_fits(self, bank: Bank) -> None:
        sent(bank, attempt("a"), attempt("b"), attempt("c", minor=1))
        line = self.waiting(bank, 1234)
        ((_, candidates),) = waiting_lines(bank.book, bank.settings)
        assert [(candidate.key, candidate.misfit) for candidate in candidates] == [("a", ""), ("b", "")]
        match_by_hand(bank.book, bank.settings, line, ["b"], "ann", "by phone")
        assert statuses(bank, attempt("a"), attempt("b")) == [RailStatus.PENDING, RailStatus.PAID]
        ((_, match),) = all_lines(bank.book, bank.settings, 0, 99991231)
        assert match is not None
        assert (match.key, match.how.value, match.actor, match.note) == ("b", "hand", "ann", "by phone")
        with pytest.raises(BankLineSettled):
            match_by_hand(bank.book, bank.settings, line, ["a"], "ann", "")

    def test_the_likeliest_payment_is_shown_first(self, bank: Bank) -> None:
        other = shop_account("diner", name="Diner", iban="DE02120300000000202051")
        sent(bank, attempt("a", account=other), attempt("b"))
        self.waiting(bank, 1234)
        assert [candidate.key for candidate in waiting_lines(bank.book, bank.settings)[0].candidates] == ["b", "a"]

    def test_a_line_is_matched_with_several_whose_sum_it_is(self, bank: Bank) -> None:
        references = sent(bank, attempt("a"), attempt("b", minor=766), attempt("c"))
        line = self.waiting(bank, 2000)
        with pytest.raises(LineDoesNotFit, match="2468 minor units together"):
            match_by_hand(bank.book, bank.settings, line, ["a", "c"], "ann", "")
        match_by_hand(bank.book, bank.settings, line, ["a", references[1].lower()], "ann", "")
        assert statuses(bank, attempt("a"), attempt("b"), attempt("c")) == [
            RailStatus.PAID,
            RailStatus.PAID,
            RailStatus.PENDING,
        ]
        assert (balance(bank), queue(bank)) == (2000, [])

    def test_what_does_not_fit_is_refused_with_the_reason(self, bank: Bank) -> None:
        sent(bank, attempt("a"), attempt("p", PAY))
        bank.rail.instruct([attempt("open")])
        line = self.waiting(bank, 1235)
        with pytest.raises(LineDoesNotFit, match="not exported"):
            match_by_hand(bank.book, bank.settings, line, ["open"], "ann", "")
        for amounts, why in (
            ([1235], "an amount of its own"),
            ([1235, 0], "an amount of its own"),
            ([1234, 2], "they are 1236 minor units together"),
        ):
            with pytest.raises(LineDoesNotFit, match=why):
                match_by_hand(bank.book, bank.settings, line, ["a", "p"], "ann", "", amounts)
        with pytest.raises(AttemptNotFound):
            match_by_hand(bank.book, bank.settings, line, ["nobody"], "ann", "")
        with pytest.raises(BankLineNotFound):
            match_by_hand(bank.book, bank.settings, "L0", ["a"], "ann", "")

    @pytest.mark.parametrize("minor", [950, 1234, 1500, 1])
    def test_a_line_of_any_amount_is_matched_and_another_one_after_that(self, bank: Bank, minor: int) -> None:
        (order,) = orders = (attempt("a"),)
        sent(bank, *orders)
        match_by_hand(bank.book, bank.settings, self.waiting(bank, minor), ["a"], "ann", "it is theirs")
        seen = bank.rail.observe([order])[0]
        assert (seen.status, seen.moved_minor) == (RailStatus.PAID, minor)
        match_by_hand(bank.book, bank.settings, self.waiting(bank, 7), ["a"], "ann", "more of it")
        match_by_hand(bank.book, bank.settings, self.waiting(bank, -500), ["a"], "ann", "a part went back")
        assert bank.rail.observe([order])[0].moved_minor == minor + 7 - 500
        assert (balance(bank), queue(bank)) == (minor + 7 - 500, [])

    def test_a_line_is_split_over_payments_and_what_is_left_of_it_waits(self, bank: Bank) -> None:
        orders = attempt("a"), attempt("b")
        sent(bank, *orders)
        line = self.waiting(bank, 2000)
        match_by_hand(bank.book, bank.settings, line, ["a", "b"], "ann", "both", [1234, 700])
        assert [seen.moved_minor for seen in bank.rail.observe(orders)] == [1234, 700]
        assert ([left.minor for left in queue(bank)], balance(bank)) == ([66], 2000)

    def test_a_payment_that_had_failed_was_paid_where_somebody_says_so(self, bank: Bank) -> None:
        order = attempt("a")
        sent(bank, order)
        give_up_payment(bank.book, bank.settings, "a", "ann", "no")
        match_by_hand(bank.book, bank.settings, self.waiting(bank, 1000), ["a"], "ann", "it came after all")
        seen = bank.rail.observe([order])[0]
        assert (seen.status, seen.moved_minor) == (RailStatus.PAID, 1000)

    def test_a_match_by_hand_lets_its_return_be_found(self, bank: Bank) -> None:
        sent(bank, attempt("a"))
        bank.send_back(attempt("a"))
        line = self.waiting(bank, 1234)
        match_by_hand(bank.book, bank.settings, line, ["a"], "ann", "")
        assert (statuses(bank, attempt("a")), queue(bank)) == ([RailStatus.RETURNED], [])

    def test_what_is_none_of_ours_is_set_aside_and_told(self, bank: Bank) -> None:
        line = self.waiting(bank, -99, "account fee")
        assert bank.rail.lines(0, FOREVER) == []
        set_line_aside(bank.book, bank.settings, line, "ann", "fee")
        assert queue(bank) == []
        assert [(movement.key, movement.minor, movement.text) for movement in bank.rail.lines(0, FOREVER)] == [
            ("", -99, "account fee")
        ]
        with pytest.raises(BankLineSettled):
            set_line_aside(bank.book, bank.settings, line, "ann", "fee")

    def test_a_payment_is_given_up_once_and_not_after_it_was_paid(self, bank: Bank) -> None:
        sent(bank, attempt("a"), attempt("b"))
        bank.pay(attempt("a"))
        with pytest.raises(AttemptSettled, match="`paid` already"):
            give_up_payment(bank.book, bank.settings, "a", "ann", "no")
        give_up_payment(bank.book, bank.settings, bank.reference(attempt("b")), "ann", "the shop closed")
        seen = bank.rail.observe([attempt("b")])[0]
        assert (seen.status, seen.code, seen.why) == (RailStatus.FAILED, "by_hand", "the shop closed (ann)")
        with pytest.raises(AttemptSettled, match="`failed` already"):
            give_up_payment(bank.book, bank.settings, "b", "ann", "no")


def test_a_movement_a_year_ahead_is_a_slip_and_one_of_next_week_is_not(bank: Bank) -> None:
    ahead = camt([Entry(100, date(2025, 5, 14), "ahead", (Paid(100, text="thanks"),))])
    with pytest.raises(
        BankFileUnreadable, match=r"movement 1\): it is booked on 2025-05-14, more than 7 days from now"
    ):
        take(bank, ahead)
    assert queue(bank) == []
    take(bank, camt([Entry(100, date(2024, 5, 20), "monday", (Paid(100, text="thanks"),))]))
    assert len(queue(bank)) == 1


@pytest.mark.parametrize("nobody", ["", "  "])
def test_what_a_person_says_of_a_line_stands_under_a_name(bank: Bank, nobody: str) -> None:
    take(bank, camt([Entry(100, MAY_14, "gift", (Paid(100, text="thanks"),))]))
    (line,) = queue(bank)
    for say in (
        lambda: match_by_hand(bank.book, bank.settings, line.id, ["x"], nobody, "note"),
        lambda: set_line_aside(bank.book, bank.settings, line.id, nobody, "a gift"),
        lambda: give_up_payment(bank.book, bank.settings, "x", nobody, "why"),
    ):
        with pytest.raises(ActorMissing):
            say()


def test_the_audit_finds_a_split_that_is_not_what_its_line_was(bank: Bank) -> None:
    sent(bank, attempt("a"), attempt("b"))
    take(bank, camt([Entry(2000, MAY_14, "both", (Paid(2000, text="thanks"),))]))
    (line,) = queue(bank)
    match_by_hand(bank.book, bank.settings, line.id, ["a", "b"], "ann", "both", [1234, 700])
    (left,) = queue(bank)
    match_by_hand(bank.book, bank.settings, left.id, ["b", "a"], "ann", "the rest", [6, 60])

    def failed() -> list[str]:
        with closing(bank.book.database.session()) as session:
            return [check.name for check in audit_book(bank.book, session).checks if not check.ok]

    assert failed() == []
    with bank.book.database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO bank_lines SELECT alliance_id, id || '-9', rail, entry, source, at, booked_on, minor, "
                "fee_minor, end_to_end, batch, returned, code, counterparty, text, imported_at FROM bank_lines "
                "WHERE id = :id"
            ),
            {"id": line.id},
        )
    assert failed() == ["bank_line_splits"]
