"""Tables of access. Secrets are stored as hashes, and those that are needed again sealed. Times are microseconds since
1970 UTC.

A subject is the owner of a session or a passkey, as in the access log: `user:usr_…` or `member:mem_…`.
A session may be a till's too: `till:till_…:SHOP`.
"""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, LargeBinary, Table, Text, false

from coalition.sealing import SealedText
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
    Column("expires_at", BigInteger),
    # Whether another key has replaced it; it then expires soon.
    Column("replaced", Boolean, nullable=False, server_default=false()),
    # The person who answers for an operator's key, and with whom it ends; the command on the server is nobody.
    Column("keeper", Text),
    # When people were told that it soon ends.
    Column("end_announced_at", BigInteger),
    CheckConstraint("(role = 'till') = (shop IS NOT NULL)", "shop"),
    CheckConstraint("(role = 'operator') = (keeper IS NOT NULL)", "keeper"),
    CheckConstraint("role <> 'operator' OR expires_at IS NOT NULL", "operator_expires"),
    Index("ix_api_keys_keeper", "alliance_id", "keeper"),
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
    Column("totp_secret", SealedText),
    # The time step of the last code that was used: each code counts once.
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
    Column("totp_secret", SealedText, nullable=False),
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
    # When whoever has it last proved who they are: at the log-in, or since.
    Column("proven_at", BigInteger, nullable=False, server_default="0"),
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
    # The subject that adds a passkey; null for a log-in.
    Column("subject", Text),
    Column("challenge", LargeBinary, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

member_codes = Table(
    "member_codes",
    metadata,
    _alliance(),
    Column("contact_hash", LargeBinary, primary_key=True),
    # Null if the contact belongs to no member: a request for a code stores a row in either case.
    Column("member", Text),
    Column("code_hash", LargeBinary, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("tries_left", Integer, nullable=False),
    CheckConstraint("tries_left >= 0", "tries"),
)

# The state of the limits on log-ins and codes; rows whose whole quota is available again are deleted.
rate_limits = Table(
    "rate_limits",
    metadata,
    _alliance(),
    Column("id", LargeBinary, primary_key=True),
    # The time at which all requests would have arrived at the allowed pace, by the machine's clock.
    Column("paid_until", BigInteger, nullable=False),
    Index("ix_rate_limits_paid_until", "alliance_id", "paid_until"),
)

# How often something was done on a day (days since 1970, UTC, by the machine's clock), for caps that hold a day long.
daily_counts = Table(
    "daily_counts",
    metadata,
    _alliance(),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("id", LargeBinary, primary_key=True),
    Column("times", Integer, nullable=False),
)

# Log-ins that were refused since one was not, by account, whether there is such an account or not.
refused_log_ins = Table(
    "refused_log_ins",
    metadata,
    _alliance(),
    Column("account", LargeBinary, primary_key=True),
    Column("refusals", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Index("ix_refused_log_ins_last_at", "alliance_id", "last_at"),
)

# Where a user has logged in from: places as hashes.
known_places = Table(
    "known_places",
    metadata,
    _alliance(),
    Column("subject", Text, primary_key=True),
    Column("place", LargeBinary, primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
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
