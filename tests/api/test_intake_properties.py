"""What holds for any payload: counts add up, a dry run tells the truth, nothing is lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Deployment
from tests.writing import CITY, deployed_once, read_tables

VALUES: st.SearchStrategy[Any] = st.one_of(
    st.integers(-10, 10**12),
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(float),
    st.sampled_from(["1,234", "12", "", True, None, [], {}]),
)
FIGURE: st.SearchStrategy[Any] = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "indicator": st.sampled_from(
                ["value_added", "rd_institutions", "industrial_space", "nothing", 7]
            ),
            "value": VALUES,
            "unit": st.sampled_from(["亿元", "万元", "家", "平方米", "尺", 3]),
            "basis": st.sampled_from(["ytd", "quarter", "since_start", "level", "x"]),
            "missing_reason": st.sampled_from(["withheld", "because", None]),
            "note": st.text(max_size=5),
            "colour": st.just("red"),
        },
    ),
    st.integers(),
    st.text(max_size=3),
)
REPORT = st.fixed_dictionaries(
    {
        "area": st.sampled_from(["nanshan", "futian", "nowhere"]),
        "period": st.sampled_from(["2024-Q1", "2024-Q2", "2031-Q1", "2024", "soon"]),
        "figures": st.lists(FIGURE, min_size=1, max_size=5),
    },
    optional={
        "explanations": st.just({"value_added": "as counted", "industrial_space": "as built"}),
        "correction_reason": st.just("recount"),
    },
)


@pytest.fixture(scope="module")
def shared(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Deployment, dict[str, str]]]:
    """One deployment that every example writes to, so that histories grow as they would."""
    with deployed_once(sqlite_template, tmp_path_factory.mktemp("shared")) as found:
        yield found, found.key("reviewer")


@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(sent=REPORT, mode=st.sampled_from(["atomic", "partial"]))
def test_any_payload_is_counted_once_and_a_dry_run_equals_the_real_one(
    shared: tuple[Deployment, dict[str, str]], sent: dict[str, Any], mode: str
) -> None:
    deployment, key = shared
    before = read_tables(deployment.database)
    path = f"{CITY}/reports?mode={mode}"
    dry = deployment.client.post(f"{path}&dry_run=true", json=sent, headers=key)
    assert read_tables(deployment.database) == before
    real = deployment.client.post(path, json=sent, headers=key)
    assert real.status_code in {200, 201, 207, 400, 409, 422}
    expected = 200 if real.status_code == 201 else real.status_code
    assert dry.status_code == expected
    body = real.json()
    if "summary" in body:
        assert sum(body["summary"].values()) == len(sent["figures"])
    if real.status_code in {200, 201, 207}:
        assert dry.json() == body | {"applied": False}
        stored = body["report"]["figures"] if body["report"] else []
        summary = body["summary"]
        assert len(stored) == summary["created"] + summary["updated"]
    else:
        assert dry.json() == body
        assert read_tables(deployment.database) == before
    assert deployment.client.get(f"{CITY}/overview").status_code == 200
