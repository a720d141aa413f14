"""Parts of files: what a reader of Parquet by address asks for, byte for byte."""

from collections.abc import Callable

import pytest

from app.api.answers import files
from app.edge.answers import recorder
from tests.api.reads import NATION
from tests.conftest import Deployment

PLAIN = {"Accept-Encoding": "identity"}
FILE = f"{NATION}/gaps?format=parquet&start_period=2025-Q4&indicator=software_business_revenue"


@pytest.fixture(params=["in memory", "on disk"])
def part(
    read_api: Deployment, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[bytes, object]]:
    """The whole of a file, and the answer to who asks for a part of it."""
    address = FILE
    if request.param == "on disk":
        for module in (files, recorder):
            monkeypatch.setattr(module, "HELD_IN_MEMORY", 1000)
            monkeypatch.setattr(module, "CHUNK", 700)
        # Asked in other words, it is made once more.
        address = f"{FILE}&offset=0"

    def ask(method: str = "GET", **headers: str):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        whole = read_api.client.get(address, headers=PLAIN)
        return whole, read_api.client.request(method, address, headers={**PLAIN, **named})

    return ask


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-3", 0, 3),
        ("bytes=0-0", 0, 0),
        ("bytes=100-", 100, None),
        ("bytes=1-2000", 1, 2000),
        ("bytes=5-999999999999", 5, None),
    ],
)
def test_a_part_of_a_file_is_those_bytes(part, asked: str, first: int, last: int | None) -> None:
    whole, found = part(Range=asked)
    size = len(whole.content)
    end = size - 1 if last is None else last
    assert (found.status_code, found.content) == (206, whole.content[first : end + 1])
    assert found.headers["content-range"] == f"bytes {first}-{end}/{size}"
    assert int(found.headers["content-length"]) == end + 1 - first
    for name in ("etag", "content-type", "accept-ranges", "cache-control"):
        assert found.headers[name] == whole.headers[name]


def test_the_end_of_a_parquet_file_is_asked_for_first(part) -> None:
    whole, found = part(Range="bytes=-8")
    assert (found.status_code, found.content) == (206, whole.content[-8:])
    assert found.content.endswith(b"PAR1")
    # More than there is, is all there is.
    _, every = part(Range="bytes=-99999999")
    assert (every.status_code, every.content) == (206, whole.content)


def test_the_head_tells_the_size_and_that_parts_may_be_asked_for(part) -> None:
    whole, found = part("HEAD", Range="bytes=0-3")
    assert (found.status_code, found.content) == (200, b"")
    assert int(found.headers["content-length"]) == len(whole.content)
    assert found.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=99999999-99999999", "bytes=-0"])
def test_a_part_beyond_the_end_is_416_with_the_size(part, asked: str) -> None:
    whole, found = part(Range=asked)
    assert (found.status_code, found.json()["code"]) == (416, "range_not_satisfiable")
    assert found.headers["content-range"] == f"bytes */{len(whole.content)}"
    assert found.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "asked", ["bytes=3-1", "bytes=-", "bytes=a-b", "lines=0-3", "bytes=0-3,6-9", "", "bytes"]
)
def test_what_is_no_single_range_is_answered_with_the_whole(part, asked: str) -> None:
    whole, found = part(Range=asked)
    assert (found.status_code, found.content) == (200, whole.content)


def test_a_part_of_what_has_changed_since_is_the_whole(part) -> None:
    whole, _ = part()
    tag = whole.headers["etag"]
    for if_range in (f"W/{tag}", '"other"', "Fri, 27 Nov 2026 08:00:00 GMT"):
        _, found = part(Range="bytes=0-3", If_Range=if_range)
        assert (found.status_code, found.content) == (200, whole.content)
    _, same = part(Range="bytes=0-3", If_Range=tag)
    assert (same.status_code, same.content) == (206, b"PAR1")
    _, known = part(Range="bytes=0-3", If_None_Match=tag)
    assert (known.status_code, known.content) == (304, b"")


def test_what_is_no_file_has_no_parts(read_api: Deployment) -> None:
    found = read_api.client.get(f"{NATION}/gaps", headers={**PLAIN, "Range": "bytes=0-3"})
    assert found.status_code == 200
    assert "accept-ranges" not in found.headers
