"""One table in two formats: the same rows and names, safe to open, chosen by name or by Accept."""

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest

from app.formats.csv_table import write_csv
from app.schemas.plan_document import IndicatorChecks
from tests.api.reads import CITY, NATION, Row, get_items, submit
from tests.conftest import Deployment

# The contract's own list (api, A gap row).
GAP_COLUMNS = """
plan, indicator, indicator_name_zh, indicator_name_en, area, area_name_zh, area_name_en, period,
unit, target, comparator, deadline, commitment, baseline, baseline_period, actual, actual_basis,
actual_source, provisional, gap, gap_percent, attainment_percent, progress_percent, elapsed_percent,
schedule_variance, schedule_index, path, path_value, path_progress_percent, path_gap, achieved_rate,
required_rate, acceleration, growth_ratio, projection, projection_low, projection_high,
projection_prudent, probability, projected_gap, eta, rating, rating_index, rating_basis,
rating_threshold, areas_expected, areas_reported, areas_carried_forward, data_age_quarters, revision
""".replace("\n", " ")
TABLES = [
    "/api/v1/plans",
    f"{NATION}/areas",
    f"{CITY}/indicators",
    f"{CITY}/goals",
    f"{CITY}/actions",
    f"{CITY}/units",
    f"{NATION}/targets",
    f"{NATION}/gaps",
    f"{NATION}/observations",
    f"{NATION}/ledger",
]


def _read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _cell(value: object) -> str:
    """A JSON value as its cell must read."""
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "; ".join(value)
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize("path", TABLES)
def test_csv_has_the_rows_names_and_values_of_json(read_api: Deployment, path: str) -> None:
    rows = get_items(read_api, path, limit=1000)
    found = read_api.client.get(path, params={"format": "csv"})
    assert found.headers["content-type"] == "text/csv; charset=utf-8"
    assert found.content.startswith(b"\xef\xbb\xbf")
    assert found.content.endswith(b"\r\n")
    table = _read(found.content)
    assert len(table) == len(rows)
    for row, cells in zip(rows, table, strict=True):
        assert set(cells) <= set(row)
        assert set(row) - set(cells) <= {"missing_areas", "reasons", "flags", "explain"}
        for name, cell in cells.items():
            assert cell.removeprefix("'") == _cell(row[name]), name


def test_the_columns_of_gaps_are_the_contracts_in_its_order(read_api: Deployment) -> None:
    found = read_api.client.get(f"{CITY}/gaps", params={"format": "csv"})
    header = found.content.decode("utf-8-sig").splitlines()[0]
    expected = [name.strip() for name in GAP_COLUMNS.split(",")]
    assert header.split(",") == expected
    (row, *_) = get_items(read_api, f"{CITY}/gaps")
    assert set(row) - {"missing_areas", "reasons", "flags", "explain"} == set(expected)


def test_a_file_has_every_row_unless_a_limit_is_given(read_api: Deployment) -> None:
    path = f"{NATION}/gaps"
    query = {"start_period": "2020", "format": "csv"}
    whole = _read(read_api.client.get(path, params=query).content)
    assert (
        len(whole) == read_api.client.get(path, params={**query, "format": "json"}).json()["total"]
    )
    part = read_api.client.get(path, params={**query, "limit": 10, "offset": 5})
    assert _read(part.content) == whole[5:15]
    assert 'rel="next"' in part.headers["link"]
    assert "format=csv" in part.headers["link"]


def test_a_file_is_named_after_its_table(read_api: Deployment) -> None:
    found = read_api.client.get(f"{CITY}/gaps", params={"format": "csv"})
    assert found.headers["content-disposition"] == 'attachment; filename="gaps.csv"'


def test_an_empty_table_has_its_header(read_api: Deployment) -> None:
    found = read_api.client.get(f"{CITY}/observations", params={"format": "csv"})
    assert found.content.decode("utf-8-sig").startswith("plan,indicator,area,period,value,unit")
    assert _read(found.content) == []


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0", "-"]
)
def test_a_text_cell_cannot_become_a_formula(text: str) -> None:
    (cells,) = _read(write_csv(["a", "b"], [{"a": text, "b": ["ok", text]}]))
    assert cells["a"] == f"'{text}"
    assert cells["b"] == f"ok; {text}"


