"""Disputes"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATES = "'open', 'accepted', 'rejected', 'withdrawn'"


def upgrade() -> None:
    op.create_table(
        "disputes",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("window_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Text(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("payer", sa.Text(), nullable=True),
        sa.Column("payee", sa.Text(), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(f"status IN ({STATES})", name=op.f("ck_disputes_status")),
        sa.CheckConstraint("(status = 'open') = (decided_at IS NULL)", name=op.f("ck_disputes_decided")),
        sa.CheckConstraint("points > 0", name=op.f("ck_disputes_points")),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_disputes")),
    )
    op.create_index("ix_disputes_shop", "disputes", ["alliance_id", "shop", "opened_at"], unique=False)


def downgrade() -> None:
    op.drop_table("disputes")
