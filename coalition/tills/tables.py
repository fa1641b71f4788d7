"""Tables of tills, cashiers and shifts. Times are microseconds since 1970 UTC."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, SmallInteger, Table, Text

from settlement.ledger import metadata


def _alliance() -> Column[int]:
    return Column("alliance_id", Integer, primary_key=True, autoincrement=False)


tills = Table(
    "tills",
    metadata,
    _alliance(),
    Column("id", Text, primary_key=True),
    Column("shop", Text, nullable=False),
    Column("name", Text, nullable=False),
    # A point of P-256, uncompressed; the private key never leaves the device.
    Column("public_key", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    # The day (yyyymmdd) on which a manager lets it book more than its limit.
    Column("lifted_on", Integer),
    Index("ix_tills_shop", "alliance_id", "shop"),
    # A till that begins a session names no alliance.
    Index("ix_tills_id", "id"),
)

# What connects a device to a shop, once. Whoever types it names no alliance, so the hash alone finds it.
till_codes = Table(
    "till_codes",
    metadata,
    _alliance(),
    Column("code_hash", LargeBinary, primary_key=True),
    Column("shop", Text, nullable=False),
    # The caller who made it, who answers for the device.
    Column("made_by", Text, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("ix_till_codes_code_hash", "code_hash"),
)

cashiers = Table(
    "cashiers",
    metadata,
    _alliance(),
    Column("id", Text, primary_key=True),
    Column("shop", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("pin_hash", Text, nullable=False),
    Column("tries_left", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Index("ix_cashiers_shop", "alliance_id", "shop"),
    CheckConstraint("tries_left >= 0", "tries"),
)

shifts = Table(
    "shifts",
    metadata,
    _alliance(),
    Column("id", Text, primary_key=True),
    Column("till", Text, nullable=False),
    Column("cashier", Text, nullable=False),
    Column("begun_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Index("ix_shifts_till", "alliance_id", "till", "begun_at"),
)

# What an alliance lets tills do; without a number there is no limit for a day.
till_settings = Table(
    "till_settings",
    metadata,
    _alliance(),
    Column("offline_per_day", Integer, nullable=False),
    Column("offline_hours", SmallInteger, nullable=False),
    Column("offline_loss", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("till_sales_a_day", BigInteger),
    Column("till_minor_a_day", BigInteger),
    Column("till_points_a_day", BigInteger),
    Column("shop_sales_a_day", BigInteger),
    Column("shop_minor_a_day", BigInteger),
    Column("shop_points_a_day", BigInteger),
    CheckConstraint("offline_per_day BETWEEN 0 AND 1000", "offline_per_day"),
    CheckConstraint("offline_hours BETWEEN 1 AND 72", "offline_hours"),
    CheckConstraint("offline_loss IN ('member', 'shop', 'alliance')", "offline_loss"),
)

# Shops whose tills ask for the lines of a sale.
till_lines = Table("till_lines", metadata, _alliance(), Column("shop", Text, primary_key=True))

# What a till, or all that sells for a shop, has booked on a day (yyyymmdd) while there was a limit.
day_counts = Table(
    "day_counts",
    metadata,
    _alliance(),
    Column("subject", Text, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("sales", BigInteger, nullable=False),
    Column("minor", BigInteger, nullable=False),
    Column("points", BigInteger, nullable=False),
)

# Sales that a till has made offline, to be counted: each once, by the day (yyyymmdd) on which it happened. What was
# sold and to whom is in the book only, or erasing a member would have to look here too.
offline_sales = Table(
    "offline_sales",
    metadata,
    _alliance(),
    Column("till", Text, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("idempotency_key", Text, primary_key=True),
)
