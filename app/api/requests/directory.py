"""Which part of the API an address belongs to: found once, as the parts are asked in turn."""

from fastapi import APIRouter
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

# How many addresses are kept.
KEPT = 500


class Directory:
    """The way to the routes of a router; what is kept is by method and path."""

    def __init__(self, router: APIRouter) -> None:
        self._router = router
        self._known: dict[tuple[str, str], BaseRoute] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the part that is known to be meant, else by the first that matches."""
        route = self._find(scope) if scope["type"] == "http" else None
        await (self._router.app if route is None else route.handle)(scope, receive, send)

    def _find(self, scope: Scope) -> BaseRoute | None:
        key = (scope["method"], scope["path"])
        known = self._known.get(key)
        if known is not None:
            return known
        for route in self._router.routes:
            match, found = route.matches(scope)
            if match is Match.FULL:
                # A route that is no part of its own has values of the path to be told of.
                return None if found else self._keep(key, route)
        return None

    def _keep(self, key: tuple[str, str], route: BaseRoute) -> BaseRoute:
        while len(self._known) >= KEPT:
            del self._known[next(iter(self._known))]
        self._known[key] = route
        return route
