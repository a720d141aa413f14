"""Two databases, equal but for counts that are withheld: nothing that the public reads differs.

Every read of the plan in every format, at every revision, without a key and with the key of a
district that is not among them.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from tests.access.test_matrix import MATRIX
from tests.access.twins import deployed_on
from tests.conftest import Deployment
from tests.disclosure.counted import COUNTED, FIRMS, SHARE_OF, counts, load_counted, report

# What is withheld adds up to the same in both: 17 and 14 in 2023, 74 in 2024.
TWINS: tuple[dict[str, Any], ...] = (
    {
        "2023-Q4": {"east": 2, "south": 7, "hills": 8},
        "started": {"east": 1, "south": 6, "hills": 7},
        "later": {"east": 1, "west": 60, "south": 13},
        "corrected": 2,
    },
    {
        "2023-Q4": {"east": 1, "south": 9, "hills": 7},
        "started": {"east": 2, "south": 6, "hills": 6},
        "later": {"east": 2, "west": 57, "south": 15},
        "corrected": 1,
    },
)
SHOWN = {"west": 40, "north": 20}
DIGEST = re.compile(rb'"digest": ?"[0-9a-f]{64}"')
FLOW = "SMALL_PLAN_GAP"
NAMES = {
    "{plan}": COUNTED,
    "{flow}": FLOW,
    "{publication}": "v1",
    "{report}": "{reported}",
    "value_added": FIRMS,
    "area=nanshan": "area=east",
    "2024-Q3": "2024-Q2",
    "from=1&to=1": "from=1&to={newest}",
}
# What an account of a report holds is for its own area and for the office.
NOT_READ = {"list_keys", "list_hooks", "check_readiness"}
# Files are made of the rows that JSON has: each kind once.
FILES = {"list_gaps", "list_observations", "get_data_sdmx_2_1", "get_briefing", "get_overview"}
QUERIES = (
    *(
        "explain=true",
        "include_history=true",
        "period=2024-Q1",
        "period=2023-Q4",
        "rank_by=yoy_percent",
    ),
    *("area=east", "area=city", "carry_forward=2", "common_period=true", "year=2024"),
    *("as_of={revision}", "targets_as_of=1", "allocation=notional", "from_period=2023-Q4"),
    *("fields=actual,gap", "rating=unable_to_assess", "sort=-actual", "view=provisional"),
)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def twins(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Deployment, Deployment]]:
    with (
        deployed_on(request, tmp_path_factory.mktemp("one")) as one,
        deployed_on(request, tmp_path_factory.mktemp("other")) as other,
    ):
        for deployment, said in zip((one, other), TWINS, strict=True):
            _fill(deployment, said)
        yield one, other


def _fill(deployment: Deployment, said: dict[str, Any]) -> None:
    """Counts of two quarters and what was started, a publication, and a correction after it."""
    whole = dict.fromkeys(("city", "east", "west", "north", "south", "hills"), 100)
    load_counted(
        deployment,
        [
            *counts(FIRMS, "2023-Q4", **SHOWN, **said["2023-Q4"]),
            *counts(SHARE_OF, "2023-Q4", **whole),
            *counts("started", "2023-Q4", **SHOWN, **said["started"]),
            *counts(FIRMS, "2024-Q1", city=117),
            *counts(SHARE_OF, "2024-Q1", **whole),
        ],
    )
    later = {"west": 0, "south": 0, "hills": 13, "north": 30, "east": 0, **said["later"]}
    for area, value in later.items():
        report(deployment, area, "2024-Q1", value)
    office = deployment.key("administrator", owner="bureau")
    sent = {"name": "v1"}
    assert deployment.client.post(f"{COUNTED}/publications", json=sent, headers=office).is_success
    why = {"correction_reason": "counted again"}
    report(deployment, "east", "2024-Q1", said["corrected"], **why)


def _reads(deployment: Deployment) -> Iterator[tuple[str, str]]:
    """Every read with its media types, and with the parameters that it takes."""
    assert isinstance(deployment.client.app, FastAPI)
    paths = deployment.client.app.openapi()["paths"]
    kinds, known = {}, {}
    for operation in (item["get"] for item in paths.values() if "get" in item):
        kinds[operation["operationId"]] = list(operation["responses"]["200"].get("content", {}))
        known[operation["operationId"]] = {p["name"] for p in operation.get("parameters", [])}
    for name, line in MATRIX["operations"].items():
        operation, (method, _, path) = name.partition(" ")[0], line["ask"].partition(" ")
        if method != "GET" or operation in NOT_READ or "view=" in path:
            continue
        path = _named(path)
        if deployment.database.is_sqlite and operation in FILES:
            yield from ((path, kind) for kind in kinds[operation])
        yield path, "*/*"
        yield from ((each, "*/*") for each in _asked(path, known[operation]))
    for first in ("1", "5", "9", "v1"):
        yield f"{COUNTED}/diff?from={first}&to={{newest}}", "*/*"
    for place in range(1, 14):
        yield f"{COUNTED}/ledger/{place}", "*/*"
    for kind in ("FIGURES", "GAP"):
        yield f"/sdmx/v1/data/SMALL_PLAN_{kind}?includeHistory=true", "*/*"
    yield "/", "text/html"


def _named(path: str) -> str:
    """A path of the matrix, about this plan."""
    for old, new in NAMES.items():
        path = path.replace(old, new)
    return path


def _asked(path: str, known: set[str]) -> Iterator[str]:
    """A path with each of the queries that it takes."""
    for query in QUERIES:
        name = query.partition("=")[0]
        if name in known and f"{name}=" not in path:
            yield f"{path}{'&' if '?' in path else '?'}{query}"


def _seen(deployment: Deployment, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    got = deployment.client.get(path, headers={"X-Request-ID": "same", **headers})
    # Digests hold for all that was recorded, which is what they are for.
    return got.status_code, DIGEST.sub(b"", got.content)


@pytest.mark.parametrize("caller", ["nobody", "north"])
def test_counts_that_are_withheld_change_nothing_that_the_public_reads(
    twins: tuple[Deployment, Deployment], caller: str
) -> None:
    keys = [
        {} if caller == "nobody" else each.key("reporter", "north", owner="north-2")
        for each in twins
    ]
    heads = [each.client.get(f"{COUNTED}/ledger/head").json()["revision"] for each in twins]
    assert heads[0] == heads[1]
    differing, asked = [], 0
    # Every revision is gone through once, on one database.
    is_full = caller == "nobody" and twins[0].database.is_sqlite
    for path, kind in _reads(twins[0]):
        first = 1 if is_full else heads[0]
        for revision in range(first, heads[0] + 1) if "{revision}" in path else [1]:
            place = path.format(newest=heads[0], revision=revision, reported="r5-1")
            one, other = (
                _seen(each, place, {"Accept": kind, **key})
                for each, key in zip(twins, keys, strict=True)
            )
            asked += 1
            if one != other:
                differing.append((place, kind))
    assert asked > 150
    assert differing == []


def test_the_office_and_the_district_see_that_the_databases_differ(
    twins: tuple[Deployment, Deployment],
) -> None:
    """The control: the counts are there, for those who may see them."""
    for role, area, query in (
        ("reviewer", (), ""),
        ("reader", (), ""),
        ("reporter", ("east",), "view=provisional"),
    ):
        keys = [each.key(role, *area, owner="them") for each in twins]
        for path in ("gaps", "observations"):
            one, other = (
                _seen(each, f"{COUNTED}/{path}?{query}", {"Accept": "*/*", **key})
                for each, key in zip(twins, keys, strict=True)
            )
            assert one[0] == other[0] == 200
            assert one[1] != other[1], (role, path)


def _asks() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What is calculated or checked without being saved: who asks, where, and what."""
    shared = {"indicator": FIRMS, "unit": "家", "basis": "level"}
    for area in ("city", "east", "west", "hills"):
        figure = {**shared, "area": area, "period": "2024-Q1", "value": 0}
        yield "", "scenarios?explain=true", {"figures": [figure]}
        yield "", "scenarios", {"growth": [{"indicator": FIRMS, "area": area, "percent": 5}]}
    for area, period in (("zone", "2024-Q1"), ("zone", "2023-Q4"), ("north", "2024-Q2")):
        for value in (1, 100, 9000):
            figures = [{**shared, "value": value}]
            body = {"area": area, "period": period, "figures": figures}
            yield area, "reports?dry_run=true", body
    yield "north", "targets/split", {"indicator": FIRMS, "by": "past_share", "value": 100}


def test_nothing_that_is_calculated_or_checked_tells_what_is_withheld(
    twins: tuple[Deployment, Deployment],
) -> None:
    for who, path, body in _asks():
        answers = []
        for each in twins:
            key = each.key("reporter", who, owner=f"{who}-3") if who else {}
            headers = {"X-Request-ID": "same", **key}
            got = each.client.post(f"{COUNTED}/{path}", json=body, headers=headers)
            assert got.status_code in {200, 422}, got.text
            answers.append((got.status_code, got.content))
        assert answers[0] == answers[1], (path, body)
