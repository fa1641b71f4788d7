"""What the database itself refuses of payments, whoever asks."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from settlement import DatabaseUnusable
from settlement.payments import reconcile_rail
from settlement.payments.tables import HISTORY
from settlement.rails import CashLine
from tests.support.paying import Paying


@pytest.fixture
def paid(town: Paying) -> Paying:
    """A town with a row in every table of payments' history but that of marks."""
    town.owe(("bakery", "cafe", 100))
    town.run()
    town.rail.gifts.append(CashLine("i1", town.clock(), 5, 0, "", "interest"))
    reconcile_rail(town.context(), "bank")
    return town


@pytest.mark.parametrize("table", [table.name for table in HISTORY])
@pytest.mark.parametrize("sql", ["UPDATE {} SET alliance_id = alliance_id", "DELETE FROM {}"])
def test_history_is_append_only(paid: Paying, table: str, sql: str) -> None:
    with paid.book.database.engine.connect() as connection:
        assert connection.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one()
        with pytest.raises((IntegrityError, DatabaseUnusable), match=f"{table} is append-only"):
            connection.execute(text(sql.format(table)))


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        ("UPDATE payments SET state = 'lost'", "state"),
        ("UPDATE payments SET route = 'sideways'", "route"),
        ("UPDATE payments SET minor = 0", "minor"),
        ("UPDATE payments SET purpose = 4", "purpose"),
        ("UPDATE payments SET moved_minor = 0", "moved_minor"),
        ("UPDATE payments SET state = 'returned'", "moved_minor"),
        ("UPDATE payments SET written_off_minor = -1", "written_off_minor"),
        ("UPDATE payments SET written_off_minor = 1", "written_off_minor"),
        ("UPDATE accounts SET kind = 27, balance = -1 WHERE kind = 25", "never_negative"),
        ("UPDATE accounts SET kind = 28, balance = -1 WHERE kind = 25", "never_negative"),
    ],
)
def test_the_database_checks_what_the_code_checks(paid: Paying, sql: str, constraint: str) -> None:
    with (
        paid.book.database.engine.connect() as connection,
        pytest.raises((IntegrityError, DatabaseUnusable), match=constraint),
    ):
        connection.execute(text(sql))
