"""Tables of shops: profile and state, which the book does not need."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, Table, Text

from coalition.merchants.shop_status import ShopStatus
from settlement.ledger import metadata

shops = Table(
    "shops",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("ref", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("website", Text),
    Column("category", Text),
    Column("name_zh", Text),
    Column("description_en", Text),
    Column("description_zh", Text),
    Column("phone", Text),
    Column("address", Text),
    # In millionths of a degree.
    Column("latitude_e6", Integer),
    Column("longitude_e6", Integer),
    # JSON: see opening_hours.py.
    Column("hours", Text),
    # Digests of images.
    Column("logo", Text),
    Column("photo", Text),
    Column("status", Text, nullable=False),
    # Counts the changes, so that concurrent changes are noticed.
    Column("version", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    CheckConstraint(f"status IN ({', '.join(repr(str(status)) for status in ShopStatus)})", "status"),
    CheckConstraint("(latitude_e6 IS NULL) = (longitude_e6 IS NULL)", "place"),
)

shop_images = Table(
    "shop_images",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    # SHA-256 of the bytes, in hexadecimal: an image never changes under its name.
    Column("digest", Text, primary_key=True),
    Column("shop", Text, nullable=False),
    Column("image", LargeBinary, nullable=False),
    Index("ix_shop_images_shop", "alliance_id", "shop"),
)
