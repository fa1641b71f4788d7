"""Phones make pay codes by themselves; six digits where none can be scanned; a till shows a question as a QR code"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pay_devices",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "nonce", name=op.f("pk_pay_devices")),
    )
    op.create_index("uq_pay_devices_number", "pay_devices", ["alliance_id", "number"], unique=True)
    op.create_index("ix_pay_devices_member", "pay_devices", ["alliance_id", "member"])
    op.create_table(
        "short_codes",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("over_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "code", name=op.f("pk_short_codes")),
    )
    op.create_index("ix_short_codes_member", "short_codes", ["alliance_id", "member"])
    op.create_index("ix_short_codes_over_at", "short_codes", ["alliance_id", "over_at"])
    with op.batch_alter_table("confirmations") as batch:
        batch.add_column(sa.Column("code", sa.Text(), nullable=True))
        batch.alter_column("member", existing_type=sa.Text(), nullable=True)
        batch.create_check_constraint(op.f("ck_confirmations_member"), "member IS NOT NULL OR code IS NOT NULL")
    op.create_index("uq_confirmations_code", "confirmations", ["alliance_id", "code"], unique=True)
    with op.batch_alter_table("members") as batch:
        batch.drop_column("pay_codes_since")


def downgrade() -> None:
    with op.batch_alter_table("members") as batch:
        batch.add_column(sa.Column("pay_codes_since", sa.BigInteger(), nullable=True))
    op.drop_index("uq_confirmations_code", "confirmations")
    op.execute("DELETE FROM confirmations WHERE member IS NULL")
    with op.batch_alter_table("confirmations") as batch:
        batch.drop_constraint(op.f("ck_confirmations_member"), type_="check")
        batch.alter_column("member", existing_type=sa.Text(), nullable=False)
        batch.drop_column("code")
    op.drop_table("short_codes")
    op.drop_table("pay_devices")
