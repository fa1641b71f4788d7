"""Answers from a thread that works for others, to whoever waits for them: a thread, or a coroutine of any loop."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


def deliver_answers(answered: "Iterable[tuple[Future[T] | asyncio.Future[T], T | Exception]]") -> None:
    """Set each future to its answer, or to fail with it; the coroutines of one loop are woken together."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[T], T | Exception]]] = defaultdict(list)
    for future, answer in answered:
        if isinstance(future, Future):
            _answer(future, answer)
        else:
            by_loop[future.get_loop()].append((future, answer))
    for loop, of_loop in by_loop.items():
        # On a loop that was closed meanwhile nobody waits any more.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_answer_all, of_loop)


def _answer_all(answered: "Iterable[tuple[asyncio.Future[Any], object]]") -> None:
    for future, answer in answered:
        if not future.done():
            _answer(future, answer)


def _answer(future: "Future[Any] | asyncio.Future[Any]", answer: object) -> None:
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
