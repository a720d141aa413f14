"""A target at work: its path, its clock, and when a growth ratio would mislead."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain.coverage import Actual
from app.domain.measures import gap, situate
from app.domain.path import Comparator, Direction, PathKind, Waypoint
from app.domain.quantity import Quantity, Reason, Undefined, compound_growth
from app.domain.target import Target
from app.domain.time.period import Period

D = Decimal
REVENUE = Target(
    value=D(140000),
    comparator=Comparator.GT,
    deadline=Period(2025),
    direction=Direction.INCREASE,
    path=PathKind.GEOMETRIC,
    baseline=D(81616),
    baseline_period=Period(2020),
)
WORKERS = Target(
    value=D(200000),
    comparator=Comparator.GTE,
    deadline=Period(2025, 4),
    direction=Direction.INCREASE,
    path=PathKind.LINEAR,
    baseline=D(0),
    start=date(2022, 1, 1),
)


def rounded(quantity: Quantity, places: int) -> Decimal:
    assert isinstance(quantity, Decimal)
    return round(quantity, places)


def with_levels(baseline: str | None, value: str) -> Target:
    return replace(REVENUE, baseline=None if baseline is None else D(baseline), value=D(value))


def test_a_strict_target_is_not_met_by_its_own_number() -> None:
    assert not REVENUE.is_met_by(D(140000))
    assert REVENUE.is_met_by(D("140000.00000001"))


@pytest.mark.parametrize(
    ("baseline", "value", "path"),
    [
        ("81616", "140000", PathKind.GEOMETRIC),
        (None, "140000", PathKind.GEOMETRIC),
        ("0", "140000", PathKind.LINEAR),
        ("-5", "140000", PathKind.LINEAR),
        ("81616", "0", PathKind.LINEAR),
        ("81616", "-1", PathKind.LINEAR),
        (None, "0", PathKind.LINEAR),
    ],
)
def test_a_geometric_path_exists_between_positive_levels_only(
    baseline: str | None, value: str, path: PathKind
) -> None:
    assert with_levels(baseline, value).effective_path is path


def test_a_linear_path_stays_linear() -> None:
    assert WORKERS.effective_path is PathKind.LINEAR
    assert replace(WORKERS, path=PathKind.MILESTONES).effective_path is PathKind.MILESTONES


@pytest.mark.parametrize(
    ("baseline", "value", "is_unstable"),
    [
        ("98.82", "100", True),
        ("98", "100", False),
        ("98.01", "100", True),
        ("100", "98.01", True),
        ("100", "100", True),
        ("100", "500", False),
        ("100", "500.01", True),
        ("500.01", "100", False),
        (None, "100", False),
    ],
)
def test_a_growth_ratio_is_unstable_under_2_percent_and_over_five_times(
    baseline: str | None, value: str, *, is_unstable: bool
) -> None:
    assert with_levels(baseline, value).is_ratio_unstable is is_unstable


@pytest.mark.parametrize("path", [PathKind.LINEAR, PathKind.MILESTONES])
def test_only_a_geometric_path_has_a_growth_ratio_to_be_unstable(path: PathKind) -> None:
    assert not replace(with_levels("98.82", "100"), path=path).is_ratio_unstable


def test_the_path_of_national_revenue_asks_for_125677_in_2024() -> None:
    assert rounded(REVENUE.path_value_at(Period(2024, 4)), 4) == D("125677.4875")


def test_the_path_of_an_increment_runs_in_days() -> None:
    assert rounded(WORKERS.path_value_at(Period(2024, 2)), 6) == D("124845.995893")


def test_milestones_stand_at_their_periods() -> None:
    target = replace(
        REVENUE,
        path=PathKind.MILESTONES,
        waypoints=(
            Waypoint(period=Period(2023), value=D(120000)),
            Waypoint(period=Period(2021), value=D(90000)),
        ),
    )

    assert target.path_value_at(Period(2021)) == 90000
    assert target.path_value_at(Period(2022)) == 105000
    assert target.path_value_at(Period(2023, 2)) == 112500
    assert target.path_value_at(Period(2024)) == 130000


def test_without_a_baseline_there_is_no_path() -> None:
    target = replace(REVENUE, baseline=None, baseline_period=None)

    assert target.path_value_at(Period(2024)) == Undefined(Reason.NO_BASELINE)


def test_a_baseline_without_its_period_gives_no_path() -> None:
    target = replace(REVENUE, baseline_period=None)

    assert target.path_value_at(Period(2024)) == Undefined(Reason.NO_BASELINE)


def test_a_target_that_falls_due_at_its_baseline_has_no_path() -> None:
    target = replace(REVENUE, deadline=Period(2020))

    assert target.path_value_at(Period(2020)) == Undefined(Reason.NO_PATH)


def test_national_revenue_grew_by_13_66_percent_a_year() -> None:
    assert round(compound_growth(D(81616), D(154831), D(5)), 8) == D("0.13662322")


def gap_of(target: Target, value: str) -> Quantity:
    at = Period.parse("2024-Q4")
    return gap(situate(target, Actual(period=at, value=D(value)), at))


def test_the_distance_to_a_target_is_positive_while_it_is_still_to_go() -> None:
    falling = replace(REVENUE, direction=Direction.DECREASE, comparator=Comparator.LTE)

    assert gap_of(REVENUE, "137276") == 2724
    assert gap_of(REVENUE, "154831") == -14831
    assert gap_of(falling, "154831") == 14831


def test_equal_levels_grow_by_exactly_nothing() -> None:
    assert compound_growth(D("81616"), D("81616.00"), D(3)) == 0


def test_growth_over_part_of_a_year_is_compounded_to_a_year() -> None:
    assert compound_growth(D(100), D(110), D("0.5")) == D("0.21")
