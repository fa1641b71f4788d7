"""Look-ups by many coroutines: all who wait at once share one query."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from settlement.ledger import deliver_answers

Key = TypeVar("Key")
Answer = TypeVar("Answer")


class LookUp(Generic[Key, Answer]):
    """Looks up what is not in memory, for any number of event loops.

    `load` brings all that it is called with into memory, and `answer` takes one from there; what they raise, the
    coroutine that waits raises.
    """

    def __init__(self, load: Callable[[set[Key]], object], answer: Callable[[Key], Answer]) -> None:
        self._load = load
        self._answer_from_memory = answer
        self._lock = threading.Lock()
        self._waiting: list[tuple[Key, asyncio.Future[Answer]]] = []
        self._working = False

    async def ask(self, key: Key) -> Answer:
        """What is behind a key."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        with self._lock:
            self._waiting.append((key, future))
            idle, self._working = not self._working, True
        if idle:
            loop.run_in_executor(None, self._work)
        return await future

    def _work(self) -> None:
        """Answer all who wait, and those who come meanwhile."""
        while asked := self._take():
            # An error here is raised again below, for each by itself.
            with suppress(Exception):
                self._load({key for key, _ in asked})
            deliver_answers([(future, self._answer(key)) for key, future in asked])

    def _take(self) -> list[tuple[Key, "asyncio.Future[Answer]"]]:
        with self._lock:
            asked, self._waiting = self._waiting, []
            self._working = bool(asked)
            return asked

    def _answer(self, key: Key) -> Answer | Exception:
        try:
            return self._answer_from_memory(key)
        except Exception as error:  # noqa: BLE001 - the coroutine that waits raises it
            return error
