"""Legal texts on pages: what strangers reach from everywhere, what an owner publishes, and how a text is laid out."""

import re
from datetime import timedelta
from secrets import token_hex

import pytest
from fastapi.testclient import TestClient

from coalition.locale.formats import moment
from coalition.pages.prose import Block, blocks, spans
from tests.pages.page_town import PageTown
from tests.pages.visitor import Visitor

BROWSER = {"accept": "text/html"}
OWNER, SUPPORT = "olga@oldtown.example", "sue@oldtown.example"


def test_a_text_is_headings_paragraphs_and_lists() -> None:
    text = "# Who\r\nWe,\nin town.\n\n- one\n- two\nThree\n#none"
    assert blocks(text) == [
        Block("heading", ["Who"]),
        Block("paragraph", ["We,", "in town."]),
        Block("list", ["one", "two"]),
        Block("paragraph", ["Three", "#none"]),
    ]


@pytest.mark.parametrize(
    ("line", "links"),
    [
        ("Write to a.b@x.example.", ["mailto:a.b@x.example"]),
        ("联系a@x.example，或 https://x.example/条款。", ["mailto:a@x.example", "https://x.example/"]),
        (
            "See https://x.example/a?b=c&d (in full), http://y.example!",
            ["https://x.example/a?b=c&d", "http://y.example"],
        ),
        ("javascript:alert(1) and a@b", []),
    ],
)
def test_addresses_in_a_text_are_links_without_what_ends_the_sentence(line: str, links: list[str]) -> None:
    assert [span.href for span in spans(line) if span.href] == links
    assert "".join(span.text for span in spans(line)) == line


def test_strangers_reach_the_texts_from_every_page_and_members_from_me(town: PageTown) -> None:
    client = TestClient(town.api.app, base_url=town.url, headers=BROWSER)
    for path in ("/wallet/join", "/wallet/log-in", "/wallet/shops", "/log-in"):
        assert re.findall(r'"(/wallet/legal/\w+)"', client.get(path).text) == [
            "/wallet/legal/terms",
            "/wallet/legal/imprint",
        ], path
    imprint = client.get("/wallet/legal/imprint", headers={"accept-language": "zh"}).text
    assert "集市广场 1 号" in imprint
    assert '<a href="mailto:hello@oldtown.example"' in client.get("/wallet/legal/terms").text
    assert client.get("/wallet/legal/privacy").status_code == 404
    missing = client.get("/wallet/legal/terms/9")
    # A page of an error asks the database nothing: it may be what failed.
    assert (missing.status_code, "/wallet/legal/imprint" in missing.text) == (404, False)
    ann = Visitor(town, town.member("ann"))
    assert "/wallet/legal/imprint" in [link.attributes.get("href") for link in ann.open("/wallet/me").all("a")]
    assert "/wallet/legal/imprint" not in [link.attributes.get("href") for link in ann.open("/wallet").all("a")]
    ann.open("/wallet/legal/terms")
    assert "You agreed to version 1" in ann.words


def test_who_joins_agrees_to_the_version_that_the_page_had(town: PageTown) -> None:
    client = TestClient(town.api.app, base_url=town.url, headers={**BROWSER, "origin": town.url})
    form = {"contact": f"lea-{token_hex(4)}@example.com", "terms": "yes"}
    asked = client.post("/wallet/join", data={"contact": form["contact"]}).text
    assert 'name="version" value="1"' in asked
    assert "I agree to the terms of Old Town of" in asked
    sent = next(text for to, text in town.api.messages.sent if to == form["contact"])
    form["code"] = re.findall(r"\d{6}", sent)[0]
    stale = client.post("/wallet/join/code", data={**form, "version": "0"})
    assert stale.status_code == 409
    assert "The terms were changed while you read them." in stale.text
    joined = client.post("/wallet/join/code", data={**form, "version": "1"}, follow_redirects=False)
    assert (joined.status_code, joined.headers["location"]) == (303, "/wallet")


def test_an_owner_publishes_and_others_of_the_alliance_read(town: PageTown) -> None:
    olga, sue = (Visitor(town, town.staff(email)) for email in (OWNER, SUPPORT))
    olga.open("/console/legal")
    assert "Missing" in olga.words
    path = "/console/legal/imprint"
    assert olga.send(path, en="Kept.", zh=" ", replaces="1") == 422
    assert "Please fill this in." in olga.words
    assert sue.send(path, en="Kept.", zh="保存。", replaces="1") == 403
    day = moment(town.api.clock()).date() + timedelta(days=40)
    assert olga.send(path, en="Kept.\r\n\r\n- a year", zh="保存。", replaces="1", day=day.isoformat()) == 200
    assert "by Olga" in olga.words or OWNER in olga.words
    assert olga.send(path, en="Kept.", zh="保存。", replaces="1") == 412
    assert "Version 2 is the newest now" in olga.words
    sue.open(path)
    assert "To come" in sue.words
    assert "a year" in sue.words
    sue.open("/wallet/legal/imprint")
    assert "Marktplatz 1" in sue.words
