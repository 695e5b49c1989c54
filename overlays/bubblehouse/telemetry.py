"""Spans and metrics of OpenTelemetry, as middleware: one span an attempt. Needs the extra `bubblehouse-loyalty[otel]`.

Docs: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span
"""

import time
from collections.abc import Awaitable, Generator, Mapping
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

from opentelemetry import metrics, propagate, trace
from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import Span, SpanKind, StatusCode, TracerProvider

from bubblehouse.middleware import Attempt, Send
from bubblehouse.transport import Response, TransportError

_NAME: Final = "bubblehouse"
_BUCKETS: Final = (
    0.005,
    0.01,
    0.025,
    0.05,
    0.075,
    0.1,
    0.25,
    0.5,
    0.75,
    1,
    2.5,
    5,
    7.5,
    10,
)  # what the conventions advise
_PORTS: Final = {"https": 443, "http": 80}

Attributes = dict[str, str | int]


class _Attempted:
    """What is told of one attempt."""

    def __init__(self, span: Span, attempt: Attempt, attributes: Attributes) -> None:
        self.attempt = attempt
        self._span = span
        self._attributes = attributes

    def answered(self, response: Response) -> Response:
        """Tell how it was answered, and hand the answer on."""
        self.tell({"http.response.status_code": response.status})
        if response.status >= 400:  # noqa: PLR2004 - what the conventions call an error of a client's span
            self.failed(str(response.status))
        return response

    def failed(self, error_type: str) -> None:
        self.tell({"error.type": error_type})
        self._span.set_status(StatusCode.ERROR)

    def tell(self, attributes: Mapping[str, str | int]) -> None:
        self._attributes |= attributes
        self._span.set_attributes(attributes)


class _Telemetry:
    """What both kinds of middleware share.

    Args:
        tracer_provider: Where spans go; the process's own unless given.
        meter_provider: Where metrics go; the process's own unless given.
        propagate_context: Whether the request carries the trace's context, and the baggage where that is switched on,
            in headers that the server sees.
    """

    def __init__(
        self,
        *,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        propagate_context: bool = True,
    ) -> None:
        self._tracer = trace.get_tracer(_NAME, tracer_provider=tracer_provider)
        self._duration = metrics.get_meter(_NAME, meter_provider=meter_provider).create_histogram(
            "http.client.request.duration",
            unit="s",
            description="Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=_BUCKETS,
        )
        self._propagate = propagate_context

    @contextmanager
    def _attempted(self, attempt: Attempt) -> Generator[_Attempted]:
        attributes, template, url = _about(attempt)
        started = time.perf_counter()
        with self._tracer.start_as_current_span(
            f"{attempt.request.method} {template}",
            kind=SpanKind.CLIENT,
            attributes={**attributes, **url},
            record_exception=False,  # a stranger's exception may tell what nobody should see
            set_status_on_exception=False,
        ) as span:
            attempted = _Attempted(span, self._with_context(attempt), attributes)
            try:
                yield attempted
            except BaseException as error:
                attempted.failed(_kind(error))
                raise
            finally:
                self._duration.record(time.perf_counter() - started, attributes)

    def _with_context(self, attempt: Attempt) -> Attempt:
        if not self._propagate:
            return attempt
        headers: dict[str, str] = {}
        propagate.inject(headers)
        return attempt.with_headers(headers)


class OpenTelemetry(_Telemetry):
    """Middleware of the blocking client: a span and a measured duration for each attempt, as the conventions have it.

    A span is named after the method and the path, with the shop and the version left open. Neither bodies nor tokens
    are told, and of exceptions the kind alone.

    Args:
        tracer_provider: Where spans go; the process's own unless given.
        meter_provider: Where metrics go; the process's own unless given.
        propagate_context: Whether the request carries the trace's context, and the baggage where that is switched on,
            in headers that the server sees.
    """

    def __call__(self, attempt: Attempt, send: Send[Response]) -> Response:
        """Send the attempt within a span.

        Args:
            attempt: What is sent.
            send: Sends it.
        """
        with self._attempted(attempt) as attempted:
            return attempted.answered(send(attempted.attempt))


class AsyncOpenTelemetry(_Telemetry):
    """The same for the asyncio client.

    Args:
        tracer_provider: Where spans go; the process's own unless given.
        meter_provider: Where metrics go; the process's own unless given.
        propagate_context: As for `OpenTelemetry`.
    """

    async def __call__(self, attempt: Attempt, send: Send[Awaitable[Response]]) -> Response:
        """Send the attempt within a span; as `OpenTelemetry.__call__`."""
        with self._attempted(attempt) as attempted:
            return attempted.answered(await send(attempted.attempt))


def _about(attempt: Attempt) -> tuple[Attributes, str, Attributes]:
    """Return what spans and metrics both tell, the path without its values, and what only the span tells."""
    parts = urlsplit(attempt.request.url)
    *base, _, _, function = parts.path.split("/")
    template = "/".join([*base, "{version}", "{shop}", function])
    attributes: Attributes = {
        "http.request.method": attempt.request.method,
        "server.address": parts.hostname or "",
        "server.port": parts.port or _PORTS.get(parts.scheme, 0),
        "url.template": template,
    }
    url: Attributes = {"url.full": attempt.request.url}
    if attempt.number > 1:
        url["http.request.resend_count"] = attempt.number - 1
    return attributes, template, url


def _kind(error: BaseException) -> str:
    if isinstance(error, TimeoutError) or (isinstance(error, TransportError) and error.timed_out):
        return "timeout"
    return f"{type(error).__module__}.{type(error).__qualname__}"
