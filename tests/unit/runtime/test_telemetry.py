"""Spans and metrics follow OpenTelemetry's conventions for HTTP clients, and tell no secret."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bubblehouse import errors
from bubblehouse.telemetry import AsyncOpenTelemetry, OpenTelemetry
from bubblehouse.transport import Response, TransportError

if TYPE_CHECKING:
    from tests.unit.runtime.conftest import Bench, Step

OK = Response(200, (), b'{"code": "x", "pts": 1}')
URL = "https://api.example.test/api/v2023061/my-shop/CustomerBalance3"
TEMPLATE = "/api/{version}/{shop}/CustomerBalance3"


class Collector:
    """A client with telemetry, and what it told."""

    def __init__(self, bench: "Bench", *steps: "Step", **options: Any) -> None:
        self._exporter, self._reader = InMemorySpanExporter(), InMemoryMetricReader()
        self.tracer_provider = TracerProvider()
        self.tracer_provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        kind = AsyncOpenTelemetry if bench.is_async else OpenTelemetry
        layer = kind(tracer_provider=self.tracer_provider, meter_provider=MeterProvider([self._reader]), **options)
        self.script = bench.script(*steps)
        self.client = bench.client(self.script, middleware=[layer])

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self._exporter.get_finished_spans())

    @property
    def points(self) -> list[tuple[int, Mapping[str, Any]]]:
        data: Any = self._reader.get_metrics_data()
        (metric,) = data.resource_metrics[0].scope_metrics[0].metrics
        assert (metric.name, metric.unit) == ("http.client.request.duration", "s")
        return [(point.count, point.attributes) for point in metric.data.data_points]


def test_an_attempt_is_a_span_with_what_the_conventions_require(bench: "Bench") -> None:
    told = Collector(bench, OK)
    bench.call(told.client)
    (span,) = told.spans
    assert (span.name, span.kind) == (f"POST {TEMPLATE}", trace.SpanKind.CLIENT)
    assert dict(span.attributes or {}) == {
        "http.request.method": "POST",
        "server.address": "api.example.test",
        "server.port": 443,
        "url.full": URL,
        "url.template": TEMPLATE,
        "http.response.status_code": 200,
    }
    assert span.status.status_code is trace.StatusCode.UNSET
    assert told.points == [
        (
            1,
            {
                "http.request.method": "POST",
                "server.address": "api.example.test",
                "server.port": 443,
                "url.template": TEMPLATE,
                "http.response.status_code": 200,
            },
        )
    ]


def test_each_attempt_tells_how_often_it_was_sent_before_and_how_it_failed(bench: "Bench") -> None:
    told = Collector(
        bench, TransportError("late", sent=True, timed_out=True), Response(503, (), b""), TransportError("x", sent=True)
    )
    with pytest.raises(errors.APIConnectionError):
        bench.call(told.client)
    attributes = [dict(span.attributes or {}) for span in told.spans]
    assert [each.get("http.request.resend_count") for each in attributes] == [None, 1, 2]
    assert [each["error.type"] for each in attributes] == [
        "timeout",
        "503",
        "bubblehouse.transport._protocol.TransportError",
    ]
    assert [each.get("http.response.status_code") for each in attributes] == [None, 503, None]
    assert {span.status.status_code for span in told.spans} == {trace.StatusCode.ERROR}
    assert len(told.points) == 3


def test_the_request_carries_the_trace_and_is_a_child_of_what_is_going_on(bench: "Bench") -> None:
    told = Collector(bench, OK)
    with told.tracer_provider.get_tracer("test").start_as_current_span("checkout") as parent:
        bench.call(told.client)
    child = next(span for span in told.spans if span.name != "checkout")
    context = child.get_span_context()
    assert context is not None
    assert child.parent is not None
    assert child.parent.span_id == parent.get_span_context().span_id
    header = dict(told.script.requests[0].headers)["traceparent"]
    assert header.startswith(f"00-{context.trace_id:032x}-{context.span_id:016x}-")


def test_the_trace_stays_at_home_when_told_so(bench: "Bench") -> None:
    told = Collector(bench, OK, propagate_context=False)
    bench.call(told.client)
    assert "traceparent" not in dict(told.script.requests[0].headers)
    assert len(told.spans) == 1


def test_it_tells_no_token_body_or_text_of_an_exception(bench: "Bench") -> None:
    def fail(*_: object) -> Response:
        raise ValueError("hunter2")

    told = Collector(bench, fail, Response(422, (), b'{"id": "insufficient_points", "message": "hunter2"}'))
    for _ in range(2):
        with pytest.raises(errors.CallError):
            bench.call(told.client, max_retries=0)
    assert len(told.spans) == 2
    shown = " ".join(span.to_json() for span in told.spans) + str(told.points)
    token = dict(told.script.requests[0].headers)["Authorization"].removeprefix("Bearer ")
    assert "hunter2" not in shown
    assert token not in shown
    assert "ValueError" in shown
