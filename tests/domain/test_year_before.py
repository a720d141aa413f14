"""Growth on a year before: of flows, levels, ratios and additions; and where there is none."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.accumulation import Accumulation, Basis
from app.domain.bulletin.announced import BESIDE, announce, course_of
from app.domain.bulletin.year_before import WithinYear
from app.domain.columns import SeriesKey
from app.domain.figures import Figures
from app.domain.plan import Indicator
from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.series import Observed
from app.domain.standing import Plan, stand
from app.domain.targets import Targets
from app.domain.time.period import Period
from tests.domain.plans import GROWTH, RESEARCH, REVENUE, RULES, SHARE, STAFF, columns, set_target

D = Decimal
ADDED = Indicator(code="added", unit="家", accumulation=Accumulation.INCREMENT, is_count=True)
SPACE = Indicator(code="space", unit="平方米", accumulation=Accumulation.INCREMENT)


def _said(
    indicator: Indicator, *figures: tuple[str, int], at: str, start: date = date(2021, 1, 1)
) -> dict[str, Quantity | str | int]:
    """What is announced of an indicator whose figures are totals, or levels."""
    known = {**RULES.indicators, indicator.code: indicator}
    plan_rules = replace(RULES, indicators=known, start=start)
    bases = {
        Accumulation.ANNUAL_FLOW: Basis.YTD,
        Accumulation.INCREMENT: Basis.SINCE_START,
        Accumulation.LEVEL: Basis.LEVEL,
    }
    column = {
        Period.parse(period).index: Observed(
            period=Period.parse(period), value=D(value), basis=bases[indicator.accumulation]
        )
        for period, value in figures
    }
    held = {SeriesKey(indicator.code, "east"): column}
    plan = Plan(plan_rules, Figures(plan_rules, held), Targets([]))
    return announce(plan, stand(plan, indicator, "east", Period.parse(at)))


def test_a_full_year_is_held_against_the_full_year_before() -> None:
    said = _said(REVENUE, ("2022-Q4", 200), ("2023-Q4", 250), at="2023-Q4")
    assert (said["yoy_percent"], said["yoy_change"], said["yoy_basis"]) == (25, 50, "full_year")


def test_a_trailing_year_is_held_against_the_trailing_year_before() -> None:
    years = (("2021-Q1", 20), ("2021-Q4", 100), ("2022-Q1", 30), ("2022-Q4", 120))
    said = _said(REVENUE, *years, ("2023-Q1", 52), at="2023-Q1")
    # 52 + 120 - 30 = 142 against 30 + 100 - 20 = 110.
    assert (said["yoy_change"], said["yoy_basis"]) == (32, "ttm")
    assert isinstance(said["yoy_percent"], Decimal)
    assert round(said["yoy_percent"], 10) == D("29.0909090909")


def test_a_level_is_held_against_the_level_a_year_before() -> None:
    said = _said(STAFF, ("2022-Q2", 40), ("2023-Q2", 30), at="2023-Q2")
    assert (said["yoy_percent"], said["yoy_change"], said["yoy_basis"]) == (-25, -10, "level")


def test_of_an_increment_the_additions_of_the_year_are_compared() -> None:
    totals = (("2021-Q4", 1000), ("2022-Q2", 1500), ("2022-Q4", 2110), ("2023-Q2", 2583))
    said = _said(SPACE, *totals, at="2023-Q2")
    # 2583 - 2110 = 473 in the half year against 500, though the total rose by 72 %.
    assert (said["yoy_change"], said["yoy_basis"]) == (-27, "year_to_date")
    assert said["yoy_percent"] == D("-5.4")


def test_in_the_year_after_its_first_an_increment_began_at_nothing() -> None:
    said = _said(SPACE, ("2021-Q2", 500), ("2021-Q4", 900), ("2022-Q2", 1500), at="2022-Q2")
    assert (said["yoy_change"], said["yoy_percent"]) == (100, 20)


def test_of_a_year_that_the_plan_began_within_there_is_no_growth() -> None:
    totals = (("2021-Q4", 900), ("2022-Q2", 1000), ("2022-Q4", 1500))
    said = _said(SPACE, *totals, at="2022-Q4", start=date(2021, 7, 1))
    assert said["yoy_change"] == Undefined(Reason.INSUFFICIENT_HISTORY)
    assert said["yoy_basis"] == Undefined(Reason.INSUFFICIENT_HISTORY)


def test_small_counts_speak_in_units() -> None:
    said = _said(STAFF, ("2022-Q4", 2), ("2023-Q4", 1), at="2023-Q4")
    assert (said["yoy_change"], said["yoy_percent"]) == (-1, Undefined(Reason.SMALL_BASE))
    thirty = _said(STAFF, ("2022-Q4", 30), ("2023-Q4", 33), at="2023-Q4")
    assert thirty["yoy_percent"] == 10


@pytest.mark.parametrize(
    ("before", "now", "reason"),
    [(0, 5, Reason.ZERO_BASE), (-4, 5, Reason.OPPOSITE_SIGN), (4, -5, Reason.OPPOSITE_SIGN)],
)
def test_nothing_is_a_percentage_of_zero_or_of_another_sign(
    before: int, now: int, reason: Reason
) -> None:
    said = _said(REVENUE, ("2022-Q4", before), ("2023-Q4", now), at="2023-Q4")
    assert said["yoy_percent"] == Undefined(reason)
    assert said["yoy_change"] == now - before


def test_a_loss_that_grows_is_a_fall() -> None:
    said = _said(REVENUE, ("2022-Q4", -4), ("2023-Q4", -5), at="2023-Q4")
    assert said["yoy_percent"] == -25


def test_no_growth_crosses_a_break() -> None:
    broken = replace(REVENUE, breaks=(Period.parse("2023-Q1"),))
    figures = (("2021-Q4", 100), ("2022-Q4", 110), ("2023-Q4", 250), ("2024-Q4", 300))
    over = _said(broken, *figures, at="2023-Q4")
    assert over["yoy_percent"] == over["yoy_change"] == Undefined(Reason.BREAK_IN_SERIES)
    after = _said(broken, *figures, at="2024-Q4")
    assert (after["yoy_change"], after["two_year_average_growth_percent"]) == (
        50,
        Undefined(Reason.BREAK_IN_SERIES),
    )


def test_the_two_year_average_is_the_root_of_the_ratio() -> None:
    said = _said(REVENUE, ("2021-Q4", 100), ("2023-Q4", 144), at="2023-Q4")
    assert said["two_year_average_growth_percent"] == 20
    assert said["yoy_percent"] == Undefined(Reason.NOT_REPORTED)
    fallen = _said(REVENUE, ("2021-Q4", 100), ("2023-Q4", 0), at="2023-Q4")
    assert fallen["two_year_average_growth_percent"] == Undefined(Reason.NOT_POSITIVE)


def test_a_ratio_changes_in_points_alone() -> None:
    years = [("research", "2022-Q4", 5), ("research", "2023-Q4", 12)]
    figures = columns(
        *((code, "east", period, value) for code, period, value in years),
        ("revenue", "east", "2022-Q4", 100),
        ("revenue", "east", "2023-Q4", 200),
    )
    plan = Plan(RULES, Figures(RULES, figures), Targets([]))
    said = announce(plan, stand(plan, SHARE, "east", Period.parse("2023-Q4")))
    assert (said["yoy_change"], said["yoy_basis"]) == (1, "ratio")
    assert said["yoy_percent"] == Undefined(Reason.NOT_DEFINED_FOR_RATIO)
    assert said["share_percent"] == Undefined(Reason.NOT_APPLICABLE)


def test_a_target_on_growth_has_no_growth_of_its_own() -> None:
    figures = columns(
        ("revenue", "province", "2022-Q4", 100), ("revenue", "province", "2023-Q4", 9)
    )
    target = set_target(12, indicator="growth")
    plan = Plan(RULES, Figures(RULES, figures), Targets([target]))
    said = announce(plan, stand(plan, GROWTH, "province", Period.parse("2023-Q4")))
    assert said["yoy_change"] == Undefined(Reason.NOT_DEFINED_FOR_GROWTH)


def test_a_sum_with_areas_missing_has_no_growth() -> None:
    figures = columns(
        ("revenue", "east", "2022-Q4", 100),
        ("revenue", "west", "2022-Q4", 100),
        ("revenue", "east", "2023-Q4", 150),
    )
    plan = Plan(RULES, Figures(RULES, figures), Targets([]))
    said = announce(plan, stand(plan, REVENUE, "province", Period.parse("2023-Q4")))
    assert said["yoy_percent"] == Undefined(Reason.PARTIAL_COVERAGE)


def test_published_growth_is_that_of_the_figure_itself() -> None:
    figures = columns(("revenue", "east", "2023-Q4", 150))
    key = SeriesKey("revenue", "east")
    quoted = {
        index: replace(each, published_growth_percent=D("7.5"))
        for index, each in figures[key].items()
    }
    plan = Plan(RULES, Figures(RULES, {key: quoted}), Targets([]))
    east = announce(plan, stand(plan, REVENUE, "east", Period.parse("2023-Q4")))
    assert east["published_growth_percent"] == D("7.5")
    whole = announce(plan, stand(plan, REVENUE, "province", Period.parse("2023-Q4")))
    assert whole["published_growth_percent"] == Undefined(Reason.NOT_REPORTED)


def test_without_any_figure_there_is_nothing_to_say() -> None:
    plan = Plan(RULES, Figures(RULES, {}), Targets([]))
    said = announce(plan, stand(plan, RESEARCH, "east"))
    assert said["required_per_quarter"] == said["reachability"] == Undefined(Reason.NO_TARGET)
    assert {said[each.name] for each in BESIDE} == {Undefined(Reason.NO_DATA)}


def _within(*figures: tuple[str, int], since: Period | None = None) -> WithinYear:
    totals = {Period.parse(period).index: D(value) for period, value in figures}
    none = Undefined(Reason.NOT_REPORTED)
    return WithinYear(
        indicator=REVENUE, total=lambda period: totals.get(period.index, none), since=since
    )


def test_within_the_year_the_total_and_the_quarter_have_a_growth_each() -> None:
    # The half years of 2023 and 2024 of the national plan.
    year = _within(("2023-Q1", 24415), ("2023-Q2", 55170), ("2024-Q1", 28020), ("2024-Q2", 62350))
    at = Period.parse("2024-Q2")
    total, quarter = year.year_to_date_percent(at), year.quarter_percent(at)
    assert isinstance(total, Decimal)
    assert isinstance(quarter, Decimal)
    assert (round(total, 12), round(quarter, 12)) == (D("13.014319376473"), D("11.624126158348"))
    first = Period.parse("2024-Q1")
    assert year.quarter_percent(first) == year.year_to_date_percent(first)


def test_a_quarter_needs_the_total_before_it() -> None:
    year = _within(("2023-Q2", 55170), ("2024-Q1", 28020), ("2024-Q2", 62350))
    at = Period.parse("2024-Q2")
    assert year.quarter_percent(at) == Undefined(Reason.NOT_REPORTED)
    assert isinstance(year.year_to_date_percent(at), Decimal)
    assert year.quarter_percent(Period.parse("2025-Q2")) == Undefined(Reason.NOT_REPORTED)


def test_within_the_year_no_growth_crosses_a_break() -> None:
    since = Period.parse("2023-Q2")
    year = _within(("2023-Q2", 50), ("2024-Q2", 62), since=since)
    assert year.year_to_date_percent(Period.parse("2024-Q2")) == Undefined(Reason.BREAK_IN_SERIES)


positive = st.integers(min_value=1, max_value=10**9)


@given(
    east=st.tuples(positive, positive),
    west=st.tuples(positive, positive),
)
def test_the_growth_of_a_sum_lies_between_that_of_its_parts(
    east: tuple[int, int], west: tuple[int, int]
) -> None:
    figures = columns(
        *(
            ("revenue", area, period, value)
            for area, values in (("east", east), ("west", west))
            for period, value in zip(("2022-Q4", "2023-Q4"), values, strict=True)
        )
    )
    plan = Plan(RULES, Figures(RULES, figures), Targets([]))

    def growth(area: str) -> Decimal:
        standing = stand(plan, REVENUE, area, Period.parse("2023-Q4"))
        found = course_of(plan, standing).percent(Period.parse("2023-Q4"))
        assert isinstance(found, Decimal)
        return found

    parts = sorted((growth("east"), growth("west")))
    tolerance = D("1e-25") * (1 + abs(parts[0]) + abs(parts[1]))
    assert parts[0] - tolerance <= growth("province") <= parts[1] + tolerance
