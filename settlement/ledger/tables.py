"""Tables of the book. Every key begins with alliance_id, so one alliance can live on its own shard.

Times are microseconds since 1970 UTC, dates yyyymmdd, both integers: exact, and alike on both databases. A
window's id is the instant at which it opens. There are no foreign keys between postings, moves and accounts:
they are written together by one function, and `audit` checks them; a lookup for each of a million rows a
minute would double the cost of a posting.
"""

from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    event,
    text,
)
from sqlalchemy.schema import SchemaItem

from settlement.ledger.accounts import NEVER_NEGATIVE, NEVER_POSITIVE, AccountKind
from settlement.ledger.planner import stop_alliance_statistics
from settlement.ledger.tallies import TALLY_COLUMNS

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    },
)


def _table(name: str, *items: SchemaItem, updated: bool = False) -> Table:
    """A table that SQLite keeps as one tree in key order, as PostgreSQL's moves lie on disk anyway.

    Where rows are `updated` all the time, PostgreSQL leaves room on each page for their next versions, so that
    an update touches no index.
    """
    room: dict[str, Any] = {"postgresql_with": {"fillfactor": 60}} if updated else {}
    return Table(name, metadata, *items, sqlite_with_rowid=False, **room)


def _alliance() -> Column[int]:
    return Column("alliance_id", Integer, primary_key=True, autoincrement=False)


UNSEALED = {"unsealed": True}
"""Marks a column that may change without a trace: who works on a row at the moment, say."""


def _none_of(kinds: frozenset[int]) -> str:
    """That an account is of none of these kinds; for NOT IN, SQLite would fill a table for every row it checks."""
    return " AND ".join(f"kind <> {kind:d}" for kind in sorted(kinds))


