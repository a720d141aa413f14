"""What every answer has: request id, methods, entity tags, caching; and how the API lives."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest
import sqlalchemy as sa
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.answers import files
from app.api.answers.files import FileFormat
from app.edge import front
from app.edge.answers import recorder
from app.formats.tables.table import Table
from tests.api.reads import CITY, NATION, approve, submit
from tests.conftest import BARE_APP, Deployment

READS = [
    "/api/v1/plans",
    CITY,
    *(
        f"{CITY}/{name}"
        for name in (
            "areas",
            "indicators",
            "indicators/value_added",
            "goals",
            "actions",
            "units",
            "targets",
            "targets/value_added",
            "overview",
            "gaps",
            "gaps/value_added",
            "observations",
            "ledger",
            "ledger/head",
        )
    ),
    "/healthz",
    "/readyz",
    "/docs",
    "/openapi.json",
]
ANSWERS = [
    ("GET", f"{CITY}/gaps", 200),
    ("HEAD", f"{CITY}/gaps", 200),
    ("OPTIONS", f"{CITY}/gaps", 204),
    ("GET", "/nowhere", 404),
    ("DELETE", CITY, 405),
    ("GET", f"{CITY}/gaps?limit=0", 422),
    ("GET", "/api/v1/me", 401),
    ("POST", "/api/v1/evaluate", 422),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_has_a_request_id(
    read_api: Deployment, method: str, path: str, status: int
) -> None:
    first, second = (read_api.client.request(method, path) for _ in range(2))
    assert first.status_code == status
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert first.headers["x-content-type-options"] == "nosniff"
    own = read_api.client.request(method, path, headers={"X-Request-ID": "poll-4711.a_B"})
    assert own.headers["x-request-id"] == "poll-4711.a_B"


@pytest.mark.parametrize("request_id", ["", "a b", "x" * 65, "<script>", "a\tb", "id;x=1"])
def test_a_request_id_that_is_none_is_replaced(read_api: Deployment, request_id: str) -> None:
    found = read_api.client.get("/healthz", headers={"X-Request-ID": request_id})
    assert found.headers["x-request-id"] not in {request_id, ""}


@pytest.mark.parametrize("path", READS)
def test_head_answers_as_get_without_a_body(read_api: Deployment, path: str) -> None:
    got, head = read_api.client.get(path), read_api.client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    own = {"x-request-id"}
    assert {n: v for n, v in head.headers.items() if n not in own} == {
        n: v for n, v in got.headers.items() if n not in own
    }


def test_head_of_a_failure_has_no_body_either(read_api: Deployment) -> None:
    for path, status in (("/nowhere", 404), ("/api/v1/evaluate", 405), ("/api/v1/me", 401)):
        found = read_api.client.head(path)
        assert (found.status_code, found.content) == (status, b"")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        *((path, "GET, HEAD, OPTIONS") for path in READS if path != f"{CITY}/targets"),
        ("/api/v1/me", "GET, HEAD, OPTIONS"),
        ("/docs/assets/swagger-ui.css", "GET, HEAD, OPTIONS"),
        (f"{CITY}/reports", "GET, HEAD, OPTIONS, POST"),
        (f"{CITY}/reports/r2-1", "GET, HEAD, OPTIONS"),
        (f"{CITY}/reports/r2-1/approve", "OPTIONS, POST"),
        (f"{CITY}/targets", "GET, HEAD, OPTIONS, POST"),
        ("/api/v1/evaluate", "OPTIONS, POST"),
    ],
)
def test_options_and_405_name_every_method_of_the_path(
    read_api: Deployment, path: str, allowed: str
) -> None:
    options = read_api.client.options(path)
    assert (options.status_code, options.headers["allow"]) == (204, allowed)
    others = {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"} - set(allowed.split(", "))
    for method in sorted(others):
        found = read_api.client.request(method, path)
        assert found.status_code == 405, method
        assert found.headers["allow"] == allowed
        assert method in found.json()["detail"]


def test_a_path_that_is_not_there_allows_nothing(read_api: Deployment) -> None:
    for method in ("OPTIONS", "DELETE", "BREW"):
        assert read_api.client.request(method, "/api/v1/nowhere").status_code == 404


@pytest.mark.parametrize("path", READS)
def test_a_read_that_did_not_change_is_304(read_api: Deployment, path: str) -> None:
    first = read_api.client.get(path)
    tag = first.headers["etag"]
    for header in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = read_api.client.get(path, headers={"If-None-Match": header})
        assert (again.status_code, again.content) == (304, b"")
        for name in ("etag", "cache-control", "vary"):
            assert again.headers[name] == first.headers[name]
        assert "content-type" not in again.headers
    changed = read_api.client.get(path, headers={"If-None-Match": '"other"'})
    assert (changed.status_code, changed.content) == (200, first.content)


@pytest.mark.parametrize("path", ["overview", "gaps", "observations", "ledger/head"])
def test_a_write_changes_the_tag_of_what_it_changes(deployment: Deployment, path: str) -> None:
    url, client = f"{CITY}/{path}", deployment.client
    other = client.get(NATION).headers["etag"]
    first = client.get(url).headers["etag"]
    approve(deployment, submit(deployment, "nanshan", 812.4))
    again = client.get(url, headers={"If-None-Match": first})
    assert again.status_code == 200
    assert again.headers["etag"] != first
    assert client.get(NATION, headers={"If-None-Match": other}).status_code == 304


def test_formats_and_callers_do_not_share_a_cached_answer(read_api: Deployment) -> None:
    url, key = f"{CITY}/gaps", read_api.key("reader")
    public = read_api.client.get(url)
    as_csv = read_api.client.get(url, headers={"Accept": "text/csv"})
    with_key = read_api.client.get(url, headers=key)
    vary = {name.strip() for name in public.headers["vary"].split(",")}
    assert {"Accept", "Accept-Language", "Authorization"} <= vary
    assert public.headers["cache-control"] == "public, no-cache"
    assert with_key.headers["cache-control"] == "private, no-cache"
    assert as_csv.headers["etag"] != public.headers["etag"]


@pytest.mark.parametrize("name", ["json", "csv", "xlsx"])
def test_a_large_answer_is_the_same_in_pieces(
    read_api: Deployment, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    url, query = f"{NATION}/gaps", {"format": name, "limit": "100"}
    plain = {"Accept-Encoding": "identity"}
    whole = read_api.client.get(url, params=query, headers=plain)
    for module in (files, recorder):
        monkeypatch.setattr(module, "HELD_IN_MEMORY", 1000)
        monkeypatch.setattr(module, "CHUNK", 700)
    # Asked in other words, it is made once more.
    query["offset"] = "0"
    found = read_api.client.get(url, params=query, headers=plain)
    assert found.content == whole.content
    for header in ("etag", "content-length", "content-type"):
        assert found.headers[header] == whole.headers[header]
    head = read_api.client.head(url, params=query, headers=plain)
    assert (head.content, head.headers["etag"]) == (b"", whole.headers["etag"])
    tag = {"If-None-Match": whole.headers["etag"]}
    assert read_api.client.get(url, params=query, headers=tag).status_code == 304


def _run_front(app: ASGIApp) -> list[Message]:
    """What the front sends of an application's answer."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "app": BARE_APP}
    asyncio.run(front.Front(app, lambda _: "")(scope, receive, send))
    return sent


