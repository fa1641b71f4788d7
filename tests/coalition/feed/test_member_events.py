"""A member's history is read by the member, however long the feed is."""

from typing import Any

from sqlalchemy import event

from coalition.feed.read import member_events
from tests.support.town_api import ApiTown, purchase


def test_sqlite_reads_a_members_events_by_their_indexes(town: ApiTown) -> None:
    purchase(town.till(), "k1", amount_minor=1_000)
    if town.database.engine.dialect.name != "sqlite":
        return
    statements: list[tuple[str, Any]] = []
    with town.database.engine.connect() as connection:
        event.listen(connection, "before_cursor_execute", lambda *call: statements.append((call[2], call[3])))
        member_events(connection, town.alliance.id, "ann", 50)
        statement, values = statements[-1]
        plan = " ".join(str(row) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values))
    assert "USING INDEX ix_events_member" in plan
    assert "USING INDEX ix_events_second_member" in plan
    assert "USING PRIMARY KEY" not in plan
