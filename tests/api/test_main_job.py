"""The main job, end to end, on both databases: a report comes in, the gap moves."""

from typing import Any

from tests.conftest import Deployment

CITY = "/api/v1/plans/shenzhen-software-2025"
NATION = "/api/v1/plans/china-software-2025"


def _row(deployment: Deployment, plan: str, **query: str) -> dict[str, Any]:
    found = deployment.client.get(f"{plan}/gaps", params=query)
    assert found.status_code == 200, found.text
    assert found.json()["total"] == 1
    row: dict[str, Any] = found.json()["items"][0]
    return row


def test_national_revenue_comes_out_as_published(deployment: Deployment) -> None:
    query = {"indicator": "software_business_revenue", "area": "china"}
    row = _row(deployment, NATION, **query, period="2024-Q4")
    assert row["actual"] == 137276
    assert round(row["attainment_percent"], 4) == 98.0543
    assert round(row["progress_percent"], 4) == 95.3343
    assert row["gap"] == 2724
    row = _row(deployment, NATION, **query)
    assert (row["period"], row["actual"], row["rating"]) == ("2025-Q4", 154831, "achieved")
    assert round(row["attainment_percent"], 4) == 110.5936


def test_a_report_moves_the_citys_sum_once_it_is_approved(deployment: Deployment) -> None:
    client = deployment.client
    nanshan = deployment.key("reporter", "nanshan", owner="nanshan")
    futian = deployment.key("reporter", "futian", owner="futian")
    reviewer = deployment.key("reviewer", owner="city")
    figure = {"indicator": "value_added", "value": 812.4, "unit": "亿元", "basis": "ytd"}
    body = {"area": "nanshan", "period": "2024-Q4", "figures": [figure]}
    first = client.post(f"{CITY}/reports", json=body, headers=nanshan)
    assert first.status_code == 201
    figure = {"indicator": "value_added", "value": 8124000, "unit": "万元", "basis": "ytd"}
    body = {"area": "futian", "period": "2024-Q4", "figures": [figure]}
    second = client.post(f"{CITY}/reports", json=body, headers=futian)
    assert second.status_code == 201
    query = {"indicator": "value_added", "area": "shenzhen", "period": "2024-Q4"}
    assert _row(deployment, CITY, **query)["reasons"]["actual"] == "no_data"
    for sent in (first, second):
        approved = client.post(sent.headers["location"] + "/approve", headers=reviewer)
        assert approved.json()["status"] == "approved"
    row = _row(deployment, CITY, **query)
    assert row["actual"] == 1624.8
    assert (row["areas_expected"], row["areas_reported"]) == (11, 2)
    assert len(row["missing_areas"]) == 9
    assert row["rating"] == "unable_to_assess"
    assert "partial_coverage" in row["flags"]
    stored = client.get(f"{CITY}/observations", params={"period": "2024-Q4"}).json()["items"]
    assert [each["value"] for each in stored] == [812.4, 812.4]
