"""Requests that come again: answered from what is kept, and never with what is no longer true."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx2 import Response

from app.edge import asked, repeats
from app.services.access.keys import revoke_key
from tests.api.reads import CITY
from tests.conftest import Deployment
from tests.writing import decide, figure, submit

Make = Callable[..., Deployment]
OVERVIEW = f"{CITY}/overview"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the requests whose heads were read, and not known already."""
    paths: list[str] = []
    read_in_full = asked.Asked.read

    def note(scope: Any, head: asked.Head) -> asked.Asked:
        paths.append(scope["path"])
        return read_in_full(scope, head)

    monkeypatch.setattr(asked.Asked, "read", note)
    return paths


def _get(deployment: Deployment, path: str = OVERVIEW, **headers: str) -> Response:
    answer: Response = deployment.client.get(path, headers=headers)
    return answer


def _told(answer: Response) -> tuple[int, bytes, list[tuple[str, str]]]:
    """An answer but for its id."""
    headers = [each for each in answer.headers.multi_items() if each[0] != "x-request-id"]
    return answer.status_code, answer.content, sorted(headers)


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br", "zstd"])
@pytest.mark.parametrize("ending", ["", "/"])
def test_a_request_that_comes_again_gets_the_same(
    api: Deployment, read: list[str], encoding: str, ending: str
) -> None:
    headers = {"accept-encoding": encoding, **api.key("reader")}
    first = _get(api, OVERVIEW + ending, **headers)
    assert first.headers.get("content-encoding", "identity") == encoding
    again = [_get(api, OVERVIEW + ending, **headers) for _ in range(3)]
    assert [_told(each) for each in again] == [_told(first)] * 3
    known = {**headers, "if-none-match": first.headers["etag"]}
    unchanged = [_get(api, OVERVIEW + ending, **known) for _ in range(3)]
    assert [(each.status_code, each.content) for each in unchanged] == [(304, b"")] * 3
    assert _told(unchanged[1]) == _told(unchanged[2]) == _told(unchanged[0])
    # One head with the tag, one without it.
    assert len(read) == 2


def test_each_has_an_id_of_its_own_or_the_one_that_it_brings(
    api: Deployment, read: list[str]
) -> None:
    assert len({_get(api).headers["x-request-id"] for _ in range(5)}) == 5
    brought = {"x-request-id": "of-a-proxy-17"}
    assert _get(api, **brought).headers["x-request-id"] == "of-a-proxy-17"
    assert len(_get(api, **{"x-request-id": "not one"}).headers["x-request-id"]) == 16
    assert len(read) == 1


def test_a_write_is_seen_by_the_next_request(deployment: Deployment) -> None:
    path = f"{CITY}/gaps?area=nanshan&period=2024-Q3&indicator=value_added&fields=year_to_date"
    assert [_get(deployment, path).json()["items"][0]["year_to_date"] for _ in range(3)] == [
        None
    ] * 3
    before = _get(deployment, path).headers["etag"]
    sent = submit(deployment, deployment.key("reporter", "nanshan"), figure(value=812.4))
    # Nothing official has changed yet.
    assert _get(deployment, path).headers["etag"] == before
    assert decide(deployment, deployment.key("reviewer"), sent, "approve").status_code == 200
    assert [_get(deployment, path).json()["items"][0]["year_to_date"] for _ in range(3)] == [
        812.4
    ] * 3
    stale = _get(deployment, path, **{"if-none-match": before})
    assert (stale.status_code, stale.json()["items"][0]["year_to_date"]) == (200, 812.4)


def test_a_key_that_is_revoked_or_over_opens_nothing_more(
    deploy: Make, sqlite_url: str, read: list[str]
) -> None:
    deployment = deploy(sqlite_url, read_access="key")
    revoked = deployment.key("reader")
    brief = deployment.key("reader", not_after=deployment.clock.now + timedelta(hours=1))
    for key in (revoked, brief):
        assert [_get(deployment, **key).status_code for _ in range(3)] == [200] * 3
    assert len(read) == 2
    with deployment.database.write_transaction() as session:
        key_id = revoked["Authorization"].split("_")[1]
        revoke_key(session, key_id, now=deployment.clock.now)
    assert _get(deployment, **revoked).status_code == 401
    deployment.clock.now += timedelta(hours=1)
    assert _get(deployment, **brief).status_code == 401


def test_what_is_due_is_calculated_for_the_day(api: Deployment, read: list[str]) -> None:
    def reason() -> str:
        path = f"{CITY}/gaps?area=nanshan&period=2025-Q4&indicator=value_added"
        found: str = _get(api, path).json()["items"][0]["reasons"]["actual"]
        return found

    # In Asia/Shanghai a day begins at 16:00 UTC.
    api.clock.now = datetime(2025, 12, 31, 15, 59, 59, tzinfo=UTC)
    assert [reason() for _ in range(2)] == ["not_due"] * 2
    assert len(read) == 1
    api.clock.now = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
    assert [reason() for _ in range(2)] == ["not_reported"] * 2
    # A clock that is set back.
    api.clock.now = datetime(2025, 12, 31, 12, 0, tzinfo=UTC)
    assert reason() == "not_due"


def test_who_has_asked_too_often_is_refused_though_it_is_ready(
    deploy: Make, sqlite_url: str
) -> None:
    deployment = deploy(sqlite_url, requests_per_address=2)
    assert [_get(deployment).headers["ratelimit"].split(";")[1] for _ in range(3)] == [
        "r=1",
        "r=0",
        "r=0",
    ]
    assert _get(deployment, f"{CITY}/areas").status_code == 200
    refused = _get(deployment)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")


def test_heads_differ_in_every_part_of_them(api: Deployment) -> None:
    kinds = [
        ({"accept": "text/csv"}, "text/csv; charset=utf-8"),
        ({"accept": "application/json"}, "application/json"),
    ]
    for _ in range(2):
        for headers, kind in kinds:
            assert _get(api, f"{CITY}/gaps", **headers).headers["content-type"] == kind
        for language, word in (("en", "Software"), ("zh", "软件")):
            told = _get(api, f"{CITY}/indicators", **{"accept-language": language})
            assert word in told.text
        assert api.client.head(OVERVIEW).content == b""
        refused = _get(api, **{"user-agent": "a\x01b"})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_parameter")


def test_few_are_kept_and_long_heads_are_not(
    api: Deployment, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "_MOST_KEPT", 2)
    agents = ["a", "b", "c"]
    for agent in [*agents, "c"]:
        assert _get(api, **{"user-agent": agent}).status_code == 200
    assert len(read) == 3
    # The third had the others forgotten.
    assert _get(api, **{"user-agent": "a"}).status_code == 200
    assert len(read) == 4
    for _ in range(2):
        assert _get(api, **{"user-agent": "a" * 5000}).status_code == 200
    assert len(read) == 6


@pytest.mark.parametrize(
    ("trusted", "counted"), [("testclient", ["r=1", "r=1"]), ("none", ["r=1", "r=0"])]
)
def test_a_trusted_proxy_says_who_asks(
    deploy: Make, sqlite_url: str, trusted: str, counted: list[str]
) -> None:
    deployment = deploy(sqlite_url, requests_per_address=2, trusted_proxies=trusted)
    left = [
        _get(deployment, f"{CITY}/{what}", **{"x-forwarded-for": client}).headers["ratelimit"]
        for client, what in (("203.0.113.7", "areas"), ("203.0.113.8", "units"))
    ]
    assert [each.split(";")[1] for each in left] == counted
