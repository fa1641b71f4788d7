"""The HTTP application."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field
from sqlalchemy import text
from starlette.responses import Response

from coalition.api.access import FRESH_SECONDS, Callers
from coalition.api.lab_sandbox import Sandbox
from coalition.api.problems import ApiError, Problem, add_handlers, answer, responses
from coalition.api.reference_page import add_reference
from coalition.api.routes import ROUTERS
from coalition.api.stripe_webhooks import Receive
from coalition.app import Alliances
from coalition.jobs.job import WorkSettings
from coalition.jobs.worker import Worker
from coalition.operation.observed import Observed
from coalition.operation.stopping import STOPPING
from coalition.operation.traces import NoTraces, Traces

BODY_BYTES_MAX = 8_000_000

DESCRIPTION = """
Every answer carries `X-Request-Id`. Errors are problem details (RFC 9457) with a stable `code` and a text in the
language of `Accept-Language` (English or Chinese).
"""


class Health(BaseModel):
    """Whether the server works."""

    status: str = Field(description="Always `ok`; where it is not, the answer is a problem.", examples=["ok"])


def create_app(
    alliances: Alliances,
    key_fresh_seconds: float = FRESH_SECONDS,
    stripe: Mapping[int, Receive] | None = None,
    settings: WorkSettings | None = None,
    *,
    works: bool = False,
    traces: Traces | None = None,
    on_start: Callable[[], None] | None = None,
) -> FastAPI:
    """The API over the alliances of one database, which must be at the newest schema.

    A key that was looked up counts for `key_fresh_seconds` without looking again. `stripe` takes in the webhooks of
    the alliances, by id, that have an account there. One that `works` does the jobs of the database, beside
    answering, for as long as it runs. `on_start` is called once the server is up.
    """
    settings = settings or WorkSettings()
    sandbox = Sandbox()
    database = alliances.database

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if on_start is not None:
            on_start()
        worker = Worker(alliances, settings) if works else None
        if worker is not None:
            worker.start()
        yield
        if worker is not None:
            await run_in_threadpool(worker.stop)
        sandbox.close()
        alliances.close()

    app = FastAPI(
        title="Coalition", version="0.1.0", description=DESCRIPTION, docs_url=None, redoc_url=None, lifespan=lifespan
    )
    app.state.alliances = alliances
    app.state.callers = Callers(database, key_fresh_seconds)
    app.state.lab = sandbox
    app.state.work_settings = settings
    app.state.stripe = stripe or {}
    add_handlers(app)
    app.middleware("http")(_with_request_id)
    app.add_middleware(Observed, traces=traces or NoTraces())
    for module in ROUTERS:
        app.include_router(module.router)

    add_reference(app)

    @app.get("/health/live", tags=["health"], operation_id="live", summary="Is the process there?")
    def live() -> Health:
        """Answers as long as the process does."""
        return Health(status="ok")

    @app.get(
        "/health/ready",
        tags=["health"],
        operation_id="ready",
        summary="Can it do its work?",
        responses=responses((503, "The database can't be used now, or the server is stopping: send nothing more.")),
    )
    def ready() -> Health:
        """Answers once the database does, and until the server is told to stop."""
        if STOPPING.is_set():
            raise ApiError(503, "poster_closed", "The server is stopping; it answers what it took.")
        with database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        return Health(status="ok")

    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


async def _with_request_id(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Give each request an id of its own, and refuse a body that no request needs."""
    request.state.request_id = f"req_{secrets.token_hex(12)}"
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > BODY_BYTES_MAX:
        detail = f"The body may have at most {BODY_BYTES_MAX} bytes, and says how many it has in Content-Length."
        response: Response = answer(request, 413, "body_too_large", detail)
    else:
        response = await call_next(request)
    response.headers["X-Request-Id"] = request.state.request_id
    return response


def _describe_framework(operation: dict[str, Any]) -> None:
    """Add what is answered before a route is asked, and put problems where the framework describes its own errors."""
    described = operation["responses"]
    if "parameters" in operation or "requestBody" in operation:
        described["422"] = {**responses((422, "A field can't be used."))[422], **described.get("422", {})}
        described["422"]["content"] = responses((422, ""))[422]["content"]
    if "requestBody" in operation:
        for status, when in ((400, "The body can't be read."), (413, "The body is too large.")):
            described.setdefault(str(status), responses((status, when))[status])


def _openapi(app: FastAPI) -> dict[str, object]:
    """OpenAPI 3.1 with our own problems in place of the framework's validation errors."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            openapi_version="3.1.0",
        )
        schemas = schema["components"]["schemas"]
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schemas["Problem"].pop("$defs", {}))
        for verbs in schema["paths"].values():
            for operation in verbs.values():
                _describe_framework(operation)
        app.openapi_schema = schema
    return app.openapi_schema
