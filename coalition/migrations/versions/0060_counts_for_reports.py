"""What members came to hold by day, and the months in which they bought"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "held_changes",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("expires_on", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("terms_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "alliance_id", "period", "issuer", "expires_on", "terms_id", name=op.f("pk_held_changes")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "bought_months",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("purchases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "member", "month", name=op.f("pk_bought_months")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "report_counts",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_posting", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", name=op.f("pk_report_counts")),
    )
    # All is counted anew, from the first posting on.
    op.execute("DELETE FROM pair_points")
    op.drop_table("pair_counts")


def downgrade() -> None:
    op.create_table(
        "pair_counts",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_posting", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", name=op.f("pk_pair_counts")),
    )
    op.execute("DELETE FROM pair_points")
    for table in ("report_counts", "bought_months", "held_changes"):
        op.drop_table(table)
