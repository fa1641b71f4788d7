"""Sales that were undone are no visits of customers"""

from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None
COUNTED = ("pair_points", "held_changes", "bought_months", "shop_customers", "report_counts")
# From the key of what undoes something to the next text that begins otherwise, so that the index finds them.
UNDONE = "SELECT alliance_id FROM postings WHERE key >= 'void:' AND key < 'void;'"


def upgrade() -> None:
    # Where any was undone, all is counted anew, from the first posting on.
    for table in COUNTED:
        op.execute(f"DELETE FROM {table} WHERE alliance_id IN ({UNDONE})")


def downgrade() -> None:
    pass
