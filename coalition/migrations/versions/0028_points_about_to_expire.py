"""Points that are about to expire: how many days ahead members hear of them, and who has heard"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

DAYS = ("member_settings", "expiry_notice_days")


def upgrade() -> None:
    with op.batch_alter_table(DAYS[0]) as table:
        table.add_column(sa.Column(DAYS[1], sa.SmallInteger(), nullable=False, server_default="30"))
        table.create_check_constraint(
            op.f("ck_member_settings_expiry_notice_days"), "expiry_notice_days BETWEEN 1 AND 365"
        )
    op.create_table(
        "expiry_notices",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("expires_on", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "expires_on", "owner", name=op.f("pk_expiry_notices")),
    )
    op.create_table(
        "expiry_sweeps",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("swept_on", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", name=op.f("pk_expiry_sweeps")),
    )


def downgrade() -> None:
    op.drop_table("expiry_sweeps")
    op.drop_table("expiry_notices")
    with op.batch_alter_table(DAYS[0]) as table:
        table.drop_constraint(op.f("ck_member_settings_expiry_notice_days"), type_="check")
        table.drop_column(DAYS[1])
