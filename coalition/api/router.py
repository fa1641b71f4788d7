"""Routes that know who asks before they read what is sent, and that read no more than they need.

The framework reads and parses a body before it asks a route's dependencies: strangers could keep the event loop busy
with bodies of which nobody wants anything. Here the caller is known by the headers alone, then the length of the body
is compared with what the route takes, and only then is it read; a large one is parsed beside the event loop.
"""

from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

import orjson
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from coalition.api.access import allowed_by
from coalition.api.errors import BodiesTooMany
from coalition.web.ask_again import ask_again
from coalition.web.errors import BodyTooLarge
from coalition.web.request import address_of

BYTES_OF_STRANGERS = 64 * 1024
"""What a route takes that asks for no key or session, where it says nothing else."""
BYTES_OF_CALLERS = 256 * 1024
"""What any other route takes, where it says nothing else: more than a sale of 200 lines has."""
LARGE_BYTES = 8_000_000
"""What imports and batches take."""
BESIDE_THE_LOOP_BYTES = 32 * 1024
"""Up to this length a body is parsed in less time than handing it to a thread takes."""
LARGE_AT_ONCE, LARGE_OF_ONE_SENDER = 8, 2
"""Bodies above BYTES_OF_CALLERS that a process holds at once: they fill its memory."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Router(APIRouter):
    """A router of guarded routes. A route that takes more than others says so by the framework's `max_body_size`."""

    def __init__(
        self, prefix: str = "", tags: list[str | Enum] | None = None, *, include_in_schema: bool = True
    ) -> None:
        super().__init__(prefix=prefix, tags=tags, include_in_schema=include_in_schema, route_class=GuardedRoute)


class GuardedRoute(APIRoute):
    """A route that checks the caller, then the length of the body, and then reads it."""

    @property
    def body_bytes_max(self) -> int:
        """The longest body that it takes."""
        default = BYTES_OF_STRANGERS if allowed_by(self.dependant) is None else BYTES_OF_CALLERS
        return self.max_body_size or default

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler behind the checks."""
        handle = super().get_route_handler()
        allowed, most = allowed_by(self.dependant), self.body_bytes_max
        takes_json = self.body_field is not None

        async def guarded(request: Request) -> Response:
            caller = None if allowed is None else await allowed.admit(request)
            length: int = request.state.body_bytes
            if length > most:
                raise BodyTooLarge(most)
            if takes_json:
                request = BodyRequest(request.scope, request.receive)
            if length <= BYTES_OF_CALLERS:
                return await ask_again(handle, request)
            large: LargeBodies = request.app.state.large_bodies
            with large.place_of(address_of(request) if caller is None else caller.id):
                return await ask_again(handle, request)

        return guarded


class BodyRequest(Request):
    """A request whose JSON is parsed in a thread if it is long."""

    async def json(self) -> Any:
        """The body. Raises json.JSONDecodeError."""
        body = (await self.body()).removeprefix(BYTE_ORDER_MARK)
        if len(body) <= BESIDE_THE_LOOP_BYTES:
            return orjson.loads(body)
        return await to_thread.run_sync(orjson.loads, body, limiter=self.app.state.large_bodies.parsing)


class LargeBodies:
    """The large bodies that one process holds. They are parsed one at a time."""

    def __init__(self) -> None:
        self.parsing = CapacityLimiter(1)
        self._held: Counter[str] = Counter()

    @contextmanager
    def place_of(self, sender: str) -> Iterator[None]:
        """Hold one for as long as a `with` lasts. Raises BodiesTooMany where there are enough already."""
        if self._held.total() >= LARGE_AT_ONCE or self._held[sender] >= LARGE_OF_ONE_SENDER:
            raise BodiesTooMany
        self._held[sender] += 1
        try:
            yield
        finally:
            self._held[sender] -= 1
            if not self._held[sender]:
                del self._held[sender]
