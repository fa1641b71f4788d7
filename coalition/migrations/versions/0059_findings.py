"""Findings: sales that look like fraud"""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "findings",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("shop", sa.Text(), nullable=True),
        sa.Column("member", sa.Text(), nullable=True),
        sa.Column("till", sa.Text(), nullable=True),
        sa.Column("cashier", sa.Text(), nullable=True),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("by_contact", sa.Boolean(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("until_seq", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("hold_due", sa.Boolean(), nullable=False),
        sa.Column("hold_until", sa.BigInteger(), nullable=True),
        sa.Column("hold", sa.BigInteger(), nullable=True),
        sa.Column("points_held", sa.BigInteger(), nullable=True),
        sa.Column("hold_refused", sa.Text(), nullable=True),
        sa.CheckConstraint("status IN ('open', 'dismissed', 'confirmed')", name=op.f("ck_findings_status")),
        sa.CheckConstraint("(status = 'open') = (decided_at IS NULL)", name=op.f("ck_findings_decided")),
        sa.CheckConstraint("(hold IS NULL) = (points_held IS NULL)", name=op.f("ck_findings_held")),
        sa.CheckConstraint("hold IS NULL OR hold_until IS NOT NULL", name=op.f("ck_findings_hold_until")),
        sa.CheckConstraint("points_held > 0", name=op.f("ck_findings_points_held")),
        sa.CheckConstraint("points >= 0", name=op.f("ck_findings_points")),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_findings")),
    )
    op.create_index("ix_findings_opened_at", "findings", ["alliance_id", "opened_at"])
    op.create_index("ix_findings_shop", "findings", ["alliance_id", "shop", "opened_at"])
    op.create_index("ix_findings_subject", "findings", ["alliance_id", "pattern", "subject", "until_seq"])
    is_open = sa.text("status = 'open'")
    op.create_index(
        "uq_findings_open",
        "findings",
        ["alliance_id", "pattern", "subject"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index(
        "ix_findings_hold_due",
        "findings",
        ["alliance_id"],
        sqlite_where=sa.text("hold_due IS 1"),
        postgresql_where=sa.text("hold_due IS true"),
    )
    op.create_table(
        "finding_cursors",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", name=op.f("pk_finding_cursors")),
    )
    op.create_table(
        "finding_settings",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hold_days", sa.Integer(), nullable=False),
        sa.Column("patterns", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("hold_days BETWEEN 1 AND 92", name=op.f("ck_finding_settings_hold_days")),
        sa.PrimaryKeyConstraint("alliance_id", name=op.f("pk_finding_settings")),
    )


def downgrade() -> None:
    op.drop_table("finding_settings")
    op.drop_table("finding_cursors")
    op.drop_table("findings")
