"""The schema's history: it ends at the tables that the code has, on both databases, whoever starts first."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command as alembic
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

import coalition.migrations
from coalition.app import open_database
from coalition.migrations import migrate
from coalition.schema import metadata
from settlement import DatabaseUnusable
from settlement.audit import audit_book
from settlement.clearing import close_due
from settlement.ledger import (
    AccountKind,
    Book,
    Database,
    Earn,
    EarnIfAllowed,
    Hold,
    Participant,
    RefundEarn,
    Spend,
)
from settlement.ledger.tables import APPEND_ONLY
from settlement.payments import PaymentRules, change_payment_profile, set_payment_rules
from tests.support.books import BookClient, make_book, make_settings, shop_balance
from tests.support.clock import DAY, Clock
from tests.support.command import environment

MIGRATIONS = Path(coalition.migrations.__file__).parent
LIST = "(SELECT value FROM json_each('[]'))"
# What the loads, a wallet and the sweep ask for.
ACCOUNTS_BY = {
    f"id IN {LIST}": "PRIMARY KEY (alliance_id=? AND id=?)",
    f"owner IN {LIST} AND expires_on >= 1": "INDEX uq_accounts_name (alliance_id=? AND owner=? AND expires_on>?)",
    "owner IN ('ann') AND expires_on >= 1 AND kind IN (4, 5, 6) AND balance <> 0 ORDER BY expires_on, id": (
        "INDEX uq_accounts_name (alliance_id=? AND owner=? AND expires_on>?)"
    ),
    "expires_on < 1 AND kind = 4 AND balance > 0": "INDEX ix_accounts_expiry (alliance_id=? AND expires_on<?)",
}
STARTERS = 5
START = """
import sys
from coalition.app import open_database
print("ready", flush=True)
sys.stdin.read()
open_database(sys.argv[1]).close()
"""


@pytest.fixture
def migrated(new_url: str) -> Iterator[Database]:
    """An empty database, brought to the newest schema."""
    with closing(Database(new_url)) as database:
        migrate(database)
        yield database


def to(database: Database, revision: str, *, down: bool = False) -> None:
    """Bring a database up or down to a revision."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        if down:
            alembic.downgrade(config, revision)
        else:
            alembic.upgrade(config, revision)
        connection.commit()


# What PostgreSQL writes down of its schema: (what, name, definition).
CATALOGUE = (
    "SELECT 'column', table_name || '.' || column_name, (data_type, is_nullable, column_default)::text "
    "FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) "
    "FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "SELECT 'index', tablename || '.' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT 'function', proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "SELECT 'statistics', attrelid::regclass || '.' || attname, attstattarget FROM pg_attribute JOIN pg_class "
    "ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 "
    "AND NOT attisdropped",
    "SELECT 'storage', relname, reloptions::text FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')",
)


def schema(database: Database) -> dict[str, object]:
    """All that the database itself knows of its schema, but for the table of the history."""
    definitions: dict[str, object] = {}
    with database.engine.connect() as connection:
        if database.is_sqlite:
            for kind, name, sql in connection.execute(text("SELECT type, name, sql FROM sqlite_master")):
                # A table's columns and constraints may stand in any order, with or without quotes.
                definitions[f"{kind} {name}"] = Counter((sql or "").replace('"', "").replace(",", " ").split())
            definitions["statistics"] = Counter(connection.execute(text("SELECT * FROM sqlite_stat1")).all())
        else:
            for query in CATALOGUE:
                for kind, name, definition in connection.execute(text(query)):
                    definitions[f"{kind} {name}"] = definition
    return {name: definition for name, definition in definitions.items() if "alembic_version" not in name}


def test_the_history_ends_at_the_codes_tables(migrated: Database) -> None:
    with migrated.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_checks_triggers_and_statistics_are_the_codes_too(request: pytest.FixtureRequest, migrated: Database) -> None:
    url = request.getfixturevalue("sqlite_url" if migrated.is_sqlite else "postgres_url")
    with closing(Database(url)) as made:
        metadata.create_all(made.engine)
        assert schema(migrated) == schema(made)
        assert len(schema(made)) > 30


