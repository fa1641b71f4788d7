"""What mutation testing leaves out is still in the code, and says why it changes nothing."""

from tests.mutation.__main__ import AREAS, equivalents, is_equivalent, trials_of


def test_each_equivalent_is_still_a_mutant_of_some_area() -> None:
    known = {
        (trial.path, line, trial.mutant.before, trial.mutant.after)
        for area in AREAS.values()
        for trial, line in trials_of(area)
        if is_equivalent(trial, line)
    }
    assert [equivalent for equivalent in equivalents() if equivalent[:4] not in known] == []


def test_each_equivalent_has_a_reason() -> None:
    assert [equivalent for equivalent in equivalents() if len(equivalent.why.split()) < 5] == []
