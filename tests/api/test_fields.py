"""The columns of a list that are asked for, in every format."""

import io
import json

import arro3.io
import pytest

from app.domain.rating import Rating
from tests.api.reads import CITY, DISTRICTS, NATION
from tests.conftest import Deployment
from tests.formats.tables import read_csv, read_sheet

KEYS = ["indicator", "area", "period"]
GAPS = f"{NATION}/gaps"
LISTS = {
    "/api/v1/plans": ("ratings", ["plan", "ratings"]),
    f"{NATION}/areas": ("name_zh", ["code", "name_zh"]),
    f"{CITY}/indicators": ("unit", ["code", "unit"]),
    f"{CITY}/units": ("name_en", ["code", "name_en"]),
    f"{NATION}/targets": ("target", [*KEYS, "target"]),
    f"{NATION}/observations": ("value", [*KEYS, "value"]),
    f"{NATION}/ledger": ("action", ["revision", "action"]),
    f"{NATION}/periods": ("due_on", ["period", "due_on"]),
    f"{NATION}/reconciliation": ("summed", [*KEYS, "summed"]),
}
# What a map of the districts shows, beside indicator, area and period.
FIVE = "actual,target,gap,rating,progress_percent"


@pytest.mark.parametrize("path", LISTS)
def test_a_row_has_what_was_asked_for_and_its_codes(read_api: Deployment, path: str) -> None:
    asked, expected = LISTS[path]
    whole = read_api.client.get(path).json()
    found = read_api.client.get(path, params={"fields": asked}).json()
    assert whole["items"] or path == f"{NATION}/reconciliation"
    assert found["total"] == whole["total"]
    assert found["items"] == [
        {name: row[name] for name in row if name in expected} for row in whole["items"]
    ]
    assert all(set(row) == set(expected) for row in found["items"])


def test_every_format_has_the_same_columns_in_the_order_of_the_table(read_api: Deployment) -> None:
    query = {"fields": "rating,actual", "sort": "-target"}
    names = [*KEYS, "actual", "rating"]
    rows = read_api.client.get(GAPS, params=query).json()["items"]
    assert list(rows[0]) == names
    content = {
        name: read_api.client.get(GAPS, params={**query, "format": name}).content
        for name in ("csv", "xlsx", "parquet", "jsonstat")
    }
    assert list(read_csv(content["csv"])[0]) == names
    assert [row["rating"] for row in read_csv(content["csv"])] == [row["rating"] for row in rows]
    assert read_sheet(content["xlsx"])[0] == names
    table = arro3.io.read_parquet(io.BytesIO(content["parquet"])).read_all()
    assert table.schema.names == names
    cube = json.loads(content["jsonstat"])
    assert cube["dimension"]["measure"]["category"]["index"] == ["actual"]
    assert list(cube["extension"]["columns"]) == ["rating"]


def test_reasons_are_those_of_the_fields_that_were_asked_for(read_api: Deployment) -> None:
    query = {"fields": "actual,rating,reasons", "area": DISTRICTS[0], "indicator": "value_added"}
    (row,) = read_api.client.get(f"{CITY}/gaps", params=query).json()["items"]
    assert row == {
        "indicator": "value_added",
        "area": DISTRICTS[0],
        "reasons": {"actual": "no_data", "period": "no_data"},
        "period": None,
        "actual": None,
        "rating": Rating.UNABLE_TO_ASSESS,
    }


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"fields": "actual,atcual"}, "atcual"),
        ({"fields": ""}, ""),
        ({"fields": "actual,"}, ""),
        # Files alone have it.
        ({"fields": "period_start"}, "period_start"),
    ],
)
def test_an_unknown_field_is_refused(
    read_api: Deployment, query: dict[str, str], name: str
) -> None:
    found = read_api.client.get(GAPS, params=query)
    assert found.status_code == 422
    (error,) = found.json()["errors"]
    assert (error["parameter"], error["code"]) == ("fields", "unknown_code")
    assert f"'{name}'" in error["message"]
    assert "projected_gap" in error["message"]


def test_what_is_outstanding_has_the_fields_that_were_asked_for(read_api: Deployment) -> None:
    query = {"fields": "due_on", "period": "2024-Q3"}
    found = read_api.client.get(f"{CITY}/completeness", params=query).json()
    assert found["total"]["expected"] > 0
    assert set(found["outstanding"][0]) == {*KEYS, "due_on"}
    file = read_api.client.get(f"{CITY}/completeness", params={**query, "format": "csv"})
    assert set(read_csv(file.content)[0]) == {*KEYS, "due_on"}


def test_a_page_goes_on_with_the_same_fields(read_api: Deployment) -> None:
    first = read_api.client.get(GAPS, params={"fields": "rating", "limit": 1}).json()
    following = read_api.client.get(first["next"]).json()
    assert set(following["items"][0]) == {*KEYS, "rating"}


def test_a_scenario_takes_fields_too(read_api: Deployment) -> None:
    answer = read_api.client.post(f"{CITY}/scenarios?fields=rating", json={"growth": []})
    assert set(answer.json()["items"][0]) == {*KEYS, "rating"}


def test_all_districts_with_eight_columns_are_small(read_api: Deployment) -> None:
    query = {"area_level": "district", "fields": FIVE}
    found = read_api.client.get(f"{CITY}/gaps", params=query)
    assert found.json()["total"] == 7 * 11
    assert len(found.json()["items"][0]) == 8
    assert len(found.content) < 12 * 1024
