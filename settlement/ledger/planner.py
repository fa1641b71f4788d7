"""What PostgreSQL's planner knows of alliances: nothing.

With statistics of `alliance_id` it believes that an alliance younger than the last ANALYZE has one row in each table.
Then any index that begins with the alliance looks as good as the one that finds the row by its key, and the update of
balances reads all accounts of the newcomer for each account. Without statistics every alliance counts as one of many,
and an index is chosen by what else it is asked for.
"""

from sqlalchemy import Connection, text

ALLIANCE = "alliance_id"
"""The column that says whose a row is, in every table of every package."""

_COLLECTED = text(
    "SELECT format('%I', relname), format_type(atttypid, atttypmod) "
    "FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid "
    "WHERE attname = :column AND NOT attisdropped AND relkind IN ('r', 'p') "
    "AND relnamespace = CAST(current_schema() AS regnamespace) AND attstattarget IS DISTINCT FROM 0 ORDER BY relname"
)
_KNOWN = text(
    "SELECT format('%I', tablename) FROM pg_stats "
    "WHERE schemaname = current_schema() AND attname = :column ORDER BY tablename"
)


def stop_alliance_statistics(connection: Connection) -> None:
    """Let PostgreSQL collect no statistics of alliances, in any table that there is, and forget those it has.

    SQLite collects none by itself. Tables made later need another call: whatever makes tables ends with one.
    """
    if connection.dialect.name != "postgresql":
        return
    column = {"column": ALLIANCE}
    known = set(connection.execute(_KNOWN, column).scalars())
    for table, type_ in connection.execute(_COLLECTED, column).all():
        connection.execute(text(f"ALTER TABLE {table} ALTER COLUMN {ALLIANCE} SET STATISTICS 0"))
        if table in known:
            # A target of 0 keeps what was collected before; a column's type, even the same, drops it.
            connection.execute(text(f"ALTER TABLE {table} ALTER COLUMN {ALLIANCE} TYPE {type_}"))
            connection.execute(text(f"ANALYZE {table}"))
