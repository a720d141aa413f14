"""Bodies are read strictly, whatever the route: what could be read two ways is not read at all."""

import json
from collections.abc import Callable

import pytest

from tests.api.reads import CITY, Row
from tests.conftest import Deployment
from tests.writing import head

EVALUATE = "/api/v1/evaluate"
BODY: Row = {
    "target": {"value": 4200, "comparator": "gt", "deadline": "2025", "path": "geometric"},
    "baseline": {"value": 2300, "period": "2021"},
    "accumulation": "annual_flow",
    "observations": [{"period": "2023", "value": 3100, "basis": "ytd"}],
}
TEXT = json.dumps(BODY)
JSON = {"Content-Type": "application/json"}

UNREADABLE: dict[str, bytes] = {
    "a duplicate member": TEXT.replace('"path"', '"value": 1, "path"').encode(),
    "a duplicate after normalisation": '{"caf\u00e9": 1, "cafe\u0301": 2}'.encode(),
    "NaN": TEXT.replace("4200", "NaN").encode(),
    "Infinity": TEXT.replace("4200", "Infinity").encode(),
    "-Infinity": TEXT.replace("4200", "-Infinity").encode(),
    "a byte order mark": b"\xef\xbb\xbf" + TEXT.encode(),
    "UTF-16": TEXT.encode("utf-16"),
    "UTF-16 without a mark": TEXT.encode("utf-16-le"),
    "UTF-32": TEXT.encode("utf-32"),
    "Latin-1": '{"a": "é"}'.encode("latin-1"),
    "overlong UTF-8": b'{"a": "\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"a": "\xed\xa0\x80"}',
    "a lone surrogate": b'{"a": "\\ud800"}',
    "NUL": b'{"a": "\\u0000"}',
    "an escape": b'{"a": "\\u001b[31m"}',
    "a carriage return": b'{"a": "\\r"}',
    "a C1 control": b'{"a": "\\u0085"}',
    "a raw control": b'{"a": "\x01"}',
    "right-to-left override": b'{"a": "\\u202e"}',
    "an isolate": b'{"a": "\\u2066"}',
    "a zero-width space": '{"a": "\u200b"}'.encode(),
    "a zero-width space in a name": '{"a\u200b": 1}'.encode(),
    "a soft hyphen": '{"a": "so\u00adft"}'.encode(),
    "a tag character": '{"a": "\U000e0041"}'.encode(),
    "a mark inside": '{"a": "\ufeff"}'.encode(),
    "seventeen arrays": b"[" * 17 + b"]" * 17,
    "seventeen objects": b'{"a":' * 17 + b"1" + b"}" * 17,
    "a hundred thousand arrays": b"[" * 100_000,
    "forty-one digits": TEXT.replace("4200", "1" * 41).encode(),
    "five thousand digits": TEXT.replace("4200", "9" * 5000).encode(),
    "sixty decimals": TEXT.replace("4200", "0." + "1" * 60).encode(),
    "1e401": TEXT.replace("4200", "1e401").encode(),
    "1e-401": TEXT.replace("4200", "1e-401").encode(),
    "an exponent beyond any": TEXT.replace("4200", "1e99999999999999999999999").encode(),
    "nothing to an exponent beyond any": TEXT.replace("4200", "0e9999999999999999999").encode(),
    "a leading zero": TEXT.replace("4200", "04200").encode(),
    "a plus sign": TEXT.replace("4200", "+4200").encode(),
    "hexadecimal": TEXT.replace("4200", "0x10").encode(),
    "a bare point": TEXT.replace("4200", ".5").encode(),
    "an underscore": TEXT.replace("4200", "4_200").encode(),
    "a trailing comma": TEXT[:-1].encode() + b",}",
    "a second value": TEXT.encode() * 2,
    "a comment": b"/* */" + TEXT.encode(),
    "blanks": b"   ",
    "half a body": TEXT[:50].encode(),
    "single quotes": b"{'a': 1}",
}

