"""What would follow: the same rows on assumed figures, and nothing stored."""

from typing import Any

import pytest

from tests.api.reads import NATION, REVENUE, Row, get_items
from tests.conftest import Deployment
from tests.small_plan import SMALL, figures, get_small, load_small, since, target
from tests.writing import nothing_stored

REVENUE_TARGETS = [
    target("revenue", "city", 4200, comparator="gt", path="geometric", **since(2300)),
    target("revenue", "east", 2700, comparator="gt", **since(1500)),
    target("revenue", "west", 1500, comparator="gt", **since(800)),
]
KNOWN = [
    *figures("revenue", "east", {"2022-Q4": 1800, "2023-Q4": 2000}),
    *figures("revenue", "west", {"2022-Q4": 900, "2023-Q4": 1000}),
    *figures("workers", "east", {"2023-Q4": 300}),
    *figures("workers", "west", {"2023-Q4": 500}),
    *figures("firms", "city", {"2023-Q4": 40}),
]


def _ask(deployment: Deployment, body: Any, *, plan: str = SMALL, **query: Any) -> list[Row]:
    found = deployment.client.post(f"{plan}/scenarios", json=body, params=query)
    assert found.status_code == 200, found.text
    rows: list[Row] = found.json()["items"]
    return rows


def _row(rows: list[Row], indicator: str, area: str) -> Row:
    (row,) = [each for each in rows if (each["indicator"], each["area"]) == (indicator, area)]
    return row


def _grow(percent: float, *areas: str, indicator: str = "revenue") -> list[Row]:
    return [{"indicator": indicator, "area": area, "percent": percent} for area in areas]


def _figure(area: str, value: float, period: str = "2025-Q4", **changed: Any) -> Row:
    figure = {"indicator": "revenue", "area": area, "period": period, "value": value}
    return {**figure, "unit": "亿元", "basis": "ytd", **changed}


@pytest.fixture
def small(api: Deployment) -> Deployment:
    targets = [*REVENUE_TARGETS, target("growth", "city", 12, path="geometric", **since(2300))]
    workers = [target("workers", "city", 1000)]
    load_small(api, targets=[*targets, *workers], observations=KNOWN)
    return api


def test_districts_that_grow_by_a_fifth_a_year_bring_the_city_over_its_target(
    small: Deployment,
) -> None:
    """2000 and 1000 in 2023 are 2880 and 1440 in 2025: 4320, more than 4200."""
    with nothing_stored(small):
        rows = _ask(small, {"growth": _grow(20, "east", "west")})
    city = _row(rows, "revenue", "city")
    assert (city["period"], city["actual"], city["actual_source"]) == ("2025-Q4", 4320, "summed")
    assert (city["gap"], city["rating"]) == (-120, "achieved")
    assert "assumed" in city["flags"]
    assert [_row(rows, "revenue", area)["actual"] for area in ("east", "west")] == [2880, 1440]
    assert _row(rows, "revenue", "west")["rating"] == "missed"
    # What is derived from the levels follows, and is answered with them.
    assert {row["indicator"] for row in rows} == {"revenue", "share", "growth"}
    growth = _row(rows, "growth", "city")
    assert growth["actual"] == pytest.approx(100 * ((4320 / 2300) ** 0.25 - 1), rel=1e-12)
    assert "assumed" in growth["flags"]


def test_growth_at_the_required_rate_ends_at_the_target(small: Deployment) -> None:
    now = get_small(small, "/gaps", indicator="revenue", area="city")["items"][0]
    rows = _ask(small, {"growth": _grow(round(now["required_rate"], 10), "city")})
    city = _row(rows, "revenue", "city")
    assert city["actual"] == pytest.approx(4200, rel=1e-9)
    assert city["actual_source"] == "reported"


def test_assumed_figures_take_the_way_of_reported_ones(small: Deployment) -> None:
    """A quarter alone, a running total in another unit, and a fall: through units and bases."""
    figures_ = [
        _figure("east", 500, "2024-Q1", basis="quarter"),
        _figure("east", 6000000, "2024-Q2", unit="万元", basis="quarter"),
        _figure("west", 900, "2024"),
    ]
    rows = _ask(small, {"figures": figures_, "period": "2024-Q4"}, explain=True)
    west = _row(rows, "revenue", "west")
    assert (west["actual"], west["period"]) == (900, "2024-Q4")
    # The year before, which its growth rests on, was recorded.
    revisions = [(each["period"], each["revision"]) for each in west["explain"]["inputs"]]
    assert revisions == [("2024-Q4", 0), ("2023-Q4", 3)]
    city = _row(rows, "revenue", "city")
    assert (city["actual"], city["missing_areas"]) == (900, ["east"])
    half = [_figure("east", 1100, "2024-Q2"), _figure("east", 700, "2023-Q2")]
    trailing = _ask(small, {"figures": half, "period": "2024-Q2"})
    assert _row(trailing, "revenue", "east")["actual"] == 1100 + 2000 - 700


