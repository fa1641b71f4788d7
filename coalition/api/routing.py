"""All routers, in the order in which the reference shows them: each module's POSITION."""

from fastapi import APIRouter

from coalition.discovery import declared


def routers() -> list[APIRouter]:
    """The routers of `coalition/api/routes/`, of the pages, and of plugins."""
    return [module.router for kind in ("routes", "pages") for module in declared(kind, "router")]
