"""The application, put together from its settings."""

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from importlib import import_module
from types import FrameType
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, Depends, FastAPI
from fastapi.telemetry import TelemetryConfig
from sqlalchemy.exc import SQLAlchemyError
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from app import __version__
from app.api import plans, system
from app.api.answers.problems import install_problems
from app.api.contract import pages
from app.api.contract.document import VERSION, finish, name_issuer
from app.api.contract.operations import name_operation
from app.api.requests.directory import Directory, LateRoutes
from app.api.requests.latest import LatestGaps
from app.api.requests.refusals import refuse_repeated
from app.api.requests.upload import DECODERS
from app.courier import Courier
from app.database import Database
from app.domain.time.calendar import day_in_shanghai
from app.edge.answers.shelf import Shelf
from app.edge.callers import Callers
from app.edge.demo import DemoMark
from app.edge.front import Front
from app.edge.gate import Gate, read_proxies
from app.edge.metrics import Metrics
from app.edge.origins import Origins
from app.edge.pace import Pace
from app.edge.repeats import Repeats, RestsOn
from app.edge.state import Watch
from app.edge.tokens.issuer import Issuer
from app.page import routes as page
from app.readiness import Readiness
from app.services.plans.deployments import is_demo
from app.settings import Settings
from app.starting import late
from app.writer import Writer

BASE = "/api/v1"
# How soon after midnight in Asia/Shanghai the new day is noticed.
_DAILY_SECONDS = 60
# How long whoever needs the interpreter waits for a thread that calculates before it must give way:
# the loop of events does so again for each event. Python's own 5 ms are too long for that.
_SWITCH_SECONDS = 0.0002
_LOG = logging.getLogger("dabiao")
# Else FastAPI finds out at each request whether it is traced: a sixth of what a 304 takes.
_UNTRACED: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
_TRACING = "app.edge.tracing.spans"
_traced = late(_TRACING, "traced")
_spans, _traced_writer = late(_TRACING, "Spans"), late(_TRACING, "TracedWriter")
_EVERYWHERE = [Depends(refuse_repeated)]
# The routers that follow that of plans, in the order of the contract.
_LATE = (
    *("api.progress", "api.gaps", "api.targets.files", "api.targets.targets", "api.targets.tasks"),
    *("api.evaluate", "api.reconciliation", "api.scenarios", "api.observations", "api.ledger"),
    *("api.reports.batch", "api.reports.single", "api.reports.decisions", "api.calendar"),
    *("briefing.routes", "assessment.routes", "api.publications", "api.events", "api.hooks"),
    *("api.system:caller_router", "api.keys"),
)
# By then, whoever waited for the start has an answer.
_LATE_SECONDS = 1.0


def create_app(
    settings: Settings | None = None, *, clock: Callable[[], datetime] | None = None
) -> FastAPI:
    """The API on the database that the settings name. ``clock`` gives the present instant."""
    app = _Api(
        title="Dabiao 达标",
        description="How far a plan is from each of its targets, and what was known when.",
        version=__version__,
        docs_url=None,
        # Served by a route of our own.
        openapi_url=None,
        redoc_url=None,
        # It would tell the client to go where its own Host header says.
        redirect_slashes=False,
        lifespan=_lifespan,
        generate_unique_id_function=name_operation,
        telemetry=_traced() if _is_traced() else _UNTRACED,
    )
    app.is_traced = _is_traced()
    app.openapi_version = VERSION
    open_on(app, settings or Settings(), clock=clock)
    app.state.allowed_methods = pages.allowed_methods(app)
    app.include_router(plans.router, prefix=BASE, dependencies=_EVERYWHERE)
    app.state.late_routes = LateRoutes(app.router, _load_late)
    app.include_router(system.router)
    app.include_router(pages.router)
    app.include_router(page.router)
    pages.install_assets(app)
    install_problems(app)
    app.add_middleware(DemoMark, is_demo=is_demo)
    app.router.middleware_stack = Directory(app.router, app.state.late_routes)
    return app


def _load_late() -> list[BaseRoute]:
    """The routes that few of the first requests are for."""
    found = APIRouter(generate_unique_id_function=name_operation)
    for each in _LATE:
        found.include_router(_load(each), prefix=BASE, dependencies=_EVERYWHERE)
    found.include_router(_load("sdmx.routes"), prefix="/sdmx", dependencies=_EVERYWHERE)
    return found.routes


def _load(place: str) -> APIRouter:
    module, _, name = place.partition(":")
    found: APIRouter = getattr(import_module(f"app.{module}"), name or "router")
    return found


