"""The measures of a gap (docs/measures.md#measures), one function each.

Every measure takes a :class:`Situation` and gives an exact number, or the reason why there is
none. It reads as its definition, in the letters of the law: B baseline, V value, X target,
d direction, e elapsed share. The first unknown letter ends it with its reason. What is written
here as a measure is a column of the gap row; the book of words names and describes it.
"""

from dataclasses import dataclass
from decimal import Decimal

from app.domain.accumulation import ActualBasis
from app.domain.coverage import Actual
from app.domain.path import PathKind
from app.domain.quantity import (
    DEFINITIONS,
    HUNDRED,
    MeasureDefinition,
    MeasureUnit,
    Quantity,
    Reason,
    Undefined,
    compound_growth,
    formula,
    known,
    measure,
    require,
)
from app.domain.target import Target
from app.domain.time.clock import Clock
from app.domain.time.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A target, a value and the time it is about; ``trend`` is the value if it covers all areas,
    ``since`` the break that no trend crosses.
    The letters are for formulas: an unknown one ends the formula that asks for it.
    """

    target: Target
    value: Quantity
    trend: Quantity
    at: Period
    clock: Clock
    since: Period | None = None

    def d(self, change: Decimal) -> Decimal:
        """d of a change: positive in the direction that the plan wants."""
        return change if self.target.direction.sign > 0 else -change

    @property
    def b(self) -> Decimal:
        """B, the baseline."""
        given = self.target.baseline
        return known(Undefined(Reason.NO_BASELINE) if given is None else given)

    @property
    def v(self) -> Decimal:
        """V, the value of every area that is expected."""
        return known(self.trend)

    @property
    def v_partial(self) -> Decimal:
        """V, even where it covers only some of the areas."""
        return known(self.value)

    @property
    def x(self) -> Decimal:
        """X, the target: of a range, the end that the path leads to."""
        return self.target.aim

    @property
    def e(self) -> Decimal:
        """e, the share of the time gone at the date of the data, 0 to 1."""
        return known(self.clock.elapsed)

    @property
    def gone(self) -> Decimal:
        """t - t0, in years."""
        return known(self.clock.years_gone)

    @property
    def left(self) -> Decimal:
        """T - t, in years."""
        return self.clock.years_left


def situate(target: Target, actual: Actual, at: Period) -> Situation:
    """A target and an actual at the date of its data: what every measure is asked about."""
    return Situation(
        target=target,
        value=actual.value,
        trend=_trend(target, actual),
        at=at,
        clock=target.clock_at(at),
        since=actual.since,
    )


@measure(MeasureUnit.AMOUNT, "d(X - V); d = +1 increase, -1 decrease")
def gap(given: Situation) -> Decimal:
    """Distance to the target, of a range to its nearer end; positive is still to go."""
    return given.d(given.target.nearest(given.v_partial) - given.v_partial)


@measure(MeasureUnit.PERCENT, "100 gap / abs(X)")
def gap_percent(given: Situation) -> Decimal:
    """The gap in percent of the target's magnitude; 0 within a range."""
    distance, x = known(gap(given)), given.target.nearest(given.v_partial)
    if distance == 0 and given.target.high is not None:
        return distance
    require(x != 0, Reason.ZERO_TARGET)
    return HUNDRED * distance / abs(x)


@measure(MeasureUnit.PERCENT, "increase: 100 V/X; decrease: 100 X/V")
def attainment_percent(given: Situation) -> Decimal:
    """What of the target is attained, what was there before included."""
    v, x = given.v_partial, given.x
    require(given.target.high is None, Reason.NOT_DEFINED_FOR_RANGE)
    require(x > 0, Reason.ZERO_TARGET)
    if given.target.direction.sign > 0:
        require(v >= 0, Reason.NEGATIVE_VALUE)
        return HUNDRED * v / x
    require(v > 0, Reason.NOT_POSITIVE)
    return HUNDRED * x / v


@measure(MeasureUnit.PERCENT, "100 (V - B)/(X - B)")
def progress_percent(given: Situation) -> Decimal:
    """The share of the way that is done: above 100 when overshot, below 0 when moved away."""
    return _percent_of_way(given, given.v)


@measure(MeasureUnit.PERCENT, "100 (t - t0)/(T - t0), within 0 and 100")
def elapsed_percent(given: Situation) -> Decimal:
    """The share of the time gone at the date of the data."""
    return HUNDRED * given.e


@measure(MeasureUnit.POINTS, "progress_percent - elapsed_percent")
def schedule_variance(given: Situation) -> Decimal:
    """Negative is behind."""
    return known(progress_percent(given)) - known(elapsed_percent(given))


