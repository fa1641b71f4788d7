"""Money between the kinds of participants adds up after every event of any scenario."""

import random
from fractions import Fraction

import pytest

from coalition.lab import find_models, read_mapping
from coalition.lab.errors import EventRefused
from coalition.lab.scheme import Scheme
from tests.coalition.lab.test_any_scenario import random_event


def adds_up(scheme: Scheme) -> None:
    sides = scheme.money.parties()
    balance: dict[str, Fraction] = {}
    for party, side in sides.items():
        balance[party.kind] = balance.get(party.kind, Fraction(0)) + side.received.total - side.paid
    # What all kinds together have paid and not received lies in pots.
    assert sum(balance.values()) == -sum(pot.held for pot in scheme.money.pots.values())
    for goods in ("worth", "paid"):
        sold, bought = (
            sum(getattr(getattr(side, way), goods) for side in sides.values()) for way in ("sold", "bought")
        )
        assert sold == bought
    # Nobody is better off by more than others are worse off, but for what is still in pots.
    assert sum(side.net for side in sides.values()) == -scheme.money.in_pots
    promises = scheme.promises
    assert promises.made == promises.delivered + promises.outstanding + promises.dropped
    assert promises.outstanding == sum(promise.open for promise in promises.of.values())


@pytest.mark.parametrize("model", find_models())
def test_money_is_conserved_between_kinds_at_each_step(model: str) -> None:
    kinds = find_models()[model].kinds
    for seed in range(40):
        rng = random.Random(seed)
        scenario = read_mapping(
            {"model": model, "events": [random_event(rng, rng.choice(kinds)) for _ in range(rng.randint(1, 25))]}
        )
        scheme = scenario.model(scenario.params())
        for event in scenario.events:
            try:
                scheme.step(event)
            except EventRefused:
                continue
            adds_up(scheme)
