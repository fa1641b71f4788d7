"""Columns of payments by what they hold: leases, actors, publication, waiting

A planned payment kept what it waited for in its reference. What of that can be told apart from a rail's reference, the
reasons of payments that no attempt was made for, moves to the new column.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

RENAMED = (
    ("payments", "claim", "lease_version"),
    ("payment_events", "who", "actor"),
    ("line_matches", "who", "actor"),
    ("payment_marks", "who", "actor"),
    ("bank_matches", "who", "actor"),
    ("notices", "told_at", "published_at"),
)
WAITING = "state = 'planned' AND attempt = 0"


def upgrade() -> None:
    op.drop_index("ix_notices_untold", "notices")
    for table, old, new in RENAMED:
        _rename(table, old, new)
    _create_index("ix_notices_unpublished", "published_at")
    op.add_column("payments", sa.Column("waiting_for", sa.Text(), nullable=False, server_default=""))
    op.execute(f"UPDATE payments SET waiting_for = reference, reference = '' WHERE {WAITING}")


def downgrade() -> None:
    op.execute(f"UPDATE payments SET reference = waiting_for WHERE {WAITING}")
    op.drop_column("payments", "waiting_for")
    op.drop_index("ix_notices_unpublished", "notices")
    for table, old, new in RENAMED:
        _rename(table, new, old)
    _create_index("ix_notices_untold", "told_at")


def _rename(table: str, old: str, new: str) -> None:
    """Rename a column, and PostgreSQL's own constraint of it, which has a name from version 18 on."""
    op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        named = sa.text(
            "SELECT conname FROM pg_constraint WHERE conname = :name AND conrelid = CAST(:owner AS regclass)"
        )
        own = f"{table}_{old}_not_null"
        if connection.execute(named, {"name": own, "owner": table}).scalar_one_or_none() is not None:
            op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT {own} TO {table}_{new}_not_null")


def _create_index(name: str, column: str) -> None:
    is_open = sa.text(f"{column} IS NULL")
    op.create_index(name, "notices", ["alliance_id"], postgresql_where=is_open, sqlite_where=is_open)
