"""What a figure is asked about before it counts (核实性 checks): mend it, or explain it.

Each question is judged by the area's own live figures, and carries them as evidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from app.domain.accumulation import Basis
from app.domain.checks.figure import RawFigure, SoundFigure
from app.domain.checks.finding import Fact, Finding, FindingCode, Severity
from app.domain.checks.outliers import Outlying, judge_constant, judge_outlier
from app.domain.checks.quarters import places_before, quarter_value, quarter_values
from app.domain.checks.scale import (
    Reference,
    find_closest,
    find_reference,
    find_slip,
    first_after,
    latest_before,
    value_of,
)
from app.domain.checks.unit import UNITS, Units, plain
from app.domain.quantity import EXACT, HUNDRED
from app.domain.series import Observed, Series
from app.domain.time.period import Period

# A question, with the facts of its message.
_Query = tuple[FindingCode, dict[str, Fact]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """Which questions the plan asks about figures of an indicator."""

    unit: str
    is_count: bool = False
    running_total_fell: bool = True
    scale_slip: bool = True
    outlier: str = "modified_z"
    outlier_threshold: Decimal = Decimal("3.5")
    change_from_constant: bool = True
    jump_percent: Decimal | None = None
    units: Units = field(default_factory=lambda: UNITS)


def question_figure(
    figure: SoundFigure,
    period: Period,
    history: Series,
    asked: Questions,
    raw: RawFigure,
    *,
    replaced: Observed | None = None,
) -> list[Finding]:
    """Every question about a figure; none about a missing one.

    ``history``: the area's live figures of the indicator, without this period's, which is
    ``replaced``.
    """
    if figure.value is None or figure.basis is None:
        return []
    # What is gone, or off by a unit, is off in every other way too: one question is enough.
    found = [] if figure.value else _vanishes(figure.basis, period, history)
    if not found:
        found = _compare(figure, period, history, asked, replaced)
    return [ask(code, raw, asked.unit, period, figure.value, facts) for code, facts in found]


def ask(
    code: FindingCode,
    raw: RawFigure,
    unit: str,
    period: Period,
    value: Decimal,
    facts: Mapping[str, Fact],
) -> Finding:
    """A question about the value that was sent."""
    return Finding(
        code=code,
        severity=Severity.QUERY,
        pointer=f"{raw.pointer}/value",
        row=raw.row,
        sheet=raw.sheet,
        column="value",
        indicator=str(raw.indicator),
        facts={"value": f"{value:f}", "unit": unit, "period": str(period), **facts},
    )


def _compare(
    figure: SoundFigure,
    period: Period,
    history: Series,
    asked: Questions,
    replaced: Observed | None,
) -> list[_Query]:
    now = figure.at(period)
    found = _falls(now, history) if asked.running_total_fell else []
    reference = find_reference(now, history)
    closest = reference or find_closest(now, history, replaced)
    slip = None
    if asked.scale_slip and closest is not None:
        slip = find_slip(closest, asked.unit, figure.reported_unit, now, asked.units)
    if slip is not None:
        found.append((FindingCode.SCALE_SLIP, slip))
    else:
        if asked.jump_percent is not None and reference is not None:
            found += _jumps(reference, asked.jump_percent)
        found += _stands_out(figure, period, history, asked)
    return found


def _vanishes(basis: Basis, period: Period, history: Series) -> list[_Query]:
    """A 0 where the figure before it was none: a quarter is held against the quarter before."""
    before = places_before(history, period.index)
    if not before:
        return []
    last = history.by_index[before[-1]]
    was = last.value
    if basis is Basis.QUARTER:
        was = quarter_value(history, last.period, last.value, last.basis)
    if not was:
        return []
    facts: dict[str, Fact] = {
        "reference": f"{plain(was):f}",
        "reference_period": str(last.period),
    }
    return [(FindingCode.FELL_TO_ZERO, facts)]


def _falls(now: Observed, history: Series) -> list[_Query]:
    """A running total below the one before it, or above the one after it.

    Totals since 1 January are never compared across years.
    """
    if now.basis is not Basis.YTD and now.basis is not Basis.SINCE_START:
        return []
    found, index, value = [], now.period.index, value_of(now)
    before = latest_before(history, index, now.basis)
    if before is not None and _is_comparable(before, now) and value_of(before) > value:
        found.append(_fell(before, "before"))
    after = first_after(history, index, now.basis)
    if after is not None and _is_comparable(after, now) and value_of(after) < value:
        found.append(_fell(after, "after"))
    return found


def _fell(neighbour: Observed, side: str) -> _Query:
    facts: dict[str, Fact] = {
        "neighbour": f"{value_of(neighbour):f}",
        "neighbour_period": str(neighbour.period),
        "side": side,
    }
    return FindingCode.RUNNING_TOTAL_FELL, facts


def _jumps(reference: Reference, limit: Decimal) -> list[_Query]:
    change = EXACT.multiply(HUNDRED, EXACT.subtract(reference.ratio, Decimal(1)))
    if abs(change) <= limit:
        return []
    facts: dict[str, Fact] = {
        "change_percent": f"{change:.2f}",
        "limit_percent": f"{limit:f}",
        "reference": f"{reference.value:f}",
        "reference_period": str(reference.period),
    }
    return [(FindingCode.JUMP, facts)]


def _stands_out(
    figure: SoundFigure, period: Period, history: Series, asked: Questions
) -> list[_Query]:
    """A value unlike the others: levels as such, totals by what each quarter added."""
    now = quarter_value(history, period, figure.value, figure.basis)
    earlier = [each for each in quarter_values(history, period) if each is not None]
    if now is None:
        return []
    constant = judge_constant(now, earlier) if asked.change_from_constant else None
    if constant is not None:
        known = {"constant": f"{constant:f}", **_of(earlier)}
        return [(FindingCode.CHANGE_FROM_CONSTANT, known)]
    if asked.outlier == "off":
        return []
    outlying = judge_outlier(now, earlier, method=asked.outlier, threshold=asked.outlier_threshold)
    if outlying is None:
        return []
    return [(FindingCode.OUTLIER, {**_told(outlying), "compared": f"{now:f}", **_of(earlier)})]


def _told(outlying: Outlying) -> dict[str, Fact]:
    return {
        "z": f"{outlying.z:.4f}",
        "threshold": f"{outlying.threshold:f}",
        "low": f"{outlying.low:.2f}",
        "high": f"{outlying.high:.2f}",
    }


def _of(earlier: list[Decimal]) -> dict[str, Fact]:
    return {"points": len(earlier), "history": " ".join(f"{each:f}" for each in earlier)}


def _is_comparable(each: Observed, now: Observed) -> bool:
    return now.basis is Basis.SINCE_START or each.period.year == now.period.year
