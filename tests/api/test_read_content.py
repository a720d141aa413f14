"""What the bundled plans say, as clients read it: portfolio, code lists, goals, actions."""

from collections import Counter

import pytest

from tests.api.reads import CITY, DISTRICTS, NATION, Row, get_items
from tests.conftest import Deployment

# Indicator, target, unit, comparator, commitment, baseline, path: in the plan's order.
CITY_TARGETS = [
    ("value_added", 4200, "亿元", "gt", "stated", 2300, "geometric"),
    ("rd_institutions", 10, "家", "gte", "stated", 0, "linear"),
    ("new_software_workers", 200000, "人", "gte", "stated", 0, "linear"),
    ("industrial_space", 3000000, "平方米", "gte", "stated", 0, "linear"),
    ("national_key_software_enterprises", 50, "家", "gte", "aspirational", None, "geometric"),
    ("revenue_10bn_plus", 5, "家", "gte", "aspirational", 0, "linear"),
    ("revenue_1bn_10bn", 50, "家", "gte", "aspirational", 0, "linear"),
]
NATIONAL_TARGETS = [
    ("software_business_revenue", 140000, "亿元", "gt", "stated", 81616, "geometric"),
    ("software_revenue_growth", 12, "%", "gte", "stated", None, "geometric"),
    ("industrial_app_count", 100, "万个", "gt", "stated", None, "geometric"),
    ("china_software_parks", 20, "家", "gte", "stated", None, "geometric"),
]
RATINGS = [
    "achieved",
    "achieved_early",
    "on_track",
    "acceleration_needed",
    "off_track",
    "deteriorating",
    "missed",
    "unable_to_assess",
]


def test_the_portfolio_holds_both_plans_with_their_counts(reads: Deployment) -> None:
    plans = get_items(reads, "/api/v1/plans")
    assert [(plan["plan"], plan["start_year"], plan["end_year"]) for plan in plans] == [
        ("china-software-2025", 2021, 2025),
        ("shenzhen-software-2025", 2022, 2025),
    ]
    assert [plan["root_area"] for plan in plans] == ["china", "shenzhen"]
    for plan, targets in zip(plans, (NATIONAL_TARGETS, CITY_TARGETS), strict=True):
        assert list(plan["ratings"]) == RATINGS
        assert sum(plan["ratings"].values()) == len(targets)
        own = reads.client.get(f"/api/v1/plans/{plan['plan']}").json()
        assert {name: own[name] for name in plan} == plan


def test_a_plan_shows_its_rules_as_numbers(reads: Deployment) -> None:
    for plan in (CITY, NATION):
        settings = reads.client.get(plan).json()["settings"]
        assert settings["bands"] == {"on_track": 0.95, "acceleration_needed": 0.6}
        assert settings["deadlines"]["closes_after_days"] is None
        assert settings["review"] == "manual"


@pytest.mark.parametrize(("plan", "targets"), [(CITY, CITY_TARGETS), (NATION, NATIONAL_TARGETS)])
def test_every_target_is_as_the_plan_states_it(
    reads: Deployment, plan: str, targets: list[tuple[object, ...]]
) -> None:
    names = ("indicator", "target", "unit", "comparator", "commitment", "baseline", "path")
    rows = get_items(reads, f"{plan}/targets")
    assert [tuple(row[name] for name in names) for row in rows] == targets
    assert {row["deadline"] for row in rows} == {"2025"}
    assert all(row["clause_zh"] for row in rows)
    gaps = {row["indicator"]: row for row in get_items(reads, f"{plan}/gaps") if row["target"]}
    for row in rows:
        shared = set(row) & set(gaps[row["indicator"]]) - {"reasons"}
        assert {name: row[name] for name in shared} == {
            name: gaps[row["indicator"]][name] for name in shared
        }
        detail = reads.client.get(f"{plan}/targets/{row['indicator']}").json()
        assert {name: detail[name] for name in row} == row
        assert [version["value"] for version in detail["history"]] == [row["target"]]


