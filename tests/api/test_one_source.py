"""One source per series: a city's own figures and the sums of its districts are two series."""

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.accumulation import Accumulation, ActualSource
from app.domain.columns import SeriesKey
from app.domain.figures import Figures
from app.domain.path import Comparator, Direction, PathKind
from app.domain.plan import Area, Indicator, PlanRules
from app.domain.rating import Bands
from app.domain.series import Observed
from app.domain.standing import Plan, stand
from app.domain.target import Target
from app.domain.targets import SetTarget, Targets
from app.domain.time.period import Period
from tests.conftest import Deployment
from tests.small_plan import figures, get_small, load_small, since, target

FIRMS = target("firms", "city", 120, **since(60))
# Districts 40 and 42 in two quarters, of which the sum is a series; the city's own are others.
SUMS = [
    *figures("firms", "east", {"2022-Q1": 40, "2022-Q2": 41, "2022-Q3": 41, "2022-Q4": 42}),
    *figures("firms", "west", {"2022-Q1": 30, "2022-Q2": 33, "2022-Q3": 36, "2022-Q4": 38}),
]
OWN = figures("firms", "city", {"2022-Q2": 42, "2022-Q3": 110})


def _points(row: dict[str, Any]) -> dict[str, Any]:
    return {each["period"]: each for each in row["series"] if each["actual"] is not None}


def test_a_sum_is_projected_from_sums_and_rated_among_sums(deployment: Deployment) -> None:
    load_small(deployment, targets=[FIRMS], observations=SUMS)
    alone = get_small(deployment, "/gaps/firms")
    assert (alone["actual"], alone["actual_source"]) == (80, "summed")
    assert [point["actual"] for point in _points(alone).values()] == [70, 74, 77, 80]


def test_own_figures_in_between_change_neither_history_nor_projection(api: Deployment) -> None:
    load_small(api, targets=[FIRMS], observations=[*SUMS, *OWN])
    row = get_small(api, "/gaps/firms")
    assert (row["period"], row["actual_source"]) == ("2022-Q4", "summed")
    points = _points(row)
    assert [point["actual"] for point in points.values()] == [70, 74, 77, 80]
    assert {point["actual_source"] for point in points.values()} == {"summed"}
    # From 60 at the end of 2021 it rose by 20 in a year; three years are left.
    assert row["projection"] == 140
    assert row["projection_low"] > 100
    assert [each["rating"] for each in row["rating_history"]] == ["on_track"]
    own = get_small(api, "/gaps/firms", period="2022-Q3")
    assert (own["actual"], own["actual_source"]) == (110, "reported")
    assert {period: each["actual"] for period, each in _points(own).items()} == {
        "2022-Q2": 42,
        "2022-Q3": 110,
    }


def test_a_point_with_areas_missing_says_so_and_takes_no_part(api: Deployment) -> None:
    published = [each for each in SUMS if (each["area"], each["period"]) != ("west", "2022-Q3")]
    load_small(api, targets=[FIRMS], observations=published)
    row = get_small(api, "/gaps/firms")
    point = _points(row)["2022-Q3"]
    assert (point["actual"], point["areas_expected"], point["areas_reported"]) == (41, 2, 1)
    assert (point["flags"], point["rating"]) == (["partial_coverage"], "unable_to_assess")
    assert _points(row)["2022-Q2"]["flags"] == []
    assert [each["rating"] for each in row["rating_history"]] == ["on_track"]
    assert row["projection"] == 140
    overview = get_small(api, "/overview")["targets"][0]["series"]
    assert overview == [each for each in row["series"] if each["actual"] is not None]


# A plan of two districts, with any figures of the city's own beside theirs.
INDICATOR = Indicator(code="firms", unit="家", accumulation=Accumulation.LEVEL)
RULES = PlanRules(
    start=None,
    first_year=2022,
    last_year=2025,
    indicators={"firms": INDICATOR},
    areas={
        "city": Area(code="city"),
        "east": Area(code="east", parent="city", in_sum=True),
        "west": Area(code="west", parent="city", in_sum=True),
    },
    bands=Bands(),
)
GOAL = SetTarget(
    indicator="firms",
    area="city",
    revision=1,
    target=Target(
        value=Decimal(120),
        comparator=Comparator.GTE,
        deadline=Period(2025),
        direction=Direction.INCREASE,
        path=PathKind.LINEAR,
        baseline=Decimal(60),
        baseline_period=Period(2021),
    ),
)
QUARTERS = [Period.from_index(index) for index in range(2022 * 4, 2025 * 4)]
COLUMN = st.dictionaries(st.sampled_from(QUARTERS), st.integers(0, 200), max_size=12)


def _plan(**columns: dict[Period, int]) -> Plan:
    found = {
        SeriesKey("firms", area): {
            period.index: Observed(period=period, value=Decimal(value))
            for period, value in column.items()
        }
        for area, column in columns.items()
    }
    return Plan(RULES, Figures(RULES, found), Targets([GOAL]))


@settings(deadline=None, max_examples=100)
@given(city=COLUMN, east=COLUMN, west=COLUMN)
def test_what_is_said_of_a_course_rests_on_the_source_of_its_row_alone(
    city: dict[Period, int], east: dict[Period, int], west: dict[Period, int]
) -> None:
    both = stand(_plan(city=city, east=east, west=west), INDICATOR, "city")
    if both.period is None:
        return
    sources = {
        ActualSource.REPORTED: {"city": city},
        ActualSource.SUMMED: {"east": east, "west": west},
    }
    assert both.level.source is not None
    alone = stand(_plan(**sources[both.level.source]), INDICATOR, "city", both.period)
    assert both.assessment == alone.assessment
    assert both.flags == alone.flags
