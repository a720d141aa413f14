"""Targets as clients read them: beside the actual and the gap, with their versions."""

from collections.abc import Collection

from app.domain.quantity import Reason
from app.schemas.targets import TargetDetail, TargetRow, TargetVersion
from app.services.gaps.standings import Plan, Standing, stand_with_target
from app.services.gaps.table import to_row

# In the order of the row: the same answer is the same bytes in every process.
_OF_TARGET = ("direction", "clause_zh", "clause_en", "goal", "valid_from")
_FROM_ROW = set(TargetRow.model_fields) - {*_OF_TARGET, "reasons"}


def list_targets(
    plan: Plan,
    *,
    indicators: Collection[str] | None = None,
    areas: Collection[str] | None = None,
    goals: Collection[str] | None = None,
) -> list[TargetRow]:
    """Every target in the plan's own order, each at its latest period."""
    found = []
    for indicator in plan.definition.document.indicators:
        for area in plan.definition.document.areas:
            row = plan.targets.newest(indicator.code, area.code)
            is_wanted = (
                row is not None
                and (indicators is None or indicator.code in indicators)
                and (areas is None or area.code in areas)
                and (goals is None or row.goal in goals)
            )
            if is_wanted:
                found.append(_row(plan, stand_with_target(plan, indicator, area.code)))
    return found


def get_target(plan: Plan, indicator_code: str, area: str) -> TargetDetail | None:
    """One target with its history, or None where the area has none."""
    indicator = plan.definition.indicator(indicator_code)
    versions = plan.targets.versions.get((indicator_code, area))
    if not versions:
        return None
    stated = [
        each
        for each in plan.definition.document.targets
        if (each.indicator, each.area) == (indicator_code, area)
    ]
    history = [TargetVersion.model_validate(version, extra="ignore") for version in versions]
    return TargetDetail.model_construct(
        **dict(_row(plan, stand_with_target(plan, indicator, area))),
        history=history,
        facts=stated[0].facts if stated else {},
        notes=[*indicator.ambiguities, *(stated[0].notes if stated else [])],
    )


def _row(plan: Plan, standing: Standing) -> TargetRow:
    row, target = dict(to_row(plan, standing)), standing.target_row
    if target is None:
        raise ValueError("a target row needs a target")
    stated = {name: getattr(target, name) for name in _OF_TARGET}
    reasons = {name: why for name, why in row["reasons"].items() if name in _FROM_ROW}
    unstated = {name: Reason.NOT_APPLICABLE.value for name in stated if stated[name] is None}
    return TargetRow.model_construct(
        **{name: row[name] for name in _FROM_ROW}, **stated, reasons=reasons | unstated
    )
