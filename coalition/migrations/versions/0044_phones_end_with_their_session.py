"""A phone that makes pay codes ends with the session in which it was added"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pay_devices", sa.Column("session", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("pay_devices") as batch:
        batch.drop_column("session")
