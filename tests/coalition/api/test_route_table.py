"""A path finds the route that it would if all were asked in turn."""

import re
from itertools import product

import pytest
from starlette.routing import BaseRoute, Match, Route

from coalition.api.route_table import CHOSEN, RouteTable
from coalition.api.routing import all_routes, route_table, routers

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PATHS = sorted({route.path for router in routers() for route in router.routes if isinstance(route, Route)})


def scope_of(method: str, path: str) -> dict[str, object]:
    return {"type": "http", "method": method, "path": path, "headers": []}


def in_turn(routes: list[BaseRoute], method: str, path: str) -> tuple[Match, BaseRoute | None]:
    asked = [(route.matches(scope_of(method, path))[0], route) for route in routes]
    for wanted in (Match.FULL, Match.PARTIAL):
        for match, route in asked:
            if match is wanted:
                return match, route
    return Match.NONE, None


def by_table(table: RouteTable, method: str, path: str) -> tuple[Match, BaseRoute | None]:
    match, scope = table.matches(scope_of(method, path))
    return match, scope.get(CHOSEN)


def test_all_paths_with_ids_and_with_words_of_others() -> None:
    """A parameter may have the value of a word that another path has in that place."""
    table, routes = route_table(), list(all_routes())
    matched = set()
    for path in PATHS:
        for value in ("x1", "settings", "new", ""):
            filled = re.sub(r"\{[^}]*\}", value, path)
            for method, end in product(("GET", "POST", "DELETE"), ("", "/")):
                match, route = by_table(table, method, filled + end)
                assert (match, route) == in_turn(routes, method, filled + end), (method, filled + end)
                matched.add(match)
    assert matched == set(Match)


@pytest.mark.parametrize(
    "path", ["", "/", "//", "/v1", "/v1/", "/v2/purchases", "/v1/none/at/all", "v1/purchases", "/console//"]
)
def test_paths_of_no_route(path: str) -> None:
    table, routes = route_table(), list(all_routes())
    for method in METHODS:
        assert by_table(table, method, path) == in_turn(routes, method, path), method


def test_a_parameter_among_the_first_words() -> None:
    """The route that comes first wins, though the other is found by more words."""

    def route(path: str) -> Route:
        return Route(path, lambda request: request)

    first, second, third = route("/shops/{shop}"), route("/shops/new"), route("/{anything:path}")
    table = RouteTable((each, [each.path]) for each in (first, second, third))
    assert by_table(table, "GET", "/shops/new") == (Match.FULL, first)
    assert by_table(table, "GET", "/shops/a/b") == (Match.FULL, third)
    assert by_table(table, "GET", "/till") == (Match.FULL, third)
    assert by_table(table, "POST", "/shops/new") == (Match.PARTIAL, first)
