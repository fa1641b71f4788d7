"""The event feed: what happened, in order, made from the postings"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0040"
branch_labels = None
depends_on = None

SOME = (("shop", False), ("member", False), ("second_member", False), ("posting_id", True))


def upgrade() -> None:
    op.create_table(
        "event_feeds",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_seq", sa.BigInteger(), nullable=False),
        sa.Column("next_posting", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("next_seq >= 1 AND next_posting >= 1", name=op.f("ck_event_feeds_start")),
        sa.PrimaryKeyConstraint("alliance_id", name=op.f("pk_event_feeds")),
    )
    op.create_table(
        "events",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("posting_id", sa.BigInteger(), nullable=True),
        sa.Column("shop", sa.Text(), nullable=True),
        sa.Column("member", sa.Text(), nullable=True),
        sa.Column("second_member", sa.Text(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "seq", name=op.f("pk_events")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_events_type", "events", ["alliance_id", "type", "seq"])
    for column, unique in SOME:
        given = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"{'uq' if unique else 'ix'}_events_{column}",
            "events",
            ["alliance_id", column] if unique else ["alliance_id", column, "seq"],
            unique=unique,
            postgresql_where=given,
            sqlite_where=given,
        )


def downgrade() -> None:
    op.drop_table("events")
    op.drop_table("event_feeds")
