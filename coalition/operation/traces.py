"""Traces by OpenTelemetry: a request, the batch that it shared, the database. Off, they cost a call that does nothing.

They are on where the standard variable OTEL_EXPORTER_OTLP_ENDPOINT says where to send them, and the extra `traces`
is installed.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, ClassVar, Protocol

from starlette.types import Scope

from coalition.errors import CoalitionError
from coalition.locale.messages import N_

ENDPOINT_VARIABLE = "OTEL_EXPORTER_OTLP_ENDPOINT"


class TracesNotInstalled(CoalitionError):
    """Traces are asked for, and the libraries for them are not installed."""

    code = "traces_not_installed"
    detail = N_("{variable} is set, but what sends traces is not installed: `pip install 'coalition[traces]'`.")
    public = False
    variable: ClassVar[str] = ENDPOINT_VARIABLE


class RequestSpan(Protocol):
    """The span of a request."""

    def end(self, route: str, status: int) -> None:
        """Say how the request ended."""


class Traces(Protocol):
    """What makes spans."""

    def request(self, scope: Scope) -> AbstractContextManager[RequestSpan]:
        """The span of a request, current while it runs."""

    def caller(self) -> object:
        """What is current where a caller begins to wait for a batch."""

    def batch(self, callers: Sequence[object], postings: int) -> AbstractContextManager[object]:
        """The span of a batch, from the first caller's coming, with links to all callers; in it, the database's."""


class _NoSpan:
    def end(self, route: str, status: int) -> None:
        """Nothing."""


class NoTraces:
    """Makes none."""

    _request: AbstractContextManager[RequestSpan] = nullcontext(_NoSpan())
    _batch: AbstractContextManager[object] = nullcontext()

    def request(self, scope: Scope) -> AbstractContextManager[RequestSpan]:  # noqa: ARG002
        return self._request

    def caller(self) -> object:
        return None

    def batch(self, callers: Sequence[object], postings: int) -> AbstractContextManager[object]:  # noqa: ARG002
        return self._batch


class OpenTelemetry:
    """Makes spans with a tracer provider of the SDK's."""

    def __init__(self, provider: Any) -> None:
        from opentelemetry import propagate, trace

        self._trace, self._propagate = trace, propagate
        self._tracer = provider.get_tracer("coalition")

    @contextmanager
    def request(self, scope: Scope) -> Iterator[RequestSpan]:
        carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        parent = self._propagate.extract(carrier)
        with self._tracer.start_as_current_span(
            scope["method"], context=parent, kind=self._trace.SpanKind.SERVER, record_exception=False
        ) as span:
            yield _Request(span, scope["method"])

    def caller(self) -> object:
        return self._trace.get_current_span().get_span_context(), time.time_ns()

    @contextmanager
    def batch(self, callers: Sequence[Any], postings: int) -> Iterator[None]:
        links = [self._trace.Link(context) for context, _ in callers if context.is_valid]
        since = min(at for _, at in callers)
        # Not made current: one batch begins before the other has ended, and it is not a part of that one.
        with (
            self._tracer.start_span(
                "batch", links=links, start_time=since, attributes={"coalition.postings": postings}
            ) as batch,
            self._tracer.start_span(
                "database", self._trace.set_span_in_context(batch), kind=self._trace.SpanKind.CLIENT
            ),
        ):
            yield


class _Request:
    def __init__(self, span: Any, method: str) -> None:
        self._span, self._method = span, method

    def end(self, route: str, status: int) -> None:
        self._span.update_name(f"{self._method} {route}")
        self._span.set_attributes({"http.route": route, "http.response.status_code": status})


def traces_from_environment() -> Traces:
    """Traces, where the environment asks for them. Raises TracesNotInstalled."""
    if ENDPOINT_VARIABLE not in os.environ:
        return NoTraces()
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise TracesNotInstalled from None
    provider = TracerProvider(
        resource=Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME", "coalition")})
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return OpenTelemetry(provider)
