"""Answers of Stripe's that a fake does not give, and what they mean for the money."""

from typing import Any

import pytest
import stripe

from settlement.rails.port import RailStatus
from settlement.rails.stripe.outcomes import StripeMoney, id_of, of_error, of_intent

EUROS = StripeMoney("EUR", 2)


def intent(status: str) -> stripe.PaymentIntent:
    values: dict[str, Any] = {"id": "pi_1", "object": "payment_intent", "status": status, "latest_charge": None}
    return stripe.PaymentIntent.construct_from(values, "sk_test_x")


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        ("requires_action", RailStatus.FAILED),
        ("requires_payment_method", RailStatus.FAILED),
        ("canceled", RailStatus.FAILED),
        ("processing", RailStatus.AMBIGUOUS),
        ("a_new_one", RailStatus.AMBIGUOUS),
    ],
)
def test_without_a_charge_nothing_moved_and_only_who_waits_for_nobody_may_still_move(
    status: str, meaning: RailStatus
) -> None:
    seen = of_intent(intent(status), EUROS, 7)
    assert (seen.status, seen.at, seen.reference, seen.code) == (meaning, 7, "pi_1", status)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (stripe.RateLimitError("slow down", http_status=429), RailStatus.UNKNOWN),
        (stripe.AuthenticationError("no such key", http_status=401), RailStatus.UNKNOWN),
        (stripe.CardError("declined", None, "card_declined", http_status=402), RailStatus.FAILED),
        (stripe.InvalidRequestError("no", "amount", "amount_too_small", http_status=400), RailStatus.FAILED),
        (stripe.PermissionError("not yours", http_status=403), RailStatus.FAILED),
        (stripe.IdempotencyError("used for something else", http_status=400), RailStatus.AMBIGUOUS),
        (stripe.APIError("under way", http_status=409), RailStatus.AMBIGUOUS),
        (stripe.APIError("broken", http_status=500), RailStatus.AMBIGUOUS),
        (stripe.APIConnectionError("no answer"), RailStatus.AMBIGUOUS),
    ],
    ids=lambda each: type(each).__name__,
)
def test_an_error_says_of_the_money_what_is_certain(error: stripe.StripeError, meaning: RailStatus) -> None:
    seen = of_error(error, 7)
    assert seen.status is meaning
    assert seen.why
    assert seen.code


def test_a_field_names_its_object_whether_or_not_it_is_expanded() -> None:
    assert (id_of("pi_1"), id_of(intent("canceled")), id_of(None)) == ("pi_1", "pi_1", "")
