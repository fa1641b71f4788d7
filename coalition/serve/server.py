"""The server process: one on SQLite, one or several on PostgreSQL."""

import os
from contextlib import closing
from functools import partial

import uvicorn
from fastapi import FastAPI

from coalition.api.app import create_app
from coalition.app import Alliances, open_database, stripe_receivers, tune_process
from coalition.errors import CoalitionError
from coalition.jobs.process import work_settings
from coalition.settings import Settings
from settlement import Database

URL_VARIABLE = "COALITION_DATABASE_URL"
JOBS_VARIABLE = "COALITION_SERVE_JOBS"
STOP_SECONDS = 30
"""How long a server that is told to stop answers what it took."""


class OneProcessOnly(CoalitionError):
    """Several processes on a database that one process writes."""

    def __init__(self, url: str, workers: int) -> None:
        self.url, self.workers = url, workers
        super().__init__(f"{url} is written by one process; use PostgreSQL for {workers}, or leave --workers out")


_run = partial(
    uvicorn.run,
    log_level="info",
    access_log=False,
    loop="uvloop",
    http="httptools",
    timeout_graceful_shutdown=STOP_SECONDS,
)


def serve(url: str, host: str, port: int, workers: int, *, jobs: bool = True) -> None:
    """Serve until told to stop, and do the jobs too. Raises OneProcessOnly and DatabaseUnusable before it serves."""
    with closing(open_database(url)) as database:
        if workers > 1:
            if database.is_sqlite:
                raise OneProcessOnly(database.shown_url, workers)
            os.environ[URL_VARIABLE] = url
            os.environ[JOBS_VARIABLE] = "yes" if jobs else "no"
        else:
            _run(_app(database, jobs=jobs), host=host, port=port)
            return
    _run("coalition.serve.server:worker", factory=True, host=host, port=port, workers=workers)


def worker() -> FastAPI:
    """The app of one of several processes. It has the settings from the environment."""
    tune_process()
    return _app(open_database(os.environ[URL_VARIABLE]), jobs=os.environ[JOBS_VARIABLE] == "yes")


def _app(database: Database, *, jobs: bool) -> FastAPI:
    settings = Settings()
    alliances = Alliances(database)
    return create_app(
        alliances,
        stripe=stripe_receivers(alliances),
        settings=work_settings(),
        works=jobs,
        rate_scale=settings.rate_scale,
        public_url=settings.public_url,
    )
