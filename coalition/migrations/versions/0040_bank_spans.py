"""What bank statements opened and closed with, so that a missing day is told"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

TABLE = "bank_spans"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("closing_minor", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("opened_on", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opening_minor", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint(
            "alliance_id",
            "rail",
            "closed_on",
            "closing_minor",
            "opened_on",
            "opening_minor",
            name=op.f("pk_bank_spans"),
        ),
        sqlite_with_rowid=False,
    )
    for statement in append_only():
        op.execute(statement)


def append_only() -> list[str]:
    """Statements that let the table be added to and nothing else."""
    if op.get_bind().dialect.name == "sqlite":
        return [
            f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE FUNCTION {TABLE}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{TABLE} is append-only'; END $$",
        f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_append_only()",
    ]


def downgrade() -> None:
    op.drop_table(TABLE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION {TABLE}_append_only()")
