"""Shops: who they are and where they stand"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATES = "'applied', 'active', 'suspended', 'leaving', 'left'"


def upgrade() -> None:
    op.create_table(
        "shops",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"status IN ({STATES})", name=op.f("ck_shops_status")),
        sa.PrimaryKeyConstraint("alliance_id", "ref", name=op.f("pk_shops")),
    )


def downgrade() -> None:
    op.drop_table("shops")
