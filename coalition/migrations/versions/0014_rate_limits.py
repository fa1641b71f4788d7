"""Rate limits of log-ins and codes"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rate_limits",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("paid_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_rate_limits")),
    )
    op.create_index("ix_rate_limits_paid_until", "rate_limits", ["alliance_id", "paid_until"])


def downgrade() -> None:
    op.drop_table("rate_limits")
