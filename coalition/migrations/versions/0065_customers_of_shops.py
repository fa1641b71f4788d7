"""In which months members bought at each shop, and for how much"""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None
COUNTED = ("pair_points", "held_changes", "bought_months", "report_counts")


def upgrade() -> None:
    op.create_table(
        "shop_customers",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("purchases", sa.Integer(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "shop", "member", "month", name=op.f("pk_shop_customers")),
        sqlite_with_rowid=False,
    )
    # All is counted anew, from the first posting on.
    for table in COUNTED:
        op.execute(f"DELETE FROM {table}")


def downgrade() -> None:
    op.drop_table("shop_customers")
