"""What was approved and left to the asker is done once"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("approvals", sa.Column("shop", sa.Text()))
    op.add_column("approvals", sa.Column("used_at", sa.BigInteger()))


def downgrade() -> None:
    op.drop_column("approvals", "used_at")
    op.drop_column("approvals", "shop")
