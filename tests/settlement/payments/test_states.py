"""The table of states: what each answer of a rail does to a payment, wherever it stands."""

import pytest

from settlement.payments.states import ALLOWED_STEPS, TRANSITIONS, PaymentState, states_after
from settlement.rails.port import RailStatus

U, P, D, F, A, R = (
    RailStatus.UNKNOWN,
    RailStatus.PENDING,
    RailStatus.PAID,
    RailStatus.FAILED,
    RailStatus.AMBIGUOUS,
    RailStatus.RETURNED,
)

# What is read in a row: what the payment becomes when its rail says so.
TABLE = {
    "planned": {U: "", P: "", D: "", F: "", A: "", R: ""},
    "reserved": {U: "", P: "sent", D: "paid", F: "failed", A: "ambiguous", R: "paid returned"},
    "sent": {U: "ambiguous", P: "", D: "paid", F: "failed", A: "", R: "paid returned"},
    "ambiguous": {U: "reserved", P: "sent", D: "paid", F: "failed", A: "", R: "paid returned"},
    "paid": {U: "", P: "", D: "", F: "returned", A: "", R: "returned"},
    "failed": {U: "", P: "", D: "paid", F: "", A: "", R: ""},
    "returned": {U: "", P: "", D: "paid", F: "", A: "", R: ""},
    "cancelled": {U: "", P: "", D: "", F: "", A: "", R: ""},
}


@pytest.mark.parametrize("state", PaymentState)
@pytest.mark.parametrize("seen", RailStatus)
def test_each_answer_brings_a_payment_to_its_next_state(state: PaymentState, seen: RailStatus) -> None:
    assert " ".join(states_after(state, seen)) == TABLE[state][seen]


@pytest.mark.parametrize("state", PaymentState)
def test_saying_the_same_again_changes_nothing(state: PaymentState) -> None:
    for seen in (P, D, F, R):
        after = (state, *states_after(state, seen))[-1]
        assert after is state or states_after(after, seen) == ()


def test_history_shows_no_step_that_is_not_allowed() -> None:
    for state, answers in TRANSITIONS.items():
        for through in answers.values():
            for before, after in zip((state, *through), through, strict=False):
                assert after in ALLOWED_STEPS[before]


def test_another_key_is_taken_after_a_definite_failure_only() -> None:
    assert {state for state in PaymentState if PaymentState.PLANNED in ALLOWED_STEPS[state]} == {PaymentState.FAILED}
    assert {state for state in PaymentState if PaymentState.RESERVED in ALLOWED_STEPS[state]} == {
        PaymentState.PLANNED,
        PaymentState.AMBIGUOUS,
    }


def test_what_is_cancelled_was_never_sent() -> None:
    assert {state for state in PaymentState if PaymentState.CANCELLED in ALLOWED_STEPS[state]} == {PaymentState.PLANNED}
