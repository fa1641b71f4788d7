"""Tables of members: the only ones that hold personal data. The book knows a member by their random id alone."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    false,
)

from settlement.ledger import metadata


def _alliance() -> Column[int]:
    return Column("alliance_id", Integer, primary_key=True, autoincrement=False)


members = Table(
    "members",
    metadata,
    _alliance(),
    Column("id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("merged_into", Text),
    Column("household", Text),
    Column("joined_at", BigInteger),
    Column("name", Text),
    Column("language", Text),
    Column("birthday", Integer),
    Column("version", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    # While it is on, nothing of the member's points is spent, whoever asks.
    Column("spend_locked", Boolean, nullable=False, server_default=false()),
    # How messages reach them that no browser takes, where they chose that.
    Column("notices_by", Text),
    # The shop whose till enrolled them, and which may hear their id for their contact.
    Column("enrolled_by", Text),
    # The connected till that did, and the cashier who was signed in there.
    Column("enrolled_till", Text),
    Column("enrolled_cashier", Text),
    # By the machine's clock, where a till must hear of it: state, merge, household. Null until the first such change.
    Column("changed_at", BigInteger),
    Index("ix_members_created_at", "alliance_id", "created_at", "id"),
    CheckConstraint("state IN ('active', 'frozen', 'merged', 'erased')", "state"),
    CheckConstraint("notices_by IN ('email', 'sms', 'none')", "notices_by"),
    CheckConstraint("(state = 'merged') = (merged_into IS NOT NULL)", "merged"),
    CheckConstraint("(household IS NULL) = (joined_at IS NULL)", "household"),
    CheckConstraint(
        "state IN ('active', 'frozen') OR "
        "(household IS NULL AND name IS NULL AND language IS NULL AND birthday IS NULL)",
        "gone",
    ),
)
for _column in ("changed_at", "merged_into", "household"):
    Index(
        f"ix_members_{_column}",
        members.c.alliance_id,
        members.c[_column],
        postgresql_where=members.c[_column].is_not(None),
        sqlite_where=members.c[_column].is_not(None),
    )

member_contacts = Table(
    "member_contacts",
    metadata,
    _alliance(),
    Column("contact", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("member", Text, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    # One number and one address a member.
    Index("uq_member_contacts_member", "alliance_id", "member", "kind", unique=True),
    CheckConstraint("kind IN ('phone', 'email')", "kind"),
)

member_consents = Table(
    "member_consents",
    metadata,
    _alliance(),
    Column("member", Text, primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("given", Boolean, nullable=False),
    # Of a yes to the terms: the version that was in force, where the alliance has terms of its own.
    Column("version", Integer),
)

member_settings = Table(
    "member_settings",
    metadata,
    _alliance(),
    Column("region", Text),
    Column("confirm_above_minor", BigInteger),
    Column("gift_days", SmallInteger, nullable=False),
    Column("expiry_notice_days", SmallInteger, nullable=False, server_default="30"),
    Column("sms_notices", Boolean, nullable=False, server_default=false()),
    Column("version", Integer, nullable=False),
    CheckConstraint("confirm_above_minor >= 0", "confirm_above"),
    CheckConstraint("gift_days BETWEEN 1 AND 365", "gift_days"),
    CheckConstraint("expiry_notice_days BETWEEN 1 AND 365", "expiry_notice_days"),
)

imported_rows = Table(
    "imported_rows",
    metadata,
    _alliance(),
    Column("ref", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("member", Text, nullable=False),
    Column("enrolled", Boolean, nullable=False),
)

releases = Table(
    "releases",
    metadata,
    _alliance(),
    Column("ref", Text, primary_key=True),
    Column("part", SmallInteger, primary_key=True, autoincrement=False),
    # By which the book knows the row: a keyed hash of `ref`, in which an older scheme may name somebody.
    Column("book_ref", Text, nullable=False, server_default=""),
    Column("member", Text, nullable=False),
    Column("shop", Text, nullable=False),
    Column("points", BigInteger, nullable=False),
    # The terms whose points they are: those in effect when they were promised.
    Column("terms_id", Integer, nullable=False),
    Column("release_on", Integer, nullable=False),
    Column("expires_on", Integer),
    # How often the book refused it: each try has a key of its own.
    Column("tries", Integer, nullable=False),
    Column("refusal", Text),
    Column("released_at", BigInteger),
    CheckConstraint("points > 0", "points"),
)
Index(
    "ix_releases_due",
    releases.c.alliance_id,
    releases.c.release_on,
    postgresql_where=releases.c.released_at.is_(None),
    sqlite_where=releases.c.released_at.is_(None),
)
Index("ix_releases_member", releases.c.alliance_id, releases.c.member)

past_mates = Table(
    "past_mates",
    metadata,
    _alliance(),
    Column("reader", Text, primary_key=True),
    Column("mate", Text, primary_key=True),
    # What the mate was called when the two parted.
    Column("name", Text, nullable=False),
    Column("until_at", BigInteger, nullable=False),
    Index("ix_past_mates_mate", "alliance_id", "mate"),
)
