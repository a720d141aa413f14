"""What a figure is asked about before it counts (核实性 checks): mend it, or explain it.

Each question is judged by the area's own live figures, and carries them as evidence.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from app.domain.accumulation import Basis
from app.domain.checks.figure import SoundFigure
from app.domain.checks.finding import Fact, Finding, FindingCode, Severity
from app.domain.checks.outliers import Outlying, judge_constant, judge_outlier
from app.domain.checks.quarters import quarter_value, quarter_values
from app.domain.checks.unit import UNITS, plain
from app.domain.quantity import EXACT, HUNDRED
from app.domain.series import Observed, Series
from app.domain.time.period import Period

# A ratio is taken for a slip of scale within this factor of a ratio of units, or of 1000.
NEAR_FACTOR = Decimal(3)
THOUSAND = Decimal(1000)
# A slip of one place is asked about within 20 %, where the history is not a small count.
TEN_LOW, TEN_HIGH = Decimal(8), Decimal(12)
LEAST_HISTORY_FOR_TEN = Decimal(30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """Which questions the plan asks about figures of an indicator."""

    unit: str
    running_total_fell: bool = True
    scale_slip: bool = True
    outlier: str = "modified_z"
    outlier_threshold: Decimal = Decimal("3.5")
    change_from_constant: bool = True
    jump_percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a figure stands in the submission."""

    pointer: str
    row: int
    sheet: str | None
    indicator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reference:
    """An earlier figure that the new one is held against, on the same footing."""

    period: Period
    value: Decimal
    ratio: Decimal


def question_figure(
    figure: SoundFigure, period: Period, history: Series, asked: Questions, place: Place
) -> list[Finding]:
    """Every question about a figure; none about a missing one.

    ``history``: the area's live figures of the indicator, without this period's.
    """
    if figure.value is None or figure.basis is None:
        return []
    # What is gone, or off by a unit, is off in every other way too: one question is enough.
    found = list(_vanishes(figure.value, figure.basis, period, history))
    if not found:
        found = _compare(figure, figure.value, figure.basis, period, history, asked)
    value = f"{figure.value:f}"
    return [
        Finding(
            code=code,
            severity=Severity.QUERY,
            pointer=f"{place.pointer}/value",
            row=place.row,
            sheet=place.sheet,
            column="value",
            indicator=place.indicator,
            facts={"value": value, "unit": asked.unit, "period": str(period), **facts},
        )
        for code, facts in found
    ]


def _compare(
    figure: SoundFigure,
    value: Decimal,
    basis: Basis,
    period: Period,
    history: Series,
    asked: Questions,
) -> list[tuple[FindingCode, dict[str, Fact]]]:
    found: list[tuple[FindingCode, dict[str, Fact]]] = []
    if asked.running_total_fell:
        found.extend(_falls(value, basis, period, history))
    reference = _find_reference(value, basis, period, history)
    slips = list(_slips(figure, reference, asked)) if asked.scale_slip else []
    found.extend(slips)
    if not slips:
        found.extend(_jumps(reference, asked))
        found.extend(_stands_out(figure, period, history, asked))
    return found


def _vanishes(
    value: Decimal, basis: Basis, period: Period, history: Series
) -> Iterator[tuple[FindingCode, dict[str, Fact]]]:
    """A 0 where the figure before it was none: a quarter is held against the quarter before."""
    if value:
        return
    before = [each for each in history.periods if each.index < period.index]
    last = history.at(before[-1]) if before else None
    if last is None:
        return
    was = last.value
    if basis is Basis.QUARTER:
        was = quarter_value(history, last.period, last.value, last.basis)
    if was:
        facts: dict[str, Fact] = {
            "reference": f"{plain(was):f}",
            "reference_period": str(last.period),
        }
        yield FindingCode.FELL_TO_ZERO, facts


def _falls(
    value: Decimal, basis: Basis, period: Period, history: Series
) -> Iterator[tuple[FindingCode, dict[str, Fact]]]:
    """A running total below the one before it, or above the one after it.

    Totals since 1 January are never compared across years.
    """
    if basis not in {Basis.YTD, Basis.SINCE_START}:
        return
    alike = [each for each in _on(history, basis) if _is_comparable(each, period, basis)]
    now = period.index
    before = [each for each in alike if each.period.index < now]
    after = [each for each in alike if each.period.index > now]
    if before and _value(before[-1]) > value:
        yield _fell(before[-1], "before")
    if after and _value(after[0]) < value:
        yield _fell(after[0], "after")


def _fell(neighbour: Observed, side: str) -> tuple[FindingCode, dict[str, Fact]]:
    facts: dict[str, Fact] = {
        "neighbour": f"{_value(neighbour):f}",
        "neighbour_period": str(neighbour.period),
        "side": side,
    }
    return FindingCode.RUNNING_TOTAL_FELL, facts


def _slips(
    figure: SoundFigure, reference: _Reference | None, asked: Questions
) -> Iterator[tuple[FindingCode, dict[str, Fact]]]:
    """A figure that is off by a ratio between units, by 1000, or by 10."""
    if reference is None or reference.ratio <= 0:
        return
    is_large = reference.ratio > 1
    size = reference.ratio if is_large else 1 / reference.ratio
    factor = _find_factor(size, reference.value, asked.unit)
    if factor is None:
        return
    looks_like = _unit_like(figure.reported_unit or asked.unit, factor, is_large=is_large)
    facts: dict[str, Fact] = {
        "factor": int(factor),
        "direction": "large" if is_large else "small",
        "looks_like": looks_like,
        "reported_unit": figure.reported_unit,
        "reference": f"{reference.value:f}",
        "reference_period": str(reference.period),
    }
    yield FindingCode.SCALE_SLIP, facts