def test_the_name_of_an_owner_cannot_become_a_formula(api: Deployment) -> None:
    figure = {"indicator": "value_added", "value": 1, "unit": "亿元", "basis": "ytd"}
    body = {"area": "nanshan", "period": "2024-Q4", "figures": [figure]}
    key = api.key("reporter", "nanshan", owner='=HYPERLINK("http://x")')
    assert api.client.post(f"{CITY}/reports", json=body, headers=key).status_code == 201
    found = api.client.get(f"{CITY}/ledger", params={"format": "csv"})
    assert _read(found.content)[-1]["actor"] == '\'=HYPERLINK("http://x")'


def test_numeric_cells_stay_numbers_also_below_zero() -> None:
    row = {"a": Decimal(-735), "b": Decimal("-0.525"), "c": Decimal("1E+3"), "d": -1}
    (cells,) = _read(write_csv(list(row), [row]))
    assert cells == {"a": "-735", "b": "-0.525", "c": "1000", "d": "-1"}


def test_words_days_and_nested_parts_are_readable_cells() -> None:
    row: Row = {
        "yes": True,
        "none": None,
        "day": date(2025, 12, 31),
        "quoted": 'a "b", c\nd',
        "nested": {"a": Decimal("0.5")},
        "model": IndicatorChecks(integer=True),
    }
    (cells,) = _read(write_csv(list(row), [row]))
    assert [cells[name] for name in ("yes", "none", "day")] == ["true", "", "2025-12-31"]
    assert cells["quoted"] == 'a "b", c\nd'
    assert json.loads(cells["nested"]) == {"a": "0.5"}
    assert json.loads(cells["model"])["integer"] is True


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("application/json", "json"),
        ("application/json; charset=utf-8", "json"),
        ("application/*", "json"),
        ("text/csv", "csv"),
        ("TEXT/CSV", "csv"),
        ("text/*", "csv"),
        ("text/csv, */*", "csv"),
        ("*/*, text/csv", "csv"),
        ("text/csv;q=0.1, application/json", "json"),
        ("application/json;q=0.1, text/csv;q=0.9", "csv"),
        ("*/*;q=0.1, text/csv", "csv"),
        ("text/csv;q=0.5, */*", "json"),
        ("application/json;q=0, */*", "csv"),
        ("text/csv, application/json", "csv"),
        ("application/json, text/csv", "json"),
        ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "json"),
        ("text/csv;q=high, application/json;q=0.1", "json"),
    ],
)
def test_the_accept_header_chooses_the_format(
    read_api: Deployment, accept: str, expected: str
) -> None:
    found = read_api.client.get(f"{CITY}/gaps", headers={"Accept": accept})
    media_type = found.headers["content-type"].partition(";")[0]
    assert media_type == {"json": "application/json", "csv": "text/csv"}[expected]


@pytest.mark.parametrize(
    "accept", ["text/html", "application/xml", "image/*", "application/json;q=0", "json", "*/*;q=0"]
)
def test_a_format_that_there_is_not_is_406(read_api: Deployment, accept: str) -> None:
    found = read_api.client.get(f"{CITY}/gaps", headers={"Accept": accept})
    assert (found.status_code, found.json()["code"]) == (406, "not_acceptable")
    assert "text/csv" in found.json()["detail"]


def test_the_parameter_goes_before_the_header(read_api: Deployment) -> None:
    for name, media_type in (("json", "application/json"), ("csv", "text/csv")):
        accept = {"Accept": "text/html"}
        found = read_api.client.get(f"{CITY}/areas", params={"format": name}, headers=accept)
        assert found.headers["content-type"].startswith(media_type)


def test_provisional_figures_are_in_the_file_and_marked(deployment: Deployment) -> None:
    submit(deployment, "nanshan", 812.4)
    key = deployment.key("reader")
    query = {"view": "provisional", "format": "csv", "area": "nanshan", "period": "2024"}
    found = deployment.client.get(f"{CITY}/observations", params=query, headers=key)
    (row,) = _read(found.content)
    assert (row["value"], row["provisional"], row["recorded_by"]) == ("812.4", "true", "nanshan")
