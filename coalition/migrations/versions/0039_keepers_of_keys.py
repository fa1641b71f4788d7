"""Operator's keys have somebody who answers for them, and an end

Those that are there were made before anybody was written down: nobody answers for them, and they end in a year.
"""

import time

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

YEAR = 365 * 86_400 * 1_000_000


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("replaced", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("api_keys", sa.Column("keeper", sa.Text()))
    keys = sa.table(
        "api_keys",
        sa.column("role", sa.Text),
        sa.column("expires_at", sa.BigInteger),
        sa.column("replaced", sa.Boolean),
        sa.column("keeper", sa.Text),
    )
    op.execute(keys.update().where(keys.c.expires_at.is_not(None)).values(replaced=True))
    ends = sa.func.coalesce(keys.c.expires_at, time.time_ns() // 1_000 + YEAR)
    op.execute(keys.update().where(keys.c.role == "operator").values(keeper="command", expires_at=ends))
    with op.batch_alter_table("api_keys") as batch:
        batch.create_check_constraint(op.f("ck_api_keys_keeper"), "(role = 'operator') = (keeper IS NOT NULL)")
        batch.create_check_constraint(
            op.f("ck_api_keys_operator_expires"), "role <> 'operator' OR expires_at IS NOT NULL"
        )
        batch.create_index("ix_api_keys_keeper", ["alliance_id", "keeper"])


def downgrade() -> None:
    with op.batch_alter_table("api_keys") as batch:
        batch.drop_index("ix_api_keys_keeper")
        batch.drop_constraint(op.f("ck_api_keys_operator_expires"), type_="check")
        batch.drop_constraint(op.f("ck_api_keys_keeper"), type_="check")
        batch.drop_column("keeper")
        batch.drop_column("replaced")
