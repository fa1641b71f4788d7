"""What one person or key did alone is summed up"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alone_uses",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("counts_to", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("minor >= 0", name=op.f("ck_alone_uses_minor")),
        sa.PrimaryKeyConstraint("alliance_id", "actor", "key", name=op.f("pk_alone_uses")),
    )
    op.create_index("ix_alone_uses_at", "alone_uses", ["alliance_id", "actor", "counts_to", "at"])
    op.create_table(
        "alone_actors",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "actor", name=op.f("pk_alone_actors")),
    )


def downgrade() -> None:
    op.drop_table("alone_actors")
    op.drop_index("ix_alone_uses_at", "alone_uses")
    op.drop_table("alone_uses")
