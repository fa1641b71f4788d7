"""An application behind real HTTP, in a thread of this process."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI


@contextmanager
def serving(app: FastAPI, keep_alive_seconds: int = 75) -> Iterator[str]:
    """The URL of an application that is served for as long as a `with` lasts."""
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_keep_alive=keep_alive_seconds)
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://localhost:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
