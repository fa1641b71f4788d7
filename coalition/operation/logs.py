"""The log: one JSON line an event on standard error; in colour, for people, where that is a terminal.

No line has a key, a body or a contact in it. An error is logged with its kind and the places it came through, and
with its text only where that is a sentence of a database's about itself: other texts quote what was sent.
"""

import logging
import sqlite3
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import orjson
import structlog
from structlog.typing import Processor

FRAMES_MAX = 30

# An application that nobody set up a log for, as in a test, is silent.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
log: structlog.stdlib.BoundLogger = structlog.get_logger("coalition")


def set_up_logs(stream: TextIO) -> None:
    """Send the log, and that of the libraries, to a stream."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_error,
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer() if stream.isatty() else structlog.processors.JSONRenderer(serializer=_json)
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(allow=()), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)


def error_of(error: BaseException) -> dict[str, object]:
    """The log's fields for an error: its kind and those of its causes, its places, and a database's own sentence."""
    from psycopg import OperationalError

    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None and cause not in chain:
        chain.append(cause)
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_MAX:]
    fields: dict[str, object] = {
        "error": [f"{type(each).__module__}.{type(each).__qualname__}" for each in chain],
        "traceback": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    for each in chain:
        # An operational error is about the server, the disk or a lock; its first line quotes no row.
        if isinstance(each, OperationalError | sqlite3.OperationalError):
            fields["reason"] = str(each).strip().partition("\n")[0]
    return fields


def _with_error(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an error by the fields that the log has for it."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event.update(error_of(error))
    return event


def _json(event: object, **_: object) -> str:
    return orjson.dumps(event, default=repr).decode()
