"""The index of last days has lots alone, so that only the sweep reads it"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INDEX = ("ix_accounts_expiry", "accounts", ["alliance_id", "expires_on"])
STATISTICS = "10000000 10000000 20000"


def upgrade() -> None:
    replace_index(sqlite_where=sa.text("kind = 4"), postgresql_where=sa.text("kind = 4"))


def downgrade() -> None:
    replace_index()


def replace_index(**where: Any) -> None:
    """Make the index anew. SQLite forgets the statistics of one that is dropped."""
    op.drop_index(INDEX[0], INDEX[1])
    op.create_index(*INDEX, **where)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('accounts', '{INDEX[0]}', '{STATISTICS}')")