@pytest.mark.parametrize(("asked", "found_by"), ACCOUNTS_BY.items())
def test_sqlite_reads_no_more_accounts_than_are_asked_for(tmp_path: Path, asked: str, found_by: str) -> None:
    with closing(Database(f"sqlite:///{tmp_path / 'book.db'}")) as database:
        migrate(database)
        with database.engine.connect() as connection:
            sql = f"EXPLAIN QUERY PLAN SELECT balance FROM accounts WHERE alliance_id = 1 AND {asked}"
            assert connection.execute(text(sql)).first()[-1] == f"SEARCH accounts USING {found_by}"


def test_a_migrated_database_holds_a_book(migrated: Database, clock: Clock) -> None:
    book = make_book(migrated, clock)
    with closing(migrated.session()) as session:
        BookClient(book, session).take(Earn("bakery", "ann", 100, 20251231))
        clock.forward(7 * DAY)
        close_due(book, session, clock())
        assert shop_balance(book, session, AccountKind.LOT, "ann") == 100
        assert audit_book(book, session).ok


@pytest.mark.parametrize("table", [table.name for table in APPEND_ONLY])
@pytest.mark.parametrize("verb", ["UPDATE {} SET alliance_id = 2", "DELETE FROM {}"])
def test_history_in_a_migrated_database_is_append_only(migrated: Database, clock: Clock, table: str, verb: str) -> None:
    book = make_book(migrated, clock)
    with closing(migrated.session()) as session:
        client = BookClient(book, session)
        client.take(Earn("bakery", "ann", 100, 20251231))
        book.add_participants([Participant(0, "kiosk", may_issue=False)])
        client.take(EarnIfAllowed("kiosk", "ann", 100, 20251231))
        book.change_settings(clock() + DAY, lambda agreed: replace(agreed, timezone="Europe/Paris"))
        clock.forward(7 * DAY)
        close_due(book, session, clock())
        before = session.rows(f"SELECT * FROM {table}")
        assert before
        with pytest.raises(DatabaseUnusable, match=f"{table} is append-only"), session.transaction():
            session.execute(verb.format(table))
        assert session.rows(f"SELECT * FROM {table}") == before


def test_debts_from_before_get_the_terms_that_they_were_made_under(migrated: Database, clock: Clock) -> None:
    book = make_book(migrated, clock)
    with closing(migrated.session()) as session:
        client = BookClient(book, session)
        sale = client.take(Earn("bakery", "ann", 100, 20251231)).posting_id
        client.take(Spend("cafe", "ann", 100))
        client.take(RefundEarn(sale, 100))
        with session.transaction():
            session.execute("UPDATE accounts SET terms_id = 0 WHERE kind = ?", int(AccountKind.DEBT))
    to(migrated, "0022", down=True)
    to(migrated, "head")
    with closing(migrated.session()) as session:
        BookClient(book, session).take(Earn("cafe", "ann", 30, 20251231), key="after")
        assert shop_balance(book, session, AccountKind.DEBT, "ann") == -70
        assert audit_book(book, session).ok


