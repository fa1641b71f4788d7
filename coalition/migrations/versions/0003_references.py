"""A posting may carry the caller's own reference, and is found by it"""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATISTICS = (
    "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('postings', 'uq_postings_reference', '10000000 10000000 1')"
)


def upgrade() -> None:
    # What was posted before is sealed without the new column, so its seals could not be checked any more.
    if op.get_bind().execute(sa.text("SELECT 1 FROM batches LIMIT 1")).first() is not None:
        raise CommandError("books of before this version must be replayed into a new database")
    op.add_column("postings", sa.Column("reference", sa.Text(), nullable=True))
    op.create_index(
        "uq_postings_reference",
        "postings",
        ["alliance_id", "reference"],
        unique=True,
        postgresql_where=sa.text("reference IS NOT NULL"),
        sqlite_where=sa.text("reference IS NOT NULL"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(STATISTICS)


def downgrade() -> None:
    op.drop_index("uq_postings_reference", "postings")
    op.drop_column("postings", "reference")
