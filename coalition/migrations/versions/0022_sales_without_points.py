"""Sales that earn nothing since their shop may not issue: why, and until when the sales of a shop that leaves count"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

COLUMNS = ("issued_until", "redeemed_until")


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("participants", sa.Column(column, sa.BigInteger(), nullable=True))
    op.create_table(
        "omissions",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("posting_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "posting_id", name=op.f("pk_omissions")),
        sqlite_with_rowid=False,
    )
    for statement in append_only("omissions"):
        op.execute(statement)
    if op.get_bind().dialect.name == "sqlite":
        op.execute("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('omissions', 'omissions', '100000 100000 1')")


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
    op.drop_table("omissions")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION omissions_append_only()")
    else:
        op.execute("DELETE FROM sqlite_stat1 WHERE tbl = 'omissions'")
    for column in reversed(COLUMNS):
        op.drop_column("participants", column)
