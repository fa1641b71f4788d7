"""Notices on the board."""

import sqlalchemy as sa
from alembic import op

revision = "board_0001"
down_revision = None
branch_labels = ("noticeboard",)


def upgrade() -> None:
    op.create_table(
        "notices_on_board",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "id", name="pk_notices_on_board"),
    )
