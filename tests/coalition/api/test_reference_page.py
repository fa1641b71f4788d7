"""The reference works without the internet."""

import re

from tests.support.town_api import ApiTown


def test_the_reference_takes_everything_from_this_server(town: ApiTown) -> None:
    client = town.client()
    page = client.get("/docs").text
    asked = re.findall(r"""(?:src|href)=["']([^"']+)""", page)
    assert len(asked) == 4
    for address in [*asked, "/openapi.json"]:
        assert address.startswith("/")
        assert client.get(address).status_code == 200, address
    assert "//" not in re.sub(r"<!--.*?-->|//\s", "", page).replace("://", "").replace("/docs/files", "")
    assert client.get("/docs/files/../reference_page.py").status_code == 404


def test_no_script_and_no_style_stands_in_the_page(town: ApiTown) -> None:
    page = town.client().get("/docs")
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page.text))
    assert not re.search(r"<style|style=|\son\w+=|javascript:", page.text)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
