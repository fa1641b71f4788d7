"""The table of states: what each answer of a rail does to a payment, wherever it stands."""

import pytest

from settlement.payments.states import MOVES, TRANSITIONS, State, steps
from settlement.rails.port import Status

U, P, D, F, A, R = Status.UNKNOWN, Status.PENDING, Status.PAID, Status.FAILED, Status.AMBIGUOUS, Status.RETURNED

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


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("seen", Status)
def test_each_answer_brings_a_payment_to_its_next_state(state: State, seen: Status) -> None:
    assert " ".join(steps(state, seen)) == TABLE[state][seen]


@pytest.mark.parametrize("state", State)
def test_saying_the_same_again_changes_nothing(state: State) -> None:
    for seen in (P, D, F, R):
        after = (state, *steps(state, seen))[-1]
        assert after is state or steps(after, seen) == ()


def test_history_shows_no_step_that_is_not_allowed() -> None:
    for state, answers in TRANSITIONS.items():
        for through in answers.values():
            for before, after in zip((state, *through), through, strict=False):
                assert after in MOVES[before]


def test_another_key_is_taken_after_a_definite_failure_only() -> None:
    assert {state for state in State if State.PLANNED in MOVES[state]} == {State.FAILED}
    assert {state for state in State if State.RESERVED in MOVES[state]} == {State.PLANNED, State.AMBIGUOUS}


def test_what_is_cancelled_was_never_sent() -> None:
    assert {state for state in State if State.CANCELLED in MOVES[state]} == {State.PLANNED}
