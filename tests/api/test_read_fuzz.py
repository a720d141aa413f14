"""Whatever is asked, the answer is an answer or a problem: never a 500, and the reads go on."""

import math
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.reads import CITY, NATION, REVENUE, Row
from tests.conftest import Deployment

PATHS = [
    "/api/v1/plans",
    "/api/v1/me",
    "/healthz",
    "/readyz",
    "/api/v1/plans/{code}",
    f"{NATION}/gaps/{{code}}",
    f"{NATION}/indicators/{{code}}",
    f"{NATION}/targets/{{code}}",
    f"{CITY}/reports/{{code}}",
    f"{NATION}/gaps/{REVENUE}",
    *(f"{NATION}/{name}" for name in ("areas", "indicators", "goals", "actions", "units")),
    *(f"{NATION}/{name}" for name in ("targets", "overview", "gaps", "observations")),
    *(f"{NATION}/{name}" for name in ("ledger", "ledger/head", "reports", "reconciliation")),
    f"{NATION}/briefing",
    *(f"/sdmx/v1/data/CHINA_SOFTWARE_2025_{code}" for code in ("OBS", "GAP/{code}")),
    *("/sdmx/v1/{code}", "/sdmx/v1/codelist/{code}", "/sdmx/v2/structure/{code}/DABIAO"),
    "/sdmx/v2/data/dataflow/*/CHINA_SOFTWARE_2025_OBS/+/{code}",
    *(f"/sdmx/v2/{name}/dataflow/DABIAO/{{code}}" for name in ("schema", "availability", "data")),
]
NAMES = [
    "limit",
    "offset",
    "sort",
    "format",
    "view",
    "as_of",
    "indicator",
    "area",
    "area_level",
    "period",
    "start_period",
    "end_period",
    "from_period",
    "allocation",
    "rating",
    "goal",
    "responsible_unit",
    "carry_forward",
    "explain",
    "updated_after",
    "include_history",
    "status",
    "lang",
    *("asOf", "updatedAfter", "includeHistory", "startPeriod", "lastNObservations", "references"),
    *("detail", "attributes", "c[TIME_PERIOD]", "c[OBS_VALUE]", "c[REF_AREA]"),
]
VALUES = [
    *("", "0", "1", "-1", "1.5", "1e3", "１", "²", "true", "null", "*", "%", "'", '"', "\\", "\0"),  # noqa: RUF001
    *(
        "csv",
        "json",
        "html",
        "xlsx",
        "official",
        "notional",
        "provisional",
        "actual",
        "-actual",
        "-source",
        "payload",
        "checks",
    ),
    *("2020", "2024-Q4", "1000-Q1", "2999", "2999-Q4", "2024-Q5", "9" * 30, "21", "20"),
    *("2026-03-02T01:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1970-01-01"),
    *(REVENUE, "software_revenue_growth", "china", "east", "region", "achieved", "submitted"),
    *(
        "=1+1",
        "<script>",
        "../..",
        "{actual}",
        "\u202e",
        "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    ),
]

parameters = st.lists(
    st.tuples(
        st.sampled_from(NAMES) | st.text(max_size=8),
        st.sampled_from(VALUES) | st.text(max_size=12),
    ),
    max_size=5,
)
headers = st.fixed_dictionaries(
    {},
    optional={
        "Accept": st.sampled_from(["*/*", "text/csv", ";;,q=", "a/b;q=1e999", "text/csv;q=nan"]),
        "Accept-Language": st.sampled_from(["zh", "", ";;q", "en;q=1e999", "x" * 300]),
        "If-None-Match": st.sampled_from(["*", '"', "W/", ",,,"]),
        "X-Request-ID": st.sampled_from(["a", "\t", "é", "x" * 300]),
    },
)
codes = st.sampled_from([REVENUE, "\0", "\U0001f600", "\ud800", "%00", "a" * 3000]) | st.text(
    max_size=6
)
fuzzed = settings(derandomize=True, deadline=None, database=None)


@pytest.fixture(scope="module")
def roles(read_api: Deployment) -> list[Row]:
    """Nobody, and a caller of each role."""
    return [{}, *(read_api.key(role, "nanshan") for role in ("reader", "reporter", "reviewer"))]


def _check(deployment: Deployment, url: str, sent: Row) -> None:
    raw = {name: value.encode("latin-1", "replace") for name, value in sent.items()}
    found = deployment.client.get(url, headers=raw)
    assert found.status_code < 500, (url, sent, found.text)
    assert found.headers["x-request-id"]
    if found.status_code >= 400:
        assert found.headers["content-type"] == "application/problem+json"
        assert found.json()["status"] == found.status_code


@settings(fuzzed, max_examples=300)
@given(
    path=st.sampled_from(PATHS),
    query=parameters,
    sent=headers,
    role=st.integers(0, 3),
    data=st.data(),
)
def test_no_query_makes_a_read_fail(
    read_api: Deployment,
    roles: list[Row],
    path: str,
    query: list[tuple[str, str]],
    sent: Row,
    role: int,
    data: st.DataObject,
) -> None:
    code = data.draw(codes) if "{code}" in path else ""
    url = path.replace("{code}", quote(code, safe="", errors="surrogatepass"))
    _check(read_api, f"{url}?{_encode(query)}", {**sent, **roles[role]})


@settings(fuzzed, max_examples=120)
@given(path=st.sampled_from(PATHS), query=parameters)
def test_no_query_makes_a_read_fail_on_postgres(
    read_postgres: Deployment, path: str, query: list[tuple[str, str]]
) -> None:
    _check(read_postgres, f"{path.replace('{code}', '%EF%BF%BF')}?{_encode(query)}", {})


def _encode(query: list[tuple[str, str]]) -> str:
    return urlencode(query, errors="surrogatepass")


numbers = st.sampled_from(
    [0, 1, -1, 0.1, 100, 4200, 1e15, -1e15, 1e60, -1e60, 1e-60]
) | st.integers(-(10**14), 10**14)
periods = st.sampled_from(["2019", "2021", "2021-Q4", "2023-Q1", "2024", "2025-Q4", "2025", "2030"])
bodies = st.fixed_dictionaries(
    {
        "target": st.fixed_dictionaries(
            {
                "value": numbers,
                "comparator": st.sampled_from(["gt", "gte", "lte", "lt"]),
                "deadline": periods,
            },
            optional={
                "path": st.sampled_from(["linear", "geometric"]),
                "direction": st.sampled_from(["increase", "decrease", None]),
            },
        ),
        "accumulation": st.sampled_from(["annual_flow", "increment", "level", "ratio"]),
    },
    optional={
        "baseline": st.none() | st.fixed_dictionaries({"value": numbers, "period": periods}),
        "start": st.sampled_from([None, "2022-01-01", "2025-12-31", "0001-01-01", "9999-12-31"]),
        "period": st.none() | periods,
        "observations": st.lists(
            st.fixed_dictionaries(
                {"period": periods},
                optional={
                    "value": numbers,
                    "basis": st.sampled_from(["ytd", "quarter", "level", "since_start", None]),
                    "numerator": numbers,
                    "denominator": numbers,
                },
            ),
            max_size=4,
        ),
    },
)


@settings(fuzzed, max_examples=400)
@given(body=bodies)
def test_no_calculation_fails_and_every_null_has_a_reason(
    read_api: Deployment, body: dict[str, Any]
) -> None:
    found = read_api.client.post("/api/v1/evaluate", json=body)
    assert found.status_code in {200, 422}, (body, found.text)
    if found.status_code == 200:
        row = found.json()
        assert {name for name, value in row.items() if value is None} == set(row["reasons"])
        known = [value for value in row.values() if isinstance(value, float)]
        assert all(math.isfinite(value) for value in known)


def test_after_all_that_the_reads_still_answer(reads: Deployment) -> None:
    for path in (CITY, f"{NATION}/gaps", f"{NATION}/overview", f"{NATION}/ledger"):
        assert reads.client.get(path).status_code == 200