def test_a_figure_goes_before_the_reported_one(small: Deployment) -> None:
    rows = _ask(small, {"figures": [_figure("east", 2100, "2023-Q4")]})
    assert _row(rows, "revenue", "city")["actual"] == 3100
    official = get_small(small, "/gaps", indicator="revenue", area="city")["items"][0]
    assert official["actual"] == 3000


def test_growth_goes_on_from_the_figures_that_are_assumed(small: Deployment) -> None:
    body = {"figures": [_figure("east", 2400, "2024-Q4")], "growth": _grow(10, "east")}
    rows = _ask(small, body)
    assert _row(rows, "revenue", "east")["actual"] == 2640


def test_growth_of_the_city_and_of_its_districts_does_not_depend_on_the_order(
    small: Deployment,
) -> None:
    growth = [*_grow(5, "east", "west"), *_grow(50, "city")]
    rows = _ask(small, {"growth": growth})
    assert rows == _ask(small, {"growth": growth[::-1]})
    # The city's own figure goes before the sum, as in any row: 3000 x 1.5 x 1.5.
    assert _row(rows, "revenue", "city")["actual"] == 6750


def test_one_district_alone_leaves_the_city_where_it_was_whole(small: Deployment) -> None:
    growth = {"growth": _grow(20, "east")}
    assert _row(_ask(small, growth), "revenue", "city")["period"] == "2023-Q4"
    partial = _row(_ask(small, {**growth, "period": "2025"}), "revenue", "city")
    assert (partial["actual"], partial["rating"]) == (2880, "unable_to_assess")
    assert partial["flags"] == ["partial_coverage", "assumed"]


def test_districts_that_just_meet_theirs_bring_the_city_just_over_its_own(
    small: Deployment,
) -> None:
    """More than 2700 and more than 1500 are more than 4200, if by a trifle."""
    rows = _ask(small, {"targets_met": True})
    for area in ("east", "west", "city"):
        row = _row(rows, "revenue", area)
        assert (row["period"], row["rating"]) == ("2025-Q4", "achieved")
    assert _row(rows, "revenue", "city")["gap"] == pytest.approx(-2e-8, abs=1e-12)
    # Districts without a target of their own promise nothing.
    assert _row(rows, "workers", "city")["period"] == "2023-Q4"
    # All indicators are in question.
    assert {row["indicator"] for row in rows} >= {"firms", "growth", "share"}


def test_what_is_named_goes_before_a_target_that_is_met(small: Deployment) -> None:
    body = {"targets_met": True, "figures": [_figure("east", 2500)], "growth": _grow(0, "west")}
    rows = _ask(small, body)
    assert [_row(rows, "revenue", area)["actual"] for area in ("east", "west")] == [2500, 1000]
    assert _row(rows, "revenue", "city")["rating"] == "missed"


def test_what_is_known_to_be_met_stays_as_it_is(api: Deployment) -> None:
    published = figures("revenue", "east", {"2025-Q4": 2800})
    published += figures("revenue", "west", {"2025-Q4": 1400})
    targets = [
        *REVENUE_TARGETS,
        target("revenue", "port", 5, deadline="2025-Q2"),
        target("share", "east", 5),
    ]
    load_small(api, targets=targets, observations=published)
    rows = _ask(api, {"targets_met": True})
    east, west = (_row(rows, "revenue", area) for area in ("east", "west"))
    assert (east["actual"], "assumed" in east["flags"]) == (2800, False)
    assert (west["actual"], "assumed" in west["flags"]) == (1500.00000001, True)
    # A flow has no full year to meet a target with in June, and a ratio takes no figure.
    assert _row(rows, "revenue", "port")["actual"] is None
    assert _row(rows, "share", "east")["actual"] is None


def test_totals_grow_by_days_and_levels_to_the_end_of_the_plan(small: Deployment) -> None:
    growth = [*_grow(10, "city", indicator="workers"), *_grow(10, "city", indicator="firms")]
    rows = _ask(small, {"growth": growth})
    workers = _row(rows, "workers", "city")
    assert workers["actual"] == pytest.approx(800 * 1.1 ** (731 / 365.25), rel=1e-12)
    firms = _row(rows, "firms", "city")
    assert (firms["period"], firms["actual"]) == ("2025-Q4", pytest.approx(48.4))
    # Within the way, too.
    early = _row(_ask(small, {"growth": growth, "period": "2024-Q2"}), "firms", "city")
    assert early["actual"] == pytest.approx(40 * 1.1**0.5, rel=1e-12)


@pytest.mark.parametrize("query", [{}, {"as_of": 12}])
def test_without_assumptions_the_rows_are_those_of_the_table(reads: Deployment, query: Row) -> None:
    asked = {**query, "limit": 1000}
    assert _ask(reads, {}, plan=NATION, **asked) == get_items(reads, f"{NATION}/gaps", **asked)
    period = _ask(reads, {"period": "2024"}, plan=NATION, **asked)
    assert period == get_items(reads, f"{NATION}/gaps", period="2024-Q4", **asked)


