"""Limits of what a till and a shop book on a day"""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

LIMITS = (
    "till_sales_a_day",
    "till_minor_a_day",
    "till_points_a_day",
    "shop_sales_a_day",
    "shop_minor_a_day",
    "shop_points_a_day",
)


def upgrade() -> None:
    op.add_column("tills", sa.Column("lifted_on", sa.Integer(), nullable=True))
    for name in LIMITS:
        op.add_column("till_settings", sa.Column(name, sa.BigInteger(), nullable=True))
    op.create_table(
        "day_counts",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sales", sa.BigInteger(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "subject", "day", name=op.f("pk_day_counts")),
    )


def downgrade() -> None:
    op.drop_table("day_counts")
    for name in reversed(LIMITS):
        op.drop_column("till_settings", name)
    op.drop_column("tills", "lifted_on")
