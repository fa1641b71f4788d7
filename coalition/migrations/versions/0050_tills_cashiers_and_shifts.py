"""Tills that a shop has connected, cashiers with a PIN, and shifts"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tills",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_tills")),
    )
    op.create_index("ix_tills_shop", "tills", ["alliance_id", "shop"])
    op.create_index("ix_tills_id", "tills", ["id"])
    op.create_table(
        "till_codes",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "code_hash", name=op.f("pk_till_codes")),
    )
    op.create_index("ix_till_codes_code_hash", "till_codes", ["code_hash"])
    op.create_table(
        "cashiers",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("tries_left >= 0", name=op.f("ck_cashiers_tries")),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_cashiers")),
    )
    op.create_index("ix_cashiers_shop", "cashiers", ["alliance_id", "shop"])
    op.create_table(
        "shifts",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("till", sa.Text(), nullable=False),
        sa.Column("cashier", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_shifts")),
    )
    op.create_index("ix_shifts_till", "shifts", ["alliance_id", "till", "begun_at"])


def downgrade() -> None:
    for table in ("shifts", "cashiers", "till_codes", "tills"):
        op.drop_table(table)
