"""The reference works without the internet."""

import re

from tests.support.town_api import ApiTown


def test_the_reference_takes_everything_from_this_server(town: ApiTown) -> None:
    client = town.client()
    page = client.get("/docs").text
    asked = re.findall(r"""(?:src|href)=["']([^"']+)""", page)
    assert len(asked) == 3
    for address in [*asked, "/openapi.json"]:
        assert address.startswith("/")
        assert client.get(address).status_code == 200, address
    assert "//" not in re.sub(r"<!--.*?-->|//\s", "", page).replace("://", "").replace("/docs/files", "")
    assert client.get("/docs/files/../reference_page.py").status_code == 404
