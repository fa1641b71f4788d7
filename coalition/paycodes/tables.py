"""Tables of what lets points be spent: phones, six digits, and amounts that a till asks a member to confirm."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, Table, Text, false

from settlement.ledger import metadata

confirmations = Table(
    "confirmations",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("nonce", Text, primary_key=True),
    # Null until a member opens what a till shows as a QR code.
    Column("member", Text),
    Column("shop", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("over_at", BigInteger, nullable=False),
    # Asked by a till without a code; the others belong to the pay code of the same nonce.
    Column("requested", Boolean, nullable=False, server_default=false()),
    # The till knows a contact only, and is told no id.
    Column("by_contact", Boolean, nullable=False, server_default=false()),
    # What a member types or scans to open it, where the till doesn't know them.
    Column("code", Text),
    Index("ix_confirmations_member", "alliance_id", "member", "over_at"),
    Index("uq_confirmations_code", "alliance_id", "code", unique=True),
    CheckConstraint("member IS NOT NULL OR code IS NOT NULL", "member"),
    CheckConstraint("state IN ('asked', 'confirmed', 'declined')", "state"),
)

pay_devices = Table(
    "pay_devices",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    # Its key is derived from this and the alliance's secret, and stored nowhere.
    Column("nonce", Text, primary_key=True),
    # What its codes begin with.
    Column("number", Integer, nullable=False),
    Column("member", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    # The session in which the phone was added, with which it ends; null where an app's key added it.
    Column("session", Text),
    Index("uq_pay_devices_number", "alliance_id", "number", unique=True),
    Index("ix_pay_devices_member", "alliance_id", "member"),
)

short_codes = Table(
    "short_codes",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("code", Text, primary_key=True),
    Column("nonce", Text, nullable=False),
    Column("member", Text, nullable=False),
    Column("over_at", BigInteger, nullable=False),
    Index("ix_short_codes_member", "alliance_id", "member"),
    Index("ix_short_codes_over_at", "alliance_id", "over_at"),
)
