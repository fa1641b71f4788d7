"""The book"""

import sqlalchemy as sa
from alembic import op

from coalition.migrations.accounts import create_accounts, index_accounts

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


APPEND_ONLY = ("moves", "postings", "windows", "batches", "terms")


PLANNER_STATISTICS = (
    ("postings", "postings", "10000000 10000000 1"),
    ("postings", "uq_postings_key", "10000000 10000000 1"),
    ("postings", "ix_postings_refers_to", "100000 100000 2"),
    ("moves", "moves", "20000000 20000000 400000 2 1"),
    ("tallies", "tallies", "50000 50000 1000 2 1"),
    ("outstanding", "outstanding", "1000 1000 2 1"),
    ("participants", "participants", "1000 1000 1"),
    ("participants", "uq_participants_ref", "1000 1000 1"),
    ("holds", "holds", "100000 100000 1"),
    ("holds", "ix_holds_lapses_at", "100 100 1"),
)


def upgrade() -> None:
    create_accounts(
        "accounts",
        "balance >= 0 OR kind NOT IN (2, 3, 4, 5, 22, 23, 24)",
        "balance <= 0 OR kind NOT IN (1, 6, 25)",
    )
    index_accounts()

    op.create_table(
        "batches",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_posting", sa.BigInteger(), nullable=False),
        sa.Column("last_posting", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("first_posting <= last_posting", name=op.f("ck_batches_order")),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_batches")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "books",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("minor_digits", sa.SmallInteger(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("cutoff", sa.Text(), nullable=False),
        sa.Column("closed_until", sa.BigInteger(), nullable=False),
        sa.Column("next_posting", sa.BigInteger(), nullable=False),
        sa.Column("next_account", sa.BigInteger(), nullable=False),
        sa.Column("next_batch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("config_version", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", name=op.f("pk_books")),
        sa.UniqueConstraint("name", name=op.f("uq_books_name")),
        postgresql_with={"fillfactor": 60},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "holds",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("posting_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lapses_at", sa.BigInteger(), nullable=False),
        sa.Column("resolved_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("alliance_id", "posting_id", name=op.f("pk_holds")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_holds_lapses_at",
        "holds",
        ["alliance_id", "lapses_at"],
        unique=False,
        postgresql_where=sa.text("resolved_by IS NULL"),
        sqlite_where=sa.text("resolved_by IS NULL"),
    )

    op.create_table(
        "moves",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("window_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("posting_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("terms_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.Integer(), nullable=False),
        sa.Column("shop", sa.Integer(), nullable=False),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_moves_amount")),
        sa.CheckConstraint("debit <> credit", name=op.f("ck_moves_two_accounts")),
        sa.PrimaryKeyConstraint("alliance_id", "window_id", "posting_id", "line", name=op.f("pk_moves")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outstanding",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shop", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("terms_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("points >= 0", name=op.f("ck_outstanding_points")),
        sa.PrimaryKeyConstraint("alliance_id", "shop", "terms_id", name=op.f("pk_outstanding")),
        postgresql_with={"fillfactor": 60},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "participants",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("may_issue", sa.Boolean(), nullable=False),
        sa.Column("may_redeem", sa.Boolean(), nullable=False),
        sa.Column("credit_minor", sa.BigInteger(), nullable=True),
        sa.Column("alert_bps", sa.Integer(), nullable=False),
        sa.Column("reserve_bps", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "alert_bps BETWEEN 0 AND 10000 AND reserve_bps BETWEEN 0 AND 10000", name=op.f("ck_participants_levels")
        ),
        sa.CheckConstraint("credit_minor >= 0", name=op.f("ck_participants_credit")),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_participants")),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_participants_ref", "participants", ["alliance_id", "ref"], unique=True)

    op.create_table(
        "postings",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("window_id", sa.BigInteger(), nullable=False),
        sa.Column("late_for", sa.BigInteger(), nullable=True),
        sa.Column("refers_to", sa.BigInteger(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_postings")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_postings_refers_to",
        "postings",
        ["alliance_id", "refers_to"],
        unique=False,
        postgresql_where=sa.text("refers_to IS NOT NULL"),
        sqlite_where=sa.text("refers_to IS NOT NULL"),
    )
    op.create_index("uq_postings_key", "postings", ["alliance_id", "key"], unique=True)

    op.create_table(
        "tallies",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("window_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shop", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("terms_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.Column("redeemed_own", sa.BigInteger(), nullable=False),
        sa.Column("redeemed_here", sa.BigInteger(), nullable=False),
        sa.Column("redeemed_elsewhere", sa.BigInteger(), nullable=False),
        sa.Column("expired", sa.BigInteger(), nullable=False),
        sa.Column("adjusted", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "window_id", "shop", "terms_id", name=op.f("pk_tallies")),
        postgresql_with={"fillfactor": 60},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "terms",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("points_per_unit", sa.Text(), nullable=False),
        sa.Column("funding", sa.Text(), nullable=False),
        sa.Column("redeem_fee_bps", sa.Integer(), nullable=False),
        sa.Column("issue_fee_bps", sa.Integer(), nullable=False),
        sa.Column("breakage_to", sa.Text(), nullable=False),
        sa.CheckConstraint("issue_fee_bps BETWEEN 0 AND 10000", name=op.f("ck_terms_issue_fee")),
        sa.CheckConstraint("redeem_fee_bps BETWEEN 0 AND 10000", name=op.f("ck_terms_redeem_fee")),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_terms")),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_terms_effective_at", "terms", ["alliance_id", "effective_at"], unique=True)

    op.create_table(
        "windows",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("closes_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=False),
        sa.Column("posting_id", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.CheckConstraint("id < closes_at AND closes_at <= closed_at", name=op.f("ck_windows_order")),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_windows")),
        sqlite_with_rowid=False,
    )
    for table in APPEND_ONLY:
        for statement in append_only(table):
            op.execute(statement)
    if op.get_bind().dialect.name == "sqlite":
        # Without statistics SQLite reads all postings of an alliance to look up one key.
        op.execute("ANALYZE books")
        op.execute("DELETE FROM sqlite_stat1")
        for table, index, numbers in PLANNER_STATISTICS:
            op.execute(f"INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('{table}', '{index}', '{numbers}')")


def append_only(table: str) -> list[str]:
    """Statements that let a table be added to and nothing else."""
    if op.get_bind().dialect.name == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()",
    ]


def downgrade() -> None:
    """Drop the book. Everything in it is lost."""
    for table in (
        "accounts",
        "batches",
        "books",
        "holds",
        "moves",
        "outstanding",
        "participants",
        "postings",
        "tallies",
        "terms",
        "windows",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP FUNCTION {table}_append_only()")