def test_the_verbatim_clause_stands_beside_the_target(reads: Deployment) -> None:
    found = reads.client.get(f"{CITY}/targets/value_added").json()
    assert found["clause_zh"] == "到2025年,软件与信息服务产业集群增加值突破4200亿元"
    assert found["notes"] != []


def test_eleven_areas_report_and_qianhai_is_never_summed(reads: Deployment) -> None:
    areas = get_items(reads, f"{CITY}/areas")
    assert [area["code"] for area in areas if area["reports"]] == DISTRICTS
    assert [area["code"] for area in areas if area["in_sum"]] == DISTRICTS
    by_code = {area["code"]: area for area in areas}
    assert set(by_code) - set(DISTRICTS) == {"shenzhen", "qianhai"}
    assert by_code["shenzhen"]["parent"] is None
    assert by_code["qianhai"]["parent"] == "shenzhen"
    assert all(area["name_zh"] and area["name_en"] for area in areas)


def test_four_regions_sum_and_provinces_do_not(reads: Deployment) -> None:
    areas = get_items(reads, f"{NATION}/areas")
    levels = Counter((area["level"], area["in_sum"]) for area in areas)
    assert levels == {("country", False): 1, ("region", True): 4, ("province", False): 6}


@pytest.mark.parametrize("plan", [CITY, NATION])
def test_an_indicator_has_names_units_and_rules(reads: Deployment, plan: str) -> None:
    for row in get_items(reads, f"{plan}/indicators"):
        assert all(row[name] for name in ("name_zh", "name_en", "definition_zh", "definition_en"))
        assert row["accumulation"] in {"annual_flow", "increment", "level", "ratio"}
        assert row["checks"]["outlier_threshold"] == 3.5
        assert reads.client.get(f"{plan}/indicators/{row['code']}").json() == row


def test_the_citys_goals_hold_its_targets_and_qualitative_goals(reads: Deployment) -> None:
    goals = get_items(reads, f"{CITY}/goals")
    assert [goal["code"] for goal in goals] == ["g1", "g2", "g3", "g4", "g5"]
    assert [code for goal in goals for code in goal["indicators"]] == [
        code for code, *_ in CITY_TARGETS
    ]
    qualitative = [each for goal in goals for each in goal["qualitative"]]
    assert len(qualitative) == len({each["code"] for each in qualitative}) == 10
    assert all(each["text_zh"] and each["text_en"] for each in qualitative)


def test_the_citys_actions_name_units_and_what_they_serve(reads: Deployment) -> None:
    actions = get_items(reads, f"{CITY}/actions")
    kinds = Counter(action["kind"] for action in actions)
    assert kinds == {"task": 6, "project": 9, "safeguard": 4}
    units = {unit["code"]: unit for unit in get_items(reads, f"{CITY}/units")}
    goals = {goal["code"] for goal in get_items(reads, f"{CITY}/goals")}
    for action in actions:
        assert action["responsible_units"] != []
        assert set(action["responsible_units"]) <= set(units)
        if action["kind"] != "safeguard":
            assert action["serves"]["basis"] == "inferred"
            assert set(action["serves"]["goals"]) <= goals
    assert all(unit["name_zh"] and unit["name_en"] for unit in units.values())
    assert "industry_information_bureau" in units


def test_every_qualitative_goal_names_the_actions_that_serve_it(reads: Deployment) -> None:
    goals = get_items(reads, f"{CITY}/goals")
    assert {each["code"]: each["actions"] for goal in goals for each in goal["qualitative"]} == {
        "g1-q1": ["t2", "t3", "p4"],
        "g2-q1": ["t3", "p5"],
        "g2-q2": ["t3", "p5"],
        "g2-q3": ["t2", "p3"],
        "g3-q1": ["t5"],
        "g3-q2": ["t5", "p8"],
        "g4-q1": ["t1", "p2"],
        "g4-q2": ["t1", "p2"],
        "g4-q3": ["t1", "p2"],
        "g5-q1": ["t1", "p1"],
    }
    served = {a["code"]: a["serves"] for a in get_items(reads, f"{CITY}/actions")}
    assert served["p8"] == {
        "goals": ["g3"],
        "indicators": ["new_software_workers"],
        "qualitative_goals": ["g3-q2"],
        "basis": "inferred",
    }


