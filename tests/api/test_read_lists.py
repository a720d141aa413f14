"""Every list answers alike: an envelope, pages that join, an order that is total."""

from urllib.parse import parse_qs, urlsplit

import pytest

from app.domain.rating import Rating
from tests.api.reads import CITY, NATION, REVENUE, Row, get_items
from tests.conftest import Deployment
from tests.small_plan import figures, get_small, load_small, since, target

LISTS = [
    "/api/v1/plans",
    f"{NATION}/areas",
    f"{NATION}/indicators",
    f"{CITY}/goals",
    f"{CITY}/actions",
    f"{CITY}/units",
    f"{NATION}/targets",
    f"{NATION}/gaps",
    f"{NATION}/observations",
    f"{NATION}/ledger",
    f"{NATION}/reports",
]
READS = [
    *LISTS,
    CITY,
    f"{CITY}/overview",
    f"{CITY}/indicators/value_added",
    f"{CITY}/targets/value_added",
    f"{CITY}/gaps/value_added",
    f"{CITY}/ledger/head",
    "/api/v1/me",
]


@pytest.fixture(scope="module")
def key(read_api: Deployment) -> dict[str, str]:
    return read_api.key("administrator")


@pytest.mark.parametrize("path", LISTS)
def test_a_list_has_items_total_and_next(read_api: Deployment, key: Row, path: str) -> None:
    found = read_api.client.get(path, headers=key, params={"limit": 1000})
    page = found.json()
    assert list(page) == ["items", "total", "next"]
    assert len(page["items"]) == page["total"]
    assert page["next"] is None
    assert "link" not in found.headers


@pytest.mark.parametrize("path", LISTS)
def test_pages_join_to_the_whole_list(read_api: Deployment, key: Row, path: str) -> None:
    whole = read_api.client.get(path, headers=key, params={"limit": 1000}).json()
    size = max(1, -(-whole["total"] // 3))
    joined: list[Row] = []
    url: str | None = f"{path}?limit={size}"
    while url is not None:
        found = read_api.client.get(url, headers=key)
        page = found.json()
        joined += page["items"]
        assert page["total"] == whole["total"]
        url = page["next"]
        link = None if url is None else f'<{url}>; rel="next"'
        assert found.headers.get("link") == link
    assert joined == whole["items"]


def test_a_page_has_a_hundred_rows_unless_told(read_api: Deployment) -> None:
    first = read_api.client.get(f"{NATION}/observations").json()
    assert (len(first["items"]), first["total"]) == (100, 101)
    second = read_api.client.get(first["next"]).json()
    assert (len(second["items"]), second["next"]) == (1, None)


def test_the_next_page_keeps_every_other_parameter(read_api: Deployment) -> None:
    query: Row = {
        "indicator": [REVENUE, "software_export"],
        "sort": "-value",
        "limit": 7,
        "offset": 7,
    }
    page = read_api.client.get(f"{NATION}/observations", params=query).json()
    kept = parse_qs(urlsplit(page["next"]).query)
    expected = {**query, "sort": ["-value"], "limit": ["7"], "offset": ["14"]}
    assert kept == expected


def test_a_page_beyond_the_end_is_empty_and_says_the_total(read_api: Deployment) -> None:
    page = read_api.client.get(f"{CITY}/areas", params={"offset": 5000}).json()
    assert page == {"items": [], "total": 13, "next": None}


@pytest.mark.parametrize("path", READS)
def test_an_unknown_parameter_is_refused_by_name(read_api: Deployment, key: Row, path: str) -> None:
    found = read_api.client.get(path, headers=key, params={"perod": "2024"})
    assert found.status_code == 422
    (error,) = found.json()["errors"]
    assert (error["parameter"], error["code"]) == ("perod", "unknown_field")


@pytest.mark.parametrize("path", ["/api/v1/plans", f"{CITY}/gaps", f"{CITY}/reports"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "-1"),
        ("limit", "1001"),
        ("limit", "1_0"),
        ("limit", " 10"),
        ("limit", "1.0"),
        ("limit", "+5"),
        ("limit", "１０"),  # noqa: RUF001 - full-width digits
        ("limit", "9" * 5000),
        ("offset", "-1"),
        ("offset", "99999999999999999999"),
        ("offset", "1e3"),
        ("format", "xls"),
    ],
)
def test_a_page_that_cannot_be_is_refused(
    read_api: Deployment, key: Row, path: str, name: str, value: str
) -> None:
    found = read_api.client.get(path, headers=key, params={name: value})
    assert found.status_code == 422
    assert [error["parameter"] for error in found.json()["errors"]] == [name]


@pytest.mark.parametrize("path", LISTS)
def test_every_column_sorts_or_is_refused_and_never_fails(
    read_api: Deployment, key: Row, path: str
) -> None:
    items = read_api.client.get(path, headers=key).json()["items"]
    for column in items[0] if items else []:
        parts = any(isinstance(row[column], list | dict) for row in items)
        nested = parts or column in {"explain", "restatement"}
        found = read_api.client.get(path, headers=key, params={"sort": f"-{column}"})
        assert found.status_code == (422 if nested else 200), column


@pytest.mark.parametrize("path", ["/api/v1/plans", f"{CITY}/gaps", f"{CITY}/ledger"])
@pytest.mark.parametrize("sort", ["colour", "-", ",", "revision,colour", "--revision", "__class__"])
def test_an_unknown_column_to_sort_by_is_refused(
    read_api: Deployment, key: Row, path: str, sort: str
) -> None:
    found = read_api.client.get(path, headers=key, params={"sort": sort})
    assert found.status_code == 422
    (error,) = found.json()["errors"]
    assert (error["parameter"], error["code"]) == ("sort", "unknown_code")


@pytest.mark.parametrize("sign", ["", "-"])
def test_nulls_sort_last_whichever_way(reads: Deployment, sign: str) -> None:
    rows = get_items(reads, f"{NATION}/gaps", sort=f"{sign}actual")
    values = [row["actual"] for row in rows]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=sign == "-")
    assert None not in values[: len(known)]
    assert 0 < len(known) < len(values)


