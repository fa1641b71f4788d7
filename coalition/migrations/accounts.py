"""The table of accounts as migrations make it, and change the two rules on the sign of a balance."""

import sqlalchemy as sa
from alembic import op


def create_accounts(name: str, never_negative: str, never_positive: str) -> None:
    """Make the table under this name, with these conditions on every account."""
    op.create_table(
        name,
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Integer(), nullable=False),
        sa.Column("terms_id", sa.Integer(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(never_positive, name=op.f("ck_accounts_never_positive")),
        sa.CheckConstraint(never_negative, name=op.f("ck_accounts_never_negative")),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_accounts")),
        postgresql_with={"fillfactor": 60},
        sqlite_with_rowid=False,
    )


def index_accounts() -> None:
    """Make the indexes of `accounts`."""
    op.create_index("ix_accounts_expiry", "accounts", ["alliance_id", "expires_on"])
    named = ["alliance_id", "owner", "expires_on", "kind", "issuer", "terms_id"]
    op.create_index("uq_accounts_name", "accounts", named, unique=True)


def set_account_rules(never_negative: str, never_positive: str) -> None:
    """Let these conditions hold for every account, in place of the two that were there."""
    if op.get_bind().dialect.name == "postgresql":
        for name, rule in (("never_negative", never_negative), ("never_positive", never_positive)):
            op.drop_constraint(op.f(f"ck_accounts_{name}"), "accounts")
            op.create_check_constraint(op.f(f"ck_accounts_{name}"), "accounts", rule)
        return
    # SQLite can't change a constraint, so the table is copied.
    create_accounts("accounts_new", never_negative, never_positive)
    op.execute("INSERT INTO accounts_new SELECT * FROM accounts")
    op.drop_table("accounts")
    op.rename_table("accounts_new", "accounts")
    index_accounts()