def test_an_action_says_which_projects_it_names_and_how_much_of_its_text_there_is(
    reads: Deployment,
) -> None:
    actions = {action["code"]: action for action in get_items(reads, f"{CITY}/actions")}
    assert {code: a["projects"] for code, a in actions.items() if a["projects"]} == {
        "t2": ["p3", "p4"]
    }
    quoted = {code: a["text_extent"] for code, a in actions.items() if a["text_zh"]}
    assert quoted == {"p2": "excerpt"}
    assert actions["p2"]["text_zh"].startswith("支持南山打造核心集聚区、福田打造金融科技软件")
    others = {a["text_extent"] for code, a in actions.items() if code != "p2"}
    assert others == {"not_available"}
    assert all(a["summary_zh"] and a["summary_en"] for a in actions.values())


def test_the_plan_gives_its_opportunities_and_says_what_was_not_read(reads: Deployment) -> None:
    plan = reads.client.get(CITY).json()
    assert [each["code"] for each in plan["opportunities"]] == ["o1", "o2", "o3", "o4", "o5"]
    assert {(each["text_zh"], each["text_extent"]) for each in plan["opportunities"]} == {
        (None, "not_available")
    }
    assert all(each["summary_zh"] and each["summary_en"] for each in plan["opportunities"])
    assert plan["problems"] == []
    assert [gap.split(" / ")[1].split(":")[0] for gap in plan["context"]["known_gaps"]] == [
        "actions",
        "opportunities",
        "problems",
    ]
    assert reads.client.get(NATION).json()["opportunities"] == []


@pytest.mark.parametrize(
    ("plan", "counts"),
    [
        (CITY, {"unable_to_assess": 7}),
        (NATION, {"achieved": 2, "unable_to_assess": 2}),
    ],
)
def test_the_overview_counts_its_targets(
    reads: Deployment, plan: str, counts: dict[str, int]
) -> None:
    overview = reads.client.get(f"{plan}/overview").json()
    headline = overview["headline"]
    assert {code: count for code, count in headline["by_rating"].items() if count} == counts
    assert headline["targets"] == len(overview["targets"]) == sum(counts.values())
    assert headline["achieved"] == counts.get("achieved", 0)
    assert headline["missed"] == headline["missed_aspirational"] == 0
    assert overview["revision"] == reads.client.get(f"{plan}/ledger/head").json()["revision"]
    gaps = {(row["indicator"], row["area"]): row for row in get_items(reads, f"{plan}/gaps")}
    for target in overview["targets"]:
        row: Row = gaps[target["indicator"], overview["area"]]
        added = {"goal", "series", "reasons"}
        assert {name: target[name] for name in row if name not in added} == {
            name: value for name, value in row.items() if name not in added
        }


def test_the_overview_draws_each_target_with_a_series(reads: Deployment) -> None:
    revenue = reads.client.get(f"{NATION}/overview").json()["targets"][0]
    series = revenue["series"]
    assert series[-1]["period"] == revenue["period"] == "2025-Q4"
    assert series[-1]["actual"] == revenue["actual"]
    assert all(point["actual"] is not None for point in series)
    assert [point["period"] for point in series] == sorted(point["period"] for point in series)


def test_published_figures_say_where_they_were_read(reads: Deployment) -> None:
    rows = get_items(reads, f"{NATION}/observations", limit=1000)
    assert len(rows) == 101
    for row in rows:
        assert row["source"]["publisher"]
        assert (row["provisional"], row["report"]) == (False, None)
        assert row["value"] is not None
        assert row["basis"] in {"ytd", "level"}
    (rounded,) = [row for row in rows if row["period"] == "2021-Q3" and row["area"] == "china"][:1]
    assert (rounded["value"], rounded["unit"]) == (69000, "亿元")
    assert (rounded["reported_value"], rounded["reported_unit"]) == (6.9, "万亿元")
    assert rounded["rounded"] is True
    assert rounded["published_growth_percent"] == 20.5
