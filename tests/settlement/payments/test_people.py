"""Payments that people make: by hand, and from shop to shop."""

import hashlib
from pathlib import Path

import pytest

from settlement import PaymentNotFound, PaymentRefused
from settlement.payments import (
    DirectConfirmation,
    by_hand_rail,
    cancel_payment,
    change_payment_profile,
    confirm_by_hand,
    confirm_direct,
    defaults_of,
    document_hash,
    is_disputed,
    last_window,
    payment_by_id,
    payment_history,
    plan_direct,
    reconcile_rail,
    stored_notices,
)
from settlement.rails import MarkKind
from tests.support.clock import DAY
from tests.support.paying import Paying


@pytest.fixture
def hand(town: Paying) -> Paying:
    """A town in which everything goes by hand; two people from 500 on."""
    town.rails = {"by_hand": by_hand_rail(town.book)}
    town.set_rules(rail="by_hand", two_people_from_minor=500)
    return town


def state(town: Paying, id_: str) -> str:
    return next(payment.state for payment in town.payments() if payment.id == id_)


# -- by hand --------------------------------------------------------------------------------------------------------


def test_a_payment_by_hand_is_paid_when_somebody_says_so_with_evidence(hand: Paying) -> None:
    hand.owe(("bakery", "cafe", 100))
    hand.run()
    (due,) = hand.payments()
    assert (due.state, due.participant) == ("sent", "bakery")
    with pytest.raises(PaymentRefused, match="needs evidence"):
        confirm_by_hand(hand.context("ann"), due.id, MarkKind.PAID, "  ")
    paid, missing = confirm_by_hand(hand.context("ann"), due.id, MarkKind.PAID, "receipt 17", "ab" * 32)
    assert (paid.state, paid.reference, missing) == ("paid", "receipt 17", 0)
    hand.run()
    (out,) = hand.payments("cafe")
    confirm_by_hand(hand.context("ann"), out.id, MarkKind.PAID, "handed to Cleo")
    assert hand.balances() == {}
    assert hand.cash() == 0
    hand.check()


def test_above_the_limit_another_person_has_to_agree(hand: Paying) -> None:
    hand.owe(("bakery", "cafe", 500))
    hand.run()
    (due,) = hand.payments()
    payment, missing = confirm_by_hand(hand.context("ann"), due.id, MarkKind.PAID, "receipt 17")
    assert (payment.state, missing) == ("sent", 1)
    with pytest.raises(PaymentRefused, match="another person has to agree"):
        confirm_by_hand(hand.context("ann"), due.id, MarkKind.PAID, "receipt 17 again")
    payment, missing = confirm_by_hand(hand.context("ben"), due.id, MarkKind.PAID, "seen on the statement")
    assert (payment.state, missing) == ("paid", 0)


def test_what_was_said_is_not_unsaid_but_can_be_said_to_have_come_back(hand: Paying) -> None:
    hand.owe(("bakery", "cafe", 100))
    hand.run()
    (due,) = hand.payments()
    with pytest.raises(PaymentRefused, match="is `sent` and can't be marked `returned`"):
        confirm_by_hand(hand.context("ann"), due.id, MarkKind.RETURNED, "cheque bounced")
    confirm_by_hand(hand.context("ann"), due.id, MarkKind.PAID, "cheque 9")
    with pytest.raises(PaymentRefused, match="is `paid` and can't be marked `failed`"):
        confirm_by_hand(hand.context("ann"), due.id, MarkKind.FAILED, "a mistake")
    confirm_by_hand(hand.context("ann"), due.id, MarkKind.RETURNED, "cheque bounced")
    assert hand.balances() == {"bakery": -100, "cafe": 100}
    assert hand.cash() == 0
    hand.check()


def test_a_failure_by_hand_is_tried_again_and_asks_anew(hand: Paying) -> None:
    hand.owe(("bakery", "cafe", 100))
    hand.run()
    (due,) = hand.payments()
    confirm_by_hand(hand.context("ann"), due.id, MarkKind.FAILED, "nobody there")
    hand.run(days=3)
    assert hand.summary() == ["collect bakery 100 sent 2"]
    confirm_by_hand(hand.context("ann"), due.id, MarkKind.PAID, "receipt 18")
    assert state(hand, due.id) == "paid"


def test_only_payments_by_hand_are_marked_by_people(town: Paying) -> None:
    town.owe(("bakery", "cafe", 100))
    town.run()
    with pytest.raises(PaymentRefused, match="goes over bank"):
        confirm_by_hand(town.context("ann"), town.payments()[0].id, MarkKind.PAID, "receipt")
    with pytest.raises(PaymentNotFound):
        confirm_by_hand(town.context("ann"), "nothing", MarkKind.PAID, "receipt")


def test_a_document_is_kept_by_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "receipt.pdf"
    path.write_bytes(b"paid")
    assert document_hash(path) == hashlib.sha256(b"paid").hexdigest()


