"""Which way a target moves: its rating index against that of a year before."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.bulletin.prospects import Tendency, require_of, trend_of
from app.domain.figures import Figures
from app.domain.plan import Indicator
from app.domain.quantity import Reason, Undefined
from app.domain.standing import Plan, stand
from app.domain.targets import SetTarget, Targets
from app.domain.time.period import Period
from tests.domain.plans import GROWTH, REVENUE, RULES, columns, make_plan, set_target

D = Decimal
END = Period.parse("2023-Q4")


def _trend(
    *figures: tuple[str, int], target: SetTarget | None = None, indicator: Indicator = REVENUE
) -> Tendency | Undefined:
    held = target or set_target(200)
    known = columns(*(("revenue", "province", period, value) for period, value in figures))
    plan = make_plan(known, held)
    return trend_of(plan, stand(plan, indicator, "province", END))


@pytest.mark.parametrize(
    ("last_year", "now", "expected"),
    [
        # From 100 in 2020 to 200 in 2025: 40 of 40 after two years, then 60 of 60 after three.
        (140, 160, Tendency.STEADY),
        (140, 161, Tendency.STEADY),
        (140, 162, Tendency.IMPROVING),
        (140, 158, Tendency.WORSENING),
    ],
)
def test_an_index_that_moves_by_more_than_two_hundredths_has_a_trend(
    last_year: int, now: int, expected: Tendency
) -> None:
    assert _trend(("2022-Q4", last_year), ("2023-Q4", now)) is expected


def test_without_an_index_at_either_end_there_is_no_trend() -> None:
    assert _trend(("2023-Q4", 160)) == Undefined(Reason.NOT_REPORTED)
    assert _trend(("2022-Q4", 140)) == Undefined(Reason.NO_DATA)
    later = set_target(200, valid_from=Period.parse("2023-Q1"))
    assert _trend(("2022-Q4", 140), ("2023-Q4", 160), target=later) == Undefined(Reason.NO_TARGET)


def test_the_trend_of_a_growth_target_is_that_of_its_growth_ratio() -> None:
    target = set_target(12, indicator="growth", base=D(100))
    figures = (("2022-Q4", 120), ("2023-Q4", 150))
    assert _trend(*figures, target=target, indicator=GROWTH) is Tendency.IMPROVING


def test_no_trend_crosses_a_break() -> None:
    broken = replace(REVENUE, breaks=(Period.parse("2023-Q1"),))
    rules = replace(RULES, indicators={**RULES.indicators, "revenue": broken})
    known = columns(
        ("revenue", "province", "2022-Q4", 140), ("revenue", "province", "2023-Q4", 160)
    )
    plan = Plan(rules, Figures(rules, known), Targets([set_target(200)]))
    found = trend_of(plan, stand(plan, broken, "province", END))
    assert found == Undefined(Reason.BREAK_IN_SERIES)


def test_before_any_figure_nothing_is_required_and_nothing_moves() -> None:
    plan = make_plan({}, set_target(200))
    standing = stand(plan, REVENUE, "province")
    assert trend_of(plan, standing) == Undefined(Reason.NO_DATA)
    assert require_of(plan, standing).reachability == Undefined(Reason.NO_DATA)
