"""What a request asks for, as the edge reads it."""

import pytest

from app.edge.asked import Asked


def _read(query: bytes) -> Asked:
    scope = {"method": "GET", "path": "/api/v1/plans/p/gaps", "headers": [], "query_string": query}
    return Asked.read(scope, ())


@pytest.mark.parametrize(
    "query", [b"fields=actual,gap", b"fields=actual%2Cgap", b"fields=actual%2cgap"]
)
def test_a_comma_is_the_same_however_it_is_sent(query: bytes) -> None:
    assert _read(query).query == b"fields=actual,gap"


def test_nothing_else_of_a_query_is_decoded() -> None:
    assert _read(b"as%5Fof=1%2C2").query == b"as%5Fof=1,2"
