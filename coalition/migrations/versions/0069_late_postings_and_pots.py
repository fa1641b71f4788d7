"""Find postings that came after their window, and pots, without reading a whole book"""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

LATE = sa.text("late_for IS NOT NULL")
POTS = sa.text("kind = 8")


def upgrade() -> None:
    op.create_index(
        "ix_postings_late_for", "postings", ["alliance_id", "late_for"], sqlite_where=LATE, postgresql_where=LATE
    )
    op.create_index("ix_accounts_pots", "accounts", ["alliance_id"], sqlite_where=POTS, postgresql_where=POTS)


def downgrade() -> None:
    op.drop_index("ix_accounts_pots", table_name="accounts")
    op.drop_index("ix_postings_late_for", table_name="postings")