def test_a_book_from_before_is_sealed_as_it_is_found(migrated: Database, clock: Clock) -> None:
    book = make_book(migrated, clock)
    with closing(migrated.session()) as session:
        client = BookClient(book, session)
        book.add_participants([Participant(0, "kiosk", may_issue=False)])
        client.take(EarnIfAllowed("kiosk", "ann\t\\", 100, 20251231), Earn("bakery", "ann\t\\", 100, 20251231))
        hold = client.take(Hold("cafe", "ann\t\\", 20, clock() + DAY)).posting_id
        set_payment_rules(book, session, PaymentRules(grace_days=3))
        change_payment_profile(book, session, "cafe", suspended=True)
    to(migrated, "0031", down=True)
    to(migrated, "head")
    with closing(migrated.session()) as session:
        assert [check.differences for check in audit_book(book, session).checks if not check.ok] == []
        # It goes on from there, in a process that knew the book before.
        BookClient(book, session).take(Earn("cafe", "bob", 30, 20251231), key="after")
        book.add_participants([Participant(0, "kiosk")])
        assert audit_book(book, session).ok
        session.execute("UPDATE holds SET lapses_at = lapses_at + 1 WHERE posting_id = ?", hold)
        session.execute("UPDATE accounts SET owner = 'eve' WHERE owner = 'bob'")
        audit = audit_book(book, session)
        assert [check.name for check in audit.checks if not check.ok] == ["hash_chain"]
        (check,) = [check for check in audit.checks if not check.ok]
        assert len(check.differences) == 2


def test_migrating_again_changes_nothing(migrated: Database, clock: Clock) -> None:
    book = make_book(migrated, clock)
    before = schema(migrated)
    migrate(migrated)
    migrate(migrated)
    assert schema(migrated) == before
    assert Book.open(migrated, book.settings.name, clock).settings == book.settings


def test_down_and_up_again_is_where_it_was(migrated: Database) -> None:
    before = schema(migrated)
    to(migrated, "base", down=True)
    with migrated.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    left = {name for name in schema(migrated) if name.split()[0] in ("function", "trigger")}
    assert left == set()
    to(migrated, "head")
    assert schema(migrated) == before


def test_a_database_that_knows_its_alliances_forgets_them(migrated: Database, clock: Clock) -> None:
    if migrated.is_sqlite:
        return
    known = text("SELECT count(*) FROM pg_stats WHERE schemaname = 'public' AND attname = 'alliance_id'")
    make_book(migrated, clock)
    to(migrated, "0019", down=True)
    with migrated.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
        assert connection.execute(known).scalar_one() > 0
    to(migrated, "head")
    with migrated.engine.begin() as connection:
        assert connection.execute(known).scalar_one() == 0
        connection.execute(text("ANALYZE"))
        assert connection.execute(known).scalar_one() == 0


def test_each_step_goes_up_by_itself(new_url: str) -> None:
    revisions = sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    with closing(Database(new_url)) as database:
        for revision in revisions:
            to(database, revision)
        with database.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_processes_that_start_at_once_make_one_schema(new_url: str) -> None:
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", START, new_url],
            env=environment(PYTHONPATH=str(MIGRATIONS.parents[1])),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(STARTERS)
    ]
    for starter in starters:
        assert starter.stdout is not None
        assert starter.stdout.readline() == b"ready\n"
    for starter in starters:
        assert starter.stdin is not None
        starter.stdin.close()
        starter.stdin = None
    ended = [starter.communicate() for starter in starters]
    assert [(starter.returncode, error) for starter, (_, error) in zip(starters, ended, strict=True)] == [
        (0, b"")
    ] * STARTERS
    with closing(open_database(new_url)) as database, database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_schema_that_can_only_be_made_in_part_is_not_made(new_url: str) -> None:
    with closing(Database(new_url)) as database:
        with database.engine.begin() as connection:
            connection.execute(text("CREATE TABLE windows (name TEXT)"))
        with pytest.raises(DatabaseUnusable, match=r"windows.*already exists.*of its own for coalition"):
            migrate(database)
        with database.engine.connect() as connection:
            assert inspect(connection).get_table_names() == ["windows"]


def test_many_who_open_the_same_book_at_once_open_one(migrated: Database, clock: Clock) -> None:
    settings = [make_settings(), make_settings()] * 4
    with ThreadPoolExecutor(len(settings)) as threads:
        books = list(threads.map(lambda chosen: make_book(migrated, clock, chosen), settings))
    assert len({book.alliance_id for book in books}) == 2
