"""Terms of promised balances"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("releases", sa.Column("terms_id", sa.Integer(), nullable=True))
    # What was promised until now was to be issued at the rate of its day: the last rate that the alliance has set.
    op.execute(
        "UPDATE releases SET terms_id = (SELECT t.id FROM terms AS t WHERE t.alliance_id = releases.alliance_id "
        "ORDER BY t.effective_at DESC LIMIT 1)"
    )
    with op.batch_alter_table("releases") as table:
        table.alter_column("terms_id", nullable=False)
        # SQLite's copy of the table would have it in brackets, in which the tables of the code do not.
        table.alter_column("book_ref", server_default="")


def downgrade() -> None:
    with op.batch_alter_table("releases") as table:
        table.drop_column("terms_id")
