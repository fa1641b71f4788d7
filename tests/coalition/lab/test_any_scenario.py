"""Whatever a scenario says, it is run or refused by name: nothing else comes out."""

import random

import pytest

from coalition.lab import as_data, find_models, read_mapping, run
from coalition.lab.errors import EventRefused
from coalition.lab.report.report import report
from coalition.lab.scheme import EventKind

NAMES = "abcdefgh"
VALUES = {
    "who": NAMES,
    "to": NAMES,
    "referrer": NAMES,
    "shop": ["s1", "s2", "a"],
    "points": ["all", "1", "0", "10"],
    "spend": ["all", "5", "0", "-1"],
    "pay": ["money", "power", "shells"],
    "rank": ["partner", "director", "1", "manager"],
    "rating": ["1", "3.5", "9"],
    "day": ["1", "2", "7", "40"],
}
AMOUNTS = ["0", "1", "500", "1000", "0.01", "123.45", "7", "-3", "x"]


def random_event(rng: random.Random, kind: EventKind) -> dict[str, str]:
    keys = [rng.choice(key.split("|")) for key in kind.needs]
    keys += [key for key in kind.may if rng.random() < 0.4]
    return {"do": kind.do} | {key: rng.choice(VALUES.get(key, AMOUNTS)) for key in keys}


@pytest.mark.parametrize("model", find_models())
def test_a_random_scenario_is_run_or_refused_by_name(model: str) -> None:
    kinds = find_models()[model].kinds
    for seed in range(60):
        rng = random.Random(seed)
        events = [random_event(rng, rng.choice(kinds)) for _ in range(rng.randint(0, 25))]
        while True:
            try:
                result = run(read_mapping({"model": model, "events": events}))
            except EventRefused as refused:
                # Go on without the event that can't happen: the rest must still run.
                del events[refused.index]
                continue
            assert len(as_data(result)["rows"]) == len(events)  # type: ignore[arg-type]
            assert report(result).endswith("</html>\n")
            break
