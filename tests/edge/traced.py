"""A traced deployment in a process of its own: what it is asked here, and its spans as JSON.

Run with the address of a database, the text of a reporter's key, and the caller's `traceparent`.
The variables of OpenTelemetry name the collector, as for a server; the spans are kept in memory
besides. No test imports this: its own applications would be traced.
"""

import json
import sys

from fastapi.testclient import TestClient
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from app.factory import create_app
from app.settings import Settings
from tests.conftest import Clock
from tests.writing import CITY, figure, report


def main(url: str, key: str, parent: str) -> None:
    """Ask, and print."""
    kept = InMemorySpanExporter()
    app = create_app(Settings(database_url=url), clock=Clock())
    with TestClient(app, raise_server_exceptions=False) as client:
        provider = trace.get_tracer_provider()
        assert isinstance(provider, TracerProvider)
        provider.add_span_processor(SimpleSpanProcessor(kept))
        for _ in range(2):
            client.get(f"{CITY}/gaps?area=nanshan", headers={"traceparent": parent})
        client.get(f"{CITY}/events?ticket=the-secret-ticket&after=1")
        headers = {"Authorization": f"Bearer {key}"}
        for value in (812.4, "the-secret-value"):
            client.post(f"{CITY}/reports", json=report(figure(value=value)), headers=headers)
    print(json.dumps([_told(span) for span in kept.get_finished_spans()]))  # noqa: T201 - for the test


def _told(span: ReadableSpan) -> dict[str, object]:
    assert span.context is not None
    return {
        "name": span.name,
        "trace": f"{span.context.trace_id:032x}",
        "id": f"{span.context.span_id:016x}",
        "parent": span.parent and f"{span.parent.span_id:016x}",
        "attributes": dict(span.attributes or {}),
        "events": [event.name for event in span.events],
        "status": [span.status.status_code.name, span.status.description],
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
