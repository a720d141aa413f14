"""Due: one question, whether a figure is owed, and what a sum says of figures that are not."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.accumulation import Accumulation, AreaRule, Frequency, Measure
from app.domain.checks.due import falls_due, falls_on, is_due, is_reported_by, last_due
from app.domain.columns import FigureColumns, SeriesKey
from app.domain.figures import Figures
from app.domain.plan import Area, Indicator, PlanRules
from app.domain.quantity import Reason, Undefined
from app.domain.rating import Bands
from app.domain.series import Observed
from app.domain.time.period import Period
from tests.domain import plans

LEVEL = Accumulation.LEVEL
QUARTERLY = Indicator(code="firms", unit="家", accumulation=LEVEL)
YEARLY = Indicator(code="listed", unit="家", accumulation=LEVEL, frequency=Frequency.YEAR)
WHOLE = Indicator(code="parks", unit="个", accumulation=LEVEL, area_rule=AreaRule.NONE)
SHARE = Indicator(
    code="share",
    unit="%",
    accumulation=Accumulation.RATIO,
    measure=Measure.RATIO,
    numerator="listed",
    denominator="firms",
)
RULES = PlanRules(
    start=date(2022, 1, 1),
    first_year=2022,
    last_year=2025,
    indicators={each.code: each for each in (QUARTERLY, YEARLY, WHOLE, SHARE)},
    areas={
        "city": Area(code="city"),
        "east": Area(code="east", parent="city", in_sum=True),
        "west": Area(code="west", parent="city", in_sum=True),
        "zone": Area(code="zone", parent="city", reports=False),
    },
    bands=Bands(),
)
TODAY = date(2024, 8, 1)


def at(text: str) -> Period:
    return Period.parse(text)


def known(today: date | None, **columns: dict[str, int]) -> Figures:
    """Figures by ``indicator_area``."""
    found: FigureColumns = {
        SeriesKey(*key.split("_")): {
            at(period).index: Observed(period=at(period), value=Decimal(value))
            for period, value in column.items()
        }
        for key, column in columns.items()
    }
    return Figures(RULES, found, today=today)


@pytest.mark.parametrize(
    ("indicator", "area", "period", "expected"),
    [
        (QUARTERLY, "east", "2024-Q2", True),
        (QUARTERLY, "east", "2024-Q3", False),
        (QUARTERLY, "east", "2022-Q1", True),
        (QUARTERLY, "east", "2021-Q4", False),
        (QUARTERLY, "east", "2026-Q1", False),
        (QUARTERLY, "zone", "2024-Q2", False),
        (YEARLY, "east", "2024-Q2", False),
        (YEARLY, "east", "2023-Q4", True),
        (YEARLY, "east", "2024-Q4", False),
        (WHOLE, "east", "2024-Q2", False),
        (WHOLE, "city", "2024-Q2", True),
        (SHARE, "east", "2024-Q2", False),
        (SHARE, "east", "2023-Q4", True),
    ],
)
def test_a_figure_is_due_where_the_area_reports_and_the_period_is_over(
    indicator: Indicator, area: str, period: str, *, expected: bool
) -> None:
    assert is_due(RULES, indicator, area, at(period), today=TODAY) is expected


def test_who_reports_is_all_or_the_whole_alone_and_nobody_what_is_derived() -> None:
    areas = plans.RULES.areas
    for indicator, expected in ((plans.REVENUE, ["east", "west", "port"]), (plans.GROWTH, [])):
        assert [a for a in areas if is_reported_by(plans.RULES, indicator, a)] == expected


def test_an_annual_figure_falls_on_the_fourth_quarter_alone() -> None:
    annual = [falls_on(plans.RULES, plans.GROWTH, Period(2024, quarter)) for quarter in (3, 4)]
    assert annual == [False, True]
    assert falls_on(plans.RULES, plans.REVENUE, Period(2024, 3))


def test_a_quarter_is_over_on_the_day_after_its_last() -> None:
    assert not is_due(RULES, QUARTERLY, "east", at("2024-Q2"), today=date(2024, 6, 30))
    assert is_due(RULES, QUARTERLY, "east", at("2024-Q2"), today=date(2024, 7, 1))


def test_the_latest_due_period_of_an_annual_indicator_is_a_fourth_quarter() -> None:
    assert last_due(RULES, YEARLY, at("2024-Q2"), today=TODAY) == at("2023-Q4")
    assert last_due(RULES, QUARTERLY, at("2024-Q2"), today=TODAY) == at("2024-Q2")
    # Of a quarter that is not over, the one before it.
    assert last_due(RULES, QUARTERLY, at("2025-Q4"), today=TODAY) == at("2024-Q2")
    assert last_due(RULES, YEARLY, at("2022-Q3"), today=TODAY) is None


def test_what_is_not_due_is_null_and_nobody_is_missing() -> None:
    figures = known(TODAY, listed_east={"2023-Q4": 5})
    early = figures.actual(YEARLY, "city", at("2024-Q2"))
    assert early.value == Undefined(Reason.NOT_DUE)
    assert early.coverage is not None
    assert (early.coverage.expected, early.coverage.missing) == (0, ())
    assert figures.actual(YEARLY, "east", at("2024-Q2")).value == Undefined(Reason.NOT_DUE)
    assert figures.actual(SHARE, "east", at("2024-Q2")).value == Undefined(Reason.NOT_DUE)


def test_what_is_due_and_did_not_come_is_missing() -> None:
    figures = known(TODAY, listed_east={"2023-Q4": 5})
    partial = figures.actual(YEARLY, "city", at("2023-Q4"))
    assert partial.is_partial
    assert partial.value == 5
    assert partial.coverage is not None
    assert (partial.coverage.expected, partial.coverage.missing) == (2, ("west",))
    assert figures.actual(YEARLY, "west", at("2023-Q4")).value == Undefined(Reason.NOT_REPORTED)


def test_a_figure_that_came_before_it_was_due_counts_and_a_sum_needs_them_all() -> None:
    one = known(TODAY, listed_east={"2024-Q2": 5})
    assert one.actual(YEARLY, "east", at("2024-Q2")).value == 5
    assert one.actual(YEARLY, "city", at("2024-Q2")).value == Undefined(Reason.NOT_DUE)
    both = known(TODAY, listed_east={"2024-Q2": 5}, listed_west={"2024-Q2": 2})
    assert both.actual(YEARLY, "city", at("2024-Q2")).value == 7


def test_a_value_carried_into_a_quarter_is_owed_from_the_period_it_is_of() -> None:
    figures = known(TODAY, listed_east={"2023-Q4": 5})
    carried = figures.actual(YEARLY, "city", at("2024-Q2"), carry_forward=2)
    assert (carried.age, carried.is_partial) == (2, True)
    assert carried.value == 5
    assert figures.actual(YEARLY, "city", at("2024-Q2"), carry_forward=1).value == Undefined(
        Reason.NOT_DUE
    )


def test_without_a_calendar_everything_is_due() -> None:
    assert known(None).actual(YEARLY, "east", at("2030-Q2")).value == Undefined(Reason.NOT_REPORTED)


@given(
    period=st.integers(2021 * 4, 2026 * 4 + 3).map(Period.from_index),
    today=st.dates(date(2021, 1, 1), date(2027, 1, 1)),
    indicator=st.sampled_from([QUARTERLY, YEARLY]),
    known_in=st.frozensets(st.sampled_from(["east", "west"])),
)
def test_nobody_is_missing_from_a_sum_that_is_not_due_and_none_is_called_whole(
    period: Period, today: date, indicator: Indicator, known_in: frozenset[str]
) -> None:
    columns = {f"{indicator.code}_{area}": {str(period): 1} for area in known_in}
    found = known(today, **columns).actual(indicator, "city", period)
    due = falls_due(RULES, indicator, period, today=today)
    assert found.coverage is not None
    silent = {"east", "west"} - known_in
    assert set(found.coverage.missing) == (silent if due else set())
    is_whole = found.value == 2
    assert is_whole == (not silent)
    if silent and not due:
        assert found.value == Undefined(Reason.NOT_DUE)
