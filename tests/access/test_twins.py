"""Two databases, equal but for what another district has pending: nothing readable differs.

Every read of the API in every format, without a key and with the key of a reporter for Nanshan,
while Futian's figures wait for a decision, other ones in each database.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from tests.access.test_matrix import FLOW, MATRIX
from tests.access.twins import deployed_on
from tests.api.reads import approve, submit
from tests.conftest import Deployment
from tests.writing import CITY

# Figures of Futian, and what is said of them, in the one database and in the other.
FUTIAN: tuple[dict[str, Any], ...] = (
    {"value": 512.25, "note": "as the books say", "explanations": {"value_added": "a new park"}},
    {"value": 700.5, "note": "the books are late", "explanations": {"value_added": "two parks"}},
)
DIGEST = re.compile(rb'"digest":"[0-9a-f]{64}"')
LEDGER_WITHOUT_DIGEST = "revision,recorded_at,actor,action,subject,payload"
QUERIES = (
    *("view=provisional", "explain=true", "include_history=true", "period=2024-Q4"),
    *("area=futian", "area=futian&view=provisional", "as_of={newest}"),
)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def twins(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Deployment, Deployment]]:
    with (
        deployed_on(request, tmp_path_factory.mktemp("one")) as one,
        deployed_on(request, tmp_path_factory.mktemp("other")) as other,
    ):
        for deployment, given in zip((one, other), FUTIAN, strict=True):
            for area in ("nanshan", "futian"):
                approve(deployment, submit(deployment, area, 480, period="2024-Q3"))
            submit(deployment, "nanshan", 800)
            submit(deployment, "futian", **given)
            office = deployment.key("administrator", owner="bureau")
            sent = {"name": "v1"}
            assert deployment.client.post(
                f"{CITY}/publications", json=sent, headers=office
            ).is_success
        yield one, other


def _reads(deployment: Deployment) -> Iterator[tuple[str, str]]:
    """Every read with its media types, and with the parameters that it takes.

    A file is made of the rows that JSON has, so that one database shows it for both.
    """
    assert isinstance(deployment.client.app, FastAPI)
    paths = deployment.client.app.openapi()["paths"]
    kinds, known = {}, {}
    for operation in (item["get"] for item in paths.values() if "get" in item):
        kinds[operation["operationId"]] = list(operation["responses"]["200"].get("content", {}))
        known[operation["operationId"]] = {p["name"] for p in operation.get("parameters", [])}
    for name, line in MATRIX["operations"].items():
        operation = name.partition(" ")[0]
        method, _, path = line["ask"].partition(" ")
        # What a stream tells is in test_events; key ids and hooks are the administrator's.
        if method != "GET" or operation in {"list_keys", "list_hooks", "check_readiness"}:
            continue
        path = path.replace("{plan}", CITY).replace("{flow}", FLOW).replace("{publication}", "v1")
        path = path.replace("{report}", "{futian}")
        for kind in kinds[operation] if deployment.database.is_sqlite else ():
            yield path, kind
        yield path, "*/*"
        for query in QUERIES:
            if query.partition("=")[0] in known[operation] and "?" not in path:
                yield f"{path}?{query}", "*/*"


def _newest(deployment: Deployment) -> str:
    return str(deployment.client.get(f"{CITY}/ledger/head").json()["revision"])


def _seen(deployment: Deployment, path: str, headers: dict[str, str]) -> tuple[Any, ...]:
    if "{newest}" in path:
        path = path.replace("{newest}", _newest(deployment))
    path = path.replace("{futian}", "r5-1")
    if "/ledger" in path and ("csv" in headers["Accept"] or "." in headers["Accept"]):
        path += f"?fields={LEDGER_WITHOUT_DIGEST}"
    got = deployment.client.get(path, headers={"X-Request-ID": "same", **headers})
    if "/ledger" in path and got.headers["content-type"].endswith("json"):
        # Digests hold for all that was recorded, which is what they are for; so does the tag.
        head = dict(got.headers) | {"etag": "", "content-length": ""}
        return got.status_code, head, DIGEST.sub(b"", got.content)
    return got.status_code, dict(got.headers), got.content


@pytest.mark.parametrize("caller", ["nobody", "nanshan"])
def test_what_another_district_has_pending_changes_nothing_that_can_be_read(
    twins: tuple[Deployment, Deployment], caller: str
) -> None:
    keys = [
        {} if caller == "nobody" else each.key("reporter", "nanshan", owner="nanshan-2")
        for each in twins
    ]
    reads = list(_reads(twins[0]))
    assert len(reads) > 80
    differing = []
    for path, kind in reads:
        one, other = (
            _seen(each, path, {"Accept": kind, **key})
            for each, key in zip(twins, keys, strict=True)
        )
        if one != other:
            differing.append((path, kind))
    assert differing == []


def test_who_sees_all_sees_that_the_databases_differ(
    twins: tuple[Deployment, Deployment],
) -> None:
    """The control: the pending figures are there, for those who may see them."""
    keys = [each.key("reviewer", owner="city") for each in twins]
    for path in (f"{CITY}/observations?view=provisional", f"{CITY}/reports", f"{CITY}/ledger"):
        one, other = (
            _seen(each, path, {"Accept": "*/*", **key})
            for each, key in zip(twins, keys, strict=True)
        )
        assert one[0] == other[0] == 200
        assert one[2] != other[2]