def test_rows_that_tie_keep_the_plans_own_order(reads: Deployment) -> None:
    plain = get_items(reads, f"{NATION}/gaps")
    by_area = get_items(reads, f"{NATION}/gaps", sort="area")
    for area in {row["area"] for row in plain}:
        own = [row["indicator"] for row in plain if row["area"] == area]
        assert [row["indicator"] for row in by_area if row["area"] == area] == own


def test_a_second_column_breaks_the_ties_of_the_first(reads: Deployment) -> None:
    query = {"indicator": REVENUE, "sort": "period,-value"}
    rows = get_items(reads, f"{NATION}/observations", **query)
    assert [(row["period"], -row["value"]) for row in rows] == sorted(
        (row["period"], -row["value"]) for row in rows
    )


def test_the_order_of_a_list_is_the_same_on_every_database(
    read_api: Deployment, read_postgres: Deployment
) -> None:
    for path in LISTS[:-1]:
        query: Row = {"limit": 1000, "format": "csv"}
        found = [api.client.get(path, params=query).text for api in (read_api, read_postgres)]
        assert found[0] == found[1], path


def test_ratings_sort_by_severity_worst_first(api: Deployment) -> None:
    levels = {"east": 900, "west": 1100, "port": 1700, "city": 1950}
    firms = [figures("firms", area, {"2024-Q4": value}) for area, value in levels.items()]
    load_small(
        api,
        targets=[
            *(target("firms", area, 2000, **since(1000)) for area in levels),
            target("research", "city", 2000, **since(1000)),
            target("revenue", "city", 10, deadline="2023", **since(5)),
        ],
        observations=[
            *(each for found in firms for each in found),
            *figures("research", "city", {"2024-Q4": 2500}),
            *figures("revenue", "city", {"2023-Q4": 6}),
        ],
    )
    rated = {"rating": [*Rating], "limit": 1000}
    found = get_small(api, "/gaps", sort="rating,area", **rated)["items"]
    order = list(dict.fromkeys(row["rating"] for row in found))
    assert order == [
        "missed",
        "deteriorating",
        "off_track",
        "acceleration_needed",
        "unable_to_assess",
        "on_track",
        "achieved_early",
    ]
    back = get_small(api, "/gaps", sort="-rating", **rated)["items"]
    assert list(dict.fromkeys(row["rating"] for row in back)) == order[::-1]
