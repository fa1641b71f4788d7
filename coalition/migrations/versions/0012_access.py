"""Users, sessions, passkeys, approvals, and the log of who did what"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("alliance_id", "seq", name=op.f("pk_access_log")),
    )
    op.create_index("ix_access_log_target", "access_log", ["alliance_id", "target", "seq"])
    op.create_index("ix_access_log_who", "access_log", ["alliance_id", "who", "seq"])
    for statement in append_only("access_log"):
        op.execute(statement)
    op.create_table(
        "approval_limits",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("alone_max", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("alone_max >= 0", name=op.f("ck_approval_limits_alone_max")),
        sa.PrimaryKeyConstraint("alliance_id", "action", name=op.f("pk_approval_limits")),
    )
    op.create_table(
        "approvals",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_role", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.CheckConstraint("(status = 'pending') = (decided_by IS NULL)", name=op.f("ck_approvals_decided")),
        sa.CheckConstraint(
            "status IN ('pending', 'approved', 'rejected', 'done', 'refused')", name=op.f("ck_approvals_status")
        ),
        sa.CheckConstraint("decided_by <> requested_by", name=op.f("ck_approvals_two_people")),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_approvals")),
    )
    op.create_index("uq_approvals_request_key", "approvals", ["alliance_id", "request_key"], unique=True)
    op.create_table(
        "invitations",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("totp_secret", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_invitations")),
    )
    op.create_index("ix_invitations_user", "invitations", ["alliance_id", "user_id"])
    op.create_table(
        "member_codes",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("contact_hash", sa.LargeBinary(), nullable=False),
        sa.Column("member", sa.Text(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.CheckConstraint("tries_left >= 0", name=op.f("ck_member_codes_tries")),
        sa.PrimaryKeyConstraint("alliance_id", "contact_hash", name=op.f("pk_member_codes")),
    )
    op.create_table(
        "passkey_challenges",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_passkey_challenges")),
    )
    op.create_table(
        "passkeys",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_passkeys")),
    )
    op.create_index("ix_passkeys_subject", "passkeys", ["alliance_id", "subject"])
    op.create_table(
        "sessions",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("idle_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_subject", "sessions", ["alliance_id", "subject"])
    op.create_table(
        "users",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("shop", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(role IN ('manager', 'cashier')) = (shop IS NOT NULL)", name=op.f("ck_users_shop")),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_users")),
    )
    op.create_index("uq_users_email", "users", ["alliance_id", "email"], unique=True)
    op.add_column("api_keys", sa.Column("expires_at", sa.BigInteger(), nullable=True))


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


def downgrade() -> None:
    op.drop_column("api_keys", "expires_at")
    for table in (
        "users",
        "sessions",
        "passkeys",
        "passkey_challenges",
        "member_codes",
        "invitations",
        "approvals",
        "approval_limits",
        "access_log",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION access_log_append_only()")
