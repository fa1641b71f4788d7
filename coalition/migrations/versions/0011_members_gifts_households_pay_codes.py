"""Members, gifts, households, pay codes"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "confirmations",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("over_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'confirmed', 'declined')", name=op.f("ck_confirmations_state")),
        sa.PrimaryKeyConstraint("alliance_id", "nonce", name=op.f("pk_confirmations")),
    )
    op.create_index("ix_confirmations_member", "confirmations", ["alliance_id", "member", "over_at"])
    op.create_table(
        "gifts",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("giver", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("returns_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("contact IS NULL OR state IN ('new', 'waiting')", name=op.f("ck_gifts_contact")),
        sa.CheckConstraint(
            "state IN ('new', 'waiting', 'arriving', 'given', 'returning', 'returned', 'refused')",
            name=op.f("ck_gifts_state"),
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_gifts_points")),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_gifts")),
    )
    op.create_index(
        "ix_gifts_contact",
        "gifts",
        ["alliance_id", "contact"],
        postgresql_where=sa.text("contact IS NOT NULL"),
        sqlite_where=sa.text("contact IS NOT NULL"),
    )
    op.create_index("ix_gifts_giver", "gifts", ["alliance_id", "giver", "created_at"])
    op.create_index(
        "ix_gifts_open",
        "gifts",
        ["alliance_id", "created_at"],
        postgresql_where=sa.text("state IN ('new', 'waiting', 'arriving', 'returning')"),
        sqlite_where=sa.text("state IN ('new', 'waiting', 'arriving', 'returning')"),
    )
    op.create_index("ix_gifts_receiver", "gifts", ["alliance_id", "receiver", "created_at"])
    op.create_index("uq_gifts_key", "gifts", ["alliance_id", "key"], unique=True)
    op.create_table(
        "household_invitations",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("household", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("over_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'accepted', 'declined')", name=op.f("ck_household_invitations_state")),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_household_invitations")),
    )
    op.create_index(
        "uq_household_invitations_open",
        "household_invitations",
        ["alliance_id", "member", "household"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "imported_rows",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("enrolled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "ref", name=op.f("pk_imported_rows")),
    )
    op.create_table(
        "member_consents",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "member", "purpose", "at", name=op.f("pk_member_consents")),
    )
    op.create_table(
        "member_contacts",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('phone', 'email')", name=op.f("ck_member_contacts_kind")),
        sa.PrimaryKeyConstraint("alliance_id", "contact", name=op.f("pk_member_contacts")),
    )
    op.create_index("uq_member_contacts_member", "member_contacts", ["alliance_id", "member", "kind"], unique=True)
    op.create_table(
        "member_settings",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("confirm_above_minor", sa.BigInteger(), nullable=True),
        sa.Column("gift_days", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("confirm_above_minor >= 0", name=op.f("ck_member_settings_confirm_above")),
        sa.CheckConstraint("gift_days BETWEEN 1 AND 365", name=op.f("ck_member_settings_gift_days")),
        sa.PrimaryKeyConstraint("alliance_id", name=op.f("pk_member_settings")),
    )
    op.create_table(
        "members",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("household", sa.Text(), nullable=True),
        sa.Column("joined_at", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("birthday", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(state = 'merged') = (merged_into IS NOT NULL)", name=op.f("ck_members_merged")),
        sa.CheckConstraint(
            "state IN ('active', 'frozen') OR "
            "(household IS NULL AND name IS NULL AND language IS NULL AND birthday IS NULL)",
            name=op.f("ck_members_gone"),
        ),
        sa.CheckConstraint("state IN ('active', 'frozen', 'merged', 'erased')", name=op.f("ck_members_state")),
        sa.CheckConstraint("(household IS NULL) = (joined_at IS NULL)", name=op.f("ck_members_household")),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_members")),
    )
    op.create_index("ix_members_created_at", "members", ["alliance_id", "created_at", "id"])
    op.create_index(
        "ix_members_changed_at",
        "members",
        ["alliance_id", "changed_at"],
        postgresql_where=sa.text("changed_at IS NOT NULL"),
        sqlite_where=sa.text("changed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_members_household",
        "members",
        ["alliance_id", "household"],
        postgresql_where=sa.text("household IS NOT NULL"),
        sqlite_where=sa.text("household IS NOT NULL"),
    )
    op.create_index(
        "ix_members_merged_into",
        "members",
        ["alliance_id", "merged_into"],
        postgresql_where=sa.text("merged_into IS NOT NULL"),
        sqlite_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_table(
        "releases",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("part", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("release_on", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Integer(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("released_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("points > 0", name=op.f("ck_releases_points")),
        sa.PrimaryKeyConstraint("alliance_id", "ref", "part", name=op.f("pk_releases")),
    )
    op.create_index(
        "ix_releases_due",
        "releases",
        ["alliance_id", "release_on"],
        postgresql_where=sa.text("released_at IS NULL"),
        sqlite_where=sa.text("released_at IS NULL"),
    )
    op.create_index("ix_releases_member", "releases", ["alliance_id", "member"])


def downgrade() -> None:
    for table in (
        "releases",
        "members",
        "member_settings",
        "member_contacts",
        "member_consents",
        "imported_rows",
        "household_invitations",
        "gifts",
        "confirmations",
    ):
        op.drop_table(table)
