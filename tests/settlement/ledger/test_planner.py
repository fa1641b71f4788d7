"""What PostgreSQL reads for a young alliance beside a large old one: what its postings name, and nothing else."""

from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest
from sqlalchemy import text

from settlement.audit import audit_book
from settlement.clearing import close_due
from settlement.ledger import (
    AccountKind,
    Answer,
    Book,
    Capture,
    Database,
    Earn,
    Hold,
    Leg,
    Posting,
    RefundEarn,
    Session,
    Spend,
    metadata,
)
from tests.support.books import make_book
from tests.support.clock import DAY, HOUR, Clock

OLD, NEW = 200_000, 400
EXPIRES_ON = 20251231
FILL = (
    f"INSERT INTO accounts SELECT :alliance, 1000 + n, {AccountKind.LOT:d}, 'member ' || n / 4, 1 + n % 4, "
    f"{EXPIRES_ON} - n % 3 * 10000, 1, 0 FROM generate_series(1, :count) AS n",
    "INSERT INTO postings SELECT :alliance, 1000 + n, 'old ' || n, '{}', :at, :at, :at, NULL, "
    "CASE WHEN n % 9 = 0 THEN 999 + n END, NULL, NULL FROM generate_series(1, :count) AS n",
    "INSERT INTO moves SELECT :alliance, :at, 1000 + n, 1, 1, 1, 1 + n % 4, 1 + n % 4, 1000 + n, 1, 5 "
    "FROM generate_series(1, :count) AS n",
)
COLLECTED = text(
    "SELECT relname, attstattarget FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid "
    "WHERE attname = 'alliance_id' AND relkind = 'r' AND relnamespace = 'public'::regnamespace"
)
READ = "SELECT indexrelname, idx_tup_read FROM pg_stat_user_indexes"
FAR_FROM_ALL = 20
"""Entries of an index that are read for each posting at most; an index searched without its key gives thousands."""


@pytest.fixture
def on_postgres(postgres_url: str) -> Iterator[Database]:
    """A PostgreSQL database of the test's own."""
    with closing(Database(postgres_url)) as database:
        yield database


def test_no_statistics_are_collected_of_alliances(on_postgres: Database) -> None:
    with on_postgres.engine.connect() as connection:
        targets = dict(connection.execute(COLLECTED).all())
    assert targets == {name: 0 for name, table in metadata.tables.items() if "alliance_id" in table.columns}


def test_a_newcomer_beside_a_large_alliance_reads_only_what_it_names(on_postgres: Database, clock: Clock) -> None:
    old = make_book(on_postgres, clock)
    with on_postgres.engine.begin() as connection:
        for statement in FILL:
            connection.execute(text(statement), {"alliance": old.alliance_id, "count": OLD, "at": clock()})
    with on_postgres.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    young = make_book(on_postgres, clock)
    with closing(on_postgres.session()) as session:
        postings = trade(young, session, "first")
    before = entries_read(on_postgres)
    with closing(on_postgres.session()) as session:
        assert trade(young, session, "second") == postings
    read = {name: count - before[name] for name, count in entries_read(on_postgres).items()}
    assert read["ix_accounts_expiry"] == 0
    assert read["pk_accounts"] > 0
    assert {name: count for name, count in read.items() if count > FAR_FROM_ALL * postings} == {}
    clock.forward(7 * DAY)
    with closing(on_postgres.session()) as session:
        close_due(young, session, clock())
        assert audit_book(young, session).ok


def trade(book: Book, session: Session, name: str) -> int:
    """Let many members earn, spend, hold, capture and give back, in batches; returns how many postings that made."""
    members = [f"member {n}" for n in range(NEW)]

    def post(step: str, legs: Sequence[Leg]) -> list[int]:
        now = book.clock()
        answers = book.post([Posting(f"{name} {step} {n}", now, {}, [leg]) for n, leg in enumerate(legs)], session)
        assert all(isinstance(answer, Answer) and answer.refusal is None for answer in answers)
        return [answer.posting_id for answer in answers if isinstance(answer, Answer)]

    earned = post("earn", [Earn("bakery", member, 100, EXPIRES_ON) for member in members])
    post("spend", [Spend("cafe", member, 10) for member in members])
    held = post("hold", [Hold("cafe", member, 10, book.clock() + HOUR) for member in members])
    post("capture", [Capture(hold, 5) for hold in held])
    post("refund", [RefundEarn(of, 20) for of in earned])
    return 5 * NEW


def entries_read(database: Database) -> dict[str, int]:
    """How many entries have been read of each index; sessions report that when they end."""
    database.close()
    with database.engine.connect() as connection:
        return dict(connection.execute(text(READ)).all())
