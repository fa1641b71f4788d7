"""Opening an alliance: once, however many do it at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from coalition.programme.open_alliance import open_alliance
from coalition.programme.rules import AllianceRules
from coalition.programme.store import find_programme
from coalition.serve.first_start import plain_rules
from settlement import BookExists
from settlement.ledger import Database

RACERS = 8
ROUNDS = 10


def open_at_once(database: Database, rules: AllianceRules) -> set[int]:
    """The ids of the alliances that so many threads got when they opened one together."""
    together = Barrier(RACERS)

    def open_it() -> int:
        together.wait()
        return open_alliance(database, rules, lambda: 0).alliance_id

    with ThreadPoolExecutor(RACERS) as pool:
        return {racing.result() for racing in [pool.submit(open_it) for _ in range(RACERS)]}


def test_all_who_open_an_alliance_at_once_get_the_same_one(database: Database) -> None:
    for number in range(ROUNDS):
        rules = replace(plain_rules(), name=f"Town {number}")
        (alliance_id,) = open_at_once(database, rules)
        with database.engine.connect() as connection:
            programme = find_programme(connection, alliance_id)
        assert programme is not None
        assert [rule.earn_points_per_unit for rule in programme.rules] == [rules.earn_points_per_unit]


def test_an_alliance_under_other_rules_is_refused(database: Database) -> None:
    open_alliance(database, plain_rules(), lambda: 0)
    with pytest.raises(BookExists, match="currency"):
        open_alliance(database, replace(plain_rules(), currency="CHF"), lambda: 0)
