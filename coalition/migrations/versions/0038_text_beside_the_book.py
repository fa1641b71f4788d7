"""Free text stands beside the book: reasons of adjustments, and what an import calls a member"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "adjustment_reasons",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "key", name=op.f("pk_adjustment_reasons")),
    )
    op.create_index("ix_adjustment_reasons_member", "adjustment_reasons", ["alliance_id", "member"])
    op.add_column("releases", sa.Column("book_ref", sa.Text(), nullable=False, server_default=""))
    # What was promised before is booked under the name that it has: a part must not be issued under two keys.
    op.execute("UPDATE releases SET book_ref = ref")


def downgrade() -> None:
    with op.batch_alter_table("releases") as batch:
        batch.drop_column("book_ref")
    op.drop_table("adjustment_reasons")
