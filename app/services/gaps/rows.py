"""A gap row from an assessment: the same for a plan's table and for the calculator."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import JsonValue

from app.domain.coverage import Actual
from app.domain.formulas import FORMULAS
from app.domain.gap import Assessment
from app.domain.quantity import Reason, Undefined
from app.domain.rating import Flag
from app.domain.target import Target
from app.schemas.gaps.row import Explanation
from app.vocabulary import to_number

LARGEST_NUMBER = Decimal("1e300")

Cell = Decimal | str | int | bool | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFacts:
    """What a row says of its target; ``baseline`` as the row shows it."""

    target: Target | None
    deadline: str | None = None
    commitment: str | None = None
    baseline: Decimal | Undefined = Undefined(Reason.NO_TARGET)
    baseline_period: str | Undefined = Undefined(Reason.NO_TARGET)


@dataclass(frozen=True, slots=True)
class Cells:
    """The fields of a row, with the reason of every one that is null."""

    # The fields of a row by name: the models that take them have checked types.
    values: dict[str, Any]
    reasons: dict[str, str]
    flags: list[str]
    missing_areas: list[str]


def make_cells(
    facts: TargetFacts,
    actual: Actual,
    assessment: Assessment,
    *,
    unit: str | None,
    period: str | None,
    extra_flags: tuple[Flag, ...] = (),
) -> Cells:
    """Every field of a row but where it belongs."""
    given: dict[str, Cell | Undefined] = {
        "period": period or Undefined(Reason.NO_DATA),
        "unit": unit,
        "provisional": actual.is_provisional,
        **_target_cells(facts),
        **_actual_cells(actual),
        **{f.name: _bounded(getattr(assessment, f.name)) for f in fields(assessment)},
    }
    flags = given.pop("flags")
    if given["rating_basis"] is None:
        given["rating_basis"] = Undefined(Reason.NOT_RATED)
    names = (*(flags if isinstance(flags, tuple) else ()), *extra_flags)
    return Cells(
        values={name: _present(value) for name, value in given.items()},
        reasons={n: v.reason.value for n, v in given.items() if isinstance(v, Undefined)},
        flags=[flag.value for flag in dict.fromkeys(names)],
        missing_areas=list(actual.coverage.missing) if actual.coverage else [],
    )


def explain(cells: Cells, actual: Actual, *, labels: Mapping[str, JsonValue]) -> Explanation:
    """The formulas of the measures that have a value, and the figures that went in."""
    return Explanation(
        formulas={n: text for n, text in FORMULAS.items() if cells.values.get(n) is not None},
        inputs=[
            {
                **labels,
                "period": str(each.period),
                "value": None if each.value is None else to_number(each.value),
                "basis": each.basis,
                "missing_reason": each.missing_reason,
                "revision": each.revision,
                "provisional": each.is_provisional,
            }
            for each in actual.inputs
        ],
    )


def _target_cells(facts: TargetFacts) -> dict[str, Cell | Undefined]:
    target = facts.target
    if target is None:
        none = Undefined(Reason.NO_TARGET)
        names = ("target", "comparator", "deadline", "commitment", "path")
        return dict.fromkeys((*names, "baseline", "baseline_period"), none)
    return {
        "target": target.value,
        "comparator": target.comparator,
        "deadline": facts.deadline,
        "commitment": facts.commitment or Undefined(Reason.NOT_APPLICABLE),
        "path": target.path,
        "baseline": facts.baseline,
        "baseline_period": facts.baseline_period,
    }


def _actual_cells(actual: Actual) -> dict[str, Cell | Undefined]:
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


def _present(value: Cell | Undefined) -> Cell:
    return None if isinstance(value, Undefined) else value


def _bounded(value: Cell | Undefined) -> Cell | Undefined:
    """A JSON number must fit a double: what is far beyond any figure has no number to show."""
    is_huge = isinstance(value, Decimal) and abs(value) >= LARGEST_NUMBER
    return Undefined(Reason.OUT_OF_RANGE) if is_huge else value
