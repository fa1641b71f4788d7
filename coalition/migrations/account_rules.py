"""The two rules on the sign of an account's balance, as migrations change them."""

import sqlalchemy as sa
from alembic import op


def set_account_rules(never_negative: str, never_positive: str) -> None:
    """Let these conditions hold for every account, in place of the two that were there."""
    rules = {
        op.f("ck_accounts_never_negative"): never_negative,
        op.f("ck_accounts_never_positive"): never_positive,
    }
    if op.get_bind().dialect.name == "postgresql":
        for name, rule in rules.items():
            op.drop_constraint(name, "accounts")
            op.create_check_constraint(name, "accounts", rule)
        return
    # SQLite can't change a constraint, so the table is copied.
    op.create_table(
        "accounts_new",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Integer(), nullable=False),
        sa.Column("terms_id", sa.Integer(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        *(sa.CheckConstraint(rule, name=name) for name, rule in rules.items()),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_accounts")),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO accounts_new SELECT * FROM accounts")
    op.drop_table("accounts")
    op.rename_table("accounts_new", "accounts")
    op.create_index("ix_accounts_expiry", "accounts", ["alliance_id", "expires_on"])
    named = ["alliance_id", "owner", "expires_on", "kind", "issuer", "terms_id"]
    op.create_index("uq_accounts_name", "accounts", named, unique=True)
