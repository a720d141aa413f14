"""A target on average growth: an indicator of its own, derived from another one's levels.

年均增长12%以上 is met or missed at its deadline only. Target and actual are percents
a year, the gap is in percentage points (docs/measures.md#growth-targets).
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from app.domain import measures
from app.domain.accumulation import ActualBasis, Measure
from app.domain.coverage import Actual
from app.domain.gap import Assessment
from app.domain.measures import Situation, situate
from app.domain.outlook.flags import qualify_inputs
from app.domain.outlook.sensitivity import Sensitivity, search_changes
from app.domain.plan import Indicator
from app.domain.quantity import (
    EXACT,
    HUNDRED,
    Flag,
    Quantity,
    Reason,
    Undefined,
    compound_growth,
    formula,
    known,
    percent_of,
    require,
)
from app.domain.rating import Bands, Rating, RatingBasis, Verdict, rate_by_bands
from app.domain.series import Observed
from app.domain.target import Target
from app.domain.targets import SetTarget
from app.domain.time.clock import Clock

TOLERATED_POINTS = Decimal("0.5")


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthTarget:
    """A target in percent a year, and the level that growth counts from."""

    target: Target
    base_level: Decimal

    @property
    def years(self) -> Decimal:
        """Years from the base to the deadline."""
        clock = self.target.clock_at(self.target.deadline)
        gone = clock.years_gone
        return gone if isinstance(gone, Decimal) else Decimal(0)

    @property
    def implied_level(self) -> Decimal:
        """B(1+g)^(T-t0): the level that the growth target asks for at its deadline."""
        return self.level_of(self.target.value)

    def level_of(self, percent: Decimal) -> Decimal:
        """The level at the deadline that is so much average growth."""
        factor = EXACT.add(Decimal(1), EXACT.divide(percent, HUNDRED))
        return EXACT.multiply(self.base_level, EXACT.power(factor, self.years))

    @property
    def as_level(self) -> Target:
        """The target as one on the level at the deadline."""
        high = self.target.high
        return replace(
            self.target,
            value=self.implied_level,
            high=None if high is None else self.level_of(high),
        )


def growth_target(indicator: Indicator, held: SetTarget | None) -> GrowthTarget | None:
    """The target as one on average growth, with the level it counts from; None for any other."""
    if indicator.measure is not Measure.CAGR or held is None:
        return None
    return GrowthTarget(target=held.target, base_level=held.base or Decimal(0))


def growth_since(growth: GrowthTarget, level: Actual) -> Actual:
    """The average growth up to the level's period, percent a year, with the level's coverage.

    Undefined where the level is, where nothing has elapsed, and for levels that
    are not positive. A sum with areas missing gives no growth.
    """
    return replace(level, value=_growth(growth, level), basis=ActualBasis.GROWTH)


def assess_growth(growth: GrowthTarget, actual: Actual, level: Actual, bands: Bands) -> Assessment:
    """Hold an average growth against its target; ``actual`` is :func:`growth_since`."""
    if actual.data_period is None:
        return Assessment.undefined(Reason.NO_DATA)
    target, achieved = growth.target, actual.value
    given = situate(target, actual, actual.data_period)
    clock = given.clock
    index, required = _ratio(target, achieved), _required(growth, level, clock)
    verdict = _rate(target, achieved, index, bands, is_over=clock.is_over)
    blank = Assessment.undefined(Reason.NOT_DEFINED_FOR_GROWTH)
    return replace(
        blank,
        values={
            **blank.values,
            "gap": measures.gap(given),
            "gap_percent": measures.gap_percent(given),
            "elapsed_percent": measures.elapsed_percent(given),
            "achieved_rate": achieved,
            "required_rate": required,
            "acceleration": _acceleration(given, required),
            "growth_ratio": index,
        },
        rating_index=verdict.index,
        rating_threshold=verdict.threshold,
        rating_basis=verdict.basis,
        rating=verdict.rating,
        flags=_flags(actual, target, verdict),
    )


def sensitivity_of_growth(
    growth: GrowthTarget, actual: Actual, level: Actual, bands: Bands
) -> Sensitivity:
    """How many points the average growth must change by until its rating changes."""
    wanted, high = growth.target.value, growth.target.high
    bounds = (bands.on_track, bands.acceleration_needed, Decimal(0), Decimal(1))
    places = [EXACT.multiply(bound, wanted) for bound in bounds]

    def rate(value: Decimal) -> Rating:
        return assess_growth(growth, replace(actual, value=value), level, bands).rating

    return search_changes(actual, [*places, *([] if high is None else [high])], rate)


@formula
def chain_linked(published_percent: list[Decimal]) -> Decimal:
    """The average of published yearly growth rates, compounded, percent a year.

    It differs from the growth of published levels where bases were restated.

    >>> round(chain_linked([Decimal(10), Decimal(21)]), 4)
    Decimal('15.3690')
    """
    product = Decimal(1)
    for percent in published_percent:
        product *= 1 + percent / HUNDRED
    require(bool(published_percent) and product > 0, Reason.INSUFFICIENT_HISTORY)
    return HUNDRED * compound_growth(Decimal(1), product, Decimal(len(published_percent)))


def raw_growth_percent(now: Observed | None, year_before: Observed | None) -> Decimal | None:
    """The growth of a reported figure on the same quarter a year before; None if not comparable."""
    if now is None or year_before is None or now.basis is not year_before.basis:
        return None
    if now.value is None or year_before.value is None or year_before.value <= 0:
        return None
    return EXACT.subtract(percent_of(now.value, year_before.value), HUNDRED)


def is_restated(now: Observed | None, year_before: Observed | None) -> bool:
    """Whether published and raw growth differ by more than half a percentage point."""
    raw = raw_growth_percent(now, year_before)
    published = None if now is None else now.published_growth_percent
    return raw is not None and published is not None and differ(raw, published)


def differ(raw: Quantity, published: Quantity) -> bool:
    """Whether two rates of growth are more than half a percentage point apart."""
    if isinstance(raw, Undefined) or isinstance(published, Undefined):
        return False
    return abs(raw - published) > TOLERATED_POINTS


@formula
def raw_growth(first: Decimal, last: Decimal | None, years: Decimal) -> Decimal:
    """The average growth from one level to another, percent a year."""
    level = known(Undefined(Reason.NOT_REPORTED) if last is None else last)
    require(years > 0, Reason.NOTHING_ELAPSED)
    require(min(first, level) > 0, Reason.NOT_POSITIVE)
    return HUNDRED * compound_growth(first, level, years)


@formula
def _growth(growth: GrowthTarget, level: Actual) -> Decimal:
    """100 CAGR(B to V)."""
    value, at = known(level.value), level.data_period
    require(not level.is_partial, Reason.PARTIAL_COVERAGE)
    years = known(growth.target.clock_at(at).years_gone if at else Undefined(Reason.NO_DATA))
    return known(raw_growth(growth.base_level, value, years))


@formula
def _required(growth: GrowthTarget, level: Actual, clock: Clock) -> Decimal:
    """100 CAGR(V to the implied level) over the years left; 0 when the level is reached."""
    require(not clock.is_over, Reason.DEADLINE_PASSED)
    value = known(level.value)
    known(clock.years_gone)
    require(not level.is_partial, Reason.PARTIAL_COVERAGE)
    wanted = growth.as_level
    implied = wanted.nearest(value)
    require(min(value, implied) > 0, Reason.NOT_POSITIVE)
    if wanted.is_met_by(value):
        return Decimal(0)
    return HUNDRED * compound_growth(value, implied, clock.years_left)


@formula
def _ratio(target: Target, achieved: Quantity) -> Decimal:
    """The average growth so far over the growth that is the target."""
    growth = known(achieved)
    require(target.value > 0, Reason.ZERO_TARGET)
    return growth / target.value


@formula
def _acceleration(given: Situation, required: Quantity) -> Decimal:
    """The required over the achieved growth, where it goes in the wanted direction."""
    wanted, achieved = known(required), given.v_partial
    has_passed = given.target.is_passed_by(achieved)
    require(given.d(achieved) > 0 and not has_passed, Reason.NO_PROGRESS)
    return wanted / achieved


def _rate(
    target: Target, value: Quantity, index: Quantity, bands: Bands, *, is_over: bool
) -> Verdict:
    has_passed = isinstance(value, Decimal) and target.is_passed_by(value)
    if isinstance(value, Undefined) or not (is_over or has_passed):
        return rate_by_bands(index, RatingBasis.GROWTH_RATIO, bands)
    rating = Rating.DETERIORATING
    if is_over:
        rating = Rating.ACHIEVED if target.is_met_by(value) else Rating.MISSED
    return Verdict(
        rating=rating,
        index=index,
        basis=RatingBasis.GROWTH_RATIO if isinstance(index, Decimal) else None,
        threshold=Undefined(Reason.DECIDED_BY_COMPARATOR),
        flags=() if is_over else (Flag.BEYOND_RANGE,),
    )


def _flags(actual: Actual, target: Target, verdict: Verdict) -> tuple[Flag, ...]:
    conditions = [
        (actual.is_partial, Flag.PARTIAL_COVERAGE),
        (actual.oldest_age > 0, Flag.CARRIED_FORWARD),
        (
            actual.value == target.value and not target.is_met_by(target.value),
            Flag.AT_THRESHOLD,
        ),
    ]
    own = tuple(flag for holds, flag in conditions if holds)
    return (*own, *qualify_inputs(actual), *verdict.flags)
