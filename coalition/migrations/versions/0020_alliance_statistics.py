"""No statistics of alliances: with them, one younger than the last ANALYZE was searched without its keys

The tables of later migrations, and of plugins, are seen to after each run (`coalition/migrations/env.py`).
"""

import sqlalchemy as sa
from alembic import op

from settlement.ledger import stop_alliance_statistics

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    stop_alliance_statistics(op.get_bind())


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for table in sa.inspect(connection).get_table_names():
            if any(column["name"] == "alliance_id" for column in sa.inspect(connection).get_columns(table)):
                op.execute(f"ALTER TABLE {table} ALTER COLUMN alliance_id SET STATISTICS -1")
