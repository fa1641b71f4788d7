"""Up to which day the lots of an alliance were swept"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lot_sweeps",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("swept_on", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", name=op.f("pk_lot_sweeps")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("lot_sweeps")
