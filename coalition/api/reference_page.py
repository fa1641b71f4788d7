"""The reference at /docs, with files of our own: a server in a shop's back room may have no internet access.

The renderer in `coalition/api/reference/` is Swagger UI 5.35.0, out of the npm package swagger-ui-dist, under the
Apache License 2.0; its LICENSE and NOTICE are there too.
"""

from pathlib import Path

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

FILES = Path(__file__).with_name("reference")


def add_reference(app: FastAPI) -> None:
    """Serve the reference and its files."""
    app.mount("/docs/files", StaticFiles(directory=FILES), name="reference")

    @app.get("/docs", include_in_schema=False)
    def reference() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="Coalition API",
            swagger_js_url="/docs/files/swagger-ui-bundle.js",
            swagger_css_url="/docs/files/swagger-ui.css",
            swagger_favicon_url="/docs/files/favicon-32x32.png",
            swagger_ui_parameters={"docExpansion": "none", "filter": True, "tryItOutEnabled": True},
        )
