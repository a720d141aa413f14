"""The columns of SDMX data: all those of the gap table, and their names beside the codes."""

import csv
import io
from typing import Any

import pytest

from app.formats.tables.table import columns_of
from app.schemas.gaps.row import GapRow
from app.sdmx.words import make_components
from tests.api.reads import NATION, get_items
from tests.conftest import Deployment

GAPS = "CHINA_SOFTWARE_2025_GAP"
REVENUE = f"/sdmx/v1/data/{GAPS}/Q.software_business_revenue.china?endPeriod=2024-Q3"
LATEST = f"{REVENUE}&lastNObservations=1"
# What the key and the observation say, and what only JSON has.
OTHERWISE = {"plan", "indicator", "area", "period", "actual", "unit", "explain", "reasons"}
NAMES = {"indicator_name_zh", "indicator_name_en", "area_name_zh", "area_name_en"}
BOTH = "application/vnd.sdmx.data+csv;labels=both;version="


def _rows(deployment: Deployment, path: str, accept: str, language: str) -> list[dict[str, str]]:
    headers = {"Accept": accept, "Accept-Language": language}
    found = deployment.client.get(path, headers=headers)
    assert found.status_code == 200, found.text
    return list(csv.DictReader(io.StringIO(found.text, newline="")))


def _as_json(cell: str, like: Any) -> Any:
    """A cell as the JSON answer has the value."""
    if isinstance(like, list):
        return cell.split("; ") if cell else []
    if isinstance(like, bool):
        return cell == "true"
    return float(cell) if isinstance(like, int | float) else cell or None


def test_every_column_of_a_file_has_a_component() -> None:
    lists = {"INDICATOR": None, "AREA": None}
    fields = {each.field for each in make_components("GAP", lists)}  # type: ignore[arg-type]
    assert {each.name for each in columns_of(GapRow)} - fields == {"plan"} | NAMES
    assert {"flags", "missing_areas"} <= fields


def test_every_value_is_that_of_the_json_answer(read_api: Deployment) -> None:
    rows = get_items(read_api, f"{NATION}/gaps", area="china", period="2024-Q3")
    path = f"/sdmx/v1/data/{GAPS}/..china?startPeriod=2024-Q3&endPeriod=2024-Q3"
    told = {row["INDICATOR"]: row for row in _rows(read_api, path, "text/csv", "en")}
    seen = set()
    for row in rows:
        cells = told.pop(row["indicator"], {})
        for name in row.keys() - OTHERWISE - NAMES if cells else ():
            assert _as_json(cells[name.upper()], row[name]) == row[name], name
            seen |= {name} if row[name] not in (None, []) else set()
    assert told == {}
    assert {"trend", "eta", "path", "rating_basis", "projected_gap", "flags"} <= seen


def test_goals_and_units_are_told(read_api: Deployment) -> None:
    city = "/api/v1/plans/shenzhen-software-2025/gaps"
    rows = get_items(read_api, city, area="shenzhen")
    path = "/sdmx/v1/data/SHENZHEN_SOFTWARE_2025_GAP/..shenzhen"
    told = {row["INDICATOR"]: row for row in _rows(read_api, path, "text/csv", "en")}
    both = {
        code: (cells["GOAL"], cells["RESPONSIBLE_UNITS"].split("; "))
        for code, cells in told.items()
    }
    assert both == {r["indicator"]: (r["goal"] or "", r["responsible_units"] or [""]) for r in rows}
    assert any(goal for goal, _ in both.values())
    assert any(len(units) > 1 for _, units in both.values())


@pytest.mark.parametrize(
    ("version", "language", "expected"),
    [
        (
            "2.0.0",
            "en",
            {
                "STRUCTURE_ID": "DABIAO:CHINA_SOFTWARE_2025_GAP(1.0.0): "
                "China's 14th Five-Year Plan for the Software and Information Technology "
                "Services Industry (2021-2025): Targets and gaps",
                "REF_AREA: Reference area": "china: China",
                "UNIT_MEASURE: Unit of measure": "YUAN_1E8: 100 million yuan",
                "OBS_VALUE: Observation value": "133929",
                "RATING: Rating": "on_track: On track",
                "FLAGS: Flags": "ahead; base_restated",
            },
        ),
        (
            "1.0.0",
            "zh",
            {
                "DATAFLOW": "DABIAO:CHINA_SOFTWARE_2025_GAP(1.0.0): "
                "“十四五”软件和信息技术服务业发展规划：目标差距",
                "REF_AREA: 地区": "china: 全国",
                "UNIT_MEASURE: 计量单位": "YUAN_1E8: 亿元",
                "OBS_VALUE: 观测值": "133929",
                "RATING: 进展评价": "on_track: 进展顺利",
                "TREND: 走势": "worsening: 转差",
            },
        ),
    ],
)
def test_names_are_beside_the_codes(
    read_api: Deployment, version: str, language: str, expected: dict[str, str]
) -> None:
    (row,) = _rows(read_api, LATEST, f"{BOTH}{version}", language)
    assert {name: row[name] for name in expected} == expected
