"""Each whole beside the sum of its parts: published figures, and targets given to districts."""

import pytest

from tests.api.reads import CITY, DISTRICTS, NATION, REVENUE, approve, get_items, submit
from tests.conftest import Deployment
from tests.small_plan import figures, get_small, load_small, since, target

PATH = f"{NATION}/reconciliation"


def test_the_regions_sum_to_the_nation_within_one(reads: Deployment) -> None:
    rows = get_items(reads, PATH, indicator=REVENUE)
    whole = {row["period"]: row["difference"] for row in rows if row["difference"] is not None}
    assert whole == {"2021-Q2": 0, "2022-Q4": 0, "2023-Q1": 1, "2024-Q4": 0}
    assert {row["area"] for row in rows} == {"china"}
    first = next(row for row in rows if row["period"] == "2023-Q1")
    assert (first["reported"], first["summed"], first["basis"]) == (24415, 24414, "ytd")
    assert first["difference_percent"] == pytest.approx(100 / 24415, rel=1e-12)
    assert (first["areas_expected"], first["areas_reported"], first["missing_areas"]) == (4, 4, [])


def test_a_sum_with_regions_missing_is_shown_and_not_compared(reads: Deployment) -> None:
    (row,) = get_items(reads, PATH, period="2023-Q3")
    assert (row["reported"], row["summed"], row["areas_reported"]) == (87610, 72555, 1)
    assert row["missing_areas"] == ["central", "west", "northeast"]
    assert row["flags"] == ["partial_coverage"]
    assert row["reasons"]["difference"] == "partial_coverage"
    assert (row["difference"], row["difference_percent"]) == (None, None)


def test_rows_come_by_period_and_only_for_areas_that_sum_others(reads: Deployment) -> None:
    query = {"start_period": "2024", "end_period": "2024-Q3"}
    rows = get_items(reads, PATH, **query, indicator=REVENUE)
    assert [row["period"] for row in rows] == ["2024-Q1", "2024-Q2", "2024-Q3"]
    assert get_items(reads, PATH, area="east") == []
    assert get_items(reads, PATH, period="2030")[0]["reasons"]["summed"] == "not_due"


def test_the_table_comes_as_a_file_with_the_same_names(reads: Deployment) -> None:
    query = {"period": "2023-Q1", "format": "csv", "sort": "-reported"}
    found = reads.client.get(PATH, params=query)
    assert found.headers["content-type"].startswith("text/csv")
    heading, row = found.text.lstrip("\ufeff").splitlines()
    cells = dict(zip(heading.split(","), row.split(","), strict=True))
    assert (cells["reported"], cells["summed"], cells["difference"]) == ("24415", "24414", "1")
    assert (cells["target_difference"], cells["areas_with_target"]) == ("", "0")


def test_before_a_figure_was_known_it_is_not_compared(reads: Deployment) -> None:
    entries = get_items(reads, f"{NATION}/ledger")
    (entered,) = [e["revision"] for e in entries if e["subject"] == "2024-Q4"]
    (before,) = get_items(reads, PATH, period="2024-Q4", as_of=entered - 1)
    assert (before["reported"], before["summed"]) == (None, None)
    (since_then,) = get_items(reads, PATH, period="2024-Q4", as_of=entered)
    assert since_then["difference"] == 0


def test_what_was_submitted_is_compared_for_those_who_may_see_it(deployment: Deployment) -> None:
    for area in DISTRICTS:
        submit(deployment, area, 100)
    approve(deployment, submit(deployment, "shenzhen", 1200))
    query = {"indicator": "value_added", "period": "2024-Q4"}
    (official,) = get_items(deployment, f"{CITY}/reconciliation", **query)
    assert (official["reported"], official["summed"]) == (1200, None)
    assert official["provisional"] is False
    found = deployment.client.get(
        f"{CITY}/reconciliation",
        params={**query, "view": "provisional"},
        headers=deployment.key("reader"),
    )
    (row,) = found.json()["items"]
    assert (row["summed"], row["difference"], row["provisional"]) == (1100, 100, True)
    nobody = deployment.client.get(f"{CITY}/reconciliation", params={"view": "provisional"})
    assert nobody.status_code == 401


def test_the_citys_target_is_held_against_those_of_its_districts(api: Deployment) -> None:
    whole = target("revenue", "city", 4200, **since(2300))
    given = [target("revenue", "east", 2500), target("revenue", "port", 900)]
    published = figures("revenue", "city", {"2023-Q4": 3100})
    load_small(api, targets=[whole, *given], observations=published)
    (row,) = get_small(api, "/reconciliation", indicator="revenue")["items"]
    assert (row["target"], row["targets_summed"], row["target_difference"]) == (4200, 2500, 1700)
    # The port lies within the districts, and is never summed beside them.
    assert (row["areas_with_target"], row["areas_without_target"]) == (1, ["west"])
    assert (row["areas_expected"], row["areas_reported"]) == (2, 0)


def test_without_any_figure_targets_are_compared_all_the_same(api: Deployment) -> None:
    whole = target("workers", "city", 1000)
    given = [target("workers", "east", 600), target("workers", "west", 500)]
    load_small(api, targets=[whole, *given], observations=[])
    (row,) = get_small(api, "/reconciliation", indicator="workers")["items"]
    assert (row["period"], row["reasons"]["period"]) == (None, "no_data")
    assert (row["targets_summed"], row["target_difference"]) == (1100, -100)
    assert row["areas_without_target"] == []
    (none,) = get_small(api, "/reconciliation", indicator="firms")["items"]
    assert none["reasons"]["targets_summed"] == "no_area_targets"
    assert (none["reasons"]["target"], none["reasons"]["target_difference"]) == (
        "no_target",
        "no_target",
    )


def test_a_ratio_is_compared_by_its_parts_and_its_targets_are_not_summed(api: Deployment) -> None:
    published = [
        *figures("revenue", "east", {"2023-Q4": 2000}),
        *figures("revenue", "west", {"2023-Q4": 1000}),
        *figures("revenue", "city", {"2023-Q4": 3000}),
        *figures("research", "east", {"2023-Q4": 200}),
        *figures("research", "west", {"2023-Q4": 40}),
        *figures("research", "city", {"2023-Q4": 270}),
    ]
    targets = [target("share", "city", 10, **since(5)), target("share", "east", 12)]
    load_small(api, targets=targets, observations=published)
    (row,) = get_small(api, "/reconciliation", indicator="share")["items"]
    assert (row["reported"], row["summed"], row["difference"]) == (9, 8, 1)
    assert (row["basis"], row["reasons"]["targets_summed"]) == ("ratio", "not_a_sum")
    assert get_small(api, "/reconciliation", indicator="growth")["items"] == []


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"indicator": "nothing"}, "indicator"),
        ({"area": "nowhere"}, "area"),
        ({"period": "2024-Q9"}, "period"),
        ({"rating": "missed"}, "rating"),
        ({"sort": "missing_areas"}, "sort"),
    ],
)
def test_what_means_nothing_is_refused_by_name(
    read_api: Deployment, query: dict[str, str], name: str
) -> None:
    found = read_api.client.get(PATH, params=query)
    assert found.status_code == 422
    assert [error["parameter"] for error in found.json()["errors"]] == [name]
