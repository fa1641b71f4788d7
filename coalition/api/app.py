"""The HTTP application."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from sqlalchemy import text

from coalition.access.member_code import FindMember
from coalition.access.rates import Rates
from coalition.access.shared_rates import SharedRates
from coalition.alliance import Alliances
from coalition.api.access import FRESH_SECONDS, Callers, roles_of
from coalition.api.codes import code_table
from coalition.api.envelope import Envelope
from coalition.api.headers import HEADERS, add_headers
from coalition.api.observed import Observed
from coalition.api.problems import ApiError, Problem, add_handlers, responses
from coalition.api.reference_page import add_reference
from coalition.api.routes.stripe_webhooks import Receive
from coalition.api.routing import routers
from coalition.approvals.approvals import approvals_of
from coalition.jobs.job import WorkSettings
from coalition.jobs.worker import Worker
from coalition.lab.worker_process import Sandbox
from coalition.members.log_in import members_by_contact
from coalition.messaging.messenger import Messenger
from coalition.operation.stopping import STOPPING
from coalition.operation.traces import NoTraces, Traces

DESCRIPTION = f"""
Every answer carries `X-Request-Id`. Errors are problem details (RFC 9457) with a stable `code` and a text in the
language of `Accept-Language` (English or Chinese). `RateLimit` says how many requests are left. In a body, points and
minor units are JSON integers: `12`, not `"12"` or `12.0`. Each type of event is listed at the schema `EventType`.

## Error codes

{code_table()}
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
    worker: Worker | None = None,
    traces: Traces | None = None,
    on_start: Callable[[], None] | None = None,
    rate_scale: int = 1,
    messenger: Messenger | None = None,
    public_url: str | None = None,
    member_of_contact: FindMember | None = None,
) -> FastAPI:
    """The API over the alliances of one database, which must be at the newest schema.

    A key that was looked up counts for `key_fresh_seconds` without looking again. `stripe` takes in the webhooks of
    the alliances, by id, that have an account there. A `worker`
    does the jobs of the database for as long as the server runs. `rate_scale` multiplies the rate limits; 0 lifts them.
    `messenger` sends codes and invitations; that of the `settings` where it is not given. `public_url` is where people
    reach this server; that of their request where it is not given. `member_of_contact` knows who has a phone number:
    the register of members by default. `on_start` is called once the server is up.
    """
    settings = settings or WorkSettings()
    sandbox = Sandbox()
    database = alliances.database

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if on_start is not None:
            on_start()
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
    app.state.callers = Callers(database, alliances.clock, key_fresh_seconds)
    app.state.rates = Rates(rate_scale)
    app.state.log_in_rates = SharedRates(database, rate_scale)
    app.state.messenger = messenger or settings.messenger
    app.state.public_url = public_url
    app.state.member_of_contact = member_of_contact or members_by_contact(alliances)
    app.state.approvals = approvals_of(alliances)
    app.state.lab = sandbox
    app.state.work_settings = settings
    app.state.stripe = stripe or {}
    add_handlers(app)
    app.add_middleware(Envelope, clock=alliances.clock)
    app.add_middleware(Observed, traces=traces or NoTraces())
    for router in routers():
        app.include_router(router)

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
            raise ApiError("poster_closed", "The server is stopping; it answers what it took.")
        with database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        return Health(status="ok")

    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _describe_framework(operation: dict[str, Any]) -> None:
    """Add what is answered before a route is asked, and put problems where the framework describes its own errors."""
    described = operation["responses"]
    for parameter in operation.get("parameters", ()):
        # Optional to the framework, so that its absence is answered in our own words.
        if parameter["name"].lower() == "idempotency-key":
            parameter["required"] = True
    if "parameters" in operation or "requestBody" in operation:
        described["422"] = {**responses((422, "A field can't be used."))[422], **described.get("422", {})}
        described["422"]["content"] = responses((422, ""))[422]["content"]
    if "security" in operation:
        for status, when in (
            (429, "More than the limit; Retry-After says when."),
            (503, "Not available now; ask again."),
        ):
            described.setdefault(str(status), responses((status, when))[status])
    if "requestBody" in operation:
        for status, when in ((400, "The body can't be read."), (413, "The body is too large.")):
            described.setdefault(str(status), responses((status, when))[status])


def _routes() -> list[APIRoute]:
    return [route for router in routers() for route in router.routes if isinstance(route, APIRoute)]


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
        schema["components"]["headers"] = dict(HEADERS)
        roles = {one.operation_id: found for one in _routes() if (found := roles_of(one.dependant)) is not None}
        for verbs in schema["paths"].values():
            for operation in verbs.values():
                _describe_framework(operation)
                add_headers(operation)
                if operation["operationId"] in roles:
                    told = ", ".join(f"`{role}`" for role in sorted(roles[operation["operationId"]]))
                    operation["description"] = f"{operation.get('description', '')}\n\nFor {told}."
        app.openapi_schema = schema
    return app.openapi_schema
