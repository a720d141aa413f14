"""What is not due is no gap: gaps, completeness, the form, briefing and overview all agree."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.api.reads import CITY, DISTRICTS, Row, approve_at_once, get_items, get_row
from tests.conftest import Deployment
from tests.small_plan import figures, get_small, load_small, since, target

KEY_FIRMS = "national_key_software_enterprises"


@pytest.fixture
def yearly(deployment: Deployment) -> Deployment:
    """Every district has reported the key enterprises of 2023: 4 each, but Nanshan 12."""
    reports = [
        {
            "area": area,
            "period": "2023-Q4",
            "figures": [
                {
                    "indicator": KEY_FIRMS,
                    "value": 12 if area == "nanshan" else 4,
                    "unit": "家",
                    "basis": "level",
                }
            ],
        }
        for area in DISTRICTS
    ]
    sent = deployment.client.post(
        f"{CITY}/reports/batch",
        json={"reports": reports},
        headers=deployment.key("reporter", *DISTRICTS),
    )
    assert sent.status_code == 201, sent.text
    approve_at_once(deployment, [each["id"] for each in sent.json()["reports"]])
    return deployment


def _get(deployment: Deployment, path: str, **query: Any) -> Any:
    found = deployment.client.get(f"{CITY}{path}", params=query)
    assert found.status_code == 200, found.text
    return found.json()


def _by_indicator(rows: list[Row]) -> dict[str, Row]:
    return {row["indicator"]: row for row in rows if row["area"] == "shenzhen"}


def test_an_annual_indicator_has_nothing_missing_in_a_second_quarter(yearly: Deployment) -> None:
    city = get_row(yearly, CITY, indicator=KEY_FIRMS, area="shenzhen", period="2024-Q2")
    assert (city["actual"], city["reasons"]["actual"]) == (None, "not_due")
    assert (city["areas_expected"], city["areas_reported"], city["missing_areas"]) == (0, 0, [])
    assert (city["reasons"]["gap"], city["rating"]) == ("not_due", "unable_to_assess")
    district = get_row(yearly, CITY, indicator=KEY_FIRMS, area="luohu", period="2024-Q2")
    assert district["reasons"]["actual"] == "not_due"
    quarterly = get_row(yearly, CITY, indicator="value_added", area="luohu", period="2024-Q2")
    assert quarterly["reasons"]["actual"] == "not_reported"
    whole = get_row(yearly, CITY, indicator="value_added", area="shenzhen", period="2024-Q2")
    assert (whole["reasons"]["actual"], whole["areas_expected"]) == ("no_data", 11)
    assert whole["missing_areas"] == DISTRICTS


def test_a_quarter_that_is_not_over_is_not_due(yearly: Deployment) -> None:
    asked = {"indicator": "value_added", "area": "luohu", "period": "2025-Q1"}
    yearly.clock.now = datetime(2025, 3, 31, 12, tzinfo=UTC)
    assert get_row(yearly, CITY, **asked)["reasons"]["actual"] == "not_due"
    # In Shanghai the first of April has begun.
    yearly.clock.now = datetime(2025, 3, 31, 17, tzinfo=UTC)
    assert get_row(yearly, CITY, **asked)["reasons"]["actual"] == "not_reported"
    later = get_items(yearly, f"{CITY}/gaps", period="2027-Q1", limit=1000)
    assert {row["reasons"]["actual"] for row in later} == {"not_due"}


def test_completeness_and_the_form_ask_for_what_is_due(yearly: Deployment) -> None:
    due = {
        (row["indicator"], row["area"])
        for row in get_items(yearly, f"{CITY}/gaps", period="2024-Q2", limit=1000)
        if row["reasons"].get("actual") != "not_due" and row["area"] != "shenzhen"
    }
    found = _get(yearly, "/completeness", period="2024-Q2")
    assert due == {(each["indicator"], each["area"]) for each in found["outstanding"]}
    assert found["total"]["expected"] == 4 * 11
    for period, count in (("2024-Q2", 4), ("2024-Q4", 7)):
        form = yearly.client.get(
            f"{CITY}/reports/template",
            params={"area": "luohu", "period": period},
            headers=yearly.key("reviewer"),
        )
        rows = CalamineWorkbook.from_filelike(io.BytesIO(form.content)).get_sheet_by_index(0)
        assert sum("罗湖区" in str(row[0]) for row in rows.to_python()) == count


def test_as_of_a_second_quarter_an_annual_target_is_that_of_the_last_year(
    yearly: Deployment,
) -> None:
    overview = _get(yearly, "/overview", period="2024-Q2")
    briefing = _get(yearly, "/briefing", period="2024-Q2")
    assert overview["period"] == "2024-Q2"
    for rows in (overview["targets"], briefing["targets"]):
        found = _by_indicator(rows)
        row = found[KEY_FIRMS]
        # Eleven districts with 4 each, but Nanshan 12: more than the 50 that the plan asks for.
        assert (row["period"], row["actual"], row["rating"]) == ("2023-Q4", 52, "achieved_early")
        assert (row["areas_reported"], row["areas_expected"]) == (11, 11)
        assert found["value_added"]["period"] == "2024-Q2"
    assert overview["headline"] == briefing["headline"]
    assert overview["headline"]["by_rating"]["achieved_early"] == 1
    # None of the annual figures is asked of anyone in this quarter.
    outstanding = {each["indicator"] for area in briefing["silent"] for each in area["outstanding"]}
    assert outstanding == {
        "value_added",
        "rd_institutions",
        "new_software_workers",
        "industrial_space",
    }
    page = yearly.client.get(f"{CITY}/briefing", params={"period": "2024-Q2", "format": "html"})
    assert "数据截至 2023-Q4" in page.text


@pytest.mark.parametrize("period", ["2022-Q1", "2023-Q4", "2024-Q1", "2024-Q4", "2025", "2021"])
def test_the_headlines_of_overview_and_briefing_agree(yearly: Deployment, period: str) -> None:
    overview, briefing = (_get(yearly, path, period=period) for path in ("/overview", "/briefing"))
    assert overview["headline"] == briefing["headline"]
    rated = {each["indicator"]: each["rating"] for each in overview["targets"]}
    assert rated == {
        each["indicator"]: each["rating"]
        for each in briefing["targets"]
        if each["area"] == "shenzhen"
    }


def test_the_overview_of_a_district_a_goal_and_a_unit(yearly: Deployment) -> None:
    sent = yearly.client.post(
        f"{CITY}/targets",
        json={"indicator": KEY_FIRMS, "area": "nanshan", "value": 20, "reason": "its share"},
        headers=yearly.key("administrator"),
    )
    assert sent.status_code == 201, sent.text
    (row,) = _get(yearly, "/overview", area="nanshan")["targets"]
    assert (row["indicator"], row["area"], row["actual"]) == (KEY_FIRMS, "nanshan", 12)
    whole = _get(yearly, "/overview")
    goal = whole["targets"][0]["goal"]
    of_goal = _get(yearly, "/overview", goal=goal)
    assert {each["goal"] for each in of_goal["targets"]} == {goal}
    assert of_goal["headline"]["targets"] == len(of_goal["targets"]) < 7
    of_unit = _get(yearly, "/overview", responsible_unit="education_bureau")
    assert [each["indicator"] for each in of_unit["targets"]] == ["new_software_workers"]


@pytest.mark.parametrize("asked", [{"area": "atlantis"}, {"goal": "g99"}, {"period": "2019"}])
def test_an_overview_of_what_is_not_there_is_refused(api: Deployment, asked: Row) -> None:
    found = api.client.get(f"{CITY}/overview", params=asked)
    assert found.status_code == 422
    assert [each["parameter"] for each in found.json()["errors"]] == [*asked]


def test_in_the_first_year_a_row_is_at_the_latest_figure_and_gives_the_year_to_date(
    api: Deployment,
) -> None:
    """Without the year before there are no trailing four quarters, but a year to date."""
    published = figures("revenue", "city", {"2022-Q1": 300, "2022-Q3": 900})
    load_small(
        api, targets=[target("revenue", "city", 4200, **since(2300))], observations=published
    )
    (row,) = get_small(api, "/gaps", indicator="revenue", area="city")["items"]
    assert (row["period"], row["actual"]) == ("2022-Q3", None)
    assert row["reasons"]["actual"] == "insufficient_history"
    assert row["year_to_date"] == 900
    assert row["elapsed_percent"] == 18.75
    (firms,) = get_small(api, "/gaps", indicator="firms", area="city")["items"]
    assert firms["reasons"]["year_to_date"] == "not_applicable"
