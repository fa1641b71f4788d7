"""Each answer, whatever it is, has the headers that keep browsers from doing more with it than showing it."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from tests.coalition.api.test_foreign_tokens import api_routes
from tests.support.town_api import ApiTown

Ask = Callable[[TestClient], Response]
ANSWERS: dict[str, tuple[int, Ask]] = {
    "data": (200, lambda client: client.get("/v1/alliance")),
    "a problem": (404, lambda client: client.get("/v1/shops/nowhere")),
    "nothing there": (404, lambda client: client.get("/nothing/here")),
    "another method": (405, lambda client: client.delete("/v1/alliance")),
    "a stranger": (401, lambda client: client.get("/v1/alliance", headers={"Authorization": ""})),
    "too large": (413, lambda client: client.post("/v1/shops", content=b"x" * 300_000)),
    "far too large": (413, lambda client: client.post("/v1/shops", content=b"x" * 8_000_001)),
    "health": (200, lambda client: client.get("/health/live")),
    "the reference": (200, lambda client: client.get("/docs")),
    "a file": (200, lambda client: client.get("/docs/files/start.js")),
    "the description": (200, lambda client: client.get("/openapi.json")),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_answer_has_them(town: ApiTown, name: str) -> None:
    status, ask = ANSWERS[name]
    answer = ask(town.client())
    assert answer.status_code == status, answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    is_page = answer.headers["content-type"].startswith("text/html")
    assert ("script-src 'self'" in policy) == is_page
    assert "server" not in answer.headers
    assert len(answer.headers.get_list("content-security-policy")) == 1
    storable = name in ("the reference", "a file", "the description")
    assert (answer.headers.get("cache-control") == "no-store") != storable


def test_a_fault_of_ours_has_them_too(town: ApiTown) -> None:
    def broken() -> None:
        raise RuntimeError

    town.app.add_api_route("/broken", broken)
    answer = town.client().get("/broken")
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"


def test_plain_http_is_given_up_only_by_who_came_by_tls(town: ApiTown) -> None:
    headers = {"Authorization": f"Bearer {town.key()}"}
    for url, sent in (("http://points.example", False), ("https://points.example", True)):
        with TestClient(town.app, base_url=url, headers=headers) as client:
            assert ("strict-transport-security" in client.get("/health/live").headers) == sent


def test_what_an_answer_says_for_itself_is_kept(town: ApiTown) -> None:
    from fastapi.responses import HTMLResponse

    def scanning() -> HTMLResponse:
        own = {"Permissions-Policy": "camera=(self)", "Cache-Control": "private, max-age=60"}
        return HTMLResponse("<p>Scan</p>", headers=own)

    town.app.add_api_route("/scanning", scanning)
    answer = town.client().get("/scanning")
    assert answer.headers.get_list("permissions-policy") == ["camera=(self)"]
    assert answer.headers.get_list("cache-control") == ["private, max-age=60"]


def test_trace_is_no_method_and_no_folder_is_listed(town: ApiTown) -> None:
    client = town.client()
    paths = {route.path for route in api_routes() if "{" not in route.path}
    assert {client.request("TRACE", path).status_code for path in paths} == {405}
    for path in ("/assets", "/assets/", "/.git/config", "/assets/../pyproject.toml"):
        assert client.get(path, follow_redirects=False).status_code == 404, path
