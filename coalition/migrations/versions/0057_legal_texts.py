"""Legal texts of an alliance, and the version to which a member agreed"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "legal_texts",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('terms', 'privacy', 'imprint')", name=op.f("ck_legal_texts_kind")),
        sa.CheckConstraint("version > 0", name=op.f("ck_legal_texts_version")),
        sa.CheckConstraint("effective_at >= published_at", name=op.f("ck_legal_texts_effective_at")),
        sa.PrimaryKeyConstraint("alliance_id", "kind", "version", name=op.f("pk_legal_texts")),
    )
    op.add_column("member_consents", sa.Column("version", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("member_consents", "version")
    op.drop_table("legal_texts")
