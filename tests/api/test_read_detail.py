"""One target in full: who brought the change, who owes the gap, and since when."""

import pytest

from tests.api.reads import CITY, DISTRICTS, NATION, REVENUE, Row, approve, submit
from tests.conftest import NOW, Deployment


def _detail(deployment: Deployment, **query: str) -> Row:
    found = deployment.client.get(f"{CITY}/gaps/value_added", params=query)
    assert found.status_code == 200, found.text
    return dict(found.json())


def _report_all(deployment: Deployment, period: str, first: int) -> None:
    """Every district's full year: first, first + 10, and so on."""
    for place, area in enumerate(DISTRICTS):
        approve(deployment, submit(deployment, area, first + 10 * place, period=period))


def test_districts_share_the_citys_change(api: Deployment) -> None:
    _report_all(api, "2023-Q4", 200)
    _report_all(api, "2024-Q4", 220)
    detail = _detail(api)
    assert (detail["period"], detail["from_period"]) == ("2024-Q4", "2023-Q4")
    assert (detail["actual"], detail["actual_source"]) == (2970, "summed")
    parts = detail["contributions"]
    assert [part["area"] for part in parts] == DISTRICTS
    assert {part["change"] for part in parts} == {20}
    assert sum(part["contribution_percent"] for part in parts) == pytest.approx(100, abs=1e-9)
    pulls = sum(part["pull_points"] for part in parts)
    assert pulls == pytest.approx(100 * 220 / 2750, rel=1e-12)


def test_districts_with_targets_of_their_own_share_the_gap(deployment: Deployment) -> None:
    _report_all(deployment, "2024-Q4", 200)
    targets = [
        {"indicator": "value_added", "area": area, "value": 380, "reason": "split of the whole"}
        for area in DISTRICTS
    ]
    key = deployment.key("administrator")
    sent = deployment.client.post(f"{CITY}/targets", json={"targets": targets}, headers=key)
    assert sent.status_code == 201, sent.text
    detail = _detail(deployment)
    parts = {part["area"]: part for part in detail["contributions"]}
    assert parts["luohu"]["gap"] == 180
    assert parts["unallocated"]["gap"] == 4200 - 11 * 380
    assert sum(part["gap"] for part in parts.values()) == detail["gap"]
    shares = [part["shortfall_share_percent"] for part in parts.values()]
    assert sum(shares) == pytest.approx(100, abs=1e-9)
    assert detail["like_for_like_gap"] == 11 * 380 - detail["actual"]


def test_past_the_deadline_the_deadlines_own_figures_are_shared(api: Deployment) -> None:
    api.clock.now = NOW.replace(year=2027)
    _report_all(api, "2024-Q4", 200)
    _report_all(api, "2025-Q4", 220)
    late, own = _detail(api, period="2026"), _detail(api, period="2025")
    assert (late["actual"], late["rating"]) == (own["actual"], own["rating"])
    assert late["contributions"] == own["contributions"]
    assert late["contributions"][0]["change"] == 20


def test_a_change_is_counted_from_a_period_that_is_not_later(read_api: Deployment) -> None:
    path = f"{NATION}/gaps/{REVENUE}"
    query = {"period": "2022-Q4", "from_period": "2024-Q4"}
    found = read_api.client.get(path, params=query)
    assert found.status_code == 422
    (error,) = found.json()["errors"]
    assert error["parameter"] == "from_period"
    assert "2022-Q4" in error["message"]


def test_a_change_within_one_period_has_no_shares(read_api: Deployment) -> None:
    query = {"period": "2024", "from_period": "2024-Q4"}
    parts = read_api.client.get(f"{NATION}/gaps/{REVENUE}", params=query).json()["contributions"]
    assert {part["change"] for part in parts} == {0}
    assert {part["contribution_percent"] for part in parts} == {None}


def test_a_district_stands_in_full_as_the_city_does(api: Deployment) -> None:
    approve(api, submit(api, "nanshan", 812.4))
    detail = _detail(api, area="nanshan")
    assert (detail["area"], detail["actual"], detail["period"]) == ("nanshan", 812.4, "2024-Q4")
    assert (detail["contributions"], detail["target"]) == ([], None)
    assert detail["reasons"]["from_period"] == "no_area_baseline"
    (known,) = [point for point in detail["series"] if point["actual"] is not None]
    assert (known["period"], known["actual"], known["rating"]) == ("2024-Q4", 812.4, None)
