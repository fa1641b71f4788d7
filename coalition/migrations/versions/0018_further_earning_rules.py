"""Earning rules beside the base rate"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("earning_rules") as table:
        table.add_column(sa.Column("further", sa.Text(), nullable=False, server_default="[]"))
    with op.batch_alter_table("earning_rules") as table:
        table.alter_column("further", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("earning_rules") as table:
        table.drop_column("further")
