"""The HTTP application."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field
from sqlalchemy import text

from coalition.access.caller import Role
from coalition.access.member_code import MemberOfContact, no_members
from coalition.access.messenger import LogMessenger, Messenger
from coalition.access.rates import Rates
from coalition.adjustments.adjust import ADJUST_POINTS, ALONE_POINTS_MAX, execute_adjustment
from coalition.api import (
    adjustments,
    approvals,
    audit_log,
    batches,
    disputes,
    holds,
    keys,
    lab,
    member_sessions,
    passkeys,
    purchases,
    refunds,
    reports,
    sessions,
    shops,
    stripe_webhooks,
    users,
    windows,
)
from coalition.api import alliances as alliance_routes
from coalition.api.access import FRESH_SECONDS, Callers
from coalition.api.envelope import Envelope
from coalition.api.lab_sandbox import Sandbox
from coalition.api.problems import Problem, add_handlers, responses
from coalition.api.stripe_webhooks import Receive
from coalition.app import Alliances
from coalition.approvals.approval import Action
from coalition.approvals.approvals import Approvals

DESCRIPTION = """
Every answer carries `X-Request-Id`. Errors are problem details (RFC 9457) with a stable `code` and a text in the
language of `Accept-Language` (English or Chinese). `RateLimit` says how many requests are left.
"""

NOUNS = (
    alliance_routes,
    shops,
    purchases,
    refunds,
    holds,
    batches,
    windows,
    disputes,
    reports,
    adjustments,
    approvals,
    sessions,
    member_sessions,
    passkeys,
    users,
    keys,
    audit_log,
    lab,
    stripe_webhooks,
)
"""What is under /v1, in the order of the reference."""


class Health(BaseModel):
    """Whether the server works."""

    status: str = Field(description="Always `ok`; where it is not, the answer is a problem.", examples=["ok"])


def create_app(
    alliances: Alliances,
    key_fresh_seconds: float = FRESH_SECONDS,
    stripe: Mapping[int, Receive] | None = None,
    *,
    rate_scale: int = 1,
    messenger: Messenger | None = None,
    public_url: str | None = None,
    member_of_contact: MemberOfContact = no_members,
) -> FastAPI:
    """The API over the alliances of one database, which must be at the newest schema.

    A key that was looked up counts for `key_fresh_seconds` without looking again. `stripe` takes in the webhooks of
    the alliances, by id, that have an account there. `rate_scale` multiplies the rate limits; 0 lifts them.
    `messenger` sends codes and invitations, to the log by default. `public_url` is where people reach this server;
    that of their request where it is not given. `member_of_contact` knows who has a phone number.
    """
    sandbox = Sandbox()
    database = alliances.database

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        sandbox.close()
        alliances.close()

    app = FastAPI(title="Coalition", version="0.1.0", description=DESCRIPTION, redoc_url=None, lifespan=lifespan)
    app.state.alliances = alliances
    app.state.callers = Callers(database, alliances.clock, key_fresh_seconds)
    app.state.rates = Rates(rate_scale)
    app.state.messenger = messenger or LogMessenger()
    app.state.public_url = public_url
    app.state.member_of_contact = member_of_contact
    app.state.approvals = approvals_of(alliances)
    app.state.lab = sandbox
    app.state.stripe = stripe or {}
    add_handlers(app)
    app.add_middleware(Envelope, clock=alliances.clock)
    for noun in NOUNS:
        app.include_router(noun.router)

    @app.get("/health/live", tags=["health"], operation_id="live", summary="Is the process there?")
    def live() -> Health:
        """Answers as long as the process does."""
        return Health(status="ok")

    @app.get(
        "/health/ready",
        tags=["health"],
        operation_id="ready",
        summary="Can it do its work?",
        responses=responses((503, "The database can't be used now.")),
    )
    def ready() -> Health:
        """Answers once the database does."""
        with database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        return Health(status="ok")

    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def approvals_of(alliances: Alliances) -> Approvals:
    """What takes two people, and how it is done once they agree."""
    found = Approvals(alliances.database, alliances.clock)
    deciders = frozenset({Role.OWNER, Role.FINANCE})
    adjusted = partial(execute_adjustment, alliances)
    found.register(Action(ADJUST_POINTS, ALONE_POINTS_MAX, "points", deciders, adjusted))
    return found


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
        app.openapi_schema = schema
    return app.openapi_schema
