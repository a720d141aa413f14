"""One target in full: its row, its way, its year, what it takes, and each area's part in it."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from app.domain.bulletin.ending import ratings_of
from app.domain.bulletin.prospects import require_of
from app.domain.course.track import find_recovery
from app.domain.outlook.in_year import InYear
from app.domain.outlook.requirement import Requirement
from app.domain.outlook.sensitivity import RatingChange
from app.domain.quantity import Flag, Quantity, Reason, Undefined
from app.domain.rating import Rating
from app.domain.standing import Plan, Standing
from app.domain.time.period import QUARTERS_A_YEAR, Period
from app.domain.time.spells import Dated, Spell, find_spells
from app.schemas.gaps.detail import PREVIOUS_YEAR, GapDetail, RatingSpell
from app.services.analysis.outlook import (
    chain_linked_growth,
    grow_in_quarter,
    grow_to_date,
    sensitivity_of_rating,
    stand_within_year,
)
from app.services.analysis.series_points import series_of
from app.services.analysis.shares import (
    AreaTargets,
    area_targets,
    first_common_period,
    like_for_like_of,
    list_contributions,
)
from app.services.gaps.table import to_row
from app.services.state.plan import KnownPlan

_NOT_APPLICABLE = Undefined(Reason.NOT_APPLICABLE)


def get_detail(
    known: KnownPlan,
    standing: Standing,
    *,
    from_period: str | None,
    is_notional: bool,
) -> GapDetail:
    """One indicator in one area, with series and contributions.

    ``is_notional``: the whole's target is split over areas where none has one of its own.
    """
    plan, row = known.plan, to_row(known, standing, with_explanation=True)
    first = _first_period(plan, standing, from_period)
    targets = area_targets(plan, standing, first, is_notional=is_notional)
    parts = list_contributions(plan, standing, first, targets)
    rated = list(ratings_of(plan, standing))
    is_split = not isinstance(targets, Undefined) and targets.is_notional
    cells: dict[str, Quantity | str] = {
        "of": standing.indicator.of or _NOT_APPLICABLE,
        **_growth_cells(plan, standing),
        "year_to_date_yoy_percent": grow_to_date(plan, standing),
        "quarter_yoy_percent": grow_in_quarter(plan, standing),
        **_cells(stand_within_year(plan, standing)),
        **_cells(require_of(plan, standing)),
        **_sensitivity_cells(plan, standing),
        "recovered_from": find_recovery([each.value for each in rated]) or _NOT_APPLICABLE,
        "like_for_like_gap": like_for_like_of(plan, standing),
        "from_period": str(first) if first and parts else Undefined(Reason.NO_AREA_BASELINE),
        "allocation": targets if isinstance(targets, Undefined) else targets.allocation,
        "allocation_period": _period_of(targets),
    }
    reasons = {n: v.reason.value for n, v in cells.items() if isinstance(v, Undefined)}
    values: dict[str, Any] = {
        **dict(row),
        **{n: None if isinstance(v, Undefined) else v for n, v in cells.items()},
        "reasons": row.reasons | reasons,
        "flags": [*row.flags, *([Flag.NOTIONAL.value] if is_split else [])],
    }
    return GapDetail.model_construct(
        **values,
        series=series_of(plan, standing),
        rating_history=list_spells(rated),
        contributions=parts,
    )


def _first_period(plan: Plan, standing: Standing, asked: str | None) -> Period | None:
    """The period that was asked for, by its code or as the year before; else the common one."""
    at = standing.level.period
    if asked == PREVIOUS_YEAR:
        return None if at is None else at.shift(-QUARTERS_A_YEAR)
    return Period.parse(asked).as_quarter if asked else first_common_period(plan, standing)


def _period_of(targets: AreaTargets | Undefined) -> str | Undefined:
    """The period whose values a target was split by."""
    at = None if isinstance(targets, Undefined) else targets.weighed_at
    return _NOT_APPLICABLE if at is None else str(at)


def list_spells(rated: Sequence[Dated[Rating]]) -> list[RatingSpell]:
    """How a target was rated, period after period, as spells of one rating."""
    return [_spell(each) for each in find_spells(rated)]


def _spell(spell: Spell[Rating]) -> RatingSpell:
    return RatingSpell(
        rating=spell.value,
        from_period=str(spell.first),
        to_period=str(spell.last),
        days=spell.days,
    )


def _cells(found: InYear | Requirement) -> dict[str, Quantity | str]:
    return {field.name: getattr(found, field.name) for field in fields(found)}


def _growth_cells(plan: Plan, standing: Standing) -> dict[str, Quantity | str]:
    growth = standing.growth
    return {
        "implied_level": growth.implied_level if growth else _NOT_APPLICABLE,
        "chain_linked_growth_percent": chain_linked_growth(plan, standing)
        if growth
        else _NOT_APPLICABLE,
    }


def _sensitivity_cells(plan: Plan, standing: Standing) -> dict[str, Quantity | str]:
    found = sensitivity_of_rating(plan, standing)
    return {
        **_change_cells("next_better", found.better),
        **_change_cells("next_worse", found.worse),
    }


def _change_cells(name: str, change: RatingChange | Undefined) -> dict[str, Quantity | str]:
    names = (f"{name}_rating", f"{name}_actual", f"{name}_change")
    if isinstance(change, Undefined):
        return dict.fromkeys(names, change)
    return dict(zip(names, (change.rating, change.actual, change.distance), strict=True))
