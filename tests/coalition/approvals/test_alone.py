"""What one person does alone is one sum over a span of time, to the microsecond and to the cent."""

from collections.abc import Callable, Mapping

import pytest
from sqlalchemy import select

from coalition.access.user import DAY
from coalition.approvals.alone import KEPT, release, reserve
from coalition.approvals.approval import DECIDERS, VALUE, Action, Approval, Outcome
from coalition.approvals.tables import alone_uses
from settlement.ledger import Database

NOW = 1_700_000_000_000_000
LIMITS = {"value_in_24_hours": 100, "value_in_30_days": 150}


def nothing(approval: Approval) -> Outcome:
    return Outcome(done=True, result=approval.payload)


PAY = Action("pay", 1_000, "minor units", DECIDERS, nothing)
"""What counts to all that somebody moves by hand."""

Reserve = Callable[..., bool]


@pytest.fixture
def taken(database: Database) -> Reserve:
    """Reserve in a transaction of its own."""

    def take(
        minor: int, key: str, now: int = NOW, actor: str = "ann", alliance: int = 1, limits: Mapping[str, int] = LIMITS
    ) -> bool:
        with database.engine.begin() as connection:
            return reserve(connection, alliance, actor, PAY, minor, limits, key, now)

    return take


def kept(database: Database) -> list[tuple[int, str, str, int]]:
    """Alliance, actor, key and amount of all that is counted."""
    columns = alone_uses.c
    query = select(columns.alliance_id, columns.actor, columns.key, columns.minor)
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(columns.key))]


def test_what_counts_to_the_sum_is_what_the_action_says() -> None:
    assert PAY.counts_to == VALUE


def test_the_limit_itself_is_allowed_and_a_unit_more_is_not(taken: Reserve) -> None:
    assert taken(60, "k1")
    assert not taken(41, "k2")
    assert taken(40, "k2")
    assert not taken(1, "k3")
    assert taken(0, "k4")


def test_a_key_counts_once_and_what_is_released_not_at_all(database: Database, taken: Reserve) -> None:
    assert [taken(60, "k1") for _ in range(3)] == [True] * 3
    assert kept(database) == [(1, "ann", "k1", 60)]
    with database.engine.begin() as connection:
        for other in ((2, "ann", "k1"), (1, "ben", "k1"), (1, "ann", "k2")):
            release(connection, *other)
    assert kept(database) == [(1, "ann", "k1", 60)]
    with database.engine.begin() as connection:
        release(connection, 1, "ann", "k1")
    assert kept(database) == []
    assert taken(100, "k1")


def test_another_person_and_another_alliance_have_sums_of_their_own(taken: Reserve) -> None:
    assert taken(100, "k1")
    assert taken(100, "k1", actor="ben")
    assert taken(100, "k1", alliance=2)
    assert not taken(1, "k2")


def test_a_day_ends_to_the_microsecond(taken: Reserve) -> None:
    assert taken(100, "k1")
    assert not taken(1, "k2", now=NOW + DAY - 1)
    assert taken(50, "k2", now=NOW + DAY)


def test_thirty_days_are_a_sum_of_their_own(taken: Reserve) -> None:
    assert taken(100, "k1")
    assert taken(50, "k2", now=NOW + DAY)
    assert not taken(1, "k3", now=NOW + 30 * DAY - 1)
    assert taken(100, "k3", now=NOW + 30 * DAY)
    assert not taken(1, "k4", now=NOW + 30 * DAY)


def test_a_use_is_kept_for_as_long_as_a_retry_may_come(database: Database, taken: Reserve) -> None:
    taken(10, "k1")
    taken(10, "k2", actor="ben")
    taken(10, "k3", now=NOW + KEPT - 1)
    assert [row[2] for row in kept(database)] == ["k1", "k2", "k3"]
    # Of whoever does something now; of somebody else it goes when they do something.
    taken(10, "k4", now=NOW + KEPT)
    assert [row[2] for row in kept(database)] == ["k2", "k3", "k4"]
