"""Net creditors are paid by transfers out of what is available; and what was paid or collected can be given back."""

import pytest

from settlement.rails.port import RailStatus

from .conftest import Scene


def test_a_payment_arrives_at_once(scene: Scene) -> None:
    scene.fund(10_000)
    shop = scene.shop(pays_by=None)
    attempt = scene.pay(shop, 4_100)
    paid = scene.rail.instruct([attempt])[0]
    assert (paid.status, paid.reference[:3], paid.fee_minor, paid.returnable_until) == (RailStatus.PAID, "tr_", 0, None)
    assert scene.rail.observe([attempt]) == [paid]
    transfer = scene.client.v1.transfers.retrieve(paid.reference)
    assert (transfer.destination, transfer.transfer_group) == (shop.details["account"], "window-1")
    assert scene.rail.available_minor("EUR") == 5_900


def test_only_what_is_available_is_paid_out(scene: Scene) -> None:
    debit = scene.attempt(scene.shop(), 9_000)
    scene.rail.instruct([debit])
    payment = scene.pay(scene.shop("cafe"), 4_100)
    failed = scene.rail.instruct([payment])[0]
    assert (failed.status, failed.code) == (RailStatus.FAILED, "balance_insufficient")
    assert scene.rail.available_minor("EUR") == 0
    scene.control.days(10)
    assert scene.rail.available_minor("EUR") == 9_000 - 35
    assert scene.rail.instruct([payment]) == [failed]
    again = scene.pay(payment.account, 4_100, payment_id=payment.payment_id)
    assert scene.rail.instruct([again])[0].status is RailStatus.PAID


def test_a_shop_that_stripe_stopped_is_not_paid(scene: Scene) -> None:
    scene.fund(10_000)
    shop = scene.shop()
    scene.control(f"accounts/{shop.details['account']}/restrict")
    failed = scene.rail.instruct([scene.pay(shop, 100)])[0]
    assert (failed.status, failed.code) == (RailStatus.FAILED, "insufficient_capabilities_for_transfer")


def test_a_key_collects_or_pays_and_does_not_find_the_other(scene: Scene) -> None:
    scene.fund(10_000)
    shop = scene.shop(pays_by="pm_card_visa")
    payment = scene.pay(shop, 100)
    scene.rail.instruct([payment])
    assert scene.rail.observe([scene.attempt(shop, 100, key=payment.key)])[0].status is RailStatus.UNKNOWN


def test_nothing_is_available_while_stripe_waits_for_what_it_took_back(scene: Scene) -> None:
    debit = scene.attempt(scene.shop(), 9_000)
    sent = scene.rail.instruct([debit])[0]
    scene.control.days(10)
    scene.rail.instruct([scene.pay(scene.shop("cafe"), 8_000)])
    assert scene.rail.available_minor("EUR") == 1_000 - 35
    scene.control(f"payments/{sent.reference}/dispute")
    assert scene.rail.available_minor("EUR") == 0


@pytest.mark.parametrize("pays_by", ["pm_card_visa", "pm_success_de"])
def test_a_collection_that_was_refunded_in_part_stays_paid_and_in_full_is_returned(scene: Scene, pays_by: str) -> None:
    attempt = scene.attempt(scene.shop(pays_by=pays_by), 4_100)
    scene.rail.instruct([attempt])
    scene.control.days(10)
    scene.refund(attempt, 1_000)
    seen = scene.rail.observe([attempt])[0]
    assert (seen.status, seen.moved_minor) == (RailStatus.PAID, 3_100)
    scene.refund(attempt, 3_100)
    returned = scene.rail.observe([attempt])[0]
    assert (returned.status, returned.code) == (RailStatus.RETURNED, "refunded")
    lines = [(line.key, line.minor) for line in scene.rail.lines(0, scene.now() + 1)]
    assert lines == [(attempt.key, 4_100), (attempt.key, -1_000), (attempt.key, -3_100)]


def test_a_collection_whose_refund_the_bank_sends_back_is_paid_again(scene: Scene) -> None:
    attempt = scene.attempt(scene.shop(), 4_100)
    scene.rail.instruct([attempt])
    scene.control.days(10)
    scene.control(f"refunds/{scene.refund(attempt, 4_100)}/fail", code="account_closed")
    assert scene.rail.observe([attempt])[0].status is RailStatus.PAID


def test_a_transfer_that_was_reversed_in_full_is_returned(scene: Scene) -> None:
    scene.fund(10_000)
    paid = scene.pay(scene.shop(), 4_100)
    scene.rail.instruct([paid])
    scene.reverse(paid, 100)
    seen = scene.rail.observe([paid])[0]
    assert (seen.status, seen.moved_minor) == (RailStatus.PAID, 4_000)
    scene.reverse(paid, 4_000)
    assert scene.rail.observe([paid])[0].status is RailStatus.RETURNED