# -- from shop to shop ----------------------------------------------------------------------------------------------


@pytest.fixture
def planned(town: Paying) -> Paying:
    """The bakery owes the café 300, the diner owes the butcher 50."""
    town.owe(("bakery", "cafe", 300), ("diner", "butcher", 50))
    plan_direct(town.context(), last_window(town.context()))
    return town


def between(town: Paying, payer: str, payee: str) -> str:
    return next(payment.id for payment in town.payments(payer) if payment.counterparty == payee)


def test_shops_pay_each_other_with_the_fewest_payments(planned: Paying) -> None:
    assert planned.summary() == ["direct bakery 300 planned 0", "direct diner 50 planned 0"]
    due = [notice for notice in stored_notices(planned.book, planned.session) if notice.kind == "payment_due"]
    assert sorted(notice.participant for notice in due) == ["bakery", "butcher", "cafe", "diner"]
    assert plan_direct(planned.context(), last_window(planned.context())) == []


def test_a_direct_payment_counts_when_both_sides_have_confirmed(planned: Paying) -> None:
    id_ = between(planned, "bakery", "cafe")
    assert confirm_direct(planned.context(), id_, "bakery", DirectConfirmation.PAID, "transfer 4711").state == "sent"
    assert planned.balances()["cafe"] == 300
    assert confirm_direct(planned.context(), id_, "cafe", DirectConfirmation.RECEIVED, "statement 3").state == "paid"
    assert planned.balances() == {"butcher": 50, "diner": -50}
    assert planned.cash() == 0
    planned.check()


def test_the_payee_may_be_the_first_to_say_so(planned: Paying) -> None:
    id_ = between(planned, "diner", "butcher")
    assert (
        confirm_direct(planned.context(), id_, "butcher", DirectConfirmation.RECEIVED, "statement 3").state == "planned"
    )
    assert confirm_direct(planned.context(), id_, "diner", DirectConfirmation.PAID, "cash").state == "paid"
    planned.check()


def test_the_house_collects_nothing_that_shops_pay_each_other(planned: Paying) -> None:
    planned.run()
    assert [payment.route for payment in planned.payments()] == ["direct"] * 2


def test_what_a_direct_payment_that_is_taken_back_was_for_goes_through_the_house(planned: Paying) -> None:
    cancel_payment(planned.context(), between(planned, "diner", "butcher"), "they can't agree")
    planned.run()
    assert "collect diner 50 paid 1" in planned.summary()
    assert "pay butcher 50 paid 1" in planned.summary()


def test_a_dispute_is_shown_until_both_confirm(planned: Paying) -> None:
    id_ = between(planned, "bakery", "cafe")
    confirm_direct(planned.context(), id_, "bakery", DirectConfirmation.PAID, "transfer 4711")
    payment = confirm_direct(planned.context(), id_, "cafe", DirectConfirmation.DISPUTED, "only 200 came")
    assert is_disputed(planned.context(), payment)
    assert (payment.state, payment_history(planned.book, planned.session, id_)[-1].why) == (
        "sent",
        "cafe: only 200 came",
    )
    notified = [
        notice.participant
        for notice in stored_notices(planned.book, planned.session)
        if notice.kind == "payment_disputed"
    ]
    assert sorted(notified) == ["bakery", "cafe"]
    payment = confirm_direct(planned.context(), id_, "cafe", DirectConfirmation.RECEIVED, "the rest came")
    assert not is_disputed(planned.context(), payment)
    assert payment.state == "paid"


def test_past_their_day_both_are_reminded_once_a_day(planned: Paying) -> None:
    def reminders() -> int:
        return sum(notice.kind == "payment_reminder" for notice in stored_notices(planned.book, planned.session))

    planned.run(days=6)
    assert reminders() == 0
    planned.run(days=3)
    assert reminders() == 4
    planned.run()
    assert reminders() == 4
    planned.clock.forward(DAY)
    planned.run()
    assert reminders() == 8


@pytest.mark.parametrize(
    ("side", "confirmation", "evidence", "why"),
    [
        ("cafe", DirectConfirmation.PAID, "x", "only bakery can say `paid`, not cafe"),
        ("bakery", DirectConfirmation.RECEIVED, "x", "only cafe can say `received`, not bakery"),
        ("diner", DirectConfirmation.DISPUTED, "x", "only bakery, cafe can say `disputed`, not diner"),
        ("bakery", DirectConfirmation.PAID, " ", "needs evidence"),
    ],
)
def test_each_side_speaks_for_itself_and_with_evidence(
    planned: Paying, side: str, confirmation: DirectConfirmation, evidence: str, why: str
) -> None:
    with pytest.raises(PaymentRefused, match=why):
        confirm_direct(planned.context(), between(planned, "bakery", "cafe"), side, confirmation, evidence)