INVALID: dict[str, bytes] = {
    "true for a number": TEXT.replace("4200", "true").encode(),
    "a number in quotes": TEXT.replace("4200", '"4200"').encode(),
    "1_000 in quotes": TEXT.replace("4200", '"1_000"').encode(),
    "a number for a text": TEXT.replace('"2025"', "2025").encode(),
    "1e400": TEXT.replace("4200", "1e400").encode(),
    "1e61": TEXT.replace("4200", "1e61").encode(),
    "1e-61": TEXT.replace("4200", "1e-61").encode(),
    "sixteen significant digits": TEXT.replace("4200", "1.000000000000001").encode(),
    "forty digits": TEXT.replace("4200", "1" * 40).encode(),
    "sixteen arrays": b"[" * 16 + b"]" * 16,
    "an array": b"[]",
    "null": b"null",
    "a text": b'"a"',
    "an empty object": b"{}",
    "nothing": b"",
    "a line feed and a tab": b'{"a": "\\n\\t"}',
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_body_that_could_be_read_two_ways_is_400(read_api: Deployment, body: bytes) -> None:
    found = read_api.client.post(EVALUATE, content=body, headers=JSON)
    assert (found.status_code, found.json()["code"]) == (400, "malformed_json"), found.text
    assert found.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("body", INVALID.values(), ids=INVALID.keys())
def test_a_body_that_can_be_read_and_is_not_valid_is_422(read_api: Deployment, body: bytes) -> None:
    found = read_api.client.post(EVALUATE, content=body, headers=JSON)
    assert (found.status_code, found.json()["code"]) == (422, "invalid_parameter"), found.text
    assert found.json()["errors"] != []


def test_the_body_of_the_cases_is_itself_valid(read_api: Deployment) -> None:
    found = read_api.client.post(EVALUATE, content=TEXT, headers=JSON)
    assert found.status_code == 200


@pytest.mark.parametrize("name", ["a duplicate member", "NUL", "a byte order mark", "1e401"])
def test_writes_read_their_bodies_as_strictly_and_store_nothing(api: Deployment, name: str) -> None:
    before = head(api)
    keys = {"reports": api.key("reporter", "nanshan"), "targets": api.key("administrator")}
    for path, key in keys.items():
        body = UNREADABLE[name]
        found = api.client.post(f"{CITY}/{path}", content=body, headers={**JSON, **key})
        assert (found.status_code, found.json()["code"]) == (400, "malformed_json")
    assert head(api) == before


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json5",
        "application/vnd.api+json",
        "",
        "application/json;;;=",
        "application/json; =",
        "application/json; charset",
        "application/json; charset=gb18030",
        "application/json; charset=utf-16",
        "application/json; charset=utf-8; charset=gbk",
        'application/json; charset="gb18030"',
        "application/json, text/plain",
        "application/json x",
        "json",
    ],
)
def test_another_media_type_is_415(read_api: Deployment, media_type: str) -> None:
    found = read_api.client.post(EVALUATE, content=TEXT, headers={"Content-Type": media_type})
    assert (found.status_code, found.json()["code"]) == (415, "unsupported_media_type")
    assert "application/json" in found.json()["detail"]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity, gzip"])
def test_an_encoded_body_is_415(read_api: Deployment, encoding: str) -> None:
    headers = {**JSON, "Content-Encoding": encoding}
    found = read_api.client.post(EVALUATE, content=TEXT, headers=headers)
    assert (found.status_code, found.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/json; ; profile=x;",
        "APPLICATION/JSON",
    ],
)
def test_the_media_type_may_be_written_in_any_case(read_api: Deployment, media_type: str) -> None:
    found = read_api.client.post(EVALUATE, content=TEXT, headers={"Content-Type": media_type})
    assert found.status_code == 200


def test_a_body_up_to_the_limit_is_read_and_one_beyond_is_413(
    deploy: Callable[..., Deployment], sqlite_url: str
) -> None:
    limit = 2000
    client = deploy(sqlite_url, max_body_bytes=limit).client
    body = TEXT.encode().ljust(limit)
    assert client.post(EVALUATE, content=body, headers=JSON).status_code == 200
    found = client.post(EVALUATE, content=body + b" ", headers=JSON)
    assert (found.status_code, found.json()["code"]) == (413, "payload_too_large")
    assert "2000" in found.json()["detail"]
    # In pieces, without a length that could be looked at first.
    pieces = (b" " * 100 for _ in range(100))
    assert client.post(EVALUATE, content=pieces, headers=JSON).status_code == 413


def test_a_mebibyte_is_the_limit_unless_set(read_api: Deployment) -> None:
    body = TEXT.encode().ljust(1024 * 1024)
    assert read_api.client.post(EVALUATE, content=body, headers=JSON).status_code == 200
    found = read_api.client.post(EVALUATE, content=body + b" ", headers=JSON)
    assert found.status_code == 413
