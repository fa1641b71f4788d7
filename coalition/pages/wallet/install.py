"""The wallet as an app: what a phone asks for to install it, and the worker that opens it without reception."""

from dataclasses import dataclass
from hashlib import sha256

from fastapi import Response
from fastapi.responses import HTMLResponse, ORJSONResponse

from coalition.pages.assets import all_assets, asset_url
from coalition.pages.page import Page, environment, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import Visiting

router = PageRouter("/wallet")
WORKER_CSP = "default-src 'none'; connect-src 'self'"
"""A worker has a policy of its own: it fetches from here, and does nothing else."""
SHELL = (
    "app.css",
    "wallet.js",
    "code.js",
    "pay-code.js",
    "pay-device.js",
    "till-questions.js",
    "awake.js",
    "passkeys.js",
    "atkinson.woff2",
    "icon.svg",
)
"""What the worker keeps from the start."""


@dataclass(frozen=True, slots=True)
class OfflinePage(Page):
    """What is shown where nothing else was kept."""


@router.get("/offline")
def offline(visit: Visiting) -> HTMLResponse:
    """Kept by the worker."""
    return show(visit, OfflinePage())


@router.get("/manifest.json")
def manifest(visit: Visiting) -> Response:
    """The app by its name, its colours and its icons."""
    name = visit.name or visit.say("Points")
    icons = [
        {"src": asset_url(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    described = {
        "id": "/wallet",
        "name": name,
        "short_name": name[:12],
        "start_url": "/wallet",
        "scope": "/wallet",
        "display": "standalone",
        "background_color": "#FBF7F0",
        "theme_color": "#FFFFFF",
        "icons": icons,
    }
    return ORJSONResponse(described, media_type="application/manifest+json")


@router.get("/worker.js")
def worker() -> Response:
    """The worker, which names the files of this version: another version is another worker."""
    files = [asset_url(name) for name in SHELL]
    version = sha256("".join(all_assets()).encode()).hexdigest()[:12]
    script = (
        environment()
        .get_template("wallet/worker.js")
        .render(files=files, version=version, icon=asset_url("icon-192.png"))
    )
    # A worker's own folder is all that it may serve, unless it is said that it may serve the wallet's first page too.
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/wallet", "Content-Security-Policy": WORKER_CSP}
    return Response(script, media_type="text/javascript", headers=headers)