books = _table(
    "books",
    _alliance(),
    # Name, time zone and cut-offs are those that it was opened with; the table of eras has what was agreed on since.
    Column("name", Text, nullable=False, unique=True),
    Column("currency", Text, nullable=False),
    Column("minor_digits", SmallInteger, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("cutoff", Text, nullable=False),
    Column("closed_until", BigInteger, nullable=False),
    Column("next_posting", BigInteger, nullable=False),
    Column("next_account", BigInteger, nullable=False),
    Column("next_batch", BigInteger, nullable=False),
    # Every write of this book adds one: who read at version n and writes at n + 1 has seen all there is.
    Column("version", BigInteger, nullable=False),
    # The same for eras, terms and participants alone, which processes keep in memory.
    Column("config_version", BigInteger, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    updated=True,
)

eras = _table(
    "eras",
    _alliance(),
    Column("starts_at", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("cutoff", Text, nullable=False),
    Index("ix_eras_name", "name"),
)

terms = _table(
    "terms",
    _alliance(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("effective_at", BigInteger, nullable=False),
    Column("points_per_unit", Text, nullable=False),
    Column("funding", Text, nullable=False),
    Column("redeem_fee_bps", Integer, nullable=False),
    Column("issue_fee_bps", Integer, nullable=False),
    Column("breakage_to", Text, nullable=False),
    Index("uq_terms_effective_at", "alliance_id", "effective_at", unique=True),
    CheckConstraint("redeem_fee_bps BETWEEN 0 AND 10000", "redeem_fee"),
    CheckConstraint("issue_fee_bps BETWEEN 0 AND 10000", "issue_fee"),
)

participants = _table(
    "participants",
    _alliance(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("ref", Text, nullable=False),
    Column("may_issue", Boolean, nullable=False),
    Column("may_redeem", Boolean, nullable=False),
    Column("credit_minor", BigInteger),
    Column("alert_bps", Integer, nullable=False),
    Column("reserve_bps", Integer, nullable=False),
    Column("issued_until", BigInteger),
    Column("redeemed_until", BigInteger),
    Index("uq_participants_ref", "alliance_id", "ref", unique=True),
    CheckConstraint("credit_minor >= 0", "credit"),
    CheckConstraint("alert_bps BETWEEN 0 AND 10000 AND reserve_bps BETWEEN 0 AND 10000", "levels"),
)

ARE_LOTS = f"kind = {AccountKind.LOT:d}"
ARE_POTS = f"kind = {AccountKind.POT:d}"
accounts = _table(
    "accounts",
    _alliance(),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", SmallInteger, nullable=False),
    Column("owner", Text, nullable=False),
    Column("issuer", Integer, nullable=False),
    Column("expires_on", Integer, nullable=False),
    Column("terms_id", Integer, nullable=False),
    Column("balance", BigInteger, nullable=False),
    # The order serves the load: a member's lots from today on, soonest expiry first.
    Index("uq_accounts_name", "alliance_id", "owner", "expires_on", "kind", "issuer", "terms_id", unique=True),
    # For the sweep alone: without its condition, a planner that knows no alliances would read one from end to end here.
    Index(
        "ix_accounts_expiry",
        "alliance_id",
        "expires_on",
        postgresql_where=text(ARE_LOTS),
        sqlite_where=text(ARE_LOTS),
    ),
    # There are few, among all the lots of all members.
    Index("ix_accounts_pots", "alliance_id", postgresql_where=text(ARE_POTS), sqlite_where=text(ARE_POTS)),
    CheckConstraint(f"balance >= 0 OR {_none_of(NEVER_NEGATIVE)}", "never_negative"),
    CheckConstraint(f"balance <= 0 OR {_none_of(NEVER_POSITIVE)}", "never_positive"),
    updated=True,
)

postings = _table(
    "postings",
    _alliance(),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("occurred_at", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("window_id", BigInteger, nullable=False),
    Column("late_for", BigInteger),
    Column("refers_to", BigInteger),
    Column("refusal", Text),
    Column("reference", Text),
    Index("uq_postings_key", "alliance_id", "key", unique=True),
)
Index(
    "uq_postings_reference",
    postings.c.alliance_id,
    postings.c.reference,
    unique=True,
    postgresql_where=postings.c.reference.is_not(None),
    sqlite_where=postings.c.reference.is_not(None),
)
Index(
    "ix_postings_refers_to",
    postings.c.alliance_id,
    postings.c.refers_to,
    postgresql_where=postings.c.refers_to.is_not(None),
    sqlite_where=postings.c.refers_to.is_not(None),
)

# What was sent after its window had been closed lies in a later one.
Index(
    "ix_postings_late_for",
    postings.c.alliance_id,
    postings.c.late_for,
    postgresql_where=postings.c.late_for.is_not(None),
    sqlite_where=postings.c.late_for.is_not(None),
)

omissions = _table(
    "omissions",
    _alliance(),
    Column("posting_id", BigInteger, primary_key=True, autoincrement=False),
    Column("refusal", Text, nullable=False),
)

moves = _table(
    "moves",
    _alliance(),
    Column("window_id", BigInteger, primary_key=True, autoincrement=False),
    Column("posting_id", BigInteger, primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("kind", SmallInteger, nullable=False),
    Column("terms_id", Integer, nullable=False),
    Column("issuer", Integer, nullable=False),
    Column("shop", Integer, nullable=False),
    Column("debit", BigInteger, nullable=False),
    Column("credit", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    CheckConstraint("amount > 0", "amount"),
    CheckConstraint("debit <> credit", "two_accounts"),
)

tallies = _table(
    "tallies",
    _alliance(),
    Column("window_id", BigInteger, primary_key=True, autoincrement=False),
    Column("shop", Integer, primary_key=True, autoincrement=False),
    Column("terms_id", Integer, primary_key=True, autoincrement=False),
    *(Column(name, BigInteger, nullable=False) for name in TALLY_COLUMNS),
    updated=True,
)

outstanding = _table(
    "outstanding",
    _alliance(),
    Column("shop", Integer, primary_key=True, autoincrement=False),
    Column("terms_id", Integer, primary_key=True, autoincrement=False),
    # What members hold of a shop's points, and what it has set aside in pots.
    Column("points", BigInteger, nullable=False),
    Column("set_aside", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("points >= 0", "points"),
    CheckConstraint("set_aside >= 0", "set_aside"),
    updated=True,
)

holds = _table(
    "holds",
    _alliance(),
    Column("posting_id", BigInteger, primary_key=True, autoincrement=False),
    Column("lapses_at", BigInteger, nullable=False),
    Column("resolved_by", BigInteger),
)
Index(
    "ix_holds_lapses_at",
    holds.c.alliance_id,
    holds.c.lapses_at,
    postgresql_where=holds.c.resolved_by.is_(None),
    sqlite_where=holds.c.resolved_by.is_(None),
)

lot_sweeps = _table(
    "lot_sweeps",
    _alliance(),
    # Every lot whose last day was before this one was swept.
    Column("swept_on", Integer, nullable=False),
)

windows = _table(
    "windows",
    _alliance(),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("closes_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger, nullable=False),
    Column("posting_id", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    CheckConstraint("id < closes_at AND closes_at <= closed_at", "order"),
)

batches = _table(
    "batches",
    _alliance(),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("first_posting", BigInteger, nullable=False),
    Column("last_posting", BigInteger, nullable=False),
    # Up to which account openings are sealed by this batch and those before it; NULL where it seals none.
    Column("next_account", BigInteger),
    Column("chain", LargeBinary, nullable=False),
    # A batch without postings seals rows that changed.
    CheckConstraint("first_posting <= last_posting + 1", "order"),
)

sealed_rows = _table(
    "sealed_rows",
    _alliance(),
    Column("batch_id", BigInteger, primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("table_name", Text, nullable=False),
    Column("content", Text, nullable=False),
)

APPEND_ONLY = (moves, postings, omissions, windows, batches, terms, eras, sealed_rows)
"""Tables whose rows are written once: a trigger refuses UPDATE and DELETE."""


def append_only_ddl(table: str, dialect: str) -> list[str]:
    """Statements that make a table append-only, so that not even a slip in psql rewrites history."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()",
    ]


PLANNER_STATISTICS = (
    ("accounts", "accounts", "10000000 10000000 1"),
    ("accounts", "uq_accounts_name", "10000000 10000000 5 3 2 1 1"),
    ("accounts", "ix_accounts_expiry", "10000000 10000000 20000"),
    ("postings", "postings", "10000000 10000000 1"),
    ("postings", "uq_postings_key", "10000000 10000000 1"),
    ("postings", "ix_postings_refers_to", "100000 100000 2"),
    ("postings", "uq_postings_reference", "10000000 10000000 1"),
    ("omissions", "omissions", "100000 100000 1"),
    ("moves", "moves", "20000000 20000000 400000 2 1"),
    ("tallies", "tallies", "50000 50000 1000 2 1"),
    ("outstanding", "outstanding", "1000 1000 2 1"),
    ("participants", "participants", "1000 1000 1"),
    ("participants", "uq_participants_ref", "1000 1000 1"),
    ("holds", "holds", "100000 100000 1"),
    ("holds", "ix_holds_lapses_at", "100 100 1"),
)
"""What SQLite's planner is told of each index: rows, then rows for each further column that is given.

A young book has no statistics, and without them SQLite reads all postings of the alliance to look up one key, and
all accounts to load one member's. These are the proportions of a large book, so its plans are those of a large book
from the first day.
"""


def planner_ddl() -> list[str]:
    """Statements that write the planner's statistics."""
    # ANALYZE makes the table that the rows go into.
    return ["ANALYZE books", "DELETE FROM sqlite_stat1"] + [
        f"INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('{table}', '{index}', '{numbers}')"
        for table, index, numbers in PLANNER_STATISTICS
    ]


def side_table(name: str, *items: SchemaItem) -> Table:
    """A table beside the book's own, of one alliance's rows each, kept by SQLite as one tree in key order."""
    return _table(name, _alliance(), *items)


def _listen(target: Table | MetaData, dialect: str, statement: str) -> None:
    ddl = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
    event.listen(target, "after_create", ddl)


def keep_append_only(table: Table) -> None:
    """Let a table be made with triggers that refuse UPDATE and DELETE."""
    for dialect in ("sqlite", "postgresql"):
        for statement in append_only_ddl(table.name, dialect):
            _listen(table, dialect, statement)


event.listen(metadata, "after_create", lambda _, connection, **__: stop_alliance_statistics(connection))
for _statement in planner_ddl():
    _listen(metadata, "sqlite", _statement)
for _table_ in APPEND_ONLY:
    keep_append_only(_table_)
