"""The signs of balances by plain comparisons: for NOT IN, SQLite fills a table for every row it checks"""

from collections.abc import Iterable

from coalition.migrations.accounts import set_account_rules

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NEVER_NEGATIVE = ("2", "3", "4", "5", "22", "23", "24", "27", "28")
NEVER_POSITIVE = ("1", "6", "25")


def upgrade() -> None:
    set_account_rules(
        f"balance >= 0 OR {_none_of(NEVER_NEGATIVE)}",
        f"balance <= 0 OR {_none_of(NEVER_POSITIVE)}",
    )


def downgrade() -> None:
    set_account_rules(
        f"balance >= 0 OR kind NOT IN ({', '.join(NEVER_NEGATIVE)})",
        f"balance <= 0 OR kind NOT IN ({', '.join(NEVER_POSITIVE)})",
    )


def _none_of(kinds: Iterable[str]) -> str:
    return " AND ".join(f"kind <> {kind}" for kind in kinds)
