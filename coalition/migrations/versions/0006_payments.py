"""Payments, and the money accounts that they need"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from coalition.migrations.accounts import set_account_rules

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

HISTORY = ("payment_events", "payment_marks", "cash_lines", "line_matches")
OTHERS = ("payment_rules", "payment_profiles", "payment_accounts", "payments", "payment_defaults", "notices")
NEVER_NEGATIVE = "2, 3, 4, 5, 22, 23, 24"
STATES = "'planned', 'reserved', 'sent', 'paid', 'failed', 'ambiguous', 'returned', 'cancelled'"


def upgrade() -> None:
    _never_negative(f"{NEVER_NEGATIVE}, 27, 28")
    _participants()
    _payments()
    _records()
    for table in HISTORY:
        for statement in append_only(table):
            op.execute(statement)


def downgrade() -> None:
    """Drop all payments. Money that is on its way or overdrawn keeps the old rule from being set again."""
    for table in (*HISTORY, *OTHERS):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in HISTORY:
            op.execute(f"DROP FUNCTION {table}_append_only()")
    _never_negative(NEVER_NEGATIVE)


def _create(name: str, *columns: sa.Column[object] | sa.CheckConstraint, keys: Sequence[str] = ()) -> None:
    alliance = sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False)
    primary = sa.PrimaryKeyConstraint("alliance_id", *keys, name=op.f(f"pk_{name}"))
    op.create_table(name, alliance, *columns, primary, sqlite_with_rowid=False)


def _text(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=False)


def _big(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _int(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), autoincrement=False, nullable=False)


def _participants() -> None:
    _create("payment_rules", _text("rules"))
    _create(
        "payment_profiles",
        _text("participant"),
        _text("rail"),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        _big("leaving_since", nullable=True),
        _text("debts_of"),
        keys=["participant"],
    )
    _create("payment_accounts", _text("participant"), _text("rail"), _text("details"), keys=["participant", "rail"])


def _payments() -> None:
    _create(
        "payments",
        _text("id"),
        _big("window_id"),
        *map(_text, ("route", "rail", "participant", "counterparty")),
        sa.Column("purpose", sa.SmallInteger(), nullable=False),
        _big("minor"),
        _text("state"),
        _int("attempt"),
        _big("planned_at"),
        _int("due_on"),
        *map(_text, ("details", "reference")),
        *map(_big, ("fee_minor", "earlier_fees_minor")),
        _big("returnable_until", nullable=True),
        *map(_big, ("changed_at", "looked_at")),
        _int("claim"),
        _big("lease_until"),
        _int("events"),
        sa.CheckConstraint("route IN ('collect', 'pay', 'direct')", name=op.f("ck_payments_route")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_payments_state")),
        sa.CheckConstraint("minor > 0", name=op.f("ck_payments_minor")),
        sa.CheckConstraint("purpose BETWEEN 21 AND 24", name=op.f("ck_payments_purpose")),
        keys=["id"],
    )
    op.create_index("ix_payments_state", "payments", ["alliance_id", "state"])
    op.create_index("ix_payments_participant", "payments", ["alliance_id", "participant"])
    _create(
        "payment_events",
        _text("payment_id"),
        _int("number"),
        _big("at"),
        *map(_text, ("who", "state")),
        _int("attempt"),
        *map(_text, ("reference", "code", "why")),
        _big("seen_at"),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_payment_events_state")),
        keys=["payment_id", "number"],
    )
    _create(
        "payment_marks",
        _text("key"),
        _int("number"),
        _big("at"),
        *map(_text, ("who", "mark")),
        _big("minor"),
        sa.Column("people", sa.SmallInteger(), nullable=False),
        *map(_text, ("evidence", "document_sha256")),
        keys=["key", "number"],
    )


def _records() -> None:
    _create(
        "payment_defaults",
        _int("number"),
        _text("participant"),
        *map(_big, ("window_id", "at")),
        *map(_text, ("plan", "repaid")),
        _big("open_minor"),
        sa.CheckConstraint("open_minor >= 0", name=op.f("ck_payment_defaults_open_minor")),
        keys=["number"],
    )
    _create(
        "cash_lines",
        *map(_text, ("rail", "id")),
        *map(_big, ("at", "minor", "fee_minor")),
        *map(_text, ("key", "text")),
        keys=["rail", "id"],
    )
    _create(
        "line_matches",
        *map(_text, ("rail", "line")),
        _big("at"),
        *map(_text, ("who", "payment_id", "booked_as", "why")),
        sa.CheckConstraint("(payment_id = '') <> (booked_as = '')", name=op.f("ck_line_matches_one_home")),
        keys=["rail", "line"],
    )
    _create(
        "notices",
        _text("id"),
        _big("at"),
        *map(_text, ("kind", "participant", "payment_id", "facts")),
        _big("told_at", nullable=True),
        keys=["id"],
    )
    untold = sa.text("told_at IS NULL")
    op.create_index("ix_notices_untold", "notices", ["alliance_id"], postgresql_where=untold, sqlite_where=untold)


def _never_negative(kinds: str) -> None:
    """Let exactly these kinds of account not go below zero."""
    set_account_rules(f"balance >= 0 OR kind NOT IN ({kinds})", "balance <= 0 OR kind NOT IN (1, 6, 25)")


def append_only(table: str) -> list[str]:
    """Statements that let a table be added to and nothing else."""
    if op.get_bind().dialect.name == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()",
    ]
