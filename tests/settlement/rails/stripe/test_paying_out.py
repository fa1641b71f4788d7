"""Net creditors are paid by transfers out of what is available; and what was paid or collected can be given back."""

import pytest

from settlement.rails.port import Status

from .conftest import Scene


def test_a_payment_arrives_at_once(scene: Scene) -> None:
    scene.fund(10_000)
    shop = scene.shop(pays_by=None)
    attempt = scene.pay(shop, 4_100)
    paid = scene.rail.instruct([attempt])[0]
    assert (paid.status, paid.reference[:3], paid.fee_minor, paid.returnable_until) == (Status.PAID, "tr_", 0, None)
    assert scene.rail.observe([attempt]) == [paid]
    transfer = scene.client.v1.transfers.retrieve(paid.reference)
    assert (transfer.destination, transfer.transfer_group) == (shop.details["account"], "window-1")
    assert scene.rail.available_minor("EUR") == 5_900


def test_only_what_is_available_is_paid_out(scene: Scene) -> None:
    debit = scene.attempt(scene.shop(), 9_000)
    scene.rail.instruct([debit])
    payment = scene.pay(scene.shop("cafe"), 4_100)
    failed = scene.rail.instruct([payment])[0]
    assert (failed.status, failed.code) == (Status.FAILED, "balance_insufficient")
    assert scene.rail.available_minor("EUR") == 0
    scene.control.days(10)
    assert scene.rail.available_minor("EUR") == 9_000 - 35
    assert scene.rail.instruct([payment]) == [failed]
    again = scene.pay(payment.account, 4_100, payment_id=payment.payment_id)
    assert scene.rail.instruct([again])[0].status is Status.PAID


def test_a_shop_that_stripe_stopped_is_not_paid(scene: Scene) -> None:
    scene.fund(10_000)
    shop = scene.shop()
    scene.control(f"accounts/{shop.details['account']}/restrict")
    failed = scene.rail.instruct([scene.pay(shop, 100)])[0]
    assert (failed.status, failed.code) == (Status.FAILED, "insufficient_capabilities_for_transfer")


def test_a_key_collects_or_pays_and_does_not_find_the_other(scene: Scene) -> None:
    scene.fund(10_000)
    shop = scene.shop(pays_by="pm_card_visa")
    payment = scene.pay(shop, 100)
    scene.rail.instruct([payment])
    assert scene.rail.observe([scene.attempt(shop, 100, key=payment.key)])[0].status is Status.UNKNOWN


def test_nothing_is_available_while_stripe_waits_for_what_it_took_back(scene: Scene) -> None:
    debit = scene.attempt(scene.shop(), 9_000)
    sent = scene.rail.instruct([debit])[0]
    scene.control.days(10)
    scene.rail.instruct([scene.pay(scene.shop("cafe"), 8_000)])
    assert scene.rail.available_minor("EUR") == 1_000 - 35
    scene.control(f"payments/{sent.reference}/dispute")
    assert scene.rail.available_minor("EUR") == 0


@pytest.mark.parametrize("pays_by", ["pm_card_visa", "pm_success_de"])
def test_a_collection_is_given_back_once_under_its_own_key(scene: Scene, pays_by: str) -> None:
    attempt = scene.attempt(scene.shop(pays_by=pays_by), 4_100)
    scene.rail.instruct([attempt])
    scene.control.days(10)
    part = scene.rail.give_back(attempt, "back-1", 1_000)
    assert (part.status, part.reference[:2]) == (Status.PAID, "re" if pays_by == "pm_card_visa" else "py")
    assert scene.rail.observe([attempt])[0].status is Status.PAID
    scene.control.days(2)
    assert scene.rail.give_back(attempt, "back-1", 1_000).reference == part.reference
    assert scene.rail.give_back(attempt, "back-2", 3_100).status is Status.PAID
    returned = scene.rail.observe([attempt])[0]
    assert (returned.status, returned.code) == (Status.RETURNED, "refunded")
    refused = scene.rail.give_back(attempt, "back-3", 1)
    assert (refused.status, refused.code) == (Status.FAILED, "charge_already_refunded")
    keys = {line.key: line.minor for line in scene.rail.lines(0, scene.now() + 1)}
    assert keys == {attempt.key: 4_100, "back-1": -1_000, "back-2": -3_100}


def test_a_refund_that_the_bank_sends_back_has_failed_and_the_payment_is_paid_again(scene: Scene) -> None:
    attempt = scene.attempt(scene.shop(), 4_100)
    scene.rail.instruct([attempt])
    scene.control.days(10)
    refund = scene.rail.give_back(attempt, "back-1", 4_100)
    scene.control(f"refunds/{refund.reference}/fail", code="account_closed")
    failed = scene.rail.give_back(attempt, "back-1", 4_100)
    assert (failed.status, failed.code, failed.reference) == (Status.FAILED, "account_closed", refund.reference)
    assert scene.rail.observe([attempt])[0].status is Status.PAID


def test_a_payment_is_taken_back_as_long_as_the_shop_has_it_at_stripe(scene: Scene) -> None:
    scene.fund(10_000)
    shop = scene.shop()
    kept, gone = scene.pay(shop, 4_100), scene.pay(shop, 2_000)
    scene.rail.instruct([kept])
    part = scene.rail.give_back(kept, "back-1", 100)
    assert (part.status, part.reference[:4]) == (Status.PAID, "trr_")
    assert scene.rail.give_back(kept, "back-1", 100).reference == part.reference
    assert scene.rail.observe([kept])[0].status is Status.PAID
    scene.rail.give_back(kept, "back-2", 4_000)
    assert scene.rail.observe([kept])[0].status is Status.RETURNED
    scene.rail.instruct([gone])
    scene.control.days(3)
    refused = scene.rail.give_back(gone, "back-3", 2_000)
    assert (refused.status, refused.code) == (Status.FAILED, "balance_insufficient")


def test_what_never_was_can_not_be_given_back(scene: Scene) -> None:
    attempt = scene.attempt(scene.shop(), 100)
    assert scene.rail.give_back(attempt, "back-1", 100).code == "not_found"
    scene.control("faults", kind="unavailable", method="GET", times=4)
    assert scene.rail.give_back(attempt, "back-1", 100).status is Status.AMBIGUOUS


def test_an_answer_lost_while_giving_back_is_in_doubt_and_the_next_try_settles_it(scene: Scene) -> None:
    attempt = scene.attempt(scene.shop(pays_by="pm_card_visa"), 4_100)
    scene.rail.instruct([attempt])
    scene.control("faults", kind="error", effect=True, method="POST")
    assert scene.rail.give_back(attempt, "back-1", 4_100).status is Status.AMBIGUOUS
    assert scene.rail.give_back(attempt, "back-1", 4_100).status is Status.PAID
    assert len(scene.client.v1.refunds.list().data) == 1
