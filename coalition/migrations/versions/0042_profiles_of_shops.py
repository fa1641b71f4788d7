"""Shops say more of themselves: in both languages, where and when they are open, what they sell, with pictures"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

COLUMNS = (
    ("name_zh", sa.Text),
    ("description_en", sa.Text),
    ("description_zh", sa.Text),
    ("phone", sa.Text),
    ("address", sa.Text),
    ("latitude_e6", sa.Integer),
    ("longitude_e6", sa.Integer),
    ("hours", sa.Text),
    ("logo", sa.Text),
    ("photo", sa.Text),
)
CATEGORIES = """
bakery books butcher cafe clothing culture electronics flowers grocery hairdresser health home hotel jewellery market
pharmacy restaurant services sports toys other
"""


def upgrade() -> None:
    with op.batch_alter_table("shops") as batch:
        for name, type_ in COLUMNS:
            batch.add_column(sa.Column(name, type_(), nullable=True))
        batch.create_check_constraint(op.f("ck_shops_place"), "(latitude_e6 IS NULL) = (longitude_e6 IS NULL)")
    op.create_table(
        "shop_images",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "digest", name=op.f("pk_shop_images")),
    )
    op.create_index("ix_shop_images_shop", "shop_images", ["alliance_id", "shop"])
    # What a shop sells was any word.
    op.execute("UPDATE shops SET category = 'cafe' WHERE category = 'café'")
    names = ", ".join(f"'{name}'" for name in CATEGORIES.split())
    op.execute(f"UPDATE shops SET category = 'other' WHERE category NOT IN ({names})")


def downgrade() -> None:
    op.drop_table("shop_images")
    with op.batch_alter_table("shops") as batch:
        batch.drop_constraint(op.f("ck_shops_place"), type_="check")
        for name, _ in COLUMNS:
            batch.drop_column(name)
