"""The server process: one on SQLite, one or several on PostgreSQL."""

import os
from contextlib import closing
from functools import partial

import uvicorn
from fastapi import FastAPI

from coalition.api.app import create_app
from coalition.app import Alliances, open_database, tune_process
from coalition.errors import CoalitionError

URL_VARIABLE = "COALITION_DATABASE_URL"
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


def serve(url: str, host: str, port: int, workers: int) -> None:
    """Serve until told to stop. Raises OneProcessOnly, and DatabaseUnusable before anything is served."""
    with closing(open_database(url)) as database:
        if workers > 1:
            if database.is_sqlite:
                raise OneProcessOnly(database.shown_url, workers)
            os.environ[URL_VARIABLE] = url
        else:
            app = create_app(Alliances(database))
            _run(app, host=host, port=port)
            return
    _run("coalition.serve.server:worker", factory=True, host=host, port=port, workers=workers)


def worker() -> FastAPI:
    """The app of one of several processes. It has the settings from the environment."""
    tune_process()
    return create_app(Alliances(open_database(os.environ[URL_VARIABLE])))
