"""Bank files"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


TABLES = (
    "bank_files",
    "bank_exports",
    "bank_file_items",
    "bank_verdicts",
    "bank_imports",
    "bank_lines",
    "bank_matches",
)


def upgrade() -> None:
    op.create_table(
        "bank_exports",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("exported_at", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "file_id", name=op.f("pk_bank_exports")),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_bank_exports_message_id", "bank_exports", ["alliance_id", "message_id"], unique=True)

    op.create_table(
        "bank_file_items",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("participant", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("direction IN ('collect', 'pay')", name=op.f("ck_bank_file_items_direction")),
        sa.CheckConstraint("minor > 0", name=op.f("ck_bank_file_items_minor")),
        sa.PrimaryKeyConstraint("alliance_id", "key", name=op.f("pk_bank_file_items")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_bank_file_items_file_id", "bank_file_items", ["alliance_id", "file_id"], unique=False)
    op.create_index("uq_bank_file_items_reference", "bank_file_items", ["alliance_id", "reference"], unique=True)

    op.create_table(
        "bank_files",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_bank_files")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "bank_imports",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "rail", "sha256", name=op.f("pk_bank_imports")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "bank_lines",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("booked_on", sa.Integer(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("end_to_end", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("returned", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("counterparty", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("returned IN (0, 1)", name=op.f("ck_bank_lines_returned")),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_bank_lines")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_bank_lines_booked_on", "bank_lines", ["alliance_id", "rail", "booked_on"], unique=False)
    op.create_index("ix_bank_lines_entry", "bank_lines", ["alliance_id", "rail", "entry"], unique=False)

    op.create_table(
        "bank_matches",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("how <> 'split' OR key = ''", name=op.f("ck_bank_matches_split")),
        sa.PrimaryKeyConstraint("alliance_id", "line_id", name=op.f("pk_bank_matches")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_bank_matches_at", "bank_matches", ["alliance_id", "at"], unique=False)
    op.create_index("ix_bank_matches_key", "bank_matches", ["alliance_id", "key"], unique=False)

    op.create_table(
        "bank_verdicts",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "key", name=op.f("pk_bank_verdicts")),
        sqlite_with_rowid=False,
    )
    for table in TABLES:
        for statement in append_only(table):
            op.execute(statement)


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
    """Drop what is known of payments by bank files."""
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"DROP FUNCTION {table}_append_only()")
