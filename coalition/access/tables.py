"""Tables of access. Of a secret only a hash is kept; times are microseconds since 1970 UTC.

A subject is who a session or a passkey belongs to, as the log names them: `user:usr_…` or `member:mem_…`.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, Table, Text

from settlement.ledger import keep_append_only, metadata


def _alliance() -> Column[int]:
    return Column("alliance_id", Integer, primary_key=True, autoincrement=False)


api_keys = Table(
    "api_keys",
    metadata,
    _alliance(),
    Column("id", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("shop", Text),
    # Until when a key counts that another one has replaced.
    Column("expires_at", BigInteger),
    CheckConstraint("(role = 'till') = (shop IS NOT NULL)", "shop"),
)

users = Table(
    "users",
    metadata,
    _alliance(),
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("shop", Text),
    Column("language", Text, nullable=False),
    Column("password_hash", Text),
    Column("totp_secret", Text),
    # The time step of the last code that was taken: a code counts once.
    Column("totp_step", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
    Index("uq_users_email", "alliance_id", "email", unique=True),
    CheckConstraint("(role IN ('manager', 'cashier')) = (shop IS NOT NULL)", "shop"),
)

invitations = Table(
    "invitations",
    metadata,
    _alliance(),
    Column("id", Text, primary_key=True),
    Column("user_id", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("totp_secret", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    Index("ix_invitations_user", "alliance_id", "user_id"),
)

sessions = Table(
    "sessions",
    metadata,
    _alliance(),
    Column("id", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("agent", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("idle_us", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Index("ix_sessions_subject", "alliance_id", "subject"),
)

passkeys = Table(
    "passkeys",
    metadata,
    _alliance(),
    Column("id", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    Index("ix_passkeys_subject", "alliance_id", "subject"),
)

passkey_challenges = Table(
    "passkey_challenges",
    metadata,
    _alliance(),
    Column("id", Text, primary_key=True),
    # Who wants to add a passkey; null where somebody wants to log in with one.
    Column("subject", Text),
    Column("challenge", LargeBinary, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

member_codes = Table(
    "member_codes",
    metadata,
    _alliance(),
    Column("contact_hash", LargeBinary, primary_key=True),
    # Null where the contact is nobody's: asking for a code leaves the same behind for everybody.
    Column("member", Text),
    Column("code_hash", LargeBinary, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("tries_left", Integer, nullable=False),
    CheckConstraint("tries_left >= 0", "tries"),
)

# What is left of the limits on log-ins and codes; rows that are at no limit any more are dropped.
rate_limits = Table(
    "rate_limits",
    metadata,
    _alliance(),
    Column("id", LargeBinary, primary_key=True),
    # When all that was asked would have arrived at the allowed pace, by the machine's clock.
    Column("paid_until", BigInteger, nullable=False),
    Index("ix_rate_limits_paid_until", "alliance_id", "paid_until"),
)

access_log = Table(
    "access_log",
    metadata,
    _alliance(),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("request_id", Text),
    Index("ix_access_log_target", "alliance_id", "target", "seq"),
    Index("ix_access_log_who", "alliance_id", "who", "seq"),
)
keep_append_only(access_log)
