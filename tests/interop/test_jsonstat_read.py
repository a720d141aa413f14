"""What is answered as JSON-stat is valid, and a reader that knows only its specification
finds the rows of the JSON answer in it again."""

import json
from itertools import product
from math import prod
from typing import Any

import pytest
from jsonstat_validator import validate_jsonstat

from tests.api.reads import CITY, NATION, Row, get_items, submit
from tests.conftest import Deployment

KEYS = ("indicator", "area", "period")
# What labels and status say in a cube.
BESIDE = {"plan", "indicator_name_zh", "indicator_name_en", "area_name_zh", "area_name_en"}
QUALIFIERS = {"missing_areas", "reasons", "flags", "explain"}


def read_rows(dataset: dict[str, Any]) -> list[Row]:
    """The rows of a cube: one for each place that has any value (json-stat.org/full/#value)."""
    codes = [dataset["dimension"][name]["category"]["index"] for name in dataset["id"]]
    *outer, measures = codes
    value, beside = dataset["value"], dataset["extension"]["rows"]
    cells = value if isinstance(value, dict) else {str(n): each for n, each in enumerate(value)}
    rows = []
    for number, place in enumerate(product(*outer)):
        start = number * len(measures)
        values = [cells.get(str(start + n)) for n in range(len(measures))]
        if any(value is not None for value in values) or str(number) in beside:
            key = dict(zip(dataset["id"], place, strict=False))
            told = dict.fromkeys(dataset["extension"]["columns"]) | beside.get(str(number), {})
            rows.append({**key, **dict(zip(measures, values, strict=True)), **told})
    return rows


def comparable(row: Row, names: set[str]) -> str:
    """A row with everything that a cube says in its own way said in one."""
    # What a list is empty of is left out.
    found = {name: row[name] or None for name in names} | {"period": row["period"] or "none"}
    return json.dumps(found, sort_keys=True, ensure_ascii=False)


def fetch(deployment: Deployment, path: str, **query: Any) -> dict[str, Any]:
    found = deployment.client.get(path, params={**query, "format": "jsonstat"})
    assert found.status_code == 200, found.text
    dataset: dict[str, Any] = found.json()
    assert validate_jsonstat(found.json())
    return dataset


QUERIES: list[tuple[str, dict[str, Any]]] = [
    (f"{NATION}/gaps", {}),
    (f"{CITY}/gaps", {}),
    (f"{NATION}/gaps", {"start_period": "2023", "end_period": "2024", "sort": "-area,period"}),
    (f"{NATION}/gaps", {"area": "china", "start_period": "2020", "explain": "true"}),
    (f"{NATION}/targets", {}),
    (f"{NATION}/observations", {}),
    (f"{NATION}/observations", {"include_history": "true", "area": "china"}),
    (f"{NATION}/observations", {"as_of": "9", "limit": "20", "offset": "3"}),
    (f"{NATION}/gaps", {"indicator": "software_export", "rating": "missed"}),
]


@pytest.mark.parametrize(("path", "query"), QUERIES)
def test_the_rows_of_json_are_found_again(
    api: Deployment, path: str, query: dict[str, Any]
) -> None:
    expected = get_items(api, path, **{"limit": 1000, **query})
    dataset = fetch(api, path, **query)
    found = read_rows(dataset)
    names = set(expected[0]) - BESIDE - QUALIFIERS if expected else set()
    if "explain" in query:
        names.add("explain")
    assert sorted(comparable(row, names) for row in found) == sorted(
        comparable(row, names) for row in expected
    )


def test_every_null_of_a_gap_has_its_reason_as_status(api: Deployment) -> None:
    rows = get_items(api, f"{NATION}/gaps", limit=1000)
    dataset = fetch(api, f"{NATION}/gaps")
    measures = dataset["dimension"]["measure"]["category"]["index"]
    reasons = [
        reason for row in rows for name, reason in row["reasons"].items() if name in measures
    ]
    assert sorted(dataset["status"].values()) == sorted(reasons)
    assert all(dataset["value"][int(place)] is None for place in dataset["status"])
    beside = dataset["extension"]["columns"].keys() - {"missing_areas", "flags"}
    told = [(row["reasons"][n]) for row in rows for n in beside if n in row["reasons"]]
    found = dataset["extension"]["rows"].values()
    assert sorted(why for each in found for why in each.get("reasons", {}).values()) == sorted(told)


def test_every_value_is_a_number(api: Deployment) -> None:
    for path in (f"{NATION}/gaps", f"{NATION}/observations", f"{NATION}/targets"):
        dataset = fetch(api, path)
        assert {type(each) for each in dataset["value"]} <= {int, float, type(None)}
        assert dataset["size"][-1] == len(dataset["dimension"]["measure"]["category"]["index"])
        assert len(dataset["value"]) == prod(dataset["size"])


def test_a_submitted_figure_stands_beside_the_official_one(api: Deployment) -> None:
    from_first = submit(api, "nanshan", 812.4)
    reviewer = api.key("reviewer", owner="city-office")
    assert api.client.post(f"{from_first}/approve", headers=reviewer).status_code == 200
    submit(api, "nanshan", 820.5, correction_reason="recounted")
    query = {"view": "provisional", "format": "jsonstat"}
    found = api.client.get(f"{CITY}/observations", params=query, headers=reviewer).json()
    assert validate_jsonstat(json.loads(json.dumps(found)))
    values = {row["version"]: (row["value"], row["provisional"]) for row in read_rows(found)}
    assert values == {"1": (812.4, False), "2": (820.5, True)}


def test_labels_follow_the_readers_language(api: Deployment) -> None:
    headers = {"Accept-Language": "zh-CN,zh;q=0.9"}
    query: dict[str, Any] = {"params": {"format": "jsonstat"}, "headers": headers}
    found = api.client.get(f"{NATION}/gaps", **query).json()
    assert found["dimension"]["area"]["category"]["label"]["china"] == "全国"
    assert found["dimension"]["measure"]["category"]["label"]["gap"] == "差距"
    english = fetch(api, f"{NATION}/gaps")
    assert english["dimension"]["area"]["category"]["label"]["china"] == "China"
