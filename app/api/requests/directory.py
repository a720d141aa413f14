"""Which part of the API an address belongs to: found once, as the parts are asked in turn.

The modules of most parts are loaded late: they take a quarter of a start, and the first answers
need hardly any of them. They are loaded in a thread, where FastAPI makes of them what it would
make with a first request: meanwhile the server answers.
"""

import asyncio
import threading
from collections.abc import Callable

from fastapi import APIRouter
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

# How many addresses are kept.
KEPT = 500


class LateRoutes:
    """Routes that take their place among those of a router when ``make`` has made them."""

    def __init__(self, router: APIRouter, make: Callable[[], list[BaseRoute]]) -> None:
        self._router, self._make = router, make
        self._place = len(router.routes)
        self._lock = threading.Lock()
        self.are_loaded = False

    def load(self) -> None:
        """Load them, once."""
        with self._lock:
            if self.are_loaded:
                return
            found = self._make()
            # FastAPI keeps what it makes of a model of parameters, but not for two threads at once.
            for each in iter_route_contexts([*self._router.routes, *found]):
                if isinstance(each.original_route, APIRoute):
                    get_flat_params(each.dependant)
            # At once, as requests go through them meanwhile.
            self._router.routes[self._place : self._place] = found
            self.are_loaded = True


class Directory:
    """The way to the routes of a router; what is kept is by method and path."""

    def __init__(self, router: APIRouter, late: LateRoutes) -> None:
        self._router, self._late = router, late
        self._known: dict[tuple[str, str], BaseRoute] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the part that is known to be meant, else by the first that matches."""
        is_request = scope["type"] == "http"
        route = self._find(scope) if is_request else None
        if route is None and is_request and not self._late.are_loaded:
            await asyncio.to_thread(self._late.load)
            route = self._find(scope)
        await (self._router.app if route is None else route.handle)(scope, receive, send)

    def _find(self, scope: Scope) -> BaseRoute | None:
        key = (scope["method"], scope["path"])
        known = self._known.get(key)
        if known is not None:
            return known
        for route in self._router.routes:
            match, found = route.matches(scope)
            if match is Match.FULL:
                # A single route is not kept: it must be told the values in the path each time.
                return None if found else self._keep(key, route)
        return None

    def _keep(self, key: tuple[str, str], route: BaseRoute) -> BaseRoute:
        while len(self._known) >= KEPT:
            del self._known[next(iter(self._known))]
        self._known[key] = route
        return route
