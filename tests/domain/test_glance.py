"""A standing at a glance is the standing in full, for every indicator, area and period."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.accumulation import Frequency
from app.domain.course.glance import glance
from app.domain.figures import Figures
from app.domain.plan import Indicator
from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.standing import Plan, stand, stand_as_of
from app.domain.targets import SetTarget, Targets
from app.domain.time.period import Period
from tests.domain.plans import GROWTH, REVENUE, RULES, SHARE, columns, make_plan, set_target

CODES = ("revenue", "research")
figures = st.lists(
    st.tuples(
        st.sampled_from(CODES),
        st.sampled_from(["province", "east", "west"]),
        st.sampled_from([f"{year}-Q{quarter}" for year in (2023, 2024) for quarter in (2, 4)]),
        st.integers(0, 300),
    ),
    max_size=12,
)


def _same(plan: Plan, indicator: Indicator, area: str, period: Period | None) -> None:
    seen = glance(plan.track(indicator, area), period)
    full = stand(plan, indicator, area, period)
    target: Quantity = Undefined(Reason.NO_TARGET) if full.target is None else full.target.value
    coverage = full.actual.coverage
    assert seen.target == target
    assert seen.areas_reported == (coverage.reported if coverage else None)
    if period is not None:
        assert seen.actual == full.actual.value
        assert seen.gap == full.assessment.gap
        assert seen.rating is full.assessment.rating


@settings(max_examples=60, deadline=None)
@given(figures=figures, has_target=st.booleans())
def test_a_glance_sees_what_a_row_says(
    figures: list[tuple[str, str, str, int]], *, has_target: bool
) -> None:
    targets = [set_target(200), set_target(10, indicator="growth")]
    plan = make_plan(columns(*figures), *(targets if has_target else []))
    for indicator in (REVENUE, SHARE, GROWTH):
        for area in RULES.areas:
            for period in (Period(2023, 2), Period(2024, 4), Period(2026, 1)):
                _same(plan, indicator, area, period)


def test_without_a_period_the_newest_target_is_seen() -> None:
    plan = make_plan({}, set_target(200))
    _same(plan, REVENUE, "province", None)
    assert glance(plan.track(REVENUE, "province"), None).target == 200


YEARLY = replace(REVENUE, frequency=Frequency.YEAR)


def _due_in_2026(target: SetTarget) -> Plan:
    return Plan(RULES, Figures(RULES, {}, today=date(2026, 3, 1)), Targets([target]))


def test_as_of_a_period_a_row_stands_at_the_latest_that_was_due() -> None:
    plan = _due_in_2026(set_target(200))
    assert stand_as_of(plan, YEARLY, "province", Period(2024, 2)).period == Period(2023, 4)
    assert stand_as_of(plan, REVENUE, "province", Period(2024, 2)).period == Period(2024, 2)


def test_as_of_a_period_before_its_target_a_row_stands_at_the_period() -> None:
    plan = _due_in_2026(set_target(200, valid_from=Period(2024)))
    assert stand_as_of(plan, YEARLY, "province", Period(2024, 2)).period == Period(2024, 2)
