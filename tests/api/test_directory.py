"""The part of the API that an address belongs to is looked for once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from starlette.routing import Route

from app.api.requests import directory
from app.api.requests.directory import Directory, LateRoutes

Asked = list[str]


def _router(path: str, name: str, **verbs: str) -> APIRouter:
    router = APIRouter()
    for verb, answer in verbs.items():

        async def tell(answer: str = answer) -> str:
            return answer

        router.add_api_route(path, tell, methods=[verb], name=f"{name}-{verb}")
    return router


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(directory, "KEPT", 2)
    api = FastAPI()
    api.include_router(_router("/plans/{plan}/gaps", "gaps", GET="gaps"))
    api.include_router(_router("/plans/{plan}/reports", "list", GET="list"))
    api.include_router(_router("/plans/{plan}/reports", "submit", POST="submit"))
    api.add_api_route("/own/{name}", _own)
    api.router.middleware_stack = Directory(api.router, LateRoutes(api.router, list))
    with TestClient(api) as found:
        yield found


async def _own(name: str) -> str:
    return name


def test_an_address_is_answered_by_its_own_route_each_time(client: TestClient) -> None:
    # More addresses than are kept, each asked again.
    for _ in range(3):
        assert client.get("/plans/a/gaps").json() == "gaps"
        assert client.get("/plans/a/reports").json() == "list"
        assert client.post("/plans/a/reports").json() == "submit"
        assert client.post("/plans/b/reports").json() == "submit"
        assert client.get("/own/first").json() == "first"
        assert client.get("/own/second").json() == "second"
        assert client.get("/plans/a").status_code == 404
        assert client.put("/plans/a/gaps").status_code == 405


def test_of_an_address_that_is_known_nothing_else_is_looked_at(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.post("/plans/a/reports").json() == "submit"
    api: Any = client.app
    looked_at: Asked = []
    (part,) = {type(each) for each in api.router.routes if not isinstance(each, Route)}
    monkeypatch.setattr(part, "matches", _noting(looked_at, part.matches))
    assert client.post("/plans/a/reports").json() == "submit"
    assert looked_at == []
    assert client.post("/plans/c/reports").json() == "submit"
    # The third part is the one.
    assert looked_at == ["/plans/c/reports"] * 3


def _noting(looked_at: Asked, matches: Callable[..., Any]) -> Callable[..., Any]:
    def note(route: Any, scope: Any) -> Any:
        looked_at.append(scope["path"])
        return matches(route, scope)

    return note