def test_the_front_sends_a_large_answer_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "HELD_IN_MEMORY", 10)
    monkeypatch.setattr(recorder, "CHUNK", 4)

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(5):
            more = {"more_body": number < 4}
            await send({"type": "http.response.body", "body": b"abc", **more})

    sent = _run_front(app)
    assert [each.get("body") for each in sent] == [None, b"abca", b"bcab", b"cabc", b"abc"]
    assert [each.get("more_body", False) for each in sent[1:]] == [True, True, True, False]
    assert (b"content-length", b"15") in sent[0]["headers"]


def test_an_answer_that_breaks_off_is_one_error_and_nothing_of_it() -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise OSError(5, "the disk")

    start, body = _run_front(app)
    assert start["status"] == 500
    assert b"internal_error" in body["body"]
    assert b"half" not in body["body"]


def test_a_file_that_cannot_be_written_is_an_error_and_no_half_file(
    read_api: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(table: Table, target: IO[bytes]) -> None:
        target.write(b"half")
        raise OSError(28, table.name)

    broken = FileFormat(write=fail, ending="csv", media_type="text/csv")
    monkeypatch.setattr(files, "_FILES", {"csv": broken})
    # A question that nobody has asked before: what is ready is not written again.
    asked = {"format": "csv", "area": "china", "period": "2021-Q2"}
    found = read_api.client.get(f"{NATION}/gaps", params=asked)
    assert (found.status_code, found.json()["code"]) == (500, "internal_error")
    assert b"half" not in found.content


def test_a_failure_is_never_cached_and_has_no_tag(read_api: Deployment) -> None:
    for path in ("/nowhere", f"{CITY}/gaps?limit=0", "/api/v1/me", f"{CITY}/gaps?as_of=99"):
        found = read_api.client.get(path, headers={"If-None-Match": "*"})
        assert found.status_code >= 400
        assert found.headers["cache-control"] == "no-store"
        assert "etag" not in found.headers


def test_a_loaded_deployment_lives_and_is_ready(reads: Deployment) -> None:
    for path in ("/healthz", "/readyz"):
        found = reads.client.get(path)
        assert (found.status_code, found.json()) == (200, {"status": "ok"})


@pytest.fixture(params=["sqlite", "postgres"])
def empty(
    request: pytest.FixtureRequest, deploy: Callable[..., Deployment], tmp_path: Path
) -> Deployment:
    """The API on a database without a schema."""
    if request.param == "sqlite":
        return deploy(f"sqlite:///{tmp_path}/empty.db")
    admin: sa.Engine = request.getfixturevalue("postgres_server")
    with admin.connect() as connection:
        connection.execute(sa.text("DROP DATABASE IF EXISTS empty"))
        connection.execute(sa.text("CREATE DATABASE empty"))
    return deploy(admin.url.set(database="empty").render_as_string(hide_password=False))


def test_an_unmigrated_database_is_not_ready_though_the_process_lives(empty: Deployment) -> None:
    assert empty.client.get("/healthz").status_code == 200
    found = empty.client.get("/readyz")
    assert found.status_code == 503
    assert found.json()["status"] == "database schema of another version"
    assert int(found.headers["retry-after"]) > 0
    assert found.headers["cache-control"] == "no-store"


def test_a_read_of_an_unmigrated_database_says_when_to_try_again(empty: Deployment) -> None:
    found = empty.client.get("/api/v1/plans")
    assert (found.status_code, found.json()["code"]) == (503, "storage_unavailable")
    assert int(found.headers["retry-after"]) > 0
    assert "SELECT" not in found.text


def test_a_database_that_is_gone_is_not_ready_though_the_process_lives(
    deploy: Callable[..., Deployment],
) -> None:
    gone = deploy("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2")
    assert gone.client.get("/healthz").status_code == 200
    assert gone.client.get("/readyz").status_code == 503
    found = gone.client.get("/api/v1/plans")
    assert (found.status_code, found.json()["code"]) == (503, "database_unavailable")
    assert "127.0.0.1" not in found.text
