"""A briefing says first what grew on a year before, and which areas brought it."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.conftest import Deployment
from tests.small_plan import SMALL, figures, get_small, load_small, since, target

EAST, WEST = {"2023-Q4": 60, "2024-Q4": 90}, {"2023-Q4": 40, "2024-Q4": 50}


def _load(api: Deployment, east: Mapping[str, float], west: Mapping[str, float]) -> None:
    observations = figures("revenue", "east", east) + figures("revenue", "west", west)
    targets = [
        target("revenue", "city", 200, **since(80)),
        target("revenue", "east", 120, **since(50)),
    ]
    load_small(api, targets=targets, observations=observations)


def _briefing(api: Deployment, period: str = "2024-Q4") -> Any:
    return get_small(api, "/briefing", period=period)


def _parts(found: Any) -> dict[str, Any]:
    return {part["area"]: part for part in found["contributions"]}


def test_each_area_has_its_part_in_the_change_of_a_year(api: Deployment) -> None:
    _load(api, EAST, WEST)
    found = _briefing(api)
    # From 100 to 140: of the 40, 30 are east's, which is 30 points of the 100 there were.
    parts = _parts(found)
    assert {(part["from_period"], part["period"]) for part in parts.values()} == {
        ("2023-Q4", "2024-Q4")
    }
    assert {area: part["change"] for area, part in parts.items()} == {"east": 30, "west": 10}
    assert {area: part["contribution_percent"] for area, part in parts.items()} == {
        "east": 75,
        "west": 25,
    }
    assert {area: part["pull_points"] for area, part in parts.items()} == {"east": 30, "west": 10}
    whole = next(row for row in found["targets"] if row["area"] == "city")
    assert whole["yoy_percent"] == sum(part["pull_points"] for part in parts.values()) == 40


def test_with_a_silent_area_no_part_is_given(api: Deployment) -> None:
    _load(api, EAST, {"2023-Q4": 40})
    parts = _parts(_briefing(api))
    assert parts["east"]["change"] == 30
    assert parts["east"]["reasons"]["contribution_percent"] == "partial_coverage"
    assert parts["west"]["change"] is None


def test_an_annual_change_is_counted_at_the_period_that_was_due(api: Deployment) -> None:
    _load(api, {**EAST, "2025-Q1": 30}, {**WEST, "2025-Q1": 12})
    parts = _parts(_briefing(api, "2025-Q1"))
    assert {(part["from_period"], part["period"]) for part in parts.values()} == {
        ("2024-Q1", "2025-Q1")
    }


@pytest.mark.parametrize(
    ("language", "caption", "words"),
    [
        ("en", "Contribution of each area to the change on a year before", ["75.00", "30.00"]),
        ("zh", "各地区对同比变动的贡献", ["75.00", "30.00"]),
    ],
)
def test_the_page_has_growth_and_contributions(
    api: Deployment, language: str, caption: str, words: list[str]
) -> None:
    _load(api, EAST, WEST)
    query = {"period": "2024-Q4", "format": "html", "lang": language}
    page = api.client.get(f"{SMALL}/briefing", params=query).text
    tables = re.findall(r"<table><caption>(.*?)</caption>(.*?)</table>", page, re.DOTALL)
    found = dict(tables)
    assert [word for word in words if word not in found[caption]] == []
    growth = found[
        "Growth on a year before, share and rank" if language == "en" else "同比、占比与排名"
    ]
    # The city grew from 100 to 140, the east from 60 to 90, and has 64.29 % of the city.
    assert [word for word in ("40.00", "50.00", "64.29") if word not in growth] == []
    assert "1/2" in growth


def test_where_nothing_compares_the_page_says_so(read_api: Deployment) -> None:
    query = {"period": "2024-Q4", "format": "html", "lang": "en"}
    nation, city = (
        read_api.client.get(f"/api/v1/plans/{plan}/briefing", params=query).text
        for plan in ("china-software-2025", "shenzhen-software-2025")
    )
    # 137276 on 123258 (tests/cases/growth_cases.json), beside the published 10.0 %.
    assert "11.37" in nation
    assert "No actual is a sum of areas with figures a year before." in city
