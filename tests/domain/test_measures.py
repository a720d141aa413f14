"""The measures of a gap on published and worked figures."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain import measures
from app.domain.measures import Situation
from app.domain.path import Comparator, Direction, PathKind, Waypoint
from app.domain.quantity import Quantity, percent_of
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
ENERGY = Target(
    value=D(60),
    comparator=Comparator.LTE,
    deadline=Period(2025),
    direction=Direction.DECREASE,
    path=PathKind.LINEAR,
    baseline=D(100),
    baseline_period=Period(2021),
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


def at(target: Target, period: str, value: str) -> Situation:
    when = Period.parse(period)
    return Situation(
        target=target, value=D(value), trend=D(value), at=when, clock=target.clock_at(when)
    )


def rounded(quantity: Quantity, places: int = 4) -> Decimal:
    assert isinstance(quantity, Decimal), quantity
    return round(quantity, places)


YEAR_2024, YEAR_2025 = at(REVENUE, "2024-Q4", "137276"), at(REVENUE, "2025-Q4", "154831")


def test_national_revenue_was_2724_short_in_2024() -> None:
    assert measures.gap(YEAR_2024) == 2724
    assert rounded(measures.gap_percent(YEAR_2024)) == D("1.9457")
    assert rounded(measures.attainment_percent(YEAR_2024)) == D("98.0543")


def test_national_revenue_had_come_95_percent_of_its_way_in_80_percent_of_the_time() -> None:
    assert rounded(measures.progress_percent(YEAR_2024)) == D("95.3343")
    assert measures.elapsed_percent(YEAR_2024) == 80
    assert rounded(measures.schedule_variance(YEAR_2024)) == D("15.3343")
    assert rounded(measures.schedule_index(YEAR_2024)) == D("1.1917")


def test_national_revenue_was_ahead_of_its_path_in_2024() -> None:
    """125677.49 was asked for, three quarters of the way."""
    assert rounded(measures.path_progress_percent(YEAR_2024)) == D("75.4684")
    assert rounded(measures.path_gap(YEAR_2024)) == D("-11598.5125")
    assert rounded(measures.path_index(YEAR_2024)) == D("1.2632")


def test_national_revenue_grew_faster_than_it_had_to() -> None:
    assert rounded(measures.achieved_rate(YEAR_2024)) == D("13.8819")
    assert rounded(measures.required_rate(YEAR_2024)) == D("1.9843")
    assert rounded(measures.acceleration(YEAR_2024)) == D("0.1429")
    assert rounded(measures.growth_ratio(YEAR_2024)) == D("1.2181")


def test_national_revenue_overshot_and_is_shown_raw() -> None:
    assert measures.gap(YEAR_2025) == -14831
    assert rounded(measures.attainment_percent(YEAR_2025)) == D("110.5936")
    assert rounded(measures.progress_percent(YEAR_2025)) == D("125.4025")


def test_attainment_flatters_where_progress_does_not() -> None:
    value_added = replace(REVENUE, baseline=D(2300), baseline_period=Period(2021), value=D(4200))
    given = at(value_added, "2023", "3100")

    assert rounded(measures.attainment_percent(given), 1) == D("73.8")
    assert rounded(measures.progress_percent(given), 1) == D("42.1")


def test_a_falling_target_has_positive_gaps_above_it() -> None:
    given = at(ENERGY, "2023", "85")

    assert measures.gap(given) == 25
    assert rounded(measures.attainment_percent(given)) == D("70.5882")
    assert measures.progress_percent(given) == D("37.5")
    assert measures.schedule_index(given) == D("0.75")
    assert measures.path_gap(given) == 5
    assert measures.achieved_rate(given) == D("-7.5")
    assert measures.required_rate(given) == D("-12.5")
    assert rounded(measures.acceleration(given)) == D("1.6667")


def test_moving_away_from_a_falling_target_is_negative_progress() -> None:
    given = at(replace(ENERGY, value=D(100), baseline=D(150)), "2023", "160")

    assert measures.progress_percent(given) == -20
    assert rounded(measures.growth_ratio(given)) == D("-0.3402")


def test_an_increment_runs_on_the_count_of_days() -> None:
    given = at(WORKERS, "2024-Q2", "118000")

    assert rounded(measures.elapsed_percent(given), 8) == D("62.42299795")
    assert rounded(measures.schedule_index(given), 8) == D("0.94516447")
    assert rounded(measures.achieved_rate(given)) == D("47258.2237")
    assert rounded(measures.required_rate(given)) == D("54554.6448")
    assert rounded(measures.acceleration(given)) == D("1.1544")


def test_a_target_that_is_met_requires_nothing_more() -> None:
    given = at(REVENUE, "2024-Q4", "140001")

    assert measures.required_rate(given) == 0
    assert measures.acceleration(given) == 0


def test_at_a_strict_threshold_nothing_is_left_and_nothing_is_met() -> None:
    given = at(REVENUE, "2024-Q4", "140000")

    assert measures.gap(given) == measures.gap_percent(given) == 0
    assert measures.attainment_percent(given) == measures.progress_percent(given) == 100
    assert measures.required_rate(given) == 0


def test_before_the_start_the_path_stands_at_the_baseline() -> None:
    given = at(REVENUE, "2020-Q2", "60000")

    assert measures.elapsed_percent(given) == 0
    assert measures.path_gap(given) == 21616
    assert measures.path_progress_percent(given) == 0


def test_after_the_deadline_the_whole_time_has_elapsed() -> None:
    given = at(REVENUE, "2026-Q2", "160000")

    assert measures.elapsed_percent(given) == 100
    assert measures.path_progress_percent(given) == 100


def test_negative_figures_have_gaps_and_progress() -> None:
    profit = replace(
        REVENUE,
        value=D(30),
        baseline=D(-50),
        baseline_period=Period(2021),
        path=PathKind.LINEAR,
    )
    given = at(profit, "2023", "-10")

    assert measures.gap(given) == 40
    assert rounded(measures.gap_percent(given)) == D("133.3333")
    assert measures.progress_percent(given) == 50
    assert measures.path_gap(given) == 0


def test_a_negative_target_has_a_gap_in_percent_of_its_magnitude() -> None:
    deficit = replace(ENERGY, value=D(-40), baseline=D(0))

    assert measures.gap_percent(at(deficit, "2023", "-10")) == 75


def test_milestones_are_held_against_their_own_path() -> None:
    target = replace(
        ENERGY,
        path=PathKind.MILESTONES,
        waypoints=(Waypoint(period=Period(2023), value=D(90)),),
    )
    given = at(target, "2023", "85")

    assert measures.path_index(given) == D("1.5")
    assert measures.path_gap(given) == -5
    assert measures.path_progress_percent(given) == 25
    assert measures.achieved_rate(given) == D("-7.5")


def test_within_the_first_year_rates_are_still_a_year() -> None:
    """10 % in half a year are 21 % a year; a doubling in four is 18.92 %."""
    doubled = replace(REVENUE, baseline=D(100), baseline_period=Period(2021), value=D(200))
    given = at(doubled, "2022-Q2", "110")

    assert rounded(measures.achieved_rate(given)) == 21
    assert rounded(measures.growth_ratio(given)) == D("1.1099")


def test_a_growth_ratio_exactly_on_the_path_is_exactly_one() -> None:
    assert measures.growth_ratio(at(REVENUE, "2025-Q4", "140000")) == 1


@pytest.mark.parametrize(("part", "whole", "percent"), [("1", "8", "12.5"), ("-3", "4", "-75")])
def test_a_percentage_is_exact(part: str, whole: str, percent: str) -> None:
    assert percent_of(D(part), D(whole)) == D(percent)
