"""The fake behind real HTTP: a thin layer that turns requests into the machine's and its answers into responses."""

import asyncio
import socket
import struct
import threading
import time
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl

import uvicorn
from fastapi import FastAPI, Request, Response

from coalition.fake_stripe import hosted, levers, machine
from coalition.fake_stripe.control import Control
from coalition.fake_stripe.delivery import Postman
from coalition.fake_stripe.errors import StripeRefusal
from coalition.fake_stripe.limits import LIVE, RateLimits

METHODS = ("GET", "POST", "DELETE")
POLL_SECONDS = 0.01
START_SECONDS = 10.0


class FakeStripe:
    """A running fake. Reach it with `StripeClient("sk_test_x", base_addresses={"api": fake.url})`.

    `now` is where its clock starts (Unix seconds; real time if None), from then on it moves only when told.
    """

    def __init__(self, port: int = 0, now: int | None = None, seed: str = "stripe", limits: RateLimits = LIVE) -> None:
        # asyncio sends small answers without delay only on sockets that say they are TCP.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        start = int(time.time()) if now is None else now
        self.machine = machine.Machine(start, seed, self.url, limits)
        self.lock = threading.Lock()
        self.postman = Postman(self.machine, self.lock)
        # Logging is the process's own: uvicorn would set up that of every server in it.
        config = uvicorn.Config(self._app(), log_config=None, lifespan="off", access_log=False)
        self.server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name="fake-stripe", daemon=True)

    @classmethod
    def start(cls, port: int = 0, now: int | None = None, seed: str = "stripe", limits: RateLimits = LIVE) -> Self:
        """Run one in the background, on a free port if none is named. Raises OSError if the port is taken."""
        fake = cls(port, now, seed, limits)
        fake.postman.start()
        fake._thread.start()
        give_up_at = time.monotonic() + START_SECONDS
        while not fake.server.started:
            if time.monotonic() > give_up_at:
                raise TimeoutError(f"the fake Stripe server on port {fake.port} did not start")
            time.sleep(POLL_SECONDS)
        return fake

    def stop(self) -> None:
        """Stop serving and delivering; requests that were left hanging are dropped."""
        self.server.should_exit = True
        self._thread.join()
        self.postman.stop()
        self._socket.close()

    def serve(self) -> None:
        """Run in the foreground until interrupted."""
        self.postman.start()
        try:
            self._serve()
        finally:
            self.postman.stop()
            self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _serve(self) -> None:
        self.server.run(sockets=[self._socket])

    def _app(self) -> FastAPI:
        app = FastAPI(title="Fake Stripe", docs_url=None, redoc_url=None, openapi_url="/_control/openapi.json")
        control = Control(self.machine)
        app.include_router(levers.router(control, self.lock, self.postman))
        app.include_router(hosted.router(control, self.lock), include_in_schema=False)
        app.add_api_route("/v1/{rest:path}", self._answer, methods=list(METHODS), include_in_schema=False)
        app.add_exception_handler(StripeRefusal, _refuse)
        return app

    async def _answer(self, request: Request) -> Response:
        asked = await _read(request)
        with self.lock:
            begun = self.machine.begin(asked, time.monotonic())
        if isinstance(begun, machine.Ticket):
            if begun.fault and begun.fault.seconds:
                await asyncio.sleep(begun.fault.seconds)
            with self.lock:
                begun = self.machine.finish(begun)
        if begun.lost == "timeout":
            while not (await request.is_disconnected() or self.server.should_exit):
                await asyncio.sleep(POLL_SECONDS)
        if begun.lost:
            await self._break_connection(request)
        return Response(begun.body, begun.status, begun.headers)

    async def _break_connection(self, request: Request) -> None:
        """Reset the caller's connection, so that not a byte of the answer arrives."""
        for connection in list(self.server.server_state.connections):
            if request.client and getattr(connection, "client", None) == tuple(request.client):
                transport = connection.transport
                raw = transport.get_extra_info("socket")
                if raw is not None:
                    # With a linger time of zero, closing sends a reset instead of an orderly end.
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                transport.abort()
        await asyncio.sleep(POLL_SECONDS)


async def _read(request: Request) -> machine.Request:
    text = (await request.body()).decode(errors="replace") if request.method == "POST" else request.url.query
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return machine.Request(
        method=request.method,
        path=request.url.path,
        pairs=tuple(parse_qsl(text, keep_blank_values=True)),
        api_key=key if scheme.lower() == "bearer" else "",
        account=request.headers.get("stripe-account"),
        version=request.headers.get("stripe-version"),
        idempotency_key=request.headers.get("idempotency-key"),
    )


async def _refuse(_request: Request, refusal: Exception) -> Response:
    if not isinstance(refusal, StripeRefusal):
        raise refusal
    return Response(machine.as_json(refusal.body("req_control")), refusal.status, media_type="application/json")
