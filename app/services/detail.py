"""One target in full: its row, its way, its year, what it takes, and each area's part in it."""

from dataclasses import fields
from typing import Any

from app.domain.in_year import InYear
from app.domain.period import Period
from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.rating import Flag
from app.domain.requirement import Requirement
from app.domain.sensitivity import RatingChange
from app.schemas.analysis import GapDetail
from app.services.gaps import to_row
from app.services.outlook import (
    chain_linked_growth,
    growth_of,
    require_of,
    sensitivity_of_rating,
    stand_within_year,
)
from app.services.series_points import series_of
from app.services.shares import (
    area_targets,
    first_common_period,
    like_for_like_gap,
    list_contributions,
)
from app.services.standings import Plan, Standing

Cell = Quantity | str
_NOT_APPLICABLE = Undefined(Reason.NOT_APPLICABLE)


def get_detail(
    plan: Plan, standing: Standing, *, from_period: Period | None, is_notional: bool
) -> GapDetail:
    """One indicator in one area, with series and contributions.

    ``is_notional``: the whole's target is split over areas where none has one of its own.
    """
    row = to_row(plan, standing, with_explanation=True)
    first = from_period or first_common_period(plan, standing)
    targets = area_targets(plan, standing, first, is_notional=is_notional)
    parts = list_contributions(plan, standing, first, targets)
    is_split = not isinstance(targets, Undefined) and targets.is_notional
    cells: dict[str, Cell] = {
        "of": standing.indicator.of or _NOT_APPLICABLE,
        **_growth_cells(plan, standing),
        **_cells(stand_within_year(plan, standing)),
        **_cells(require_of(plan, standing)),
        **_sensitivity_cells(plan, standing),
        "like_for_like_gap": like_for_like_gap(plan, standing),
        "from_period": str(first) if first and parts else Undefined(Reason.NO_AREA_BASELINE),
        "allocation": targets if isinstance(targets, Undefined) else targets.allocation,
        "allocation_period": str(first) if is_split else _NOT_APPLICABLE,
    }
    reasons = {n: v.reason.value for n, v in cells.items() if isinstance(v, Undefined)}
    values: dict[str, Any] = {
        **dict(row),
        **{n: None if isinstance(v, Undefined) else v for n, v in cells.items()},
        "reasons": row.reasons | reasons,
        "flags": [*row.flags, *([Flag.NOTIONAL.value] if is_split else [])],
    }
    return GapDetail.model_construct(
        **values, series=series_of(plan, standing), contributions=parts
    )


def _cells(found: InYear | Requirement) -> dict[str, Cell]:
    return {field.name: getattr(found, field.name) for field in fields(found)}


def _growth_cells(plan: Plan, standing: Standing) -> dict[str, Cell]:
    growth = growth_of(standing)
    return {
        "implied_level": growth.implied_level if growth else _NOT_APPLICABLE,
        "chain_linked_growth_percent": chain_linked_growth(plan, standing, growth.target)
        if growth
        else _NOT_APPLICABLE,
    }


def _sensitivity_cells(plan: Plan, standing: Standing) -> dict[str, Cell]:
    found = sensitivity_of_rating(plan, standing)
    return {
        **_change_cells("next_better", found.better),
        **_change_cells("next_worse", found.worse),
    }


def _change_cells(name: str, change: RatingChange | Undefined) -> dict[str, Cell]:
    names = (f"{name}_rating", f"{name}_actual", f"{name}_change")
    if isinstance(change, Undefined):
        return dict.fromkeys(names, change)
    return dict(zip(names, (change.rating, change.actual, change.distance), strict=True))
