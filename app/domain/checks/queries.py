"""What a figure is asked about before it counts (核实性 checks): mend it, or explain it.

Each question is judged by the area's own live figures, and carries them as evidence.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from app.domain.accumulation import Basis
from app.domain.checks.figure import SoundFigure
from app.domain.checks.finding import Fact, Finding, FindingCode, Severity
from app.domain.checks.outliers import Outlying, judge_constant, judge_outlier
from app.domain.checks.quarters import quarter_value, quarter_values
from app.domain.checks.scale import (
    Reference,
    find_closest,
    find_reference,
    find_slip,
    latest_before,
    value_of,
)
from app.domain.checks.unit import UNITS, Units, plain
from app.domain.quantity import EXACT, HUNDRED
from app.domain.series import Observed, Series
from app.domain.time.period import Period


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


@dataclass(slots=True, kw_only=True)
class Place:
    """Where a figure stands in the submission."""

    pointer: str
    row: int
    sheet: str | None
    indicator: str


def question_figure(
    figure: SoundFigure,
    period: Period,
    history: Series,
    asked: Questions,
    place: Place,
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
    found = list(_vanishes(figure.value, figure.basis, period, history))
    if not found:
        found = _compare(figure, period, history, asked, replaced)
    return [ask(code, place, asked.unit, period, figure.value, facts) for code, facts in found]


def ask(
    code: FindingCode,
    place: Place,
    unit: str,
    period: Period,
    value: Decimal,
    facts: Mapping[str, Fact],
) -> Finding:
    """A question about the value at a place of the submission."""
    return Finding(
        code=code,
        severity=Severity.QUERY,
        pointer=f"{place.pointer}/value",
        row=place.row,
        sheet=place.sheet,
        column="value",
        indicator=place.indicator,
        facts={"value": f"{value:f}", "unit": unit, "period": str(period), **facts},
    )


def _compare(
    figure: SoundFigure,
    period: Period,
    history: Series,
    asked: Questions,
    replaced: Observed | None,
) -> list[tuple[FindingCode, dict[str, Fact]]]:
    found: list[tuple[FindingCode, dict[str, Fact]]] = []
    now = figure.at(period)
    if asked.running_total_fell:
        found.extend(_falls(now, history))
    reference = find_reference(now, history)
    closest = reference or find_closest(now, history, replaced)
    slip = None
    if asked.scale_slip and closest is not None:
        slip = find_slip(closest, asked.unit, figure.reported_unit, now, asked.units)
    if slip is not None:
        found.append((FindingCode.SCALE_SLIP, slip))
    else:
        found.extend(_jumps(reference, asked))
        found.extend(_stands_out(figure, period, history, asked))
    return found


def _vanishes(
    value: Decimal, basis: Basis, period: Period, history: Series
) -> Iterator[tuple[FindingCode, dict[str, Fact]]]:
    """A 0 where the figure before it was none: a quarter is held against the quarter before."""
    if value:
        return
    index = period.index
    before = [each for each in history.numbers if each < index]
    if not before:
        return
    last = history.by_index[before[-1]]
    was = last.value
    if basis is Basis.QUARTER:
        was = quarter_value(history, last.period, last.value, last.basis)
    if was:
        facts: dict[str, Fact] = {
            "reference": f"{plain(was):f}",
            "reference_period": str(last.period),
        }
        yield FindingCode.FELL_TO_ZERO, facts


def _falls(now: Observed, history: Series) -> Iterator[tuple[FindingCode, dict[str, Fact]]]:
    """A running total below the one before it, or above the one after it.

    Totals since 1 January are never compared across years.
    """
    if now.basis is not Basis.YTD and now.basis is not Basis.SINCE_START:
        return
    index, value = now.period.index, value_of(now)
    before = next(latest_before(history, index, now.basis), None)
    if before is not None and _is_comparable(before, now) and value_of(before) > value:
        yield _fell(before, "before")
    later = [each for each in history.numbers if each > index]
    alike = (each for i in later if (each := history.by_index[i]).basis is now.basis)
    after = next(alike, None)
    if after is not None and _is_comparable(after, now) and value_of(after) < value:
        yield _fell(after, "after")


def _fell(neighbour: Observed, side: str) -> tuple[FindingCode, dict[str, Fact]]:
    facts: dict[str, Fact] = {
        "neighbour": f"{value_of(neighbour):f}",
        "neighbour_period": str(neighbour.period),
        "side": side,
    }
    return FindingCode.RUNNING_TOTAL_FELL, facts


def _jumps(
    reference: Reference | None, asked: Questions
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


def _is_comparable(each: Observed, now: Observed) -> bool:
    return now.basis is Basis.SINCE_START or each.period.year == now.period.year
