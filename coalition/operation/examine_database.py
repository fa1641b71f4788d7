"""What may be wrong with the database under an installation: its clock, its disk, what it promises, how it is kept."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from coalition.jobs.store import SECOND
from coalition.operation.finding import Finding, Level, level_of
from coalition.operation.seal_secrets import plain_secrets
from coalition.sealing import SecretsKeyUnusable, SecretsSealed, keyring
from settlement import DatabaseUnusable
from settlement.ledger import Clock, Database, drifted_queries

MB = 10**6
FREE_WARN_MB, FREE_FAIL_MB = 2_000, 200
CLOCK_WARN_SECONDS, CLOCK_FAIL_SECONDS = 1, 30
CONNECTIONS_WARN_PERCENT, CONNECTIONS_FAIL_PERCENT = 75, 95
LARGE_ROWS = 100_000
"""Below so many rows nobody notices how a table is kept."""
DEAD_PERCENT = 30
"""PostgreSQL's autovacuum comes at 20 %: a table that has more than this is one that it does not get to."""
CHANGED_PERCENT = 30
"""Of the rows since statistics were collected, where autovacuum comes at 10 %."""

CONNECTIONS = text(
    "SELECT (SELECT COUNT(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), "
    "CAST(current_setting('max_connections') AS INTEGER) - "
    "CAST(current_setting('superuser_reserved_connections') AS INTEGER)"
)
KEPT = text(
    "SELECT relname, n_live_tup, n_dead_tup, n_mod_since_analyze FROM pg_stat_user_tables "
    "WHERE schemaname = current_schema() AND n_live_tup + n_dead_tup >= :rows ORDER BY relname"
)


def examine_database(database: Database, clock: Clock, *, at_newest: bool) -> Iterator[Finding]:
    """Look at a database that can be reached; at its tables where its schema is the newest."""
    yield _clock(database, clock)
    yield _disk(database)
    yield _durable(database)
    if not at_newest:
        return
    yield _writable(database)
    yield _secrets(database)
    yield _plans(database)
    if not database.is_sqlite:
        yield _connections(database)
        yield from _upkeep(database)


def _writable(database: Database) -> Finding:
    try:
        with closing(database.session()) as session, session.transaction():
            # No row has this id; that it may be tried is what counts.
            session.execute("UPDATE books SET version = version WHERE alliance_id = ?", -1)
    except DatabaseUnusable as error:
        return Finding("writable", Level.FAIL, "read_only", {"why": str(error)})
    return Finding("writable", Level.OK, "writes")


def _secrets(database: Database) -> Finding:
    """Whether who has the database alone can read its secrets."""
    try:
        with database.engine.connect() as connection:
            plain = plain_secrets(connection)
        has_key = keyring() is not None
    except (SecretsSealed, SecretsKeyUnusable) as error:
        return Finding("secrets", Level.FAIL, "secrets_unusable", {"why": error.sentence})
    if plain:
        return Finding("secrets", Level.WARN, "secrets_plain", {"count": plain})
    return Finding("secrets", Level.OK if has_key else Level.WARN, "secrets_sealed" if has_key else "secrets_no_key")


def _clock(database: Database, clock: Clock) -> Finding:
    if database.is_sqlite:
        return Finding("clock", Level.OK, "same_clock")
    with database.engine.connect() as connection:
        before = clock()
        sql = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint"
        theirs = int(connection.execute(text(sql)).scalar_one())
        ours = (before + clock()) // 2
    seconds = abs(theirs - ours) // SECOND
    return Finding(
        "clock", level_of(seconds, CLOCK_WARN_SECONDS, CLOCK_FAIL_SECONDS), "clock_off", {"seconds": seconds}
    )


def _disk(database: Database) -> Finding:
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            size = int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
        return Finding("disk", Level.OK, "elsewhere", {"size": size // MB})
    usage = shutil.disk_usage(Path(str(database.url.database)).resolve().parent)
    free = usage.free // MB
    level = Level.FAIL if free < FREE_FAIL_MB else Level.WARN if free < FREE_WARN_MB else Level.OK
    return Finding("disk", level, "free", {"free": free, "total": usage.total // MB})


def _durable(database: Database) -> Finding:
    wanted: dict[str, tuple[str, ...]]
    if database.is_sqlite:
        wanted, ask = {"journal_mode": ("wal",), "synchronous": ("2", "3")}, "PRAGMA {}"
    else:
        safe = ("on", "local", "remote_write", "remote_apply")
        wanted, ask = {"fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": safe}, "SHOW {}"
    with database.engine.connect() as connection:
        values = {name: str(connection.exec_driver_sql(ask.format(name)).scalar_one()) for name in wanted}
    good = all(values[name] in safe_values for name, safe_values in wanted.items())
    settings = ", ".join(f"{name} = {value}" for name, value in values.items())
    return Finding(
        "durable", Level.OK if good else Level.FAIL, "durable" if good else "not_durable", {"settings": settings}
    )


def _plans(database: Database) -> Finding:
    """Whether what each posting asks for is still found by its index."""
    with closing(database.session()) as session:
        # No alliance has this number: the way to a row is planned alike whether it is there or not.
        drifted = drifted_queries(session, -1, sqlite=database.is_sqlite)
    if drifted:
        return Finding("plans", Level.WARN, "plans_drifted", {"queries": ", ".join(drifted)})
    return Finding("plans", Level.OK, "plans_kept")


def _connections(database: Database) -> Finding:
    """Whether the server has room for more connections."""
    with database.engine.connect() as connection:
        count, room = connection.execute(CONNECTIONS).one()
    level = level_of(count * 100 // max(1, room), CONNECTIONS_WARN_PERCENT, CONNECTIONS_FAIL_PERCENT)
    return Finding("connections", level, "connections", {"count": count, "room": room})


def _upkeep(database: Database) -> Iterator[Finding]:
    """Whether large tables are vacuumed and analyzed: without it they grow, and plans go by what is long over."""
    with database.engine.connect() as connection:
        tables = connection.execute(KEPT, {"rows": LARGE_ROWS}).all()
    dead = [row.relname for row in tables if row.n_dead_tup * 100 > (row.n_live_tup + row.n_dead_tup) * DEAD_PERCENT]
    old = [row.relname for row in tables if row.n_mod_since_analyze * 100 > row.n_live_tup * CHANGED_PERCENT]
    yield _kept("dead_rows", dead, "vacuumed", "dead_rows_many")
    yield _kept("statistics", old, "analyzed", "statistics_old")


def _kept(name: str, tables: list[str], good: str, bad: str) -> Finding:
    if tables:
        return Finding(name, Level.WARN, bad, {"tables": ", ".join(tables)})
    return Finding(name, Level.OK, good)
