"""What it takes to spend: up to what amount an id alone does, a member's spend lock, and who enrolled a member

Until an alliance loosens it, every spend takes a pay code or the member's yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


ADDED = (
    ("confirmations", "by_contact"),
    ("confirmations", "requested"),
    ("members", "enrolled_by"),
    ("members", "spend_locked"),
    ("programmes", "spending_version"),
    ("programmes", "spend_by_id_minor"),
)


def upgrade() -> None:
    op.add_column("programmes", sa.Column("spend_by_id_minor", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("programmes", sa.Column("spending_version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("members", sa.Column("spend_locked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("confirmations", sa.Column("requested", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("confirmations", sa.Column("by_contact", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("members", sa.Column("enrolled_by", sa.Text(), nullable=True))


def downgrade() -> None:
    for table, column in ADDED:
        op.drop_column(table, column)
