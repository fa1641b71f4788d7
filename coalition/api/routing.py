"""All routers, in the order in which the reference shows them: each module's POSITION. And the pages of errors."""

from collections.abc import Callable
from typing import cast

from fastapi import APIRouter, Request, Response

from coalition.discovery import declared
from settlement import NamedFact

ErrorPage = Callable[[Request, NamedFact], Response | None]
"""An error as a page; None to a request that is no browser's."""


def routers() -> list[APIRouter]:
    """The routers of `coalition/api/routes/`, of the pages, and of plugins."""
    return [module.router for kind in ("routes", "pages") for module in declared(kind, "router")]


def error_pages() -> list[ErrorPage]:
    """What makes pages of errors."""
    return [cast("ErrorPage", module.error_page) for module in declared("pages", "error_page")]
