"""All routers, in the order in which the reference shows them: each module's POSITION. And the pages of errors."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import cast

from fastapi import APIRouter, Depends, Request, Response
from starlette.routing import BaseRoute, Route

from coalition.api.known_parameters import refuse_unknown_parameters
from coalition.api.route_table import RouteTable
from coalition.discovery import declared, plugins
from settlement import NamedFact

ErrorPage = Callable[[Request, NamedFact], Response | None]
"""An error as a page; None to a request that is no browser's."""


def routers() -> list[APIRouter]:
    """The routers of `coalition/api/routes/`, of the pages, and of plugins."""
    return [module.router for kind in ("routes", "pages") for module in declared(kind, "router")]


def all_routes() -> Sequence[BaseRoute]:
    """Every route, each of which refuses what it does not know.

    FastAPI works out what a route needs when it is first looked at, which takes a third of a second for all of them:
    once in a process, however many applications it makes.
    """
    return _all_routes(tuple(plugins()))


@cache
def _all_routes(_plugins: tuple[str, ...]) -> Sequence[BaseRoute]:
    collected = APIRouter(dependencies=[Depends(refuse_unknown_parameters)])
    for router in routers():
        collected.include_router(router)
    return collected.routes


def route_table() -> RouteTable:
    """The same, to be found by their paths."""
    return _route_table(tuple(plugins()))


@cache
def _route_table(_plugins: tuple[str, ...]) -> RouteTable:
    paths = ([route.path for route in router.routes if isinstance(route, Route)] for router in routers())
    return RouteTable(zip(all_routes(), paths, strict=True))


def error_pages() -> list[ErrorPage]:
    """What makes pages of errors."""
    return [cast("ErrorPage", module.error_page) for module in declared("pages", "error_page")]
