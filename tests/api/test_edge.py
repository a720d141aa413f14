"""Ready answers through the API: never stale, never another's, and tags that say what changed."""

import gzip
import shutil
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import brotli
import httpx2
import pytest
import zstandard

from tests.api.reads import CITY, NATION, approve, submit
from tests.conftest import NOW, Deployment

OFFICIAL = [
    "/api/v1/plans",
    CITY,
    f"{CITY}/overview",
    f"{CITY}/gaps",
    f"{CITY}/observations",
    f"{CITY}/completeness",
    f"{CITY}/ledger",
    f"{CITY}/ledger/head",
    f"{CITY}/gaps?format=csv",
    "/sdmx/v2/structure",
]
# The same words, written so that they are not found at first sight.
PROVISIONAL = f"{CITY}/observations?view=%70rovisional"


def test_what_is_official_neither_changes_nor_tells_while_a_report_waits(
    deployment: Deployment,
) -> None:
    client = deployment.client
    before = {path: client.get(path) for path in OFFICIAL}
    waiting = submit(deployment, "nanshan", 812.4)
    for path, first in before.items():
        tag = {"If-None-Match": first.headers["etag"]}
        assert client.get(path, headers=tag).status_code == 304, path
        assert client.get(path).content == first.content, path
    approve(deployment, waiting)
    for path, first in before.items():
        if path != "/sdmx/v2/structure":
            again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
            assert again.status_code == 200, path
            assert again.headers["etag"] != first.headers["etag"], path
    assert client.get(f"{CITY}/overview").json()["revision"] == 3


def test_keys_see_submissions_in_the_ledger_at_once(deployment: Deployment) -> None:
    key, path = deployment.key("reader"), f"{CITY}/ledger/head"
    assert deployment.client.get(path, headers=key).json()["revision"] == 1
    submit(deployment, "nanshan", 812.4)
    assert deployment.client.get(path, headers=key).json()["revision"] == 2
    assert deployment.client.get(path).json()["revision"] == 1


def test_a_revoked_key_reads_nothing_more_from_the_next_request_on(deployment: Deployment) -> None:
    key = deployment.key("reader")
    for path in (f"{CITY}/overview", f"{CITY}/reports", "/api/v1/me"):
        assert deployment.client.get(path, headers=key).status_code == 200
    deployment.revoke(key)
    for path in (f"{CITY}/overview", f"{CITY}/reports", "/api/v1/me"):
        found = deployment.client.get(path, headers=key)
        assert (found.status_code, found.json()["code"]) == (401, "key_invalid")
    # Other keys are as good as before.
    assert deployment.client.get(f"{CITY}/reports", headers=deployment.key("reader")).is_success


def test_a_key_that_expires_reads_nothing_more(api: Deployment) -> None:
    key = api.key("reader", expires_days=1)
    assert api.client.get(f"{CITY}/overview", headers=key).status_code == 200
    api.clock.now = NOW + timedelta(days=1)
    assert api.client.get(f"{CITY}/overview", headers=key).status_code == 401


@pytest.mark.parametrize("path", [f"{CITY}/observations?view=provisional", PROVISIONAL])
def test_what_waits_for_a_decision_is_never_shown_to_another(
    deployment: Deployment, path: str
) -> None:
    client = deployment.client
    nanshan, futian = (deployment.key("reporter", area) for area in ("nanshan", "futian"))
    submit(deployment, "nanshan", 812.4)

    def values(headers: dict[str, str]) -> list[float]:
        return [row["value"] for row in client.get(path, headers=headers).json()["items"]]

    for _ in range(2):
        assert values(nanshan) == [812.4]
        assert values(futian) == []
        assert client.get(path).status_code == 401
    submit(deployment, "nanshan", 900, correction_reason="a branch was missing")
    assert values(nanshan) == [900]


def test_a_ready_answer_is_not_for_a_key_of_another_plan(api: Deployment) -> None:
    everyone, other = api.key("reader"), api.key("reader", plan="china-software-2025")
    for headers in ({}, everyone):
        assert api.client.get(f"{CITY}/overview", headers=headers).status_code == 200
    assert api.client.get(f"{CITY}/overview", headers=other).status_code == 403
    listed = api.client.get("/api/v1/plans", headers=other).json()["items"]
    assert [row["plan"] for row in listed] == ["china-software-2025"]


def test_a_ready_answer_needs_a_key_where_reads_are_closed(
    deploy: Callable[..., Deployment], sqlite_url: str
) -> None:
    closed = deploy(sqlite_url, read_access="key")
    assert closed.client.get(f"{CITY}/overview", headers=closed.key("reader")).status_code == 200
    assert closed.client.get(f"{CITY}/overview").status_code == 401


def test_the_caller_is_not_mixed_up(api: Deployment) -> None:
    for area in ("nanshan", "futian", "nanshan"):
        key = api.key("reporter", area)
        assert api.client.get("/api/v1/me", headers=key).json()["areas"] == [area]


def test_an_answer_that_depends_on_the_day_is_of_the_day(api: Deployment) -> None:
    path = f"{NATION}/completeness"
    assert api.client.get(path).json()["day"] == "2026-03-02"
    assert api.client.get(path).json()["day"] == "2026-03-02"
    # Midnight in Shanghai.
    api.clock.now = NOW + timedelta(hours=15)
    assert api.client.get(path).json()["day"] == "2026-03-03"


def test_languages_and_formats_do_not_share_an_answer(read_api: Deployment) -> None:
    path = f"{CITY}/gaps?format=jsonstat"
    english, chinese, english_again = (
        read_api.client.get(path, headers={"Accept-Language": language}).headers["etag"]
        for language in ("en", "zh", "en-GB")
    )
    assert english != chinese
    assert english == english_again


