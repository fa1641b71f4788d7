"""The HTTP application."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from coalition.access.callers import Callers
from coalition.access.rate_limits import Rates
from coalition.access.shared_rate_limits import SharedRates
from coalition.alliance import Alliances
from coalition.api.description import describe
from coalition.api.envelope import Envelope
from coalition.api.observed import Observed
from coalition.api.problems import add_handlers
from coalition.api.reference_page import add_reference
from coalition.api.router import LargeBodies
from coalition.api.routes.stripe_webhooks import Receive
from coalition.api.routing import error_pages, route_table
from coalition.approvals.approvals import approvals_of
from coalition.fresh import FRESH_SECONDS
from coalition.jobs.job import WorkSettings
from coalition.jobs.worker import Worker
from coalition.lab.worker_process import Sandbox
from coalition.messaging.messenger import Messenger
from coalition.operation.traces import NoTraces, Traces
from settlement import DatabaseUnusable


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
    log_in_over_http: bool = False,
) -> FastAPI:
    """The API over the alliances of one database, which must be at the newest schema.

    A key that was looked up counts for `key_fresh_seconds` without looking again. `stripe` takes in the webhooks of
    the alliances, by id, that have an account there. A `worker` does the jobs of the database for as long as
    the server runs. `rate_scale` multiplies the rate limits; 0 lifts them.
    `messenger` sends codes and invitations; that of the `settings` where it is not given. `public_url` is where people
    reach this server; that of their request where it is not given. With `log_in_over_http` they log in there without
    TLS too. `on_start` is called once the server is up.
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
        with suppress(DatabaseUnusable):
            await run_in_threadpool(app.state.approvals.key_sums.flush)
        sandbox.close()
        alliances.close()

    app = FastAPI(
        title="Coalition",
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.alliances = alliances
    app.state.callers = Callers(database, alliances.clock, key_fresh_seconds)
    app.state.rates = Rates(rate_scale)
    app.state.log_in_rates = SharedRates(database, rate_scale)
    app.state.messenger = messenger or settings.messenger
    app.state.public_url = public_url
    app.state.log_in_over_http = log_in_over_http
    app.state.approvals = approvals_of(alliances)
    app.state.lab = sandbox
    app.state.large_bodies = LargeBodies()
    app.state.work_settings = settings
    app.state.stripe = stripe or {}
    app.state.error_pages = error_pages()
    add_handlers(app)
    app.add_middleware(Envelope, clock=alliances.clock)
    app.add_middleware(Observed, traces=traces or NoTraces())
    app.router.routes.append(route_table())
    add_reference(app)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    return app