@measure(MeasureUnit.RATIO, "progress_percent / elapsed_percent")
def schedule_index(given: Situation) -> Decimal:
    """1 is on time."""
    progress, elapsed = known(progress_percent(given)), known(elapsed_percent(given))
    require(elapsed != 0, Reason.NOTHING_ELAPSED)
    return progress / elapsed


# The path has its column among the measures; it is the target's, and none of them.
DEFINITIONS.append(MeasureDefinition(name="path", unit=MeasureUnit.CODE, formula=""))


@measure(MeasureUnit.AMOUNT, "linear B + (X - B)e; geometric B(X/B)^e; milestones interpolated")
def path_value(given: Situation) -> Decimal:
    """The value that the path asks for at the data period."""
    return known(given.target.path_value_at(given.at))


@measure(MeasureUnit.PERCENT, "100 (path_value - B)/(X - B)")
def path_progress_percent(given: Situation) -> Decimal:
    """The progress that the path itself asks for by now."""
    return _percent_of_way(given, known(path_value(given)))


@measure(MeasureUnit.AMOUNT, "d(path_value - V)")
def path_gap(given: Situation) -> Decimal:
    """Distance to the path; positive is behind it."""
    v = given.v
    return given.d(known(path_value(given)) - v)


@formula
def path_index(given: Situation) -> Decimal:
    """(V - B)/(path_value - B): 1 is on the path; what milestones are rated on."""
    v, b, path = given.v, given.b, known(path_value(given))
    require(path != b, Reason.PATH_EQUALS_BASELINE)
    return (v - b) / (path - b)


@measure(MeasureUnit.RATE, "linear (V - B)/(t - t0); geometric 100((V/B)^(1/(t - t0)) - 1)")
def achieved_rate(given: Situation) -> Decimal:
    """The yearly rate from B to V, signed as the figures are."""
    v, b, years = given.v, given.b, given.gone
    require(years > 0, Reason.NOTHING_ELAPSED)
    return _rate(given, b, v, years)


@measure(MeasureUnit.RATE, "linear (X - V)/(T - t); geometric 100((X/V)^(1/(T - t)) - 1)")
def required_rate(given: Situation) -> Decimal:
    """The yearly rate from V that would meet the target by its deadline; 0 when it is met."""
    require(not given.clock.is_over, Reason.DEADLINE_PASSED)
    v = given.v
    is_met = given.target.is_met_by(v)
    return Decimal(0) if is_met else _rate(given, v, given.target.nearest(v), given.left)


@measure(MeasureUnit.RATIO, "required_rate / achieved_rate")
def acceleration(given: Situation) -> Decimal:
    """How many times faster it must go, where the figure moves as wanted."""
    required, achieved = known(required_rate(given)), known(achieved_rate(given))
    has_passed = given.target.is_passed_by(given.v)
    require(given.d(achieved) > 0 and not has_passed, Reason.NO_PROGRESS)
    return required / achieved


@measure(MeasureUnit.RATIO, "d CAGR(B to V) / abs(CAGR(B to X))")
def growth_ratio(given: Situation) -> Decimal:
    """The Eurostat index, of positive levels only; 1 is on course."""
    require(given.target.start is None, Reason.NOT_DEFINED_FOR_INCREMENT)
    v, b, x, years = given.v, given.b, given.x, given.gone
    require(x != b, Reason.TARGET_EQUALS_BASELINE)
    require(min(b, v, x) > 0, Reason.NOT_POSITIVE)
    require(years > 0, Reason.NOTHING_ELAPSED)
    needed = compound_growth(b, x, years + given.left)
    return given.d(compound_growth(b, v, years)) / abs(needed)


def _trend(target: Target, actual: Actual) -> Quantity:
    """The value for what needs full coverage (docs/measures.md#coverage)."""
    if isinstance(actual.value, Undefined) or not actual.is_partial:
        return actual.value
    # What is missing can only raise a sum of non-negative parts, but may lower a ratio.
    values = [part.value.value for part in actual.parts]
    is_enough = (
        target.direction.sign > 0
        and target.high is None
        and actual.basis is not ActualBasis.RATIO
        and all(part >= 0 for part in values if isinstance(part, Decimal))
        and target.is_met_by(actual.value)
    )
    return actual.value if is_enough else Undefined(Reason.PARTIAL_COVERAGE)


def _percent_of_way(given: Situation, value: Decimal) -> Decimal:
    b, x = given.b, given.x
    require(x != b, Reason.TARGET_EQUALS_BASELINE)
    return HUNDRED * (value - b) / (x - b)


def _rate(given: Situation, first: Decimal, last: Decimal, years: Decimal) -> Decimal:
    if given.target.effective_path is not PathKind.GEOMETRIC:
        return (last - first) / years
    require(min(first, last) > 0, Reason.NOT_POSITIVE)
    return HUNDRED * compound_growth(first, last, years)
