"""Letters"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letters",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("alliance_id", "notice", "reader", name=op.f("pk_letters")),
    )
    due = sa.text("due_at IS NOT NULL")
    op.create_index("ix_letters_due_at", "letters", ["alliance_id", "due_at"], postgresql_where=due, sqlite_where=due)


def downgrade() -> None:
    op.drop_table("letters")