def test_what_is_over_is_not_spoken_of_again(planned: Paying) -> None:
    id_ = between(planned, "bakery", "cafe")
    cancel_payment(planned.context(), id_, "planned anew")
    with pytest.raises(PaymentRefused, match="is `cancelled` already"):
        confirm_direct(planned.context(), id_, "bakery", DirectConfirmation.PAID, "transfer")
    with pytest.raises(PaymentRefused, match="is `cancelled` and can't become `cancelled`"):
        cancel_payment(planned.context(), id_, "again")


def test_what_the_house_was_paid_already_is_not_paid_from_shop_to_shop(town: Paying) -> None:
    town.set_rules(rail="bank")
    change_payment_profile(town.book, town.session, "cafe", suspended=True)
    town.owe(("bakery", "cafe", 100))
    town.run()
    context = town.context()
    with pytest.raises(PaymentRefused, match="settle this window through it"):
        plan_direct(context, last_window(context))


@pytest.mark.parametrize("disputed", [False, True])
def test_a_direct_debt_that_stays_unpaid_is_a_default_after_its_day_and_the_days_of_grace(
    planned: Paying, *, disputed: bool
) -> None:
    (payment, *_) = planned.payments("bakery")
    if disputed:
        confirm_direct(planned.context(), payment.id, "bakery", DirectConfirmation.PAID, "transfer 1")
        confirm_direct(planned.context(), payment.id, "cafe", DirectConfirmation.DISPUTED, "nothing came")
    planned.run(days=17)
    assert defaults_of(planned.book, planned.session) == []
    planned.run(days=1)
    assert "bakery" in [default.participant for default in defaults_of(planned.book, planned.session)]
    assert payment_by_id(planned.book, planned.session, payment.id).state == "failed"
    # It is paid after all: who bore it gets it back.
    confirm_direct(planned.context(), payment.id, "bakery", DirectConfirmation.PAID, "transfer 2")
    confirm_direct(planned.context(), payment.id, "cafe", DirectConfirmation.RECEIVED, "statement 2")
    (default,) = [each for each in defaults_of(planned.book, planned.session) if each.participant == "bakery"]
    assert default.open_minor == max(0, default.waterfall.shortfall_minor - payment.minor)
    planned.check()


def test_what_the_payer_says_was_paid_is_no_default_while_nobody_says_no(planned: Paying) -> None:
    for payment in planned.payments():
        confirm_direct(planned.context(), payment.id, payment.participant, DirectConfirmation.PAID, "transfer 1")
    planned.run(days=40)
    assert defaults_of(planned.book, planned.session) == []


def test_by_hand_any_amount_can_come_and_go_back(hand: Paying) -> None:
    hand.owe(("bakery", "cafe", 1000))
    hand.run()
    (due,) = hand.payments("bakery")

    def confirm(kind: MarkKind, evidence: str, minor: int | None = None) -> int:
        for person in ("ann", "ben"):
            payment, _ = confirm_by_hand(hand.context(person), due.id, kind, evidence, minor=minor)
        hand.check()
        return payment.moved_minor

    assert confirm(MarkKind.PAID, "receipt 1", 400) == 400
    with pytest.raises(PaymentRefused, match="can't be marked"):
        confirm_by_hand(hand.context("ann"), due.id, MarkKind.PAID, "receipt 2")
    assert confirm(MarkKind.PAID, "receipt 2", 650) == 1050
    assert hand.balances() == {"bakery": 50, "cafe": 1000}
    assert confirm(MarkKind.RETURNED, "handed back", 50) == 1000
    assert reconcile_rail(hand.context(), "by_hand").ok
    assert confirm(MarkKind.RETURNED, "all of it") == 0
    assert state(hand, due.id) == "returned"
    assert reconcile_rail(hand.context(), "by_hand").ok


def test_people_agree_on_an_amount(hand: Paying) -> None:
    hand.owe(("bakery", "cafe", 1000))
    hand.run()
    (due,) = hand.payments("bakery")
    for person, minor in (("ann", 400), ("ben", 500), ("cleo", 400)):
        payment, _ = confirm_by_hand(hand.context(person), due.id, MarkKind.PAID, "receipt 1", minor=minor)
    assert payment.moved_minor == 400


def test_both_sides_of_a_direct_payment_name_the_same_amount(planned: Paying) -> None:
    id_ = between(planned, "bakery", "cafe")
    confirm_direct(planned.context(), id_, "bakery", DirectConfirmation.PAID, "transfer 1")
    confirm_direct(planned.context(), id_, "cafe", DirectConfirmation.RECEIVED, "statement 1", minor=250)
    assert state(planned, id_) == "sent"
    confirm_direct(planned.context(), id_, "bakery", DirectConfirmation.PAID, "it was less", minor=250)
    assert (state(planned, id_), planned.balances()["bakery"], planned.balances()["cafe"]) == ("paid", -50, 50)
    planned.check()
