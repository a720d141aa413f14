"""Traces of requests and writes.

FastAPI opens a span for each request, under the caller's `traceparent`. Here it is told what
FastAPI cannot know: the route of an answer that was ready, the plan and the revision. A write has
a span of its own, from the queue to the commit, with the work itself inside it. No header, body,
key or text of an error is in a span.
"""

import re
from collections.abc import Callable
from functools import cached_property, partial
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, StatusCode
from sqlmodel import Session
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors.failure import Busy, DatabaseUnavailable, OutcomeUnknown, StorageUnavailable
from app.tables import Plan
from app.writer import Writer

# It opens a stream of events, once.
_SECRET = frozenset({"ticket"})
_PLAN = re.compile(r"/api/v1/plans/([^/]+)")
# Of a write, where what was sent is not at fault.
_FAILURES = (Busy, DatabaseUnavailable, OutcomeUnknown, StorageUnavailable)
_TRACER = trace.get_tracer("dabiao")

R = TypeVar("R")


def traced() -> TelemetryConfig:
    """What FastAPI tells, to the collector that the variables of OpenTelemetry name.

    Traces alone: metrics are in `/metrics`, and its logs would hold the texts of errors. To it an
    endpoint that refuses what was sent has failed, so its spans within a request are left out.
    """
    return {"metrics": False, "logs": False, "operation_spans": False, "auto_configure": True}


class Spans:
    """Wraps the application, within the span that FastAPI has opened."""

    def __init__(self, app: ASGIApp, api: FastAPI) -> None:
        self.app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and tell its span what it was about."""
        span = trace.get_current_span()
        if scope["type"] != "http" or not span.is_recording():
            await self.app(scope, receive, send)
            return
        if query := scope["query_string"]:
            span.set_attribute("url.query", _without_secrets(query.decode("latin-1")))

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._describe(span, scope)
            await send(message)

        await self.app(scope, receive, tell)

    def _describe(self, span: Span, scope: Scope) -> None:
        path = scope["path"].removesuffix("/")
        state = scope["state"]
        span.set_attribute("dabiao.request_id", state["request_id"])
        if not state.get("is_worked_out") and (route := self._find_route(path)):
            # FastAPI looks for a route only where there is something to work out.
            span.set_attribute("http.route", route)
            span.update_name(f"{scope['method']} {route}")
        snapshot = state.get("snapshot")
        plan = snapshot.plan if snapshot is not None else _named(path)
        if plan is None:
            return
        span.set_attribute("dabiao.plan", plan)
        if snapshot is not None:
            span.set_attribute("dabiao.revision", snapshot.revision)
        elif scope["method"] in {"GET", "HEAD"} and (last := self._api.state.watch.last):
            # Of an answer that was ready: the revision as this process has just read it.
            head = last[0].heads.get(plan)
            if head is not None:
                span.set_attribute("dabiao.revision", head.revision)

    def _find_route(self, path: str) -> str | None:
        return next((each for each, pattern in self._routes if pattern.fullmatch(path)), None)

    @cached_property
    def _routes(self) -> list[tuple[str, re.Pattern[str]]]:
        """Every path of the API, the ones without a variable first."""
        paths = sorted(self._api.openapi()["paths"], key=lambda path: path.count("{"))
        return [(path, re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path))) for path in paths]


class TracedWriter(Writer):
    """A writer whose writes are spans."""

    async def write(self, work: Callable[[Session], R], *, plan: str, is_kept: bool = True) -> R:
        """As any writer."""
        system = "sqlite" if self._database.is_sqlite else "postgresql"
        request = trace.get_current_span()
        with _span("dabiao.write", kind=SpanKind.CLIENT) as span:
            span.set_attributes({"db.system.name": system, "dabiao.plan": plan})

            def traced(session: Session) -> R:
                # In the writer's thread, which knows nothing of the request.
                with _within(span), _span("dabiao.write.work"):
                    result = work(session)
                if is_kept and (row := session.get(Plan, plan)):
                    for each in (request, span):
                        each.set_attribute("dabiao.revision", row.revision)
                return result

            try:
                return await super().write(traced, plan=plan, is_kept=is_kept)
            except Exception as error:
                span.set_attribute("error.type", type(error).__name__)
                if isinstance(error, _FAILURES):
                    span.set_status(StatusCode.ERROR)
                raise


# The texts of errors may hold what was sent: a span has none.
_span = partial(
    _TRACER.start_as_current_span, record_exception=False, set_status_on_exception=False
)
_within = partial(trace.use_span, record_exception=False, set_status_on_exception=False)


def _named(path: str) -> str | None:
    found = _PLAN.match(path)
    return found[1] if found else None


def _without_secrets(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, "REDACTED" if name in _SECRET else value) for name, value in pairs])
