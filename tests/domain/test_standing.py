"""How a plan stands: the period, the target that holds, and the actual held against it."""

from decimal import Decimal

from app.domain.quantity import Flag, Reason, Undefined
from app.domain.rating import Rating
from app.domain.standing import stand, stand_with_target
from app.domain.time.period import Period
from tests.domain.plans import GROWTH, REVENUE, SHARE, columns, make_plan, set_target

D = Decimal
YEARS = columns(
    *(
        ("revenue", "province", f"{year}-Q4", value)
        for year, value in {2021: 104, 2022: 130, 2023: 160, 2024: 190}.items()
    )
)
END = Period(2024, 4)
PLAN = make_plan(YEARS, set_target(200))


def test_a_row_stands_at_the_latest_period_with_a_whole_actual() -> None:
    found = stand(PLAN, REVENUE, "province")
    assert (found.period, found.actual.value) == (END, D(190))
    assert found.assessment.gap == 10
    assert found.target is not None
    assert (found.revision, found.is_assumed) == (1, False)


def test_an_assumed_input_is_told_apart() -> None:
    plan = make_plan(columns(("revenue", "province", "2024-Q4", 150), revision=0))
    found = stand(plan, REVENUE, "province")
    assert (found.is_assumed, found.target, found.revision) == (True, None, 0)


def test_a_partial_actual_is_taken_where_there_is_no_whole_one() -> None:
    plan = make_plan(columns(("revenue", "east", "2022-Q4", 60)))
    assert plan.track(REVENUE, "province").default_period() == Period(2022, 4)


def test_without_any_actual_a_row_stands_at_the_latest_figure() -> None:
    plan = make_plan(columns(("revenue", "province", "2022-Q2", 70)), set_target(200))
    found = stand(plan, REVENUE, "province")
    assert found.period == Period(2022, 2)
    assert found.actual.value == Undefined(Reason.INSUFFICIENT_HISTORY)
    assert found.year_to_date == 70


def test_a_period_without_the_history_of_its_year_is_passed_over() -> None:
    plan = make_plan(
        columns(("revenue", "province", "2022-Q4", 130), ("revenue", "province", "2024-Q2", 90))
    )
    assert plan.track(REVENUE, "province").default_period() == Period(2022, 4)


def test_before_its_target_begins_nothing_is_rated() -> None:
    plan = make_plan(YEARS, set_target(200, valid_from=Period(2023)))
    rated = plan.track(REVENUE, "province").ratings_until(END)
    assert [each.period for each in rated] == [Period(2023, 4)]


def test_nothing_after_the_deadline_or_before_the_baseline_is_the_default_period() -> None:
    outside = columns(
        ("revenue", "province", "2020-Q4", 100), ("revenue", "province", "2026-Q4", 250)
    )
    found = stand(make_plan(outside, set_target(200)), REVENUE, "province")
    assert (found.period, found.actual.value) == (None, Undefined(Reason.NO_DATA))
    assert found.flags == ()


def test_past_the_deadline_the_value_of_its_period_counts() -> None:
    late = columns(("revenue", "province", "2025-Q4", 199), ("revenue", "province", "2026-Q4", 250))
    found = stand(make_plan(late, set_target(200)), REVENUE, "province", Period(2026, 4))
    assert (found.actual.value, found.actual.oldest_age) == (D(199), 4)
    assert found.assessment.rating is Rating.MISSED
    assert Flag.DEADLINE_PASSED in found.flags


def test_a_target_that_was_late_and_caught_up_has_recovered() -> None:
    rated = {
        each.period.year: each.value for each in PLAN.track(REVENUE, "province").ratings_until(END)
    }
    assert rated == {
        2021: Rating.OFF_TRACK,
        2022: Rating.ACCELERATION_NEEDED,
        2023: Rating.ON_TRACK,
    }
    assert Flag.RECOVERED in stand(PLAN, REVENUE, "province").flags


def test_a_target_that_begins_later_stands_where_it_begins() -> None:
    later = set_target(200, valid_from=Period(2025))
    found = stand_with_target(make_plan(YEARS, later), REVENUE, "province")
    assert (found.period, found.set_target) == (Period(2025, 4), later)
    assert stand_with_target(PLAN, REVENUE, "province").period == END


def test_an_average_growth_counts_from_its_targets_base() -> None:
    target = set_target(20, indicator="growth")
    plan = make_plan(columns(("revenue", "province", "2022-Q4", 144)), target)
    found = stand(plan, GROWTH, "province")
    assert (found.actual.value, found.level.value) == (D(20), D(144))
    assert found.growth is not None
    assert found.growth.base_level == 100
    assert list(plan.track(GROWTH, "province").ratings_until(Period(2022, 4))) == []
    assert [r.value for r in plan.track(GROWTH, "province").ratings_until(END)] == [Rating.ON_TRACK]


def test_an_area_without_a_base_has_no_growth() -> None:
    found = stand(make_plan(YEARS), GROWTH, "province")
    assert (found.actual.value, found.actual.inputs) == (Undefined(Reason.NO_TARGET), ())
    assert found.growth is None


def test_a_plan_is_about_every_quarter_from_its_earliest_baseline() -> None:
    periods = PLAN.periods()
    assert (periods[0], periods[-1], len(periods)) == (Period(2020, 1), Period(2025, 4), 24)


def test_a_ratio_of_flows_is_projected_from_one_value_a_year() -> None:
    """Trailing years overlap: between two fourth quarters only one of them is a new value."""
    years = [(2021, 10), (2022, 12), (2023, 14), (2024, 16)]
    quarters = [
        (code, "province", f"{year}-Q{quarter}", value * quarter // 4)
        for year, share in years
        for quarter in (1, 2, 3, 4)
        for code, value in (("research", share * 40), ("revenue", 4000))
    ]
    plan = make_plan(columns(*quarters), set_target(18, indicator="share"))
    found = stand(plan, SHARE, "province", END)
    assert found.actual.value == 16
    points = plan.track(SHARE, "province").points_until(found.actual)
    assert [each.period.year for each in points] == [2021, 2022, 2023]
    assert [each.value for each in points] == [D(10), D(12), D(14)]
    assert {each.period.quarter for each in points} == {4}