def _ask(deployment: Deployment, **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with deployment.client.stream("GET", f"{CITY}/gaps", headers=named) as answer:
        answer.raw = b"".join(answer.iter_raw())  # type: ignore[attr-defined]
        return answer


def test_a_client_that_takes_gzip_gets_it_and_is_known_by_either_tag(read_api: Deployment) -> None:
    plain = _ask(read_api, accept_encoding="identity")
    packed = _ask(read_api, accept_encoding="deflate;q=1, gzip;q=0.5")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.raw) == plain.raw  # type: ignore[attr-defined]
    assert int(packed.headers["content-length"]) == len(packed.raw)  # type: ignore[attr-defined]
    assert packed.headers["etag"] == plain.headers["etag"][:-1] + '-gzip"'
    assert "Accept-Encoding" in packed.headers["vary"]
    for tag in (plain.headers["etag"], packed.headers["etag"]):
        for encoding in ("identity", "gzip"):
            again = _ask(read_api, accept_encoding=encoding, if_none_match=tag)
            assert again.status_code == 304


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd, gzip", "zstd"),
        ("br;q=0.5, zstd;q=0.8, gzip;q=0.7", "zstd"),
        ("*", "zstd"),
        ("zstd;q=0, *", "br"),
        ("BR", "br"),
        ("gzip;q=0.1, identity", "gzip"),
    ],
)
def test_a_client_gets_the_encoding_that_it_likes_best(
    read_api: Deployment, header: str, encoding: str
) -> None:
    plain = _ask(read_api, accept_encoding="identity")
    packed = _ask(read_api, accept_encoding=header)
    assert packed.headers["content-encoding"] == encoding
    raw: bytes = packed.raw  # type: ignore[attr-defined]
    unpack = {"br": brotli.decompress, "zstd": zstandard.decompress, "gzip": gzip.decompress}
    assert unpack[encoding](raw) == plain.raw  # type: ignore[attr-defined]
    assert len(raw) * 4 < len(plain.raw)  # type: ignore[attr-defined]
    assert packed.headers["etag"] == f'{plain.headers["etag"][:-1]}-{encoding}"'
    # Whatever a client has of it, it has all of it.
    for other in ("identity", "br", "zstd", "gzip"):
        again = _ask(read_api, accept_encoding=other, if_none_match=packed.headers["etag"])
        assert again.status_code == 304


@pytest.mark.parametrize("encoding", ["", "gzip;q=0", "*;q=0", "deflate", "identity"])
def test_who_takes_no_encoding_gets_none(read_api: Deployment, encoding: str) -> None:
    assert "content-encoding" not in _ask(read_api, accept_encoding=encoding).headers


def test_the_first_of_several_headers_counts(read_api: Deployment) -> None:
    """A second one is not looked at, here or there: otherwise one caller could poison the other."""
    twice = [("Accept", "text/csv"), ("Accept", "application/json")]
    assert read_api.client.get(f"{CITY}/gaps", headers=twice).text.startswith("\ufeff")
    plain = read_api.client.get(f"{CITY}/gaps", headers={"Accept": "application/json"})
    assert plain.json()["total"] > 0


def test_an_answer_for_a_revision_stays_for_ever(deployment: Deployment) -> None:
    path = f"{CITY}/overview?as_of=1"
    first = deployment.client.get(path)
    assert "immutable" in first.headers["cache-control"]
    approve(deployment, submit(deployment, "nanshan", 812.4))
    assert deployment.client.get(path).content == first.content
    # A revision that is not there yet is refused, and is there later.
    head = deployment.client.get(f"{CITY}/ledger/head").json()["revision"]
    ahead = f"{CITY}/overview?as_of={head + 1}"
    assert deployment.client.get(ahead).status_code == 422
    approve(deployment, submit(deployment, "futian", 5))
    assert deployment.client.get(ahead).status_code == 200


def test_a_deployment_that_keeps_nothing_answers_the_same(
    deploy: Callable[..., Deployment], sqlite_url: str
) -> None:
    bare = deploy(sqlite_url, cache_bytes=0)
    first, second = (bare.client.get(f"{CITY}/overview") for _ in range(2))
    assert first.content == second.content
    assert first.headers["etag"] == second.headers["etag"]


def test_where_another_copy_is_put_back_nothing_of_the_one_before_is_told(
    deploy: Callable[..., Deployment], sqlite_template: Path, tmp_path: Path
) -> None:
    """Under a running server, with the same revisions and as many keys, and written to since."""
    names = ("first.db", "second.db")
    places = [Path(shutil.copy(sqlite_template, tmp_path / name)) for name in names]
    first, second = (deploy(f"sqlite:///{place}") for place in places)
    for each, value in ((first, 1000), (second, 1100)):
        approve(each, submit(each, "nanshan", value))
    submit(second, "nanshan", 1200, correction_reason="recounted")
    asked = [f"{CITY}/gaps?as_of=3&area=nanshan", f"{CITY}/gaps?area=nanshan", f"{CITY}/overview"]
    key = first.key("reader")
    second.key("reader")
    before = [first.client.get(path).content for path in asked]
    assert first.client.get("/api/v1/me", headers=key).status_code == 200
    with sqlite3.connect(places[1]) as source, sqlite3.connect(places[0]) as target:
        source.backup(target)
    found = [first.client.get(path).content for path in asked]
    assert found == [second.client.get(path).content for path in asked]
    assert all(each != known for each, known in zip(found, before, strict=True))
    assert first.client.get("/api/v1/me", headers=key).status_code == 401
