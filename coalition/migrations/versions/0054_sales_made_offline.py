"""What tills may do offline, and what they have sold so"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "till_settings",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("offline_per_day", sa.Integer(), nullable=False),
        sa.Column("offline_hours", sa.SmallInteger(), nullable=False),
        sa.Column("offline_loss", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("offline_per_day BETWEEN 0 AND 1000", name=op.f("ck_till_settings_offline_per_day")),
        sa.CheckConstraint("offline_hours BETWEEN 1 AND 72", name=op.f("ck_till_settings_offline_hours")),
        sa.CheckConstraint(
            "offline_loss IN ('member', 'shop', 'alliance')", name=op.f("ck_till_settings_offline_loss")
        ),
        sa.PrimaryKeyConstraint("alliance_id", name=op.f("pk_till_settings")),
    )
    op.create_table(
        "offline_sales",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("till", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "till", "day", "idempotency_key", name=op.f("pk_offline_sales")),
    )


def downgrade() -> None:
    for table in ("offline_sales", "till_settings"):
        op.drop_table(table)
