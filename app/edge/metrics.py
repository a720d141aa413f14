"""Metrics for Prometheus: counters in memory, and at each scrape what else is known.

Where requests are counted, each is told of in the log as well, if that is asked for.

What only waits for a decision is told to keys that see all, as everywhere: a scraper with such a
key gets the state of the plans too.
"""

import logging
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import State as AppState

from app.edge.asked import Asked
from app.logs import REQUESTS
from app.services.access.keys import Principal, Role
from app.starting import late

if TYPE_CHECKING:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

# The library is loaded with the first scrape.
_make_registry = late("prometheus_client", "CollectorRegistry")
_generate = late("prometheus_client", "generate_latest")
_counter = late("prometheus_client.core", "CounterMetricFamily")
_gauge = late("prometheus_client.core", "GaugeMetricFamily")
_histogram = late("prometheus_client.core", "HistogramMetricFamily")
_REQUESTS = logging.getLogger(REQUESTS)
_SECONDS = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0)
_REVISIONS = sa.text("SELECT code, revision FROM plan ORDER BY code")
# Reports that nobody has decided on.
_WAITING = sa.text(
    "SELECT r.plan, count(*) FROM report r WHERE NOT EXISTS (SELECT 1 FROM decision d "
    "WHERE d.plan = r.plan AND d.report_id = r.id) GROUP BY r.plan"
)
_MESSAGES = sa.text("SELECT status, count(*) FROM delivery GROUP BY status")


class Metrics:
    """The metrics of one deployment in this process."""

    def __init__(self, known: AppState) -> None:
        self._known = known
        # Plain numbers: the library's counters take as long as a ready answer.
        self._counts: dict[tuple[str, int], int] = {}
        self._within = [0] * (len(_SECONDS) + 1)
        self._seconds = 0.0

    def note(self, asked: Asked, status: int, seconds: float, known: Mapping[str, Any]) -> None:
        """Count a request that was answered. ``known``: its id, and who asked for what."""
        if _REQUESTS.isEnabledFor(logging.INFO):
            _tell(asked, status, seconds, known)
        place = (asked.method, status)
        self._counts[place] = self._counts.get(place, 0) + 1
        self._within[bisect_left(_SECONDS, seconds)] += 1
        self._seconds += seconds

    async def tell(self, caller: object) -> bytes:
        """All that this caller may know, in Prometheus' text format."""
        told = _written(self._tell_process())
        if isinstance(caller, Principal) and caller.role is not Role.REPORTER and not caller.plan:
            told += await run_in_threadpool(self._read_plans)
        return told

    def _tell_process(self) -> "Iterable[Metric]":
        shelf, gate, writer = self._known.shelf, self._known.gate, self._known.writer
        requests = _counter("dabiao_requests", "Requests answered.", labels=["method", "status"])
        for (method, status), count in sorted(self._counts.items()):
            requests.add_metric([method, str(status)], count)
        yield requests
        limits = [*map(str, _SECONDS), "+Inf"]
        yield _histogram(
            "dabiao_request_seconds",
            "Seconds from a request to its answer.",
            buckets=list(zip(limits, accumulate(self._within), strict=True)),
            sum_value=self._seconds,
        )
        answers = {"cache": shelf.hits, "made": shelf.misses}
        yield _counted("dabiao_cache_answers", "Kept reads, by origin.", "origin", answers)
        yield _counted("dabiao_requests_refused", "Refused by a limit.", "limit", gate.refused)
        yield _gauge("dabiao_writes_waiting", "Writes in the queue.", writer.waiting)
        yield _gauge("dabiao_listeners", "Listeners to events.", gate.listeners)

    def _read_plans(self) -> bytes:
        with self._known.database.read_session() as session:
            return _written(_tell_plans(session))


def _tell_plans(session: Session) -> "Iterable[Metric]":
    revisions = _read(session, _REVISIONS)
    waiting = dict.fromkeys(revisions, 0) | _read(session, _WAITING)
    messages = dict.fromkeys(("pending", "delivered", "failed"), 0) | _read(session, _MESSAGES)
    yield _stated("dabiao_plan_revision", "Newest revision of a plan.", "plan", revisions)
    yield _stated("dabiao_reports_waiting", "Reports without a decision.", "plan", waiting)
    yield _stated("dabiao_hook_messages", "Messages of web hooks.", "status", messages)


def _read(session: Session, query: sa.TextClause) -> dict[str, int]:
    return {str(name): number for name, number in session.connection().execute(query)}


def _tell(asked: Asked, status: int, seconds: float, known: Mapping[str, Any]) -> None:
    """Tell of a request in the log."""
    caller, snapshot = known.get("caller"), known.get("snapshot")
    facts = {
        "request_id": known["request_id"],
        "method": asked.method,
        # Without the query: a ticket may be in it.
        "path": asked.path,
        "status": status,
        "milliseconds": round(seconds * 1000, 3),
        "key_id": getattr(caller, "key_id", None),
        "plan": getattr(snapshot, "plan", None),
        "revision": getattr(snapshot, "revision", None),
    }
    told = {name: value for name, value in facts.items() if value is not None}
    _REQUESTS.info("request", extra={"facts": told})


class _Found:
    """Metrics as a registry collects them."""

    def __init__(self, found: "list[Metric]") -> None:
        self._found = found

    def collect(self) -> "list[Metric]":
        """What was found."""
        return self._found


def _written(found: "Iterable[Metric]") -> bytes:
    registry = _make_registry()
    registry.register(_Found(list(found)))
    told: bytes = _generate(registry)
    return told


def _counted(name: str, about: str, label: str, counts: Mapping[str, int]) -> "Metric":
    found: CounterMetricFamily = _counter(name, about, labels=[label])
    for each, value in sorted(counts.items()):
        found.add_metric([each], value)
    return found


def _stated(name: str, about: str, label: str, values: dict[str, int]) -> "Metric":
    found: GaugeMetricFamily = _gauge(name, about, labels=[label])
    for each, value in sorted(values.items()):
        found.add_metric([each], value)
    return found