def open_on(
    app: FastAPI, settings: Settings, *, clock: Callable[[], datetime] | None = None
) -> None:
    """Put the API on a database. Its routes, which take a while to build, stay as they are."""
    app.state.settings = settings
    app.state.database = Database(settings, serves=True)
    app.state.watch = Watch(app.state.database)
    app.state.readiness = Readiness(app.state.database)
    app.state.issuer = Issuer(settings) if settings.takes_tokens else None
    app.state.callers = Callers(app.state.database, app.state.issuer)
    app.state.origins = Origins.of(settings.origins)
    app.state.gate = Gate(settings)
    app.state.pace = Pace()
    app.state.proxies = read_proxies(settings.trusted_proxies)
    app.state.shelf = Shelf(settings.cache_bytes)
    app.state.is_demo = None
    app.state.clock = clock or _now
    app.state.metrics = Metrics(app.state)
    app.state.repeats = Repeats(
        RestsOn(
            gate=app.state.gate,
            watch=app.state.watch,
            shelf=app.state.shelf,
            pace=app.state.pace,
            metrics=app.state.metrics,
            clock=app.state.clock,
        )
    )
    app.state.writer = (_traced_writer if _is_traced() else Writer)(
        app.state.database, limit=settings.write_queue, patience=settings.busy_timeout_seconds
    )
    app.state.courier = Courier(
        app.state.database,
        clock=app.state.clock,
        reaches_any=settings.hook_addresses == "any",
    )
    app.state.latest = LatestGaps(
        app.state.database,
        app.state.writer,
        app.state.clock,
        patience=settings.busy_timeout_seconds,
    )
    app.state.decoders = ThreadPoolExecutor(DECODERS, thread_name_prefix="decoder")
    app.state.stopping = asyncio.Event()


def close(app: FastAPI) -> None:
    """Let everything go that the API opened, when what was begun is done."""
    app.state.courier.close()
    if app.state.issuer is not None:
        app.state.issuer.close()
    app.state.latest.close()
    app.state.writer.close()
    app.state.watch.close()
    app.state.readiness.close()
    app.state.decoders.shutdown()
    app.state.database.dispose()


class _Api(FastAPI):
    """An API whose description is its contract."""

    is_traced = False
    # Two who ask for the document at once get the same, and whole.
    _describing = threading.Lock()

    @property
    def repeats(self) -> Repeats | None:
        """What a connection may send by itself; None where each request is traced."""
        found: Repeats = self.state.repeats
        return None if self.is_traced else found

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        self.state.late_routes.load()
        with self._describing:
            if self.openapi_schema is None:
                finish(super().openapi())
            found = super().openapi()
        settings: Settings = self.state.settings
        return name_issuer(found, settings.oidc_issuer) if settings.takes_tokens else found

    def build_middleware_stack(self) -> ASGIApp:
        """The layers of a request, with the front outermost: it answers what nobody caught."""
        layers: Any = super().build_middleware_stack()
        front = Front(layers.app, allowed_methods=self.state.allowed_methods)
        return _spans(front, api=self) if self.is_traced else front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; where nothing is traced, through the front alone."""
        if scope["type"] != "http" or self.middleware_stack is None or self.is_traced:
            await super().__call__(scope, receive, send)
            return
        scope["app"] = self
        await self.middleware_stack(scope, receive, send)


def _is_traced() -> bool:
    """Whether OpenTelemetry is set up: by its variables, or by whoever started this process."""
    return "opentelemetry.sdk" in sys.modules or any("OTEL_" in n for n in os.environ)


def _now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    _end_streams_when_told_to_stop(app.state.stopping)
    sys.setswitchinterval(_SWITCH_SECONDS)
    limiter = anyio.to_thread.current_default_thread_limiter()
    # Nothing but reads runs in these threads: writes and files have their own.
    limiter.total_tokens = app.state.settings.readers
    app.state.courier.start()
    tasks = [asyncio.create_task(each) for each in (_update_daily(app), _complete(app))]
    yield
    for each in tasks:
        each.cancel()
    close(app)


async def _complete(app: FastAPI) -> None:
    """Load the late routes soon, so that hardly anybody waits for them."""
    await asyncio.sleep(_LATE_SECONDS)
    await asyncio.to_thread(app.state.late_routes.load)
    if gc.get_freeze_count():
        # They stay, as all that a start has made (``starting.settle``).
        gc.freeze()


async def _update_daily(app: FastAPI) -> None:
    """Bring the stored gap tables up to date at the start, and when a day begins."""
    day: date | None = None
    while True:
        now: datetime = app.state.clock()
        if day != day_in_shanghai(now):
            try:
                await asyncio.to_thread(app.state.latest.update_all)
                day = day_in_shanghai(now)
            except SQLAlchemyError:
                # The database is not there yet, or without its tables.
                _LOG.info("the stored gap tables are not looked at", exc_info=True)
        await asyncio.sleep(_DAILY_SECONDS)


def _end_streams_when_told_to_stop(stopping: asyncio.Event) -> None:
    """The server waits for every answer before it stops, and a stream of events has no end."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _both(stopping.set, signal.getsignal(number)))


def _both(
    first: Callable[[], None], then: Callable[[int, FrameType | None], Any] | int | None
) -> Callable[[int, FrameType | None], None]:
    def handle(number: int, frame: FrameType | None) -> None:
        first()
        if callable(then):
            then(number, frame)

    return handle
