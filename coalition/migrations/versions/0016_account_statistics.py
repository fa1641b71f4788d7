"""What SQLite's planner is told of accounts: without it, all of them were read to load one member's"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STATISTICS = (
    ("accounts", "10000000 10000000 1"),
    ("uq_accounts_name", "10000000 10000000 5 3 2 1 1"),
    ("ix_accounts_expiry", "10000000 10000000 20000"),
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for index, numbers in STATISTICS:
            op.execute(f"INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('accounts', '{index}', '{numbers}')")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DELETE FROM sqlite_stat1 WHERE tbl = 'accounts'")
