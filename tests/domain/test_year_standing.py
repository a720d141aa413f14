"""How a year goes where something is out of the ordinary: a break, a start beyond the task."""

from dataclasses import replace
from decimal import Decimal

from app.domain.columns import FigureColumns
from app.domain.course.growth import differ
from app.domain.figures import Figures
from app.domain.path import Comparator
from app.domain.plan import Indicator
from app.domain.quantity import Flag, Reason, Undefined
from app.domain.rating import Rating
from app.domain.standing import Plan
from app.domain.targets import Targets
from app.domain.time.period import Period
from app.domain.year.course import YearCourse
from app.domain.year.standing import stand_in_task
from app.domain.year.task import SetTask, YearTask, task_of
from tests.domain.plans import GROWTH, REVENUE, RULES, STAFF, columns, make_plan, set_target

D = Decimal
NOW = Period(2024, 2)


def _revenue() -> FigureColumns:
    """Half a year and a whole one, for three years."""
    figures = [("2022", 40, 100), ("2023", 50, 120), ("2024", 60, 150)]
    return columns(
        *(
            ("revenue", "east", f"{year}-Q{quarter}", value)
            for year, half, whole in figures
            for quarter, value in ((2, half), (4, whole))
        )
    )


def _earlier(indicator: Indicator) -> list[tuple[object, ...]]:
    rules = replace(RULES, indicators={**RULES.indicators, "revenue": indicator})
    plan = Plan(rules, Figures(rules, _revenue()), Targets([]))
    course = YearCourse(plan=plan, indicator=indicator, area="east")
    return [tuple(each) for each in course.earlier_years(NOW)]


def test_a_year_within_which_the_series_breaks_has_no_share() -> None:
    assert _earlier(REVENUE) == [(D(40), D(100)), (D(50), D(120))]
    assert _earlier(replace(REVENUE, breaks=(Period(2023, 3),))) == []


def test_a_level_that_was_beyond_the_tasks_value_and_fell_below_deteriorates() -> None:
    known = columns(("staff", "east", "2023-Q4", 110), ("staff", "east", "2024-Q2", 100))
    task = SetTask(
        indicator="staff",
        area="east",
        year=2024,
        revision=1,
        value=D(105),
        comparator=Comparator.GTE,
    )
    found = stand_in_task(make_plan(known), STAFF, "east", 2024, task)
    assert (found.rating, found.flags) == (Rating.DETERIORATING, (Flag.BASELINE_MEETS_TARGET,))


def test_without_a_task_nothing_meets_it() -> None:
    none = YearTask(value=Undefined(Reason.NO_TARGET), comparator=None, source=None)
    assert not none.is_met_by(D(1))


def test_a_year_without_a_target_and_one_of_average_growth_have_no_task() -> None:
    growth = Undefined(Reason.NOT_DEFINED_FOR_GROWTH)
    assert task_of(GROWTH, None, None, 2024).value == growth
    assert task_of(STAFF, None, None, 2024).value == Undefined(Reason.NO_TARGET)


def test_rates_of_which_one_is_unknown_do_not_differ() -> None:
    assert not differ(Undefined(Reason.NO_DATA), D(1))
    assert differ(D("1.6"), D(1))


def test_published_growth_is_held_against_nothing_where_no_baseline_is_stated() -> None:
    grown = {
        key: {at: replace(each, published_growth_percent=D(1)) for at, each in column.items()}
        for key, column in columns(
            *(("revenue", "province", f"{year}-Q4", 100) for year in range(2021, 2024))
        ).items()
    }
    # Of the year before nothing is known, so only the whole span could tell.
    last = {key: {at: column[at] for at in [*column][-1:]} for key, column in grown.items()}
    held = set_target(200, base_period=Period(2022))
    end = Period(2023, 4)
    stated = make_plan(last, held).track(REVENUE, "province")
    assert stated.is_base_restated(end)
    unknown = make_plan(last, replace(held, base=None)).track(REVENUE, "province")
    assert not unknown.is_base_restated(end)