def test_what_was_known_then_could_have_grown_like_this(reads: Deployment) -> None:
    """Known up to 2024-Q4 only, 137276 x 1.05 would have been 144139.8 in 2025."""
    entries = get_items(reads, f"{NATION}/ledger")
    (revision,) = [e["revision"] for e in entries if e["subject"] == "2024-Q4"]
    growth = {"growth": _grow(5, "china", indicator=REVENUE)}
    row = _row(_ask(reads, growth, plan=NATION, as_of=revision), REVENUE, "china")
    assert (row["period"], row["actual"], row["rating"]) == ("2025-Q4", 144139.8, "achieved")
    # At the deadline there is nothing left to grow.
    now = _row(_ask(reads, growth, plan=NATION), REVENUE, "china")
    assert (now["actual"], "assumed" in now["flags"]) == (154831, False)


def test_every_fault_is_named_with_its_place(small: Deployment) -> None:
    figures_ = [
        _figure("east", 2100),
        _figure("east", 2200, "2025"),
        _figure("nowhere", -1, "2031-Q4", unit="人", basis="level"),
        _figure("east", 5, indicator="share"),
        _figure("city", 1.5, indicator="firms", unit="家", basis="level"),
    ]
    growth = [
        *_grow(5, "east", "east"),
        *_grow(5, "port", indicator="nothing"),
        *_grow(5, "nowhere"),
    ]
    body = {"figures": figures_, "growth": growth}
    found = small.client.post(f"{SMALL}/scenarios", json=body)
    assert found.status_code == 422
    assert [(each["pointer"], each["code"]) for each in found.json()["errors"]] == [
        ("/figures/1", "invalid"),
        ("/figures/2/area", "unknown_area"),
        ("/figures/2/period", "invalid"),
        ("/figures/2/value", "negative"),
        ("/figures/2/unit", "unit_not_allowed"),
        ("/figures/2/basis", "basis_not_allowed"),
        ("/figures/3/indicator", "not_reportable"),
        ("/figures/4/value", "not_integer"),
        ("/growth/1", "invalid"),
        ("/growth/2/indicator", "unknown_indicator"),
        ("/growth/3/area", "unknown_area"),
    ]
    assert "{" not in "".join(each["message"] for each in found.json()["errors"])


@pytest.mark.parametrize("area", ["port", "city"])
def test_what_has_no_whole_actual_cannot_grow(api: Deployment, area: str) -> None:
    published = figures("revenue", "east", {"2023-Q4": 2000})
    load_small(api, targets=REVENUE_TARGETS, observations=published)
    body = {"growth": _grow(5, "east", area)}
    found = api.client.post(f"{SMALL}/scenarios", json=body, headers={"accept-language": "zh"})
    assert found.status_code == 422
    (error,) = found.json()["errors"]
    assert error["pointer"] == "/growth/1"
    assert f"“{area}”" in error["message"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"growth": [{"indicator": "revenue", "area": "east"}]}, "/growth/0/percent"),
        ({"growth": _grow(-100, "east")}, "/growth/0/percent"),
        ({"growth": _grow(1001, "east")}, "/growth/0/percent"),
        ({"figures": [{**_figure("east", 1), "note": "?"}]}, "/figures/0/note"),
        ({"figures": [_figure("east", 1, "2025-Q5")]}, "/figures/0/period"),
        ({"period": "next year"}, "/period"),
        ({"targets_met": "perhaps"}, "/targets_met"),
        ({"shock": 1}, "/shock"),
    ],
)
def test_a_body_that_means_nothing_is_refused_by_place(
    read_api: Deployment, body: Row, pointer: str
) -> None:
    found = read_api.client.post(f"{NATION}/scenarios", json=body)
    assert found.status_code == 422
    assert [each["pointer"] for each in found.json()["errors"]] == [pointer]


def test_a_plan_or_parameter_that_is_not_there_is_refused(read_api: Deployment) -> None:
    assert read_api.client.post("/api/v1/plans/atlantis/scenarios", json={}).status_code == 404
    path = f"{NATION}/scenarios"
    assert read_api.client.post(path, json={}, params={"area": "east"}).status_code == 422
    assert read_api.client.post(path, json={}, params={"view": "provisional"}).status_code == 401


def test_where_reads_are_closed_so_are_scenarios(deploy: Any, sqlite_url: str) -> None:
    closed = deploy(sqlite_url, read_access="key")
    path = f"{NATION}/scenarios"
    assert closed.client.post(path, json={}).status_code == 401
    assert closed.client.post(path, json={}, headers=closed.key("reader")).status_code == 200


def test_a_scenario_comes_as_a_table_page_by_page(small: Deployment) -> None:
    growth = {"growth": _grow(20, "east", "west")}
    path = f"{SMALL}/scenarios"
    found = small.client.post(path, json=growth, params={"limit": 1, "sort": "-actual"})
    page = found.json()
    assert (page["total"], len(page["items"])) == (12, 1)
    assert page["items"][0]["actual"] == 4320
    assert page["next"] is not None
    table = small.client.post(path, json=growth, params={"format": "csv"})
    assert len(table.text.splitlines()) == 13
    assert table.headers["cache-control"] == "no-store"
