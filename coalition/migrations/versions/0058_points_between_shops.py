"""Points of one shop that were spent at another, by window"""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pair_points",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("window_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shop", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("terms_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "window_id", "issuer", "shop", "terms_id", name=op.f("pk_pair_points")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pair_counts",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_posting", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", name=op.f("pk_pair_counts")),
    )


def downgrade() -> None:
    for table in ("pair_counts", "pair_points"):
        op.drop_table(table)
