"""Payments keep how much of them has moved, whatever they asked for, and until when their rail decides"""

from contextlib import AbstractContextManager

import sqlalchemy as sa
from alembic import op
from alembic.operations.base import BatchOperations

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

AMOUNTS = ("moved_minor", "matched_minor", "written_off_minor")
CHECKS = {
    "moved_minor": "(state = 'paid') = (moved_minor <> 0)",
    "written_off_minor": "written_off_minor = 0 OR (written_off_minor > 0 AND moved_minor > 0 "
    "AND moved_minor + written_off_minor <= minor)",
}


def batch() -> AbstractContextManager[BatchOperations]:
    # A default that is an empty text is read with brackets around it.
    waiting_for = sa.Column("waiting_for", sa.Text(), nullable=False, server_default="")
    kept = {"sqlite_with_rowid": False}
    return op.batch_alter_table("payments", table_kwargs=kept, reflect_args=(waiting_for,))


def upgrade() -> None:
    for amount in AMOUNTS:
        op.add_column("payments", sa.Column(amount, sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("payments", sa.Column("decided_by", sa.BigInteger(), nullable=True))
    op.execute("UPDATE payments SET moved_minor = minor WHERE state = 'paid'")
    with batch() as table:
        for name, check in CHECKS.items():
            table.create_check_constraint(op.f(f"ck_payments_{name}"), check)


def downgrade() -> None:
    """What moved is all or nothing again."""
    with batch() as table:
        for name in CHECKS:
            table.drop_constraint(op.f(f"ck_payments_{name}"), type_="check")
        for column in (*AMOUNTS, "decided_by"):
            table.drop_column(column)
