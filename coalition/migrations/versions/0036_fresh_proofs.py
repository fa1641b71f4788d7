"""Sessions know when whoever has them last proved who they are"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("proven_at", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute("UPDATE sessions SET proven_at = created_at")


def downgrade() -> None:
    with op.batch_alter_table("sessions") as batch:
        batch.drop_column("proven_at")
