"""Events of Stripe's"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stripe_events",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("listed_at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("processed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_stripe_events")),
    )
    op.create_index(
        "ix_stripe_events_due_at",
        "stripe_events",
        ["alliance_id", "due_at"],
        postgresql_where=sa.text("processed_at IS NULL"),
        sqlite_where=sa.text("processed_at IS NULL"),
    )
    op.create_index(
        "ix_stripe_events_created_at",
        "stripe_events",
        ["alliance_id", "created_at"],
        postgresql_where=sa.text("listed_at IS NOT NULL"),
        sqlite_where=sa.text("listed_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("stripe_events")
