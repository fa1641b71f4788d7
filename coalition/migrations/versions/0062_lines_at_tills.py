"""Shops whose tills ask for the lines of a sale"""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "till_lines",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "shop", name=op.f("pk_till_lines")),
    )


def downgrade() -> None:
    op.drop_table("till_lines")
