"""Where a row is going: projection, probability and the day on which the target is reached."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain.accumulation import ActualBasis, ActualSource
from app.domain.coverage import Actual
from app.domain.gap import Assessment, assess
from app.domain.path import Comparator, Direction, PathKind
from app.domain.quantity import Flag, Quantity, Reason, Undefined
from app.domain.rating import Bands
from app.domain.target import Target
from app.domain.time.period import Period
from app.domain.time.spells import Dated

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
COUNTER = Target(
    value=D(5),
    comparator=Comparator.GTE,
    deadline=Period(2025, 4),
    direction=Direction.INCREASE,
    path=PathKind.LINEAR,
    baseline=D(0),
    start=date(2022, 1, 1),
)
INSUFFICIENT = Undefined(Reason.INSUFFICIENT_POINTS)


def history(**values: str) -> tuple[Dated[Decimal], ...]:
    """Keyed ``y2021`` or ``y2021q2``."""
    points = []
    for name, value in values.items():
        year, _, quarter = name[1:].partition("q")
        period = Period(int(year), int(quarter) if quarter else None)
        points.append(Dated(period=period, value=D(value)))
    return tuple(points)


def row_of(
    target: Target,
    period: str,
    value: str,
    past: tuple[Dated[Decimal], ...] = (),
    *,
    is_net: bool = False,
) -> Assessment:
    actual = Actual(
        period=Period.parse(period),
        value=D(value),
        basis=ActualBasis.LEVEL,
        source=ActualSource.REPORTED,
    )
    return assess(target, actual, history=past, bands=Bands(), is_net=is_net)


def rounded(quantity: Quantity, places: int = 4) -> Decimal:
    assert isinstance(quantity, Decimal), quantity
    return round(quantity, places)


NATIONAL = history(y2021="94994", y2022="108126", y2023="123258")


def test_five_published_years_project_national_revenue_to_2025() -> None:
    """Worked by hand on logs: t(0.9; 3) = 1.6377, h = 1, four years of record."""
    row = row_of(REVENUE, "2024-Q4", "137276", NATIONAL)

    assert rounded(row.projection) == D("156332.5614")
    assert rounded(row.projection_low) == D("151262.3405")
    assert rounded(row.projection_high) == D("161572.7330")
    assert rounded(row.projected_gap) == D("-16332.5614")
    assert row.projection_prudent == row.projection
    assert D("0.99") < rounded(row.probability) < 1


def test_the_baseline_and_the_value_project_on_and_give_no_interval() -> None:
    row = row_of(REVENUE, "2024-Q4", "137276")

    assert rounded(row.projection) == D("156332.5614")
    assert row.projection_low == row.projection_high == row.probability == INSUFFICIENT


def test_an_observation_at_the_baselines_own_period_is_the_same_point() -> None:
    with_it = row_of(REVENUE, "2024-Q4", "137276", (*history(y2020="99999"), *NATIONAL))

    assert with_it == row_of(REVENUE, "2024-Q4", "137276", NATIONAL)


def test_what_came_before_the_baseline_or_after_the_row_is_left_out() -> None:
    past = (*history(y2019="1"), *NATIONAL, *history(y2025="1"))

    assert row_of(REVENUE, "2024-Q4", "137276", past) == row_of(
        REVENUE, "2024-Q4", "137276", NATIONAL
    )


def test_without_a_baseline_the_record_alone_is_projected() -> None:
    target = replace(REVENUE, baseline=None, baseline_period=None, path=PathKind.LINEAR)
    row = row_of(target, "2024-Q4", "120", history(y2022="100"))

    assert row.projection == 130
    assert row_of(target, "2024-Q4", "120").projection == INSUFFICIENT


def test_a_baseline_of_no_period_is_no_point_of_the_record() -> None:
    undated = replace(REVENUE, baseline_period=None, path=PathKind.LINEAR)

    assert row_of(undated, "2024-Q4", "120", history(y2022="100")).projection == 130


def test_a_horizon_over_half_the_record_is_long() -> None:
    assert Flag.LONG_HORIZON in row_of(REVENUE, "2023-Q1", "110000").flags
    assert Flag.LONG_HORIZON not in row_of(REVENUE, "2024-Q4", "137276").flags


def test_an_increments_horizon_is_counted_in_years_too() -> None:
    """Three years of days are gone and one is left."""
    assert Flag.LONG_HORIZON not in row_of(COUNTER, "2024-Q4", "3").flags
    assert Flag.LONG_HORIZON in row_of(COUNTER, "2024-Q2", "3").flags


def test_a_geometric_record_with_a_negative_value_is_not_projected() -> None:
    assert row_of(REVENUE, "2024-Q4", "-1").projection == Undefined(Reason.NOT_POSITIVE)


def test_before_the_baseline_nothing_is_projected() -> None:
    assert row_of(REVENUE, "2020-Q2", "70000").projection == INSUFFICIENT


def test_three_of_five_institutes_by_mid_2024_make_it_with_55_percent() -> None:
    """NB(3.5, 912/1461) for two more: one point is enough for a small counter."""
    row = row_of(COUNTER, "2024-Q2", "3")

    assert rounded(row.probability, 10) == D("0.5550678710")
    assert rounded(row.projection) == D("4.8059")


@pytest.mark.parametrize(
    ("target", "is_net"), [(COUNTER, True), (replace(COUNTER, value=D(30)), False)]
)
def test_a_net_or_large_counter_has_no_counting_model(target: Target, *, is_net: bool) -> None:
    assert row_of(target, "2024-Q2", "3", is_net=is_net).probability == INSUFFICIENT


def test_a_gross_increment_cannot_fall_below_what_it_has() -> None:
    past = history(y2022q2="5", y2022q4="90", y2023q2="95", y2023q4="100")
    target = replace(COUNTER, value=D(200))

    gross = row_of(target, "2024-Q2", "101", past)
    net = row_of(target, "2024-Q2", "101", past, is_net=True)

    assert gross.projection_low == 101
    assert rounded(net.projection_low) < 101
    assert gross.projection == net.projection


def test_an_increment_is_gross_unless_it_is_said_to_be_net() -> None:
    actual = Actual(
        period=Period(2024, 2), value=D(3), basis=ActualBasis.LEVEL, source=ActualSource.REPORTED
    )

    assert assess(COUNTER, actual, bands=Bands()) == row_of(COUNTER, "2024-Q2", "3", is_net=False)


def test_a_history_may_come_in_any_order() -> None:
    ascending = row_of(REVENUE, "2024", "137276", NATIONAL)

    assert row_of(REVENUE, "2024", "137276", NATIONAL[::-1]) == ascending


def test_before_the_plans_start_a_counter_has_nothing_to_go_by() -> None:
    row = row_of(COUNTER, "2021-Q3", "0")

    assert row.projection == INSUFFICIENT
    assert row.probability == Undefined(Reason.NOTHING_ELAPSED)


def test_at_its_growth_so_far_national_revenue_passes_140000_in_february_2025() -> None:
    """0.15115 years are 55 days after 31 December 2024."""
    assert row_of(REVENUE, "2024-Q4", "137276").eta == date(2025, 2, 24)


def test_an_increment_arrives_by_the_count_of_days() -> None:
    """118000 in 912 days leave 82000 for 633.8 days after 30 June 2024."""
    target = replace(COUNTER, value=D(200000))

    assert row_of(target, "2024-Q2", "118000").eta == date(2026, 3, 25)


@pytest.mark.parametrize(
    ("target", "period", "value", "reason"),
    [
        (REVENUE, "2024", "140001", Reason.MET),
        (REVENUE, "2024", "81616", Reason.NO_PROGRESS),
        (REVENUE, "2024", "80000", Reason.NO_PROGRESS),
        (REVENUE, "2020", "90000", Reason.NOTHING_ELAPSED),
        (replace(REVENUE, baseline=None), "2024", "90000", Reason.NO_BASELINE),
        (REVENUE, "2024", "81616.0001", Reason.OUT_OF_RANGE),
    ],
)
def test_a_day_that_cannot_be_told_says_why(
    target: Target, period: str, value: str, reason: Reason
) -> None:
    assert row_of(target, period, value).eta == Undefined(reason)


def test_the_day_of_a_target_missed_at_its_deadline_is_still_told() -> None:
    linear = replace(REVENUE, path=PathKind.LINEAR, value=D(100), baseline=D(0))

    assert row_of(linear, "2025-Q4", "80").eta == date(2027, 4, 1)
