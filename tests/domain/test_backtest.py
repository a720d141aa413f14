"""The back-test: every interval that a history allows, held against what came."""

from decimal import Decimal, localcontext

import pytest

from app.domain.outlook.backtest import NOMINAL_PERCENT, Trial, covered_percent, run_trials
from app.domain.outlook.probability import probability_of_trend
from app.domain.outlook.trend import Point, Trend, fit_trend
from app.domain.path import Comparator, PathKind
from app.domain.quantity import EXACT, Reason, Undefined

D = Decimal
LINEAR, GEOMETRIC = PathKind.LINEAR, PathKind.GEOMETRIC


def yearly(*values: str | int) -> tuple[Point, ...]:
    return tuple(Point(time=D(2019 + at), value=D(value)) for at, value in enumerate(values))


def test_every_later_point_is_held_against_every_earlier_start() -> None:
    """After 0, 1, 2, 3 the fifth point can only be 4 and the sixth 5; then the steps vary."""
    trials = run_trials(yearly(0, 1, 2, 3, 5, 6), kind=LINEAR)

    assert trials == [
        Trial(quarters=4, is_inside=False),
        Trial(quarters=8, is_inside=False),
        Trial(quarters=4, is_inside=True),
    ]
    assert round(covered_percent(trials), 10) == D("33.3333333333")  # type: ignore[arg-type]


def test_a_figure_at_the_very_end_of_its_interval_is_inside() -> None:
    assert run_trials(yearly(0, 1, 2, 3, 4), kind=LINEAR) == [Trial(quarters=4, is_inside=True)]


def test_growth_is_held_against_intervals_of_logs() -> None:
    growing = yearly("100", "110", "121", "133.1", "146.41")

    assert run_trials(growing, kind=GEOMETRIC) == [Trial(quarters=4, is_inside=True)]
    assert run_trials(growing, kind=LINEAR)[0].is_inside is True
    assert run_trials(yearly(-1, 110, 121, 133, 146), kind=GEOMETRIC) == []


def test_a_total_that_cannot_fall_has_no_interval_below_its_last_value() -> None:
    """Steps 90, 0, 0: the next may be anything; a fall to 85 is outside for gross totals only."""
    fell = yearly(0, 90, 90, 90, 85)

    assert run_trials(fell, kind=LINEAR)[0].is_inside is True
    assert run_trials(fell, kind=LINEAR, is_gross=True)[0].is_inside is False


def test_quarters_ahead_are_counted_whether_a_year_has_quarters_or_days() -> None:
    days = [0, 90, 181, 273, 365, 455]
    points = tuple(
        Point(time=D(day) / D("365.25"), value=D(place * place)) for place, day in enumerate(days)
    )

    assert [trial.quarters for trial in run_trials(points, kind=LINEAR)] == [1, 2, 1]


@pytest.mark.parametrize("values", [(), (1,), (1, 2, 3, 4)])
def test_too_short_a_history_tests_nothing(values: tuple[int, ...]) -> None:
    trials = run_trials(yearly(*values), kind=LINEAR)

    assert trials == []
    assert covered_percent(trials) == Undefined(Reason.INSUFFICIENT_POINTS)


def test_a_regular_walk_is_covered_about_as_often_as_the_interval_says() -> None:
    """Steps 1, 4, 2, 8, 5, 7 for ever (the digits of 1/7), one step ahead."""
    totals = [sum((1, 4, 2, 8, 5, 7)[place % 6] for place in range(n)) for n in range(40)]
    trials = run_trials(yearly(*totals), kind=LINEAR)

    covered = covered_percent([trial for trial in trials if trial.quarters == 4])
    assert isinstance(covered, Decimal)
    assert 70 < covered < 95


@pytest.mark.parametrize(
    ("came", "is_inside"), [("4.1", True), ("4", False), ("6.5", True), ("6.6", False)]
)
def test_the_interval_that_is_tried_is_the_one_that_is_shown(came: str, *, is_inside: bool) -> None:
    """After 0, 1, 3, 4 it is 5.33 and 1.2571 to either side: 4.0763 to 6.5904."""
    assert run_trials(yearly(0, 1, 3, 4, came), kind=LINEAR)[0].is_inside is is_inside


def test_the_nominal_percent_is_what_the_interval_is_built_for() -> None:
    trend = fit_trend(yearly(0, 1, 3, 4), until=D(2023), kind=LINEAR)
    assert isinstance(trend, Trend)
    with localcontext(EXACT):
        below_high, below_low = (
            probability_of_trend(trend, comparator=Comparator.LTE, target=bound)
            for bound in (trend.bound(+1), trend.bound(-1))
            if isinstance(bound, Decimal)
        )
    assert isinstance(below_high, Decimal)
    assert isinstance(below_low, Decimal)
    assert round(100 * (below_high - below_low), 20) == NOMINAL_PERCENT
