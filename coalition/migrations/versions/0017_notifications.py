"""Notifications, which were called letters"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _copy("letters", "notifications")


def downgrade() -> None:
    _copy("notifications", "letters")


def _copy(old: str, new: str) -> None:
    """Make the table anew under another name: SQLite can't rename the constraint of a primary key."""
    op.create_table(
        new,
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("alliance_id", "notice", "reader", name=op.f(f"pk_{new}")),
    )
    columns = "alliance_id, notice, reader, due_at, tries, sent_at, error"
    op.execute(f"INSERT INTO {new} ({columns}) SELECT {columns} FROM {old}")
    op.drop_table(old)
    due = sa.text("due_at IS NOT NULL")
    op.create_index(f"ix_{new}_due_at", new, ["alliance_id", "due_at"], postgresql_where=due, sqlite_where=due)
