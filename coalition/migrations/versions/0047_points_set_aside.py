"""Points that shops set aside: pots, which never go below zero, and what of each shop's points lies in them"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

from coalition.migrations.accounts import set_account_rules

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

NEVER_NEGATIVE = ("2", "3", "4", "5", "22", "23", "24", "27", "28")
POT = "8"
NEVER_POSITIVE = ("1", "6", "25")
ARE_LOTS = sa.text("kind = 4")
STATISTICS = (
    ("accounts", "10000000 10000000 1"),
    ("uq_accounts_name", "10000000 10000000 5 3 2 1 1"),
    ("ix_accounts_expiry", "10000000 10000000 20000"),
)


def upgrade() -> None:
    _never_negative((*NEVER_NEGATIVE[:4], POT, *NEVER_NEGATIVE[4:]))
    op.execute(
        "ALTER TABLE outstanding ADD COLUMN set_aside BIGINT DEFAULT '0' NOT NULL "
        "CONSTRAINT ck_outstanding_set_aside CHECK (set_aside >= 0)"
    )


def downgrade() -> None:
    with op.batch_alter_table("outstanding") as batch:
        batch.drop_constraint(op.f("ck_outstanding_set_aside"), type_="check")
        batch.drop_column("set_aside")
    _never_negative(NEVER_NEGATIVE)


def _never_negative(kinds: Iterable[str]) -> None:
    """Let exactly these kinds of account not go below zero."""
    set_account_rules(f"balance >= 0 OR {_none_of(kinds)}", f"balance <= 0 OR {_none_of(NEVER_POSITIVE)}")
    if op.get_bind().dialect.name == "sqlite":
        # The table was copied, and lost its statistics with its indexes; the one of expiry is of lots alone by now.
        op.drop_index("ix_accounts_expiry", "accounts")
        op.create_index("ix_accounts_expiry", "accounts", ["alliance_id", "expires_on"], sqlite_where=ARE_LOTS)
        op.execute("DELETE FROM sqlite_stat1 WHERE tbl = 'accounts'")
        for index, numbers in STATISTICS:
            op.execute(f"INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('accounts', '{index}', '{numbers}')")


def _none_of(kinds: Iterable[str]) -> str:
    return " AND ".join(f"kind <> {kind}" for kind in kinds)
