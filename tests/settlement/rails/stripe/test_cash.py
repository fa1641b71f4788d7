"""Every cent that moves on the balance is a line under its payment's key."""

import pytest

from settlement.rails.port import RailStatus
from settlement.rails.stripe import StripeConnection, StripeRail, StripeRefused, StripeUnreachable

from .conftest import HURRIED, UNLIMITED, Scene


def balance(scene: Scene) -> int:
    """What the alliance has at Stripe, available or not, in cents."""
    at_stripe = scene.client.v1.balance.retrieve()
    return sum(each.amount for each in [*at_stripe.available, *at_stripe.pending] if each.currency == "eur")


def test_the_lines_add_up_to_the_balance_through_everything_that_can_happen(scene: Scene) -> None:
    good, card, bad = scene.shop(), scene.shop("cafe", "pm_card_visa"), scene.shop("books", "pm_failed_de")
    debit, charge, failing = (scene.attempt(shop, 5_000) for shop in (good, card, bad))
    charged = scene.rail.instruct([debit, charge, failing])
    scene.control.days(10)
    paid, taken_back = scene.pay(good, 2_000), scene.pay(card, 1_000)
    scene.rail.instruct([paid, taken_back])
    scene.reverse(taken_back, 1_000)
    scene.refund(charge, 500)
    scene.control(f"payments/{charged[0].reference}/dispute")
    scene.fund(20_000)
    scene.client.v1.payouts.create({"amount": 100, "currency": "eur"})
    lines = scene.rail.lines(0, scene.now() + 1)
    assert sum(line.minor - line.fee_minor for line in lines) == balance(scene)
    assert len({line.id for line in lines}) == len(lines)
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    by_key: dict[str, list[tuple[int, int]]] = {}
    for line in lines:
        by_key.setdefault(line.key, []).append((line.minor, line.fee_minor))
    assert by_key == {
        debit.key: [(5_000, 35), (-5_000, 750)],
        charge.key: [(5_000, 100), (-500, 0)],
        failing.key: [(5_000, 35), (-5_000, 350 - 35)],
        paid.key: [(-2_000, 0)],
        taken_back.key: [(-1_000, 0), (1_000, 0)],
        "": [(20_000, 0), (-100, 0)],
    }


def test_what_an_observation_says_of_fees_is_what_the_lines_say(scene: Scene) -> None:
    shops = scene.shop(), scene.shop("cafe", "pm_card_visa"), scene.shop("books", "pm_failed_de")
    attempts = [scene.attempt(shop, 5_000) for shop in shops]
    scene.rail.instruct(attempts)
    scene.control.days(10)
    lines = scene.rail.lines(0, scene.now() + 1)
    for attempt, seen in zip(attempts, scene.rail.observe(attempts), strict=True):
        assert seen.fee_minor == sum(line.fee_minor for line in lines if line.key == attempt.key)


def test_what_was_given_back_by_hand_on_stripes_pages_belongs_to_the_payment(scene: Scene) -> None:
    scene.fund(1_000)
    charge, payment = scene.attempt(scene.shop(pays_by="pm_card_visa"), 500), scene.pay(scene.shop("cafe"), 300)
    charged = scene.rail.instruct([charge, payment])
    scene.client.v1.refunds.create({"payment_intent": charged[0].reference})
    scene.client.v1.transfers.reversals.create(charged[1].reference)
    lines = scene.rail.lines(0, scene.now() + 1)
    assert [(line.minor, line.key) for line in lines[-2:]] == [(-500, charge.key), (300, payment.key)]
    assert [each.status for each in scene.rail.observe([charge, payment])] == [RailStatus.RETURNED] * 2


def test_a_time_holds_its_beginning_and_not_its_end(scene: Scene) -> None:
    scene.fund(100)
    at = scene.now()
    assert [len(scene.rail.lines(*span)) for span in ((at, at + 1), (at + 1, at + 2), (at - 1, at))] == [1, 0, 0]


def test_more_lines_than_a_page_come_oldest_first(scene: Scene) -> None:
    for amount in range(1, 131):
        scene.fund(amount)
    assert [line.minor for line in scene.rail.lines(0, scene.now() + 1)] == list(range(1, 131))


def test_lines_of_other_currencies_are_left_out(scene: Scene) -> None:
    scene.control("funds", amount=100, currency="usd")
    assert scene.rail.lines(0, scene.now() + 1) == []
    assert scene.rail.available_minor("USD") == 100


def test_a_line_says_what_it_is(scene: Scene) -> None:
    scene.rail.instruct([scene.attempt(scene.shop(pays_by="pm_card_visa"), 100)])
    assert scene.rail.lines(0, scene.now() + 1)[0].text == "charge · Old Town, week 39"


def test_a_debit_is_a_line_once_it_is_decided(scene: Scene) -> None:
    attempt = scene.attempt(scene.shop(), 100)
    began = scene.now()
    scene.rail.instruct([attempt])
    assert scene.rail.lines(0, scene.now() + 1) == []
    scene.control.days(8)
    assert [(line.at, line.key) for line in scene.rail.lines(0, scene.now() + 1)] == [(began, attempt.key)]


def test_who_can_not_read_the_balance_is_told_why(scene: Scene) -> None:
    scene.control("faults", kind="unavailable", times=HURRIED.tries)
    with pytest.raises(StripeUnreachable, match="list the balance transactions"):
        scene.rail.lines(0, 1)
    with StripeConnection("sk_live_x", scene.fake.url, UNLIMITED, HURRIED) as connection:
        rail = StripeRail(connection, "EUR", 2, scene.now)
        with pytest.raises(StripeRefused, match="read the balance"):
            rail.available_minor("EUR")
