"""Meters, which never go below zero, what they are counted against, and a number for each rule that counts on them"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

from coalition.migrations.accounts import set_account_rules

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

NEVER_NEGATIVE = ("2", "3", "4", "5", "8", "22", "23", "24", "27", "28")
NEVER_POSITIVE = ("1", "6", "25")
METER, METERED = "9", "10"
ARE_LOTS = sa.text("kind = 4")
STATISTICS = (
    ("accounts", "10000000 10000000 1"),
    ("uq_accounts_name", "10000000 10000000 5 3 2 1 1"),
    ("ix_accounts_expiry", "10000000 10000000 20000"),
)


def upgrade() -> None:
    _set_rules((*NEVER_NEGATIVE[:5], METER, *NEVER_NEGATIVE[5:]), (*NEVER_POSITIVE[:2], METERED, NEVER_POSITIVE[2]))
    op.add_column("bonus_rules", sa.Column("number", sa.Integer(), server_default="0", nullable=False))
    op.execute(
        "UPDATE bonus_rules SET number = (SELECT COUNT(DISTINCT other.rule) FROM bonus_rules AS other "
        "WHERE other.alliance_id = bonus_rules.alliance_id AND other.rule <= bonus_rules.rule)"
    )
    op.create_index("uq_bonus_rules_number", "bonus_rules", ["alliance_id", "number", "version"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_bonus_rules_number", "bonus_rules")
    with op.batch_alter_table("bonus_rules") as batch:
        batch.drop_column("number")
    _set_rules(NEVER_NEGATIVE, NEVER_POSITIVE)


def _set_rules(never_negative: Iterable[str], never_positive: Iterable[str]) -> None:
    """Let exactly these kinds of account not go below zero, and those not above."""
    set_account_rules(f"balance >= 0 OR {_none_of(never_negative)}", f"balance <= 0 OR {_none_of(never_positive)}")
    if op.get_bind().dialect.name == "sqlite":
        # The table was copied, and lost its statistics with its indexes; the one of expiry is of lots alone.
        op.drop_index("ix_accounts_expiry", "accounts")
        op.create_index("ix_accounts_expiry", "accounts", ["alliance_id", "expires_on"], sqlite_where=ARE_LOTS)
        op.execute("DELETE FROM sqlite_stat1 WHERE tbl = 'accounts'")
        for index, numbers in STATISTICS:
            op.execute(f"INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('accounts', '{index}', '{numbers}')")


def _none_of(kinds: Iterable[str]) -> str:
    return " AND ".join(f"kind <> {kind}" for kind in kinds)
