"""A page on another origin: what a browser lets it read and send, and that others get nothing."""

from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI

from tests.conftest import Deployment
from tests.serving import serving
from tests.writing import CITY, figure, report

PAGE = "https://dashboard.example.org"
OTHER = "https://evil.example"
ALLOW = "access-control-allow-origin"
EXPOSED = {"ETag", "Link", "Location", "Retry-After", "X-Request-ID"}


@pytest.fixture
def api(deploy: Callable[..., Deployment], sqlite_url: str) -> Deployment:
    return deploy(sqlite_url, allowed_origins=f"{PAGE}, http://localhost:3000")


def _names(header: str) -> set[str]:
    return {each.strip() for each in header.split(",")}


@pytest.mark.parametrize("origin", [PAGE, "http://localhost:3000"])
def test_a_page_reads_what_was_made_for_another_reader(api: Deployment, origin: str) -> None:
    path = f"{CITY}/overview"
    plain = api.client.get(path)
    assert ALLOW not in plain.headers
    found = api.client.get(path, headers={"Origin": origin})
    assert (found.status_code, found.content) == (200, plain.content)
    assert found.headers[ALLOW] == origin
    assert _names(found.headers["access-control-expose-headers"]) >= EXPOSED
    known = {"Origin": origin, "If-None-Match": plain.headers["etag"]}
    again = api.client.get(path, headers=known)
    assert (again.status_code, again.headers[ALLOW]) == (304, origin)
    assert again.headers["etag"] == plain.headers["etag"]
    # A cache in between gives no page the answer of another one.
    for each in (plain, found, again):
        assert "Origin" in _names(each.headers["vary"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("HEAD", f"{CITY}/gaps", 200),
        ("GET", f"{CITY}/gaps?format=csv", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/api/v1/me", 401),
        ("GET", f"{CITY}/gaps?limit=0", 422),
        ("POST", f"{CITY}/reports", 401),
        ("DELETE", CITY, 405),
        ("GET", "/healthz", 200),
        ("GET", f"{CITY}/gaps?as_of=%00", 422),
    ],
)
def test_a_page_reads_every_answer_and_every_problem(
    api: Deployment, method: str, path: str, status: int
) -> None:
    found = api.client.request(method, path, headers={"Origin": PAGE})
    assert (found.status_code, found.headers[ALLOW]) == (status, PAGE)


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        (f"{CITY}/overview", {"GET", "HEAD", "OPTIONS"}),
        (f"{CITY}/reports", {"GET", "HEAD", "OPTIONS", "POST"}),
    ],
)
def test_a_browser_asks_first_and_is_told_what_may_be_sent(
    api: Deployment, path: str, methods: set[str]
) -> None:
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}
    asked["Access-Control-Request-Headers"] = "authorization,content-type,idempotency-key"
    found = api.client.options(path, headers=asked)
    assert (found.status_code, found.content, found.headers[ALLOW]) == (204, b"", PAGE)
    assert _names(found.headers["access-control-allow-methods"]) == methods
    sent = {each.lower() for each in _names(found.headers["access-control-allow-headers"])}
    assert sent >= {"authorization", "content-type", "idempotency-key", "if-match"}
    assert sent >= {"if-none-match", "accept-language", "last-event-id", "range"}
    assert int(found.headers["access-control-max-age"]) > 0


def test_a_page_writes_with_a_key(api: Deployment) -> None:
    headers = {"Origin": PAGE, **api.key("reporter", "nanshan")}
    sent = api.client.post(f"{CITY}/reports", json=report(figure()), headers=headers)
    assert (sent.status_code, sent.headers[ALLOW]) == (201, PAGE)


def test_a_page_listens_to_events(api: Deployment) -> None:
    assert isinstance(api.client.app, FastAPI)
    with (
        serving(api.client.app) as url,
        httpx.stream(
            "GET", f"{url}{CITY}/events?since=0", headers={"Origin": PAGE}, timeout=20
        ) as answer,
    ):
        assert answer.headers[ALLOW] == PAGE
        assert any(line.startswith("id:") for line in answer.iter_lines())


@pytest.mark.parametrize(
    "origin",
    [
        OTHER,
        "null",
        f"{PAGE}.evil.example",
        f"{PAGE}:8443",
        "http://dashboard.example.org",
        "*",
        "",
    ],
)
def test_another_page_is_granted_nothing(api: Deployment, origin: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    for method, path in (("GET", f"{CITY}/gaps"), ("OPTIONS", f"{CITY}/gaps"), ("GET", "/no")):
        found = api.client.request(method, path, headers=asked)
        assert [name for name in found.headers if name.startswith("access-control")] == []
        assert "Origin" in _names(found.headers["vary"])


def test_no_page_is_granted_anything_unless_it_is_named(
    deploy: Callable[..., Deployment], sqlite_url: str
) -> None:
    closed = deploy(sqlite_url)
    found = closed.client.get(f"{CITY}/gaps", headers={"Origin": PAGE})
    assert ALLOW not in found.headers
    assert "Origin" not in _names(found.headers["vary"])


def test_every_page_may_be_named(deploy: Callable[..., Deployment], sqlite_url: str) -> None:
    every = deploy(sqlite_url, allowed_origins="*")
    found = every.client.get(f"{CITY}/gaps", headers={"Origin": OTHER})
    assert found.headers[ALLOW] == "*"
    # Keys are sent by the page itself; a browser adds nothing of its own.
    assert "access-control-allow-credentials" not in found.headers