def _find_factor(size: Decimal, reference: Decimal, unit: str) -> Decimal | None:
    near = [
        ratio for ratio, low, high in _slip_ratios(UNITS[unit].dimension) if low <= size <= high
    ]
    if near:
        return min(near, key=lambda ratio: max(ratio / size, size / ratio))
    is_ten = TEN_LOW <= size <= TEN_HIGH and abs(reference) >= LEAST_HISTORY_FOR_TEN
    return Decimal(10) if is_ten else None


@cache
def _slip_ratios(dimension: str) -> tuple[tuple[Decimal, Decimal, Decimal], ...]:
    """The ratios between units of a dimension, and 1000; each with what is near to it."""
    factors = [each.factor for each in UNITS.values() if each.dimension == dimension]
    ratios = {EXACT.divide(a, b) for a in factors for b in factors if a > b} | {THOUSAND}
    return tuple((ratio, ratio / NEAR_FACTOR, ratio * NEAR_FACTOR) for ratio in sorted(ratios))


def _unit_like(unit: str, factor: Decimal, *, is_large: bool) -> str | None:
    """The unit in which the number would be right."""
    known = UNITS[unit]
    wanted = known.factor / factor if is_large else known.factor * factor
    alike = [u for u in UNITS.values() if u.dimension == known.dimension and u.factor == wanted]
    return alike[0].symbol if alike else None


def _jumps(
    reference: _Reference | None, asked: Questions
) -> Iterator[tuple[FindingCode, dict[str, Fact]]]:
    if asked.jump_percent is None or reference is None:
        return
    change = EXACT.multiply(HUNDRED, EXACT.subtract(reference.ratio, Decimal(1)))
    if abs(change) > asked.jump_percent:
        facts: dict[str, Fact] = {
            "change_percent": f"{change:.2f}",
            "limit_percent": f"{asked.jump_percent:f}",
            "reference": f"{reference.value:f}",
            "reference_period": str(reference.period),
        }
        yield FindingCode.JUMP, facts


def _stands_out(
    figure: SoundFigure, period: Period, history: Series, asked: Questions
) -> Iterator[tuple[FindingCode, dict[str, Fact]]]:
    """A value unlike the others: levels as such, totals by what each quarter added."""
    now = quarter_value(history, period, figure.value, figure.basis)
    earlier = [each for each in quarter_values(history, period) if each is not None]
    if now is None:
        return
    if asked.change_from_constant:
        constant = judge_constant(now, earlier)
        if constant is not None:
            yield FindingCode.CHANGE_FROM_CONSTANT, {"constant": f"{constant:f}", **_of(earlier)}
            return
    if asked.outlier == "off":
        return
    outlying = judge_outlier(now, earlier, method=asked.outlier, threshold=asked.outlier_threshold)
    if outlying is not None:
        yield FindingCode.OUTLIER, {**_told(outlying), "compared": f"{now:f}", **_of(earlier)}


def _told(outlying: Outlying) -> dict[str, Fact]:
    return {
        "z": f"{outlying.z:.4f}",
        "threshold": f"{outlying.threshold:f}",
        "low": f"{outlying.low:.2f}",
        "high": f"{outlying.high:.2f}",
    }


def _of(earlier: list[Decimal]) -> dict[str, Fact]:
    return {"points": len(earlier), "history": " ".join(f"{each:f}" for each in earlier)}


def _find_reference(
    value: Decimal, basis: Basis, period: Period, history: Series
) -> _Reference | None:
    """The same quarter of last year; else the latest earlier pace, per quarter for totals."""
    now = period.index
    alike = [each for each in _on(history, basis) if each.value]
    last_year = [each for each in alike if each.period.index == now - 4]
    if last_year:
        was = _value(last_year[0])
        return _Reference(period=last_year[0].period, value=was, ratio=EXACT.divide(value, was))
    earlier = [each for each in alike if each.period.index < now]
    if not earlier:
        return None
    latest = earlier[-1]
    pace = EXACT.divide(value, _quarters(period, basis, history))
    was = EXACT.divide(_value(latest), _quarters(latest.period, basis, history))
    return _Reference(period=latest.period, value=_value(latest), ratio=EXACT.divide(pace, was))


def _quarters(period: Period, basis: Basis, history: Series) -> Decimal:
    """How many quarters a figure of the basis is a total of."""
    if basis is Basis.YTD:
        return Decimal(period.quarter_of_year)
    if basis is Basis.SINCE_START and history.start is not None:
        first = Period.containing(history.start)
        return Decimal(max(period.quarters_since(first) + 1, 1))
    return Decimal(1)


def _on(history: Series, basis: Basis) -> list[Observed]:
    """The figures on a basis, ascending."""
    ordered = [history.by_index[index] for index in sorted(history.by_index)]
    return [each for each in ordered if each.basis is basis and each.value is not None]


def _is_comparable(each: Observed, period: Period, basis: Basis) -> bool:
    return basis is Basis.SINCE_START or each.period.year == period.year


def _value(each: Observed) -> Decimal:
    return plain(each.value) if each.value is not None else Decimal(0)
