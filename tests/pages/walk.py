"""A walk over the console: whatever somebody comes to who follows its links."""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urljoin, urlsplit

from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from coalition.api.routing import routers
from tests.pages.visitor import Element, read_page
from tests.pages.year_town import SHOP

OUTSIDE = ("http:", "https:", "mailto:", "tel:", "#")


@dataclass
class Read:
    """A page that was read: its address and route, what its path names, its query, and what stands on it."""

    address: str
    route: str
    named: dict[str, str]
    query: dict[str, str]
    page: Element

    @property
    def period(self) -> str:
        """The windows that it is about, as the link to its table names them; empty where there is nothing in them."""
        links = [urlsplit(each.attributes.get("href", "")).query for each in self.page.all("a")]
        query = next((each for each in links if "format=csv" in each), "")
        return "&".join(part for part in query.split("&") if "window" in part)


def walk(http: TestClient, of_a_kind: int) -> Iterator[Read]:
    """The pages that somebody comes to by links from the overview: so many of each kind, and as many besides that are
    about one shop. Raises AssertionError for a link to nowhere.
    """
    routes = [each for router in routers() for each in router.routes if isinstance(each, APIRoute)]
    reads = [route for route in routes if "GET" in route.methods]
    met, kinds, waiting = set[str](), Counter[tuple[str, ...]](), deque(["/console"])
    while waiting:
        address = waiting.popleft()
        if address in met:
            continue
        met.add(address)
        parts = urlsplit(address)
        route, named = _route(reads, parts.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        kind = (route, *sorted(query), str(SHOP in named.values()))
        kinds[kind] += 1
        if kinds[kind] > of_a_kind:
            continue
        answer = http.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        if not answer.headers["content-type"].startswith("text/html") or "content-disposition" in answer.headers:
            continue
        page = read_page(answer.text)
        links = [each.attributes.get("href", "") for each in page.all("a")]
        waiting.extend(
            urljoin(address, link).partition("#")[0] for link in links if link and not link.startswith(OUTSIDE)
        )
        # A manager is led to the page of the own shop.
        route, named = _route(reads, answer.url.path)
        if route.startswith("/console"):
            yield Read(address, route, named, query, page)


def _route(routes: Sequence[APIRoute], path: str) -> tuple[str, dict[str, str]]:
    for route in routes:
        matched = route.path_regex.match(path)
        if matched:
            return route.path, matched.groupdict()
    return path, {}
