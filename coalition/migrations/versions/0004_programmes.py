"""Programmes: what an alliance agreed on beside what its book keeps; keys of tills"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("api_keys") as table:
        table.add_column(sa.Column("shop", sa.Text(), nullable=True))
        table.create_check_constraint(op.f("ck_api_keys_shop"), "(role = 'till') = (shop IS NOT NULL)")
    op.create_table(
        "programmes",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("sandbox", sa.Boolean(), nullable=False),
        sa.Column("clock_offset", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("sandbox OR clock_offset = 0", name=op.f("ck_programmes_clock")),
        sa.PrimaryKeyConstraint("alliance_id", name=op.f("pk_programmes")),
    )
    op.create_table(
        "earning_rules",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("effective_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("earn_points_per_unit", sa.Text(), nullable=False),
        sa.Column("expiry_months", sa.Integer(), nullable=False),
        sa.CheckConstraint("expiry_months BETWEEN 0 AND 1200", name=op.f("ck_earning_rules_expiry")),
        sa.PrimaryKeyConstraint("alliance_id", "effective_at", name=op.f("pk_earning_rules")),
    )


def downgrade() -> None:
    op.drop_table("earning_rules")
    op.drop_table("programmes")
    with op.batch_alter_table("api_keys") as table:
        table.drop_constraint(op.f("ck_api_keys_shop"), type_="check")
        table.drop_column("shop")
