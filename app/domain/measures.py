"""The measures of a gap (measures, section 3), one function each.

Every function takes a :class:`Situation` and gives an exact number, or the reason
why there is none. d is +1 where the plan wants a rise and -1 where it wants a fall.
"""

from dataclasses import dataclass
from decimal import Decimal

from app.domain.coverage import Actual
from app.domain.path import PathKind
from app.domain.quantity import EXACT, Quantity, Reason, Undefined, compound_growth
from app.domain.series import ActualBasis
from app.domain.target import Target
from app.domain.time.clock import Clock
from app.domain.time.period import Period

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A target, a value and the time it is about. ``trend`` is the value for what needs
    the whole of it: as ``value``, but undefined where the value covers only some areas.
    """

    target: Target
    value: Quantity
    trend: Quantity
    at: Period
    clock: Clock

    @property
    def sign(self) -> int:
        """d: +1 for an increase, -1 for a decrease."""
        return self.target.direction.sign

    @property
    def baseline(self) -> Quantity:
        """B, or ``no_baseline``."""
        given = self.target.baseline
        return Undefined(Reason.NO_BASELINE) if given is None else given

    @property
    def path(self) -> Quantity:
        """The value that the path asks for at the data period."""
        return self.target.path_value_at(self.at)


def situate(target: Target, actual: Actual, at: Period) -> Situation:
    """A target and an actual at the date of its data: what every measure is asked about."""
    return Situation(
        target=target,
        value=actual.value,
        trend=_trend(target, actual),
        at=at,
        clock=target.clock_at(at),
    )


def gap(given: Situation) -> Quantity:
    """d(X - V) in the target's unit; positive is still to go."""
    if isinstance(given.value, Undefined):
        return given.value
    return _signed(given.sign, EXACT.subtract(given.target.value, given.value))


def gap_percent(given: Situation) -> Quantity:
    """The gap in percent of the target's magnitude; ``zero_target`` at X = 0."""
    distance = gap(given)
    if isinstance(distance, Undefined):
        return distance
    if given.target.value == 0:
        return Undefined(Reason.ZERO_TARGET)
    return percent_of(distance, abs(given.target.value))


def attainment_percent(given: Situation) -> Quantity:
    """100 V/X for a rise, 100 X/V for a fall; undefined for X <= 0 and where V has no ratio."""
    value, target = given.value, given.target.value
    if isinstance(value, Undefined):
        return value
    if target <= 0:
        return Undefined(Reason.ZERO_TARGET)
    if given.sign > 0:
        return Undefined(Reason.NEGATIVE_VALUE) if value < 0 else percent_of(value, target)
    return Undefined(Reason.NOT_POSITIVE) if value <= 0 else percent_of(target, value)


def progress_percent(given: Situation) -> Quantity:
    """100 (V-B)/(X-B), raw: above 100 when overshot, below 0 when moved away."""
    return _share_of_way(given, given.trend)


def path_progress_percent(given: Situation) -> Quantity:
    """100 (path_value-B)/(X-B): the progress that the path itself asks for by now."""
    return _share_of_way(given, given.path)


def elapsed_percent(given: Situation) -> Quantity:
    """100 e: the share of the time gone at the date of the data, 0 to 100."""
    elapsed = given.clock.elapsed
    return elapsed if isinstance(elapsed, Undefined) else EXACT.multiply(HUNDRED, elapsed)


def schedule_variance(given: Situation) -> Quantity:
    """Progress less elapsed time, in percentage points; negative is behind."""
    progress, elapsed = progress_percent(given), elapsed_percent(given)
    if isinstance(progress, Undefined):
        return progress
    return elapsed if isinstance(elapsed, Undefined) else EXACT.subtract(progress, elapsed)


def schedule_index(given: Situation) -> Quantity:
    """Progress over elapsed time; 1 is on time."""
    progress, elapsed = progress_percent(given), elapsed_percent(given)
    if isinstance(progress, Undefined):
        return progress
    if isinstance(elapsed, Undefined):
        return elapsed
    return Undefined(Reason.NOTHING_ELAPSED) if elapsed == 0 else EXACT.divide(progress, elapsed)


def path_gap(given: Situation) -> Quantity:
    """d(path_value - V): positive is behind the path, in the target's unit."""
    if isinstance(given.trend, Undefined):
        return given.trend
    path = given.path
    if isinstance(path, Undefined):
        return path
    return _signed(given.sign, EXACT.subtract(path, given.trend))


