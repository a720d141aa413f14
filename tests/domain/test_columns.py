"""What values of a plan share, and what makes a shared result stale."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.columns import KeptSeries, Memory, SeriesKey, counted_in, touched_by
from app.domain.coverage import Actual
from app.domain.figures import Figures
from app.domain.rating import Rating
from app.domain.standing import Plan, stand, stand_with_target
from app.domain.targets import Targets
from app.domain.time.period import Period
from tests.domain.plans import RULES, columns, make_plan, set_target

EAST, WEST = SeriesKey("revenue", "east"), SeriesKey("revenue", "west")
AREAS = [*RULES.areas]
YEARS = [Period(year, quarter) for year in range(2020, 2026) for quarter in (1, 2, 3, 4)]


def _everything(plan: Plan) -> list[object]:
    """All that is asked of a plan: actuals, sides, standings and ratings."""
    found: list[object] = []
    for indicator in RULES.indicators.values():
        for area in AREAS:
            found += [plan.figures.actual(indicator, area, period) for period in YEARS]
            found += [
                plan.figures.actual(indicator, area, period, carry_forward=2) for period in YEARS
            ]
            found += [stand(plan, indicator, area, period) for period in YEARS[8::3]]
            found += [stand_with_target(plan, indicator, area)]
            found += plan.track(indicator, area).ratings_until(Period(2025, 4))
    return found


def test_a_plan_that_shares_says_what_one_made_afresh_says() -> None:
    chance = random.Random(7)  # noqa: S311 - the same figures each time
    targets = (set_target(200), set_target(90, area="east"), set_target(9, indicator="growth"))

    def choose(number: int, revision: int) -> dict[tuple[str, str, str], int]:
        keys = [
            (code, area, str(chance.choice(YEARS)))
            for code in chance.choices(["revenue", "research", "staff"], k=number)
            for area in [chance.choice(AREAS)]
        ]
        return {key: chance.randrange(1, 300) + revision for key in keys}

    known = choose(60, 1)
    plan = make_plan(columns(*((*key, value) for key, value in known.items())), *targets)
    for revision in range(2, 12):
        _everything(plan)
        newer = choose(chance.randrange(1, 4), revision)
        known |= newer
        laid = columns(*((*key, value) for key, value in newer.items()))
        plan = plan.with_figures(plan.figures.assuming(laid), laid)
        fresh = make_plan(columns(*((*key, value) for key, value in known.items())), *targets)
        assert _everything(plan) == _everything(fresh)


def test_submitted_figures_beside_the_sums_say_what_they_say_without_sharing() -> None:
    official = columns(("revenue", "east", "2024-Q4", 60), ("revenue", "west", "2024-Q4", 40))
    sent = columns(("revenue", "east", "2024-Q4", 70), revision=2)
    plan = make_plan(official, set_target(200))
    _everything(plan)
    figures = plan.figures.assuming(sent, in_sums=False, only_newer=True)
    fresh = Plan(RULES, Figures(RULES, {**official, **sent}, official), plan.targets)
    assert _everything(plan.with_figures(figures, sent)) == _everything(fresh)
    whole = figures.actual(RULES.indicators["revenue"], "province", Period(2024, 4))
    own = figures.actual(RULES.indicators["revenue"], "east", Period(2024, 4))
    assert [whole.value, own.value] == [100, 70]


def test_what_follows_from_other_figures_is_not_worked_out_again() -> None:
    plan = make_plan(
        columns(("staff", "east", "2024-Q4", 5), ("revenue", "west", "2024-Q4", 40)),
        set_target(200),
    )

    def value(plan: Plan, indicator: str, area: str) -> Actual:
        return plan.figures.actual(RULES.indicators[indicator], area, Period(2024, 4))

    staff, west, whole = (
        value(plan, *place)
        for place in (("staff", "east"), ("revenue", "west"), ("revenue", "province"))
    )
    newer = columns(("revenue", "east", "2024-Q4", 60), revision=2)
    after = plan.with_figures(plan.figures.assuming(newer), newer)
    assert value(after, "staff", "east") is staff
    assert value(after, "revenue", "west") is west
    assert [whole.value, value(after, "revenue", "province").value] == [40, 100]


def test_a_figure_counts_for_what_is_derived_from_it_and_for_the_areas_above() -> None:
    assert counted_in(RULES, [EAST]) == {
        SeriesKey(code, area)
        for code in ("revenue", "share", "growth")
        for area in ("east", "province")
    }


@pytest.mark.parametrize(
    ("changed", "touched"),
    [
        (("revenue", "2023-Q3"), ["2023-Q3", "2024-Q3"]),
        (("revenue", "2023-Q4"), ["2023-Q4", "2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"]),
        (("staff", "2023-Q3"), ["2023-Q3"]),
    ],
)
def test_a_figure_counts_for_its_quarter_and_a_total_for_trailing_years_too(
    changed: tuple[str, str], touched: list[str]
) -> None:
    indicator, period = changed
    known = KeptSeries(RULES, columns((indicator, "east", "2023-Q3", 2)))
    known.of(indicator, "east", in_sum=False)
    spans = touched_by(columns((indicator, "east", period, 1)), known)
    for code, area in counted_in(RULES, [SeriesKey(indicator, "east")]):
        found = [index for span in spans[SeriesKey(code, area)] for index in span]
        assert [str(Period.from_index(each)) for each in found] == touched


def test_where_nobody_knows_what_was_there_a_figure_counts_for_all_later_quarters() -> None:
    known = KeptSeries(RULES, columns(("staff", "east", "2023-Q2", 2)))
    spans = touched_by(columns(("staff", "east", "2023-Q2", 1)), known)
    (span,) = spans[SeriesKey("staff", "east")]
    assert span[0] == Period(2023, 2).index
    assert Period(2060, 1).index in span


def test_of_too_many_results_all_are_dropped() -> None:
    memory, asked = Memory(), []

    def work_out() -> int:
        asked.append(1)
        return len(asked)

    assert [memory.recall(EAST, "a", work_out) for _ in range(3)] == [1, 1, 1]
    assert memory.recall(WEST, "b", work_out, weight=400_000) == 2
    assert memory.recall(WEST, "c", work_out) == 3
    assert memory.recall(EAST, "a", work_out) == 4
    assert memory.recall(WEST, "c", work_out) == 3


def test_what_is_stale_takes_no_room() -> None:
    first, second = Memory(), Memory()
    quarter = Period(2024, 2).index
    for key in (EAST, WEST):
        first.recall(key, "row", lambda: "a row", weight=30)
        first.recall(key, (quarter, "point"), lambda: "a point", weight=2)
        first.recall(key, (quarter + 1, "point"), lambda: "a later one", weight=5)
    second.take_over(first, stale={EAST: [range(quarter + 1, quarter + 2)]})
    assert [first.size, second.size] == [74, 39]
    assert second.find(EAST, (quarter, "point")) == "a point"
    assert [second.find(key, "row") for key in (EAST, WEST)] == [None, "a row"]


def test_a_plan_with_other_targets_shares_no_result() -> None:
    def rated(plan: Plan) -> list[Rating]:
        ratings = plan.track(RULES.indicators["revenue"], "province").ratings_until(Period(2025))
        return [each.value for each in ratings]

    plan = make_plan(columns(("revenue", "province", "2024-Q4", 160)), set_target(200))
    assert rated(plan) == [Rating.ACCELERATION_NEEDED]
    low = replace(set_target(200).target, value=Decimal(150))
    other = Plan(RULES, plan.figures, Targets([set_target(200, target=low)]))
    assert rated(other) == [Rating.ACHIEVED_EARLY]
    assert rated(plan) == [Rating.ACCELERATION_NEEDED]
