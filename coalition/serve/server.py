"""The server process: one on SQLite, one or several on PostgreSQL."""

import os
import sys
from contextlib import closing
from dataclasses import dataclass
from functools import partial

import uvicorn
from fastapi import FastAPI

from coalition.alliance import Alliances
from coalition.api.app import create_app
from coalition.app import open_database, tune_process
from coalition.clock import system_clock
from coalition.errors import CoalitionError
from coalition.jobs.worker import Worker
from coalition.locale.messages import N_
from coalition.operation.lag import Lag
from coalition.operation.logs import set_up_logs
from coalition.operation.metrics import serve_metrics, share_between_processes
from coalition.operation.stopping import notice_stop
from coalition.operation.traces import traces_from_environment
from coalition.operation.watch import PosterTelemetry
from coalition.payments.rails.stripe import stripe_receivers
from coalition.schedule import job_kinds
from coalition.serve.connections import Connection
from coalition.serve.work import warn_of_stripe, work_settings
from coalition.settings import read_settings
from settlement import Phrase
from settlement.ledger import Database

URL_VARIABLE = "COALITION_DATABASE_URL"
DRAIN_VARIABLE = "COALITION_DRAIN_SECONDS"
JOBS_VARIABLE = "COALITION_SERVE_JOBS"
STOP_SECONDS = 30
"""How long a server that is told to stop answers what it took."""
WORKER_SILENT_SECONDS = 60
"""How long a process may not answer uvicorn's parent before it is killed: on a busy machine, importing takes longer
than uvicorn's five seconds, and processes that are killed while they start would never come up."""


class OneProcessOnly(CoalitionError):
    """Several processes on a database that one process writes."""

    code = "one_process_only"
    detail = N_("{url} is written by one process. Use PostgreSQL for {workers}, or leave --workers out.")
    public = False
    url: str
    workers: int


class AddressUnusable(CoalitionError):
    """An address that can't be listened on."""

    code = "address_unusable"
    detail = N_("{address}: {why}.")
    public = False
    address: str
    why: str


@dataclass(frozen=True, slots=True)
class Listen:
    """Where and how to serve. `metrics` is an address and a port for the figures, None for none.

    Told to stop, the server says so to its balancers for `drain_seconds` before it closes its socket. With
    `jobs` it does those of the database too. It closes a connection that was idle for `keep_alive_seconds`.
    """

    host: str
    port: int
    workers: int
    metrics: tuple[str, int] | None
    drain_seconds: float
    jobs: bool
    keep_alive_seconds: int


def address_of(text: str) -> tuple[str, int]:
    """The parts of HOST:PORT. Raises AddressUnusable."""
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 2**16:
        raise AddressUnusable(text, Phrase("write an address and a port, as in 127.0.0.1:9464"))
    return host, int(port)


def serve(url: str, listen: Listen) -> None:
    """Serve until told to stop.

    Raises OneProcessOnly, AddressUnusable where the metrics' port is taken, BookNotFound and DigitsTooFew where the
    settings of Stripe can't be used.
    """
    with closing(Database(url)) as database:
        if listen.workers > 1 and database.is_sqlite:
            raise OneProcessOnly(database.public_url, listen.workers)
    if listen.workers > 1:
        # What can't be used of the settings is said here, once, and not by each process.
        with closing(Database(url)) as database, closing(Alliances(database)) as alliances:
            stripe_receivers(alliances)
    os.environ[URL_VARIABLE], os.environ[DRAIN_VARIABLE] = url, str(listen.drain_seconds)
    os.environ[JOBS_VARIABLE] = "yes" if listen.jobs else "no"
    set_up_logs(sys.stderr)
    if listen.workers > 1:
        share_between_processes()
    if listen.metrics is not None:
        try:
            serve_metrics(*listen.metrics, Lag(Database(url), system_clock))
        except OSError as error:
            raise AddressUnusable("{}:{}".format(*listen.metrics), error.strerror or str(error)) from None
    warn_of_stripe(url)
    proxies = read_settings().trusted_proxies
    # Given by name, since each of several processes makes its own.
    uvicorn.run(
        "coalition.serve.server:worker",
        factory=True,
        host=listen.host,
        port=listen.port,
        workers=listen.workers,
        log_config=None,
        access_log=False,
        loop="uvloop",
        http=Connection,
        ws="none",
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_graceful_shutdown=STOP_SECONDS,
        timeout_keep_alive=listen.keep_alive_seconds,
        timeout_worker_healthcheck=WORKER_SILENT_SECONDS,
    )


def worker() -> FastAPI:
    """The app of one process. It has the settings from the environment."""
    tune_process()
    set_up_logs(sys.stderr)
    traces = traces_from_environment()
    alliances = Alliances(open_database(os.environ[URL_VARIABLE]), watch=PosterTelemetry(traces))
    # The server's own handler of signals is there only once it starts.
    drain_seconds = float(os.environ[DRAIN_VARIABLE])
    environment, settings = read_settings(), work_settings()
    return create_app(
        alliances,
        stripe=stripe_receivers(alliances),
        settings=settings,
        worker=Worker(alliances, job_kinds(), settings) if os.environ[JOBS_VARIABLE] == "yes" else None,
        rate_scale=environment.rate_scale,
        public_url=environment.public_url,
        log_in_over_http=environment.log_in_over_http,
        traces=traces,
        on_start=partial(notice_stop, drain_seconds),
    )