def path_index(given: Situation) -> Quantity:
    """(V-B)/(path_value-B): 1 is on the path; what milestones are rated on."""
    value, baseline, path = given.trend, given.baseline, given.path
    if isinstance(value, Undefined):
        return value
    if isinstance(baseline, Undefined):
        return baseline
    if isinstance(path, Undefined):
        return path
    if path == baseline:
        return Undefined(Reason.PATH_EQUALS_BASELINE)
    return EXACT.divide(EXACT.subtract(value, baseline), EXACT.subtract(path, baseline))


def achieved_rate(given: Situation) -> Quantity:
    """The yearly rate since the baseline: units a year, or percent a year on a geometric path."""
    value, baseline, years = given.trend, given.baseline, given.clock.years_gone
    if isinstance(value, Undefined):
        return value
    if isinstance(baseline, Undefined):
        return baseline
    if isinstance(years, Undefined):
        return years
    if years <= 0:
        return Undefined(Reason.NOTHING_ELAPSED)
    return _rate(given, baseline, value, years)


def required_rate(given: Situation) -> Quantity:
    """The yearly rate from here that would meet the target by its deadline; 0 when it is met."""
    value = given.trend
    if given.clock.is_over:
        return Undefined(Reason.DEADLINE_PASSED)
    if isinstance(value, Undefined):
        return value
    if given.target.is_met_by(value):
        return Decimal(0)
    return _rate(given, value, given.target.value, given.clock.years_left)


def acceleration(given: Situation) -> Quantity:
    """The required over the achieved rate; ``no_progress`` unless the figure moves as wanted."""
    required, achieved = required_rate(given), achieved_rate(given)
    if isinstance(required, Undefined):
        return required
    if isinstance(achieved, Undefined):
        return achieved
    if given.sign * achieved <= 0:
        return Undefined(Reason.NO_PROGRESS)
    return EXACT.divide(required, achieved)


def growth_ratio(given: Situation) -> Quantity:
    """d CAGR(B to V) over abs CAGR(B to X): the Eurostat index; positive levels only."""
    value, baseline, target = given.trend, given.baseline, given.target.value
    years = given.clock.years_gone
    if given.target.start is not None:
        return Undefined(Reason.NOT_DEFINED_FOR_INCREMENT)
    if isinstance(value, Undefined):
        return value
    if isinstance(baseline, Undefined):
        return baseline
    if isinstance(years, Undefined):
        return years
    if target == baseline:
        return Undefined(Reason.TARGET_EQUALS_BASELINE)
    if min(baseline, value, target) <= 0:
        return Undefined(Reason.NOT_POSITIVE)
    if years <= 0:
        return Undefined(Reason.NOTHING_ELAPSED)
    so_far = compound_growth(baseline, value, years)
    wanted = compound_growth(baseline, target, years + given.clock.years_left)
    return EXACT.divide(_signed(given.sign, so_far), EXACT.abs(wanted))


def percent_of(part: Decimal, whole: Decimal) -> Decimal:
    """100 part/whole."""
    return EXACT.divide(EXACT.multiply(HUNDRED, part), whole)


def _trend(target: Target, actual: Actual) -> Quantity:
    """The value for what needs full coverage (measures, section 1, Coverage)."""
    if isinstance(actual.value, Undefined) or not actual.is_partial:
        return actual.value
    # What is missing can only raise a sum of non-negative parts, but may lower a ratio.
    is_enough = (
        target.direction.sign > 0
        and actual.basis is not ActualBasis.RATIO
        and actual.has_only_non_negative_parts
        and target.is_met_by(actual.value)
    )
    return actual.value if is_enough else Undefined(Reason.PARTIAL_COVERAGE)


def _share_of_way(given: Situation, value: Quantity) -> Quantity:
    baseline = given.baseline
    if isinstance(value, Undefined):
        return value
    if isinstance(baseline, Undefined):
        return baseline
    if given.target.value == baseline:
        return Undefined(Reason.TARGET_EQUALS_BASELINE)
    way = EXACT.subtract(given.target.value, baseline)
    return percent_of(EXACT.subtract(value, baseline), way)


def _rate(given: Situation, first: Decimal, last: Decimal, years: Decimal) -> Quantity:
    if given.target.effective_path is not PathKind.GEOMETRIC:
        return EXACT.divide(EXACT.subtract(last, first), years)
    if min(first, last) <= 0:
        return Undefined(Reason.NOT_POSITIVE)
    return EXACT.multiply(HUNDRED, compound_growth(first, last, years))


def _signed(sign: int, value: Decimal) -> Decimal:
    return value if sign > 0 else EXACT.minus(value)
