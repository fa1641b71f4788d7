"""Set a shop's logo or photo: whatever is uploaded is drawn anew, so that nothing but a picture is kept of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from typing import Literal

from sqlalchemy import Connection, delete, select, text

from coalition.access.caller import Caller
from coalition.alliance import Alliance
from coalition.errors import CoalitionError, Invalid
from coalition.locale.messages import N_
from coalition.merchants.change_shop import change_shop
from coalition.merchants.store import Shop
from coalition.merchants.tables import shop_images
from settlement import Phrase
from settlement.ledger import Database

ImageKind = Literal["logo", "photo"]
BYTES_MAX = 8_000_000
PIXELS_MAX = 50_000_000
"""Most pixels of an upload: a phone's camera makes fewer, and a small file can claim many more."""
MEDIA_TYPE = "image/webp"
FORMATS = ("JPEG", "PNG", "WEBP")


class ImageInvalid(CoalitionError, like=Invalid):
    """An upload that is no picture, or one that is not taken."""

    detail = N_("This picture can't be used: {why}.")
    why: str


@dataclass(frozen=True, slots=True)
class ImageForm:
    """What is kept of a picture: as large as fits into so many pixels, at a quality of up to 100."""

    width: int
    height: int
    quality: int


FORMS: Mapping[ImageKind, ImageForm] = {"logo": ImageForm(256, 256, 90), "photo": ImageForm(1200, 800, 75)}


def set_shop_image(alliance: Alliance, caller: Caller, shop: Shop, kind: ImageKind, upload: bytes | None) -> Shop:
    """Replace an image of a shop as it was read, or take it away (None). Raises ImageInvalid and ShopChanged."""
    image = None if upload is None else redraw(upload, FORMS[kind])
    digest = None if image is None else sha256(image).hexdigest()
    profile = replace(shop.profile, logo=digest) if kind == "logo" else replace(shop.profile, photo=digest)
    if image is not None:
        with alliance.database.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO shop_images (alliance_id, digest, shop, image) "
                    "VALUES (:alliance_id, :digest, :shop, :image) ON CONFLICT DO NOTHING"
                ),
                {"alliance_id": alliance.id, "digest": digest, "shop": shop.ref, "image": image},
            )
    changed = change_shop(alliance, caller, shop, profile, shop.status)
    with alliance.database.engine.begin() as connection:
        _drop_others(connection, alliance.id, changed)
    return changed


def image_path(digest: str) -> str:
    """Where an image is read: its bytes never change."""
    return f"/v1/public/images/{digest}"


def find_image(database: Database, digest: str) -> bytes | None:
    """The image of a digest, which every reader may see, as MEDIA_TYPE."""
    with database.engine.connect() as connection:
        image = connection.execute(select(shop_images.c.image).where(shop_images.c.digest == digest).limit(1)).scalar()
    return None if image is None else bytes(image)


def redraw(upload: bytes, form: ImageForm) -> bytes:
    """A picture drawn anew, upright and without what a camera writes beside it, such as where it was taken.

    Raises ImageInvalid.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(BytesIO(upload), formats=FORMATS) as opened:
            if opened.width * opened.height > PIXELS_MAX:
                raise ImageInvalid(Phrase("it has more than {most} million pixels", most=PIXELS_MAX // 1_000_000))
            picture = ImageOps.exif_transpose(opened).convert("RGBA" if "A" in opened.getbands() else "RGB")
    except UnidentifiedImageError:
        raise ImageInvalid(Phrase("it is no JPEG, PNG or WebP file")) from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise ImageInvalid(Phrase("the file is damaged")) from None
    picture.thumbnail((form.width, form.height))
    drawn = BytesIO()
    picture.save(drawn, "WEBP", quality=form.quality, method=4)
    return drawn.getvalue()


def _drop_others(connection: Connection, alliance_id: int, shop: Shop) -> None:
    """Delete images that the shop had before."""
    kept = [digest for digest in (shop.profile.logo, shop.profile.photo) if digest is not None]
    columns = shop_images.c
    connection.execute(
        delete(shop_images).where(
            columns.alliance_id == alliance_id, columns.shop == shop.ref, columns.digest.not_in(kept)
        )
    )
