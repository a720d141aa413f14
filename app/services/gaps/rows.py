"""A gap row from an assessment: the same for a plan's table and for the calculator."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import JsonValue

from app.domain.bulletin.announced import MEASURES, announce
from app.domain.coverage import Actual
from app.domain.disclosure.cut import as_shown
from app.domain.parts.place import RankBy
from app.domain.quantity import Flag, Reason, Undefined
from app.domain.series import Observed
from app.domain.standing import Plan, Standing
from app.domain.target import Target
from app.domain.targets import SetTarget
from app.schemas.gaps.row import Explanation
from app.vocabulary import to_number

LARGEST_NUMBER = Decimal("1e300")

RowValue = Decimal | str | int | bool | date | None


@dataclass(frozen=True, slots=True)
class Cells:
    """The fields of a row, with the reason of every one that is null."""

    # The fields of a row by name: the models that take them have checked types.
    values: dict[str, Any]
    reasons: dict[str, str]
    flags: list[str]
    missing_areas: list[str]


def make_cells(
    plan: Plan,
    standing: Standing,
    *,
    extra_flags: tuple[Flag, ...] = (),
    rank_by: RankBy = RankBy.ACTUAL,
) -> Cells:
    """Every field of a row but where it belongs."""
    actual, assessment = standing.actual, standing.assessment
    given: dict[str, RowValue | Undefined] = {
        "period": Undefined(Reason.NO_DATA) if standing.period is None else str(standing.period),
        "unit": standing.indicator.unit or None,
        "provisional": actual.is_provisional,
        **_target_cells(standing),
        **_actual_cells(actual),
        **assessment.values,
        "eta": assessment.eta,
        "rating_index": assessment.rating_index,
        "rating_threshold": assessment.rating_threshold,
        "rating_basis": assessment.rating_basis or Undefined(Reason.NOT_RATED),
        "rating": assessment.rating,
        **announce(plan, standing, rank_by=rank_by),
        "year_to_date": standing.year_to_date,
    }
    names, reasons = (*assessment.flags, *extra_flags), {}
    for name, value in given.items():
        if isinstance(value, Undefined):
            # As stored: the property of the same name takes longer than all else here.
            given[name], reasons[name] = None, value.reason._value_
        elif isinstance(value, Decimal) and not -LARGEST_NUMBER < value < LARGEST_NUMBER:
            # A JSON number must fit a double: what is far beyond any figure has none to show.
            given[name], reasons[name] = None, Reason.OUT_OF_RANGE.value
    return Cells(
        values=given,
        reasons=reasons,
        flags=[flag.value for flag in dict.fromkeys(names)],
        missing_areas=list(actual.coverage.missing) if actual.coverage else [],
    )


def explain(
    cells: Cells,
    inputs: Iterable[Observed],
    label: Callable[[Observed], Mapping[str, JsonValue]],
) -> Explanation:
    """The formulas of the measures that have a value, and the figures that went in.

    ``label``: whose figure it is.
    """
    return Explanation(
        formulas={
            name: measure.formula
            for name, measure in MEASURES.items()
            if measure.formula and cells.values.get(name) is not None
        },
        inputs=[
            {
                **label(each),
                "period": str(each.period),
                "value": None if each.value is None else to_number(each.value),
                "basis": each.basis,
                "missing_reason": each.missing_reason,
                "obs_status": None if each.value is None else each.obs_status,
                "revision": each.revision if each.origin is None else each.origin.revision,
                "provisional": each.is_provisional,
            }
            for each in map(as_shown, inputs)
        ],
    )


def _target_cells(standing: Standing) -> dict[str, RowValue | Undefined]:
    held = standing.set_target
    if held is None:
        none = Undefined(Reason.NO_TARGET)
        names = ("target", "target_high", "comparator", "deadline", "commitment", "path")
        return dict.fromkeys((*names, "baseline", "baseline_period"), none)
    return {
        "target": held.target.value,
        "target_high": Undefined(Reason.NOT_A_RANGE)
        if held.target.high is None
        else held.target.high,
        "comparator": held.target.comparator,
        "deadline": str(held.target.deadline),
        "commitment": held.commitment or Undefined(Reason.NOT_APPLICABLE),
        "path": held.target.path,
        "baseline": _baseline(standing, held.target),
        "baseline_period": _baseline_period(held),
    }


def _baseline(standing: Standing, target: Target) -> Decimal | Undefined:
    """A target on average growth has none in percent."""
    if standing.growth is not None:
        return Undefined(Reason.NOT_DEFINED_FOR_GROWTH)
    return Undefined(Reason.NO_BASELINE) if target.baseline is None else target.baseline


def _baseline_period(held: SetTarget) -> str | Undefined:
    if held.base_period is not None:
        return str(held.base_period)
    has_start = held.target.start is not None
    return Undefined(Reason.PLAN_START if has_start else Reason.NO_BASELINE)


def _actual_cells(actual: Actual) -> dict[str, RowValue | Undefined]:
    value, coverage = actual.value, actual.coverage
    no_sum = Undefined(Reason.NOT_A_SUM)
    why = value if isinstance(value, Undefined) else None
    return {
        "actual": value,
        "actual_basis": why or actual.basis,
        "actual_source": why or actual.source,
        "data_age_quarters": why or actual.oldest_age,
        "areas_expected": coverage.expected if coverage else no_sum,
        "areas_reported": coverage.reported if coverage else no_sum,
        "areas_carried_forward": coverage.carried_forward if coverage else no_sum,
    }
