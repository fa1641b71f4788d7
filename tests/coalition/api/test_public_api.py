"""What everybody sees of an alliance and its shops, and what shops say of themselves."""

from io import BytesIO
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from coalition.access.caller import Role
from coalition.access.rate_limits import PUBLIC_READS
from coalition.api.app import create_app
from tests.support.clock import DAY, HOUR
from tests.support.people import stranger
from tests.support.town_api import ApiTown

PROFILE: dict[str, Any] = {
    "name": "Bäckerei Sommer",
    "name_zh": "夏日面包房",
    "description_en": "Bread.",
    "description_zh": "面包。",
    "email": "us@bakery.example",
    "website": "https://bakery.example",
    "category": "bakery",
    "phone": "030 123456",
    "address": "Marktplatz 1\nAltstadt",
    "place": {"latitude": 52.520008, "longitude": -13.404954},
    "hours": {"wednesday": [{"opens": "08:00", "closes": "15:00"}], "friday": [{"opens": "20:00", "closes": "02:00"}]},
}


def change(town: ApiTown, body: dict[str, Any], shop: str = "bakery") -> dict[str, Any]:
    operator = town.client()
    headers = {"If-Match": operator.get(f"/v1/shops/{shop}").headers["ETag"]}
    answer = operator.patch(f"/v1/shops/{shop}", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def public(town: ApiTown, shop: str = "bakery") -> dict[str, Any]:
    return stranger(town).get(f"/v1/public/shops/{shop}").json()


def test_a_stranger_sees_what_points_are_worth(town: ApiTown) -> None:
    seen = stranger(town).get("/v1/public/alliance").json()
    assert (seen["name"], seen["points_per_unit"], seen["earn_points_per_unit"]) == ("Old Town", "100", "5")
    assert (seen["region"], seen["expiry_months"], seen["currency"]) == ("DE", 12, "EUR")
    assert stranger(town).get("/v1/public/alliance", params={"alliance": "Nowhere"}).status_code == 404


def test_everybody_sees_what_a_shop_says_of_itself_but_not_where_it_gets_mail(town: ApiTown) -> None:
    changed = change(town, PROFILE)
    seen = public(town)
    stated = {name: value for name, value in PROFILE.items() if name not in ("email", "hours")}
    assert {name: seen[name] for name in stated} == {name: changed[name] for name in stated} == stated
    assert "email" not in seen
    assert seen["hours"]["friday"] == PROFILE["hours"]["friday"]
    assert (seen["earns"], seen["redeems"]) == (True, True)
    emptied = change(town, {"hours": None, "place": None, "name": None})
    assert (emptied["hours"], emptied["place"], emptied["name"]) == (None, None, PROFILE["name"])
    assert public(town)["open_now"] is None


def test_a_shop_is_open_by_the_clock_on_its_wall(town: ApiTown) -> None:
    # A Wednesday, noon at the bakery.
    change(town, PROFILE)
    seen = []
    for forward in (0, 3 * HOUR, DAY, DAY + 5 * HOUR, 5 * HOUR, 2 * HOUR):
        town.clock.forward(forward)
        shop = public(town)
        seen.append((shop["open_now"], shop["closes_at"]))
    assert seen == [
        (True, "15:00:00"),
        (False, None),
        (False, None),
        (True, "02:00:00"),
        (True, "02:00:00"),
        (False, None),
    ]


def test_a_holiday_is_no_day_to_open(town: ApiTown) -> None:
    change(town, {"hours": {**PROFILE["hours"], "closed_on": ["2024-05-15"]}})
    assert public(town)["open_now"] is False


def test_shops_are_found_by_what_they_sell_and_whether_they_are_open(town: ApiTown) -> None:
    change(town, PROFILE)
    change(town, {"category": "cafe"}, "cafe")

    def listed(**params: object) -> list[str]:
        answer = stranger(town).get("/v1/public/shops", params=params)
        return [shop["ref"] for shop in answer.json()["data"]]

    assert listed(category="bakery") == ["bakery"]
    assert listed(open_now=True) == ["bakery"]
    assert {"bakery", "cafe"} <= set(listed())
    assert len(listed(limit=1)) == 1
    assert stranger(town).get("/v1/public/shops", params={"category": "magic"}).status_code == 422


def test_who_does_not_take_part_is_not_seen(town: ApiTown) -> None:
    town.client().post("/v1/shops", json={"ref": "new", "name": "New"}).raise_for_status()
    assert stranger(town).get("/v1/public/shops/new").status_code == 404
    change(town, {"status": "leaving"}, "cafe")
    assert (public(town, "cafe")["earns"], public(town, "cafe")["redeems"]) == (False, True)
    change(town, {"status": "suspended"}, "cafe")
    assert stranger(town).get("/v1/public/shops/cafe").status_code == 404


def test_one_address_reads_so_much_and_no_more(town: ApiTown) -> None:
    client = TestClient(create_app(town.alliances, rate_scale=1, messenger=town.messages))
    left = [client.get("/v1/public/alliance").headers["RateLimit"] for _ in range(2)]
    assert left[0].startswith(f'"public-reads";r={PUBLIC_READS.quota - 1};')


# -- pictures -------------------------------------------------------------------------------------------------


def picture(format_: str = "JPEG", size: tuple[int, int] = (1600, 400), *, turned: bool = False) -> bytes:
    """A picture as a camera makes one, which may lie on its side."""
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    if turned:
        exif[0x0112] = 6
    file = BytesIO()
    Image.new("RGB", size, "orange").save(file, format_, exif=exif)
    return file.getvalue()


def upload(client: TestClient, data: bytes, kind: str = "photo", shop: str = "bakery") -> Any:
    etag = client.get(f"/v1/shops/{shop}").headers["ETag"]
    return client.put(f"/v1/shops/{shop}/images/{kind}", content=data, headers={"If-Match": etag})


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_drawn_anew(town: ApiTown, format_: str) -> None:
    answer = upload(town.client(), picture(format_, turned=True))
    assert answer.status_code == 200, answer.text
    got = stranger(town).get(answer.json()["photo"])
    assert (got.status_code, got.headers["Content-Type"]) == (200, "image/webp")
    assert "immutable" in got.headers["Cache-Control"]
    drawn = Image.open(BytesIO(got.content))
    assert (drawn.format, drawn.size) == ("WEBP", (200, 800))
    assert not drawn.getexif()


def test_a_picture_that_was_replaced_is_gone(town: ApiTown) -> None:
    operator = town.client()
    first = upload(operator, picture(size=(20, 20)), "logo").json()["logo"]
    second = upload(operator, picture(size=(30, 30)), "logo").json()["logo"]
    assert [stranger(town).get(path).status_code for path in (first, second)] == [404, 200]
    etag = operator.get("/v1/shops/bakery").headers["ETag"]
    removed = operator.delete("/v1/shops/bakery/images/logo", headers={"If-Match": etag})
    assert removed.json()["logo"] is None
    assert stranger(town).get(second).status_code == 404


@pytest.mark.parametrize(
    "data", [b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture()[:200], b"GIF89a"]
)
def test_what_is_no_picture_is_refused(town: ApiTown, data: bytes) -> None:
    answer = upload(town.client(), data)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_small_file_that_claims_many_pixels_is_refused(town: ApiTown) -> None:
    file = BytesIO()
    Image.new("1", (20_000, 3_000)).save(file, "PNG")
    assert "million pixels" in upload(town.client(), file.getvalue()).json()["detail"]


def test_a_shop_shows_its_own_pictures_only(town: ApiTown) -> None:
    assert upload(town.client(Role.TILL, "cafe"), picture()).status_code == 403
