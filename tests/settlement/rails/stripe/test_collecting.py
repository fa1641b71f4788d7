"""Net debtors are collected from: by saved debits that take days, and by cards."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from settlement.rails.port import Observation, RailStatus
from settlement.rails.stripe import StripeProblem
from settlement.rails.stripe.methods import METHODS

from .conftest import Scene

DAY = 86_400_000_000


def only(answers: list[Observation]) -> Observation:
    assert len(answers) == 1
    return answers[0]


def charges(scene: Scene) -> list[Any]:
    return list(scene.client.v1.charges.list().auto_paging_iter())


def test_a_debit_is_on_its_way_for_days_and_then_paid_less_a_fee(scene: Scene) -> None:
    attempt = scene.attempt(scene.shop(), 4_100)
    sent = only(scene.rail.instruct([attempt]))
    assert (sent.status, sent.reference[:3]) == (RailStatus.PENDING, "pi_")
    scene.control.days(7)
    paid = only(scene.rail.observe([attempt]))
    assert (paid.status, paid.reference, paid.fee_minor) == (RailStatus.PAID, sent.reference, 35)
    intent = scene.client.v1.payment_intents.retrieve(sent.reference)
    assert (intent.transfer_group, intent.description) == ("window-1", "Old Town, week 39")
    assert intent.metadata.to_dict() == {"coalition_key": attempt.key, "coalition_payment": attempt.payment_id}


def test_a_debit_can_come_back_for_thirteen_months_and_its_end_does_not_move(scene: Scene) -> None:
    attempt = scene.attempt(scene.shop(), 4_100)
    scene.rail.instruct([attempt])
    assert only(scene.rail.observe([attempt])).returnable_until is None
    scene.control.days(8)
    until = only(scene.rail.observe([attempt])).returnable_until
    assert until
    assert 396 * DAY < until - scene.now() + 8 * DAY < 404 * DAY
    scene.control.days(30)
    assert only(scene.rail.observe([attempt])).returnable_until == until


@pytest.mark.parametrize("kind", METHODS)
def test_no_payment_can_come_back_without_questions_longer_than_it_can_at_all(kind: str) -> None:
    method = METHODS[kind]
    assert 0 < method.no_questions_days <= (method.unauthorised_days or method.no_questions_days)


def test_a_card_pays_at_once_and_can_come_back_for_120_days(scene: Scene) -> None:
    attempt = scene.attempt(scene.shop(pays_by="pm_card_visa"), 4_100)
    paid = only(scene.rail.instruct([attempt]))
    assert (paid.status, paid.fee_minor) == (RailStatus.PAID, 62 + 25)
    assert paid == only(scene.rail.observe([attempt]))
    assert paid.returnable_until
    assert 120 * DAY < paid.returnable_until - scene.now() < 124 * DAY


@pytest.mark.parametrize(
    ("failure", "decline", "code"),
    [
        ("card_declined", "insufficient_funds", "insufficient_funds"),
        ("expired_card", None, "expired_card"),
        ("authentication_required", "authentication_required", "authentication_required"),
    ],
)
def test_a_card_that_is_declined_has_failed_and_moves_nothing(
    scene: Scene, failure: str, decline: str | None, code: str
) -> None:
    attempt = scene.attempt(scene.shop(pays_by="pm_card_visa"), 4_100)
    scene.will(attempt, failure=failure, decline=decline)
    failed = only(scene.rail.instruct([attempt]))
    assert (failed.status, failed.code, failed.reference[:3]) == (RailStatus.FAILED, code, "pi_")
    assert failed.why
    assert only(scene.rail.observe([attempt])).status is RailStatus.FAILED
    assert scene.rail.lines(0, scene.now() + DAY) == []


def test_a_debit_that_fails_five_days_later_costs_what_a_failure_costs(scene: Scene) -> None:
    attempt = scene.attempt(scene.shop(pays_by="pm_insufficientFunds_de"), 4_100)
    assert only(scene.rail.instruct([attempt])).status is RailStatus.PENDING
    scene.control.days(4)
    assert only(scene.rail.observe([attempt])).status is RailStatus.PENDING
    scene.control.days(4)
    failed = only(scene.rail.observe([attempt]))
    assert (failed.status, failed.code, failed.fee_minor) == (RailStatus.FAILED, "insufficient_funds", 350)
    lines = scene.rail.lines(0, scene.now() + 1)
    assert [(line.minor, line.fee_minor, line.key) for line in lines] == [
        (4_100, 35, attempt.key),
        (-4_100, 350 - 35, attempt.key),
    ]


def test_a_debit_taken_back_weeks_later_is_returned_with_what_it_cost(scene: Scene) -> None:
    attempt = scene.attempt(scene.shop(), 4_100)
    sent = only(scene.rail.instruct([attempt]))
    scene.control.days(40)
    scene.control(f"payments/{sent.reference}/dispute", reason="debit_not_authorized")
    returned = only(scene.rail.observe([attempt]))
    assert (returned.status, returned.code) == (RailStatus.RETURNED, "debit_not_authorized")
    assert (returned.fee_minor, returned.returnable_until) == (35 + 750, None)
    assert only(scene.rail.instruct([attempt])).status is RailStatus.RETURNED
    assert len(charges(scene)) == 1


def test_a_card_dispute_that_is_won_is_paid_again(scene: Scene) -> None:
    attempt = scene.attempt(scene.shop(pays_by="pm_card_visa"), 4_100)
    sent = only(scene.rail.instruct([attempt]))
    dispute = scene.control(f"payments/{sent.reference}/dispute", reason="fraudulent")
    assert only(scene.rail.observe([attempt])).status is RailStatus.RETURNED
    scene.control(f"disputes/{dispute['id']}/decide", won=True)
    assert only(scene.rail.observe([attempt])).status is RailStatus.PAID


def test_a_part_that_came_back_leaves_it_paid_and_shows_in_the_cash_lines(scene: Scene) -> None:
    attempt = scene.attempt(scene.shop(), 4_100)
    sent = only(scene.rail.instruct([attempt]))
    scene.control.days(10)
    scene.control(f"payments/{sent.reference}/dispute", amount=100)
    seen = only(scene.rail.observe([attempt]))
    assert (seen.status, seen.moved_minor) == (RailStatus.PAID, 4_000)
    assert [line.minor for line in scene.rail.lines(0, scene.now() + 1) if line.key == attempt.key] == [4_100, -100]


def test_a_mandate_that_was_withdrawn_is_a_definite_failure(scene: Scene) -> None:
    shop = scene.shop()
    mandate = next(iter(scene.client.v1.setup_intents.list({"customer": shop.details["customer"]}))).mandate
    scene.control(f"mandates/{mandate}/revoke")
    failed = only(scene.rail.instruct([scene.attempt(shop, 4_100)]))
    assert (failed.status, failed.code) == (RailStatus.FAILED, "payment_intent_mandate_invalid")


def test_what_an_account_or_amount_can_not_do_never_reaches_stripe(scene: Scene) -> None:
    shop, none = scene.shop(), scene.shop("cafe", pays_by=None)
    before = scene.control.get("requests")["count"]
    failed = scene.rail.instruct([scene.attempt(none, 100), replace(scene.attempt(shop, 100), currency="USD")])
    assert [each.status for each in failed] == [RailStatus.FAILED, RailStatus.FAILED]
    assert [each.why for each in failed] == [StripeProblem.NO_MANDATE, "this Stripe account settles in EUR"]
    # The one more is the look at what the window has already.
    assert scene.control.get("requests")["count"] == before + 1


def test_less_than_the_least_is_refused_for_good(scene: Scene) -> None:
    failed = only(scene.rail.instruct([scene.attempt(scene.shop(), scene.rail.least_minor("EUR") - 1)]))
    assert (failed.status, failed.code) == (RailStatus.FAILED, "amount_too_small")
    assert only(scene.rail.instruct([scene.attempt(scene.shop(), 50)])).status is RailStatus.PENDING


def test_each_answer_belongs_to_its_attempt(scene: Scene) -> None:
    good, bad = scene.shop(pays_by="pm_card_visa"), scene.shop("cafe", pays_by="pm_card_visa")
    scene.will(scene.attempt(bad, 1), failure="card_declined", decline="generic_decline")
    attempts = [scene.attempt((good, bad)[n % 2], 100 + n, group=f"window-{n % 3}") for n in range(12)]
    answers = scene.rail.instruct(attempts)
    assert [each.status for each in answers] == [RailStatus.PAID, RailStatus.FAILED] * 6
    assert [each.status for each in scene.rail.observe(attempts)] == [RailStatus.PAID, RailStatus.FAILED] * 6
    intents = [scene.client.v1.payment_intents.retrieve(each.reference) for each in answers]
    assert [each.amount for each in intents] == [100 + n for n in range(12)]


def test_the_same_attempt_from_two_runs_at_once_has_one_effect(scene: Scene) -> None:
    attempt = scene.attempt(scene.shop(pays_by="pm_card_visa"), 4_100)
    rails = [scene.new_rail() for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda rail: only(rail.instruct([attempt])), rails))
    assert {each.status for each in answers} <= {RailStatus.PAID, RailStatus.AMBIGUOUS}
    assert only(scene.rail.observe([attempt])).status is RailStatus.PAID
    assert len(charges(scene)) == 1


def test_the_same_attempt_has_one_effect_after_stripe_forgot_its_key(scene: Scene) -> None:
    attempt = scene.attempt(scene.shop(pays_by="pm_card_visa"), 4_100)
    scene.rail.instruct([attempt])
    scene.control.days(3)
    assert only(scene.rail.instruct([attempt])).status is RailStatus.PAID
    other_card = replace(attempt, account=scene.shop("cafe", pays_by="pm_card_visa"))
    assert only(scene.rail.instruct([other_card])).status is RailStatus.PAID
    assert len(charges(scene)) == 1


def test_a_window_of_more_than_a_page_is_looked_up_whole(scene: Scene) -> None:
    shop = scene.shop(pays_by="pm_card_visa")
    attempts = [scene.attempt(shop, 100) for _ in range(130)]
    scene.rail.instruct(attempts)
    before = scene.control.get("requests")["count"]
    assert {each.status for each in scene.new_rail().observe(attempts)} == {RailStatus.PAID}
    assert scene.control.get("requests")["count"] == before + 2
