"""Each whole held against its parts: its own figure beside their sum, its target beside theirs."""

from collections.abc import Collection, Mapping
from typing import Any

from app.domain.accumulation import Measure
from app.domain.coverage import Actual
from app.domain.parts.reconciliation import compare_figures, compare_targets
from app.domain.plan import Indicator
from app.domain.quantity import Flag, Quantity, Reason, Undefined
from app.domain.target import Target
from app.domain.targets import SetTarget
from app.domain.time.period import Period
from app.schemas.reconciliation import ReconciliationRow
from app.services.gaps.table import place_of
from app.services.state.plan import KnownPlan


def list_reconciliation(
    known: KnownPlan,
    *,
    indicators: Collection[str] | None = None,
    areas: Collection[str] | None = None,
    periods: Collection[Period] | None = None,
) -> list[ReconciliationRow]:
    """One row for each indicator, area that sums others, and period, in the plan's own order.

    By default every period with a figure of either side, or one row without a period.
    """
    plan, rows = known.plan, list[ReconciliationRow]()
    for indicator in plan.rules.indicators.values():
        # An average growth has no parts.
        if indicator.measure is Measure.CAGR or not _is_in(indicator.code, indicators):
            continue
        for area in plan.rules.areas:
            if _is_in(area, areas) and plan.rules.summands(indicator, area):
                found = plan.figures.periods(indicator, area) if periods is None else periods
                every = found if found or periods is not None else [None]
                rows.extend(_row(known, indicator, area, period) for period in every)
    return rows


def _row(
    known: KnownPlan, indicator: Indicator, area: str, period: Period | None
) -> ReconciliationRow:
    plan = known.plan
    # Where there is no figure at all, any period says so.
    whole, parts = plan.figures.sides(indicator, area, period or plan.last_period)
    below, coverage = plan.rules.summands(indicator, area), parts.coverage
    held = plan.targets.at(indicator.code, area, period)
    targets = plan.targets.of_areas(indicator.code, below, period)
    cells: dict[str, Quantity | str] = {
        "period": str(period) if period else Undefined(Reason.NO_DATA),
        **_figure_cells(whole, parts),
        **_target_cells(indicator, held, targets),
    }
    values: dict[str, Any] = {n: None if isinstance(v, Undefined) else v for n, v in cells.items()}
    return ReconciliationRow.model_construct(
        **place_of(known, indicator.code, area),
        **values,
        unit=indicator.unit,
        basis=indicator.accumulation.total_basis or "ratio",
        provisional=whole.is_provisional or parts.is_provisional,
        areas_expected=coverage.expected if coverage else 0,
        areas_reported=coverage.reported if coverage else 0,
        areas_with_target=len(targets),
        areas_without_target=[each for each in below if each not in targets],
        revision=_revision(known, whole, parts, held),
        missing_areas=list(coverage.missing) if coverage else [],
        reasons={n: v.reason.value for n, v in cells.items() if isinstance(v, Undefined)},
        flags=[Flag.PARTIAL_COVERAGE.value] if parts.is_partial else [],
    )


def _figure_cells(whole: Actual, parts: Actual) -> dict[str, Quantity | str]:
    difference = compare_figures(whole, parts)
    return {
        "reported": whole.value,
        "summed": parts.value,
        "difference": difference.amount,
        "difference_percent": difference.percent,
    }


def _target_cells(
    indicator: Indicator, held: SetTarget | None, below: Mapping[str, Target]
) -> dict[str, Quantity | str]:
    none, no_sum = Undefined(Reason.NO_TARGET), Undefined(Reason.NOT_A_SUM)
    value = None if held is None else held.target.value
    compared = compare_targets(value, {area: each.value for area, each in below.items()})
    is_ratio = indicator.measure is Measure.RATIO
    return {
        "target": none if value is None else value,
        "targets_summed": no_sum if is_ratio else compared.summed,
        "target_difference": no_sum if is_ratio else compared.amount,
    }


def _revision(known: KnownPlan, whole: Actual, parts: Actual, held: SetTarget | None) -> int:
    inputs = [each.revision for each in (*whole.inputs, *parts.inputs)]
    return max([*inputs, held.revision if held else known.definition.revision])


def _is_in(code: str, wanted: Collection[str] | None) -> bool:
    return wanted is None or code in wanted
