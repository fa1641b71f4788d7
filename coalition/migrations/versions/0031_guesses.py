"""What is counted about guesses: caps of a day, refused log-ins by account, and places that users log in from"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daily_counts",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "day", "id", name=op.f("pk_daily_counts")),
    )
    op.create_table(
        "refused_log_ins",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.LargeBinary(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "account", name=op.f("pk_refused_log_ins")),
    )
    op.create_index("ix_refused_log_ins_last_at", "refused_log_ins", ["alliance_id", "last_at"])
    op.create_table(
        "known_places",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "subject", "place", name=op.f("pk_known_places")),
    )


def downgrade() -> None:
    for table in ("known_places", "refused_log_ins", "daily_counts"):
        op.drop_table(table)
