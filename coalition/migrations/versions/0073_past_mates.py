"""What mates of a household that ended were called, and which gifts and terms were looked at"""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "past_mates",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("mate", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "reader", "mate", name=op.f("pk_past_mates")),
    )
    op.create_index("ix_past_mates_mate", "past_mates", ["alliance_id", "mate"])
    op.add_column("notice_reads", sa.Column("gifts_until", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("notice_reads", sa.Column("terms_version", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("notice_reads", "terms_version")
    op.drop_column("notice_reads", "gifts_until")
    op.drop_table("past_mates")
