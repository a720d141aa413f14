"""OpenTelemetry: the spans of requests and writes, where a collector is named, and else nothing."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app.database import Database
from app.services.access.keys import KeyOrder, Role, create_key
from app.settings import Settings
from tests.conftest import NOW, ROOT
from tests.writing import CITY

Span = dict[str, Any]
TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
Collected = tuple[str, list[tuple[str, bytes]]]
PLAN = CITY.rpartition("/")[2]
GAPS = "GET /api/v1/plans/{plan}/gaps"
REPORTS = "POST /api/v1/plans/{plan}/reports"
# All that a span of this server may tell.
NAMES = {
    *("http.request.method", "http.response.status_code", "http.route"),
    *("url.scheme", "url.path", "url.query", "server.address", "server.port"),
    *("network.protocol.version", "error.type", "db.system.name"),
    *("dabiao.plan", "dabiao.revision", "dabiao.request_id"),
}


class _Collector(BaseHTTPRequestHandler):
    """Takes what an OTLP exporter sends."""

    received: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.received.append((self.path, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def collected() -> Iterator[Collected]:
    """The address of a collector on this machine, and what it has received."""
    received: list[tuple[str, bytes]] = []
    kind = type("Collector", (_Collector,), {"received": received})
    with HTTPServer(("127.0.0.1", 0), kind) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def spans(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, collected: Collected
) -> list[Span]:
    """The spans of what `traced.py` asks."""
    file = tmp_path_factory.mktemp("traced") / "dabiao.db"
    shutil.copy(sqlite_template, file)
    url = f"sqlite:///{file}"
    order = KeyOrder(role=Role.REPORTER, areas=frozenset({"nanshan"}))
    with Database(Settings(database_url=url)) as base, base.write_transaction() as session:
        _, key = create_key(session, order, now=NOW)
    told = _run(
        *("-W", "ignore", "-m", "tests.edge.traced", url, key, f"00-{TRACE}-{CALLER}-01"),
        OTEL_EXPORTER_OTLP_ENDPOINT=collected[0],
        OTEL_SERVICE_NAME="dabiao-test",
    )
    assert key not in told
    assert "the-secret" not in told
    found: list[Span] = json.loads(told)
    return found


def test_a_request_is_a_span_under_the_callers(spans: list[Span]) -> None:
    worked_out, kept = (span for span in spans if span["name"] == GAPS)
    for span in (worked_out, kept):
        assert (span["trace"], span["parent"]) == (TRACE, CALLER)
        told = span["attributes"]
        assert told["http.route"] == "/api/v1/plans/{plan}/gaps"
        assert (told["http.response.status_code"], told["url.query"]) == (200, "area=nanshan")
        assert (told["dabiao.plan"], told["dabiao.revision"]) == (PLAN, 1)
        assert len(told["dabiao.request_id"]) == 16


def test_a_write_is_a_span_with_its_work_inside(spans: list[Span]) -> None:
    saved, refused = (span for span in spans if span["name"] == REPORTS)
    for request in (saved, refused):
        (write,) = (span for span in spans if span["parent"] == request["id"])
        (work,) = (span for span in spans if span["parent"] == write["id"])
        assert (write["name"], work["name"]) == ("dabiao.write", "dabiao.write.work")
        assert write["attributes"]["db.system.name"] == "sqlite"
        assert write["attributes"]["dabiao.plan"] == PLAN
    told = [span["attributes"] for span in (saved, refused)]
    assert [each["http.response.status_code"] for each in told] == [201, 422]
    assert [each.get("dabiao.revision") for each in told] == [2, None]


def test_no_secret_and_no_text_of_an_error_is_in_a_span(spans: list[Span]) -> None:
    (listening,) = (span for span in spans if span["name"].endswith("/events"))
    assert listening["attributes"]["url.query"] == "ticket=REDACTED&after=1"
    assert {name for span in spans for name in span["attributes"]} <= NAMES
    assert [span["events"] for span in spans] == [[]] * len(spans)
    # What is refused is no failure of this server.
    assert {tuple(span["status"]) for span in spans} == {("UNSET", None)}


def test_the_variables_of_opentelemetry_name_the_collector(
    spans: list[Span], collected: Collected
) -> None:
    services, names = set(), []
    for path, body in collected[1]:
        assert path == "/v1/traces"
        for each in ExportTraceServiceRequest.FromString(body).resource_spans:
            told = {item.key: item.value.string_value for item in each.resource.attributes}
            services.add(told["service.name"])
            names += [span.name for scope in each.scope_spans for span in scope.spans]
    assert services == {"dabiao-test"}
    assert sorted(names) == sorted(span["name"] for span in spans)


def test_nothing_is_loaded_where_nothing_is_traced() -> None:
    loaded = "[name for name in sys.modules if 'opentelemetry.sdk' in name or 'tracing' in name]"
    told = _run("-c", f"import sys, app.main; print({loaded}, type(app.main.app.state.writer))")
    assert told == "[] <class 'app.writer.Writer'>\n"


def test_the_applications_of_all_tests_are_not_traced() -> None:
    assert "opentelemetry.sdk" not in sys.modules


def _run(*words: str, **environment: str) -> str:
    settings = {name: text for name, text in os.environ.items() if "OTEL_" not in name}
    ended = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**settings, **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
