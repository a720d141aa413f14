"""The application, put together from its settings."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from fastapi import FastAPI

from app.api import batch, calendar, gaps, observations, plans, publications, reports, system
from app.api.files import show_formats
from app.api.problems import MEDIA_TYPE, Problem, install_problems
from app.database import Database
from app.edge.demo import DemoMark
from app.edge.front import Front
from app.services.deployments import is_demo
from app.settings import Settings

BASE = "/api/v1"
_FAILURES = (400, 401, 403, 404, 406, 409, 413, 415, 422, 503)
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {MEDIA_TYPE: {}}, "description": "A problem."}
    for status in _FAILURES
}


def create_app(
    settings: Settings | None = None, *, clock: Callable[[], datetime] | None = None
) -> FastAPI:
    """The API on the database that the settings name. ``clock`` gives the present instant."""
    known = settings or Settings()
    app = _Api(
        title="Dabiao 达标",
        description="How far a plan is from each of its targets, and what was known when.",
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.settings = known
    app.state.database = Database(known)
    app.state.clock = clock or _now
    # The idempotency keys of requests that this process is answering.
    app.state.running_keys = set()
    app.state.allowed_methods = _allowed_methods(app)
    for router in (
        plans.router,
        gaps.router,
        observations.router,
        batch.router,
        reports.router,
        calendar.router,
        publications.router,
        system.caller_router,
    ):
        app.include_router(router, prefix=BASE, responses=_PROBLEMS)
    app.include_router(system.router)
    system.install_docs(app)
    install_problems(app)
    app.add_middleware(DemoMark, is_demo=partial(is_demo, app.state.database))
    app.add_middleware(Front, allowed_methods=app.state.allowed_methods)
    return app


class _Api(FastAPI):
    """An API whose description says that problems come as problem documents."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document. FastAPI puts the model of every answer under application/json."""
        if self.openapi_schema is not None:
            return self.openapi_schema
        document = super().openapi()
        show_formats(document)
        for operations in document["paths"].values():
            for operation in operations.values():
                for answer in operation["responses"].values():
                    content = answer.get("content", {})
                    if MEDIA_TYPE in content:
                        content[MEDIA_TYPE] = content.pop("application/json")
        return document


def _now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.database.dispose()


def _allowed_methods(app: FastAPI) -> Callable[[str], str]:
    """The methods of a path, as an Allow header has them; empty for an unknown path."""

    @cache
    def templates() -> list[tuple[re.Pattern[str], list[str]]]:
        listed = [
            (_pattern(path), [method.upper() for method in item])
            for path, item in app.openapi()["paths"].items()
        ]
        return listed + [(_pattern(path), ["GET"]) for path in system.UNLISTED_PATHS]

    def allowed(path: str) -> str:
        found = {
            method for pattern, each in templates() if pattern.fullmatch(path) for method in each
        }
        if "GET" in found:
            found.add("HEAD")
        return ", ".join(sorted(found | {"OPTIONS"})) if found else ""

    return allowed


def _pattern(path: str) -> re.Pattern[str]:
    """What a path template matches: a name in braces stands for one segment."""
    return re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path)))
