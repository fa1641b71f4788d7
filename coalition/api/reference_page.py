"""The reference at /docs, with files of our own: a server in a shop's back room may have no internet access.

The renderer in `coalition/api/reference/` is Swagger UI 5.35.0, out of the npm package swagger-ui-dist, under the
Apache License 2.0; its LICENSE and NOTICE are there too.
"""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

FILES = Path(__file__).with_name("reference")


def add_reference(app: FastAPI) -> None:
    """Serve the reference and its files."""
    app.mount("/docs/files", StaticFiles(directory=FILES), name="reference")
    page = (FILES / "index.html").read_text(encoding="utf-8")

    @app.get("/docs", include_in_schema=False)
    def reference() -> HTMLResponse:
        return HTMLResponse(page)
