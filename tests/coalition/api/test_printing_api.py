"""Posters, counter stands and cards as whoever prints them gets them: a page of the right size, whose code leads on."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from itertools import product
from pathlib import Path

import typst
import zxingcpp
from fastapi.testclient import TestClient
from PIL import Image
from pypdf import PdfReader

from coalition.access.caller import Role
from coalition.printing.member_cards import grouped
from coalition.programme.open_alliance import open_alliance
from tests.support.town_api import RULES, ApiTown

POINTS_PER_MM = 72 / 25.4
SIZES = {"a4": (210, 297), "letter": (216, 279)}
"""Width and height in whole mm."""
WORDS = {
    "en": ["Collect points here", "5 points for every €1.00 you pay", "100 points are worth €1.00", "Sommer & #Söhne"],
    "zh": ["在本店攒积分", "每支付 €1.00 获得 5 积分", "100 积分价值 €1.00", "夏日面包房"],
}


def text(data: bytes) -> str:
    """All text without the spaces, which a PDF places rather than writes."""
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages).split())


def sizes(data: bytes) -> list[tuple[int, int]]:
    """Width and height of each page, in whole mm."""
    boxes = [page.mediabox for page in PdfReader(BytesIO(data)).pages]
    return [(round(float(box.width) / POINTS_PER_MM), round(float(box.height) / POINTS_PER_MM)) for box in boxes]


def codes(data: bytes, folder: Path) -> list[str]:
    """What a camera reads on the first page."""
    (folder / "sheet.pdf").write_bytes(data)
    (folder / "photo.typ").write_text('#set page(width: auto, height: auto, margin: 0pt)\n#image("sheet.pdf")')
    drawn = typst.compile(folder / "photo.typ", root=folder, format="png", ppi=150.0)
    assert isinstance(drawn, bytes)
    return sorted(code.text for code in zxingcpp.read_barcodes(Image.open(BytesIO(drawn))))


def test_a_sheet_leads_to_the_join_page_with_its_shop(town: ApiTown, tmp_path: Path) -> None:
    operator = town.client()
    version = {"If-Match": operator.get("/v1/shops/bakery").headers["ETag"]}
    names = {"name": "Sommer & #Söhne", "name_zh": "夏日面包房"}
    assert operator.patch("/v1/shops/bakery", json=names, headers=version).status_code == 200
    for (kind, times), paper, lang in product((("poster", 1), ("stand", 2)), SIZES, WORDS):
        answer = operator.get(
            f"/v1/shops/bakery/join-sheets/{kind}", params={"paper": paper}, headers={"Accept-Language": lang}
        )
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert sizes(answer.content) == [SIZES[paper]]
        written = text(answer.content)
        assert [written.count("".join(each.split())) for each in WORDS[lang]] == [times] * len(WORDS[lang])
        assert codes(answer.content, tmp_path) == ["http://testserver/wallet/join?shop=bakery"] * times
    poster = operator.get("/v1/alliance/join-sheets/poster").content
    assert codes(poster, tmp_path) == ["http://testserver/wallet/join"]
    assert operator.get("/v1/shops/nowhere/join-sheets/poster").status_code == 404
    open_alliance(town.database, replace(RULES, name="New Town & Co"), town.clock)
    poster = operator.get("/v1/shops/bakery/join-sheets/poster").content
    assert codes(poster, tmp_path) == ["http://testserver/wallet/join?shop=bakery&town=Old%20Town"]


def test_names_as_long_as_can_be_stay_on_their_page(town: ApiTown, tmp_path: Path) -> None:
    operator = town.client()
    for name in ("W" * 100, "Donaudampfschiff " * 5, "龙" * 100, "1" * 100):
        version = {"If-Match": operator.get("/v1/shops/bakery").headers["ETag"]}
        assert operator.patch("/v1/shops/bakery", json={"name": name}, headers=version).status_code == 200
        for kind, times in (("poster", 1), ("stand", 2)):
            sheet = operator.get(f"/v1/shops/bakery/join-sheets/{kind}", params={"paper": "letter"}).content
            assert sizes(sheet) == [SIZES["letter"]]
            assert len(codes(sheet, tmp_path)) == times


def test_a_card_is_the_members_id_and_earns_at_a_till(town: ApiTown, tmp_path: Path) -> None:
    app = town.client(Role.APP)
    members = [
        town.till().post("/v1/members", json={"email": f"m{number}@example.com"}).json()["id"] for number in range(9)
    ]
    for paper, pages in (("a4", [9]), ("letter", [8, 1])):
        answer = app.post("/v1/member-cards", json={"members": members, "paper": paper})
        assert (answer.status_code, sizes(answer.content)) == (200, [SIZES[paper]] * len(pages))
        assert codes(answer.content, tmp_path) == sorted(members[: pages[0]])
        written = text(answer.content)
        assert all("".join(grouped(member).split()) in written for member in members)
    sale = {"shop": "bakery", "member": codes(answer.content, tmp_path)[0], "amount_minor": 1_000}
    sold = town.till().post("/v1/purchases", json=sale, headers={"Idempotency-Key": "k1"})
    assert sold.json()["points_earned"] == 50
    unknown = app.post("/v1/member-cards", json={"members": [members[0], "mem_unknown"]})
    assert unknown.status_code == 404


def test_what_shops_pay_each_other_is_printed_with_the_payees_own_code(
    closed: ApiTown, person: Callable[..., TestClient], tmp_path: Path
) -> None:
    treasurer, account = person(), "/v1/shops/cafe/payment-account"
    code = "https://qr.alipay.com/fkx1"
    headers = {"If-Match": treasurer.get(account).headers["ETag"], "Idempotency-Key": "code"}
    body = {"rail": "by_hand", "details": {"collection_code": code}}
    assert treasurer.put(account, json=body, headers=headers).status_code == 200
    (payment,) = treasurer.post("/v1/settlements/direct").json()
    for lang, words in (("en", "pays1shop,€3.00"), ("zh", "应付1家商户")):
        slips = closed.client().get("/v1/payment-slips", headers={"Accept-Language": lang})
        assert (slips.status_code, sizes(slips.content)) == (200, [SIZES["a4"]])
        assert all(part in text(slips.content) for part in (words, payment["id"], "€3.00"))
        assert codes(slips.content, tmp_path) == [code]
    payer, payee = (person(Role.MANAGER, shop) for shop in ("bakery", "cafe"))
    assert payment["id"] in text(payer.get("/v1/payment-slips").content)
    assert "Nothingistobepaid" in text(payee.get("/v1/payment-slips", params={"paper": "letter"}).content)
    assert payer.get("/v1/payment-slips", params={"shop": "cafe"}).status_code == 404
