"""Members' notices go to their browsers, by web push"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "push_subscriptions",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("p256dh", sa.Text(), nullable=False),
        sa.Column("auth", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_push_subscriptions")),
    )
    op.create_index("uq_push_subscriptions_place", "push_subscriptions", ["alliance_id", "place"], unique=True)
    op.create_index("ix_push_subscriptions_member", "push_subscriptions", ["alliance_id", "member"])
    op.create_table(
        "push_messages",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("over_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "subscription", "seq", name=op.f("pk_push_messages")),
    )
    op.create_index("ix_push_messages_due_at", "push_messages", ["alliance_id", "due_at"])
    op.create_table(
        "push_feeds",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", name=op.f("pk_push_feeds")),
    )


def downgrade() -> None:
    op.drop_table("push_feeds")
    op.drop_table("push_messages")
    op.drop_table("push_subscriptions")
