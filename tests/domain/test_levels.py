"""A whole history at once says of each quarter what is said of it alone."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.accumulation import Accumulation, ActualSource, Basis, MissingReason
from app.domain.columns import SeriesKey
from app.domain.course.levels import levels_of, whole_levels
from app.domain.course.track import Track
from app.domain.coverage import Actual
from app.domain.figures import Figures
from app.domain.outlook.flags import qualify
from app.domain.plan import Indicator, PlanRules
from app.domain.quantity import ObsStatus
from app.domain.series import Observed, Series
from app.domain.targets import Targets
from app.domain.time.period import Period
from tests.domain.plans import RULES, columns

BREAK = Period(2023, 1)
ADDED = Indicator(code="added", unit="家", accumulation=Accumulation.INCREMENT, breaks=(BREAK,))
WITH_ADDED = replace(RULES, indicators={**RULES.indicators, "added": ADDED})
QUARTERS = [Period.from_index(index) for index in range(Period(2021, 1).index, 8103)]
AREAS = ("province", "east", "west", "port")


def _weights(statuses: type[ObsStatus]) -> list[int]:
    """Few figures are reported as breaks."""
    return [1 if each is ObsStatus.BREAK else 9 for each in statuses]


def _figures(chance: random.Random, rules: PlanRules, *, rounded: float = 0) -> Figures:
    """Figures on any basis, and reasons for missing ones, of most areas and quarters."""
    found: dict[SeriesKey, dict[int, Observed]] = {}
    is_mixed = chance.random() < 0.5
    for indicator in rules.indicators.values():
        for area in AREAS:
            own = found.setdefault(SeriesKey(indicator.code, area), {})
            share = 0.1 if area == "province" else chance.choice([0.6, 0.95, 1])
            for period in QUARTERS:
                if chance.random() > share or not indicator.accumulation.bases:
                    continue
                reason = chance.choice([*MissingReason]) if chance.random() < 0.05 else None
                bases = indicator.accumulation.bases
                basis = chance.choice(bases) if is_mixed else bases[-1]
                own[period.index] = Observed(
                    period=period,
                    value=None if reason else Decimal(chance.randrange(-900, 9000)) / 100,
                    basis=None if reason else basis,
                    missing_reason=reason,
                    is_rounded=chance.random() < rounded,
                    obs_status=chance.choices([*ObsStatus], weights=_weights(ObsStatus))[0],
                )
    return Figures(rules, found)


@pytest.mark.parametrize("seed", range(12))
def test_the_whole_levels_are_the_actuals_with_full_coverage(seed: int) -> None:
    figures = _figures(random.Random(seed), WITH_ADDED)  # noqa: S311 - the same figures each time
    count = 0
    for indicator in WITH_ADDED.indicators.values():
        for area in AREAS:
            for source in (None, *ActualSource):
                actuals = [
                    figures.actual(indicator, area, period, source=source)
                    for period in figures.periods(indicator, area)
                ]
                whole = [
                    _facts(each)
                    for each in actuals
                    if isinstance(each.value, Decimal) and not each.is_partial
                ]
                found = [*whole_levels(figures, indicator, area, source)]
                count += len(found)
                assert [_facts(each) for each in found] == whole
    assert count > 100


@pytest.mark.parametrize("share", [0, 0.01, 0.5])
def test_a_point_tells_what_the_actual_tells(share: float) -> None:
    chance = random.Random(5)  # noqa: S311 - the same figures each time
    figures = _figures(chance, WITH_ADDED, rounded=share)
    for indicator in WITH_ADDED.indicators.values():
        for source in (None, *ActualSource):
            track = Track(figures, Targets(()), indicator, "province", source)
            for period in QUARTERS:
                assert _told(track.point_at(period)) == _told(track.at(period))


def _facts(actual: Actual) -> tuple[object, ...]:
    """What is compared of a whole level."""
    place = (actual.period, actual.since, actual.source)
    return (*place, actual.value, actual.basis, actual.coverage)


def _told(actual: Actual) -> tuple[object, ...]:
    """What a point of a series says."""
    shown = (actual.value, actual.basis, actual.source, actual.since, actual.coverage)
    return (*shown, actual.is_provisional, qualify(actual))


def test_a_sum_is_whole_where_an_area_has_no_such_value() -> None:
    known = columns(("staff", "east", "2024-Q4", 5))
    nothing = Observed(
        period=Period(2024, 4), value=None, missing_reason=MissingReason.NOT_APPLICABLE
    )
    west = {SeriesKey("staff", "west"): {Period(2024, 4).index: nothing}}
    staff = RULES.indicators["staff"]

    (found,) = whole_levels(Figures(RULES, {**known, **west}), staff, "province", None)

    assert found.value == 5
    assert [*whole_levels(Figures(RULES, known), staff, "province", None)] == []


def test_a_year_that_ends_with_a_quarter_takes_three_totals() -> None:
    totals = {"2023-Q3": 70, "2023-Q4": 100, "2024-Q3": 80, "2024-Q4": 120}
    observed = [
        Observed(period=Period.parse(period), value=Decimal(value), basis=Basis.YTD)
        for period, value in totals.items()
    ]
    series = Series.of(observed, accumulation=Accumulation.ANNUAL_FLOW, start=None)

    found = {str(Period.from_index(index)): value for index, value in levels_of(series).items()}

    assert found == {"2023-Q4": 100, "2024-Q3": 110, "2024-Q4": 120}
