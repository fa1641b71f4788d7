"""Credentials end with what they were for: those of members and users who are gone go, pay codes get a beginning"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

MEMBERS_GONE = "SELECT alliance_id, 'member:' || id FROM members WHERE state IN ('merged', 'erased')"
USERS_DISABLED = "SELECT alliance_id, 'user:' || id FROM users WHERE disabled_at IS NOT NULL"


def upgrade() -> None:
    op.add_column("members", sa.Column("pay_codes_since", sa.BigInteger(), nullable=True))
    for table in ("sessions", "passkeys", "passkey_challenges"):
        for gone in (MEMBERS_GONE, USERS_DISABLED):
            op.execute(f"DELETE FROM {table} WHERE (alliance_id, subject) IN ({gone})")


def downgrade() -> None:
    with op.batch_alter_table("members") as batch:
        batch.drop_column("pay_codes_since")
