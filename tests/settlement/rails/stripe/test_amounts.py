"""Amounts between the book's minor units and Stripe's."""

from collections.abc import Callable

import pytest

from coalition.fake_stripe.currencies import MIN_CHARGE_MINOR
from settlement.amounts import Minor
from settlement.rails.port import RailStatus
from settlement.rails.stripe import AmountNotPayable, DigitsTooFew
from settlement.rails.stripe.amounts import LEAST_CHARGE, from_stripe, least_minor, step_minor, to_stripe

from .conftest import Scene


@pytest.mark.parametrize(
    ("currency", "digits", "minor", "stripe_amount"),
    [
        ("EUR", 2, 4_100, 4_100),
        ("JPY", 0, 500, 500),
        ("KWD", 3, 12_340, 12_340),
        ("ISK", 2, 50_000, 50_000),
        ("UGX", 2, 50_000, 50_000),
        ("MGA", 2, 50_000, 500),
    ],
)
def test_an_amount_goes_to_stripe_and_back(currency: str, digits: int, minor: int, stripe_amount: int) -> None:
    assert to_stripe(Minor(minor), currency, digits) == stripe_amount
    assert from_stripe(stripe_amount, currency, digits) == minor


@pytest.mark.parametrize(
    ("currency", "digits", "step"), [("EUR", 2, 1), ("JPY", 0, 1), ("KWD", 3, 10), ("ISK", 2, 100), ("MGA", 2, 100)]
)
def test_an_amount_between_two_steps_is_refused(currency: str, digits: int, step: int) -> None:
    assert step_minor(currency, digits) == step
    if step > 1:
        with pytest.raises(AmountNotPayable, match=f"steps of {step}"):
            to_stripe(Minor(step * 7 + 1), currency, digits)


def test_a_book_without_room_for_stripes_decimals_is_refused(new_scene: Callable[..., Scene]) -> None:
    with pytest.raises(DigitsTooFew, match="Open an alliance whose file says minor_digits = 2"):
        new_scene("ISK", 0)


@pytest.mark.parametrize(
    ("currency", "digits", "least"),
    [("EUR", 2, 50), ("JPY", 0, 50), ("HUF", 2, 17_500), ("KWD", 3, 10), ("MGA", 2, 100)],
)
def test_the_least_is_whole_steps(currency: str, digits: int, least: int) -> None:
    assert least_minor(currency, digits) == least


def test_the_least_amounts_are_those_that_the_fake_keeps_to() -> None:
    assert LEAST_CHARGE == MIN_CHARGE_MINOR


@pytest.mark.parametrize(
    ("currency", "digits", "country", "minor"),
    [("JPY", 0, "JP", 500), ("KWD", 3, "KW", 12_340), ("ISK", 2, "IS", 50_000)],
)
def test_currencies_without_cents_and_with_thousandths_are_collected_paid_and_reconciled(
    new_scene: Callable[..., Scene], currency: str, digits: int, country: str, minor: int
) -> None:
    scene = new_scene(currency, digits)
    shop = scene.shop(pays_by="pm_card_visa", country=country)
    scene.control("funds", amount=10**7, currency=currency.lower())
    attempts = [scene.attempt(shop, minor), scene.pay(shop, minor)]
    assert [each.status for each in scene.rail.instruct(attempts)] == [RailStatus.PAID, RailStatus.PAID]
    amounts = {line.key: line.minor for line in scene.rail.lines(0, scene.now() + 1)}
    assert [amounts[each.key] for each in attempts] == [minor, -minor]


def test_thousandths_that_stripe_can_not_move_fail_for_good(new_scene: Callable[..., Scene]) -> None:
    scene = new_scene("KWD", 3)
    shop = scene.shop(pays_by="pm_card_visa", country="KW")
    attempt = scene.attempt(shop, 12_345)
    failed = scene.rail.instruct([attempt])[0]
    assert (failed.status, failed.code) == (RailStatus.FAILED, "amount_not_payable")
    assert scene.rail.instruct([scene.attempt(shop, 12_340)])[0].status is RailStatus.PAID
