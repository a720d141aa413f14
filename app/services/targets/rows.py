"""Targets as clients read them: beside the actual and the gap, with their versions."""

from collections.abc import Collection

from app.domain.quantity import Reason
from app.domain.standing import Standing
from app.schemas.targets.targets import TargetDetail, TargetRow, TargetVersion
from app.services.gaps.table import row_of, stand_at_latest
from app.services.state.plan import KnownPlan

# In the order of the row: the same answer is the same bytes in every process.
_OF_TARGET = ("direction", "clause_zh", "clause_en", "goal", "valid_from")
_FROM_ROW = set(TargetRow.model_fields) - {*_OF_TARGET, "reasons"}


def list_targets(
    known: KnownPlan,
    *,
    indicators: Collection[str] | None = None,
    areas: Collection[str] | None = None,
    goals: Collection[str] | None = None,
) -> list[TargetRow]:
    """Every target in the plan's own order, each at its latest period."""
    found = []
    for indicator in known.plan.rules.indicators.values():
        for area in known.plan.rules.areas:
            row = known.stored_targets.newest(indicator.code, area)
            is_wanted = (
                row is not None
                and (indicators is None or indicator.code in indicators)
                and (areas is None or area in areas)
                and (goals is None or row.goal in goals)
            )
            if is_wanted:
                found.append(_row(known, stand_at_latest(known, indicator, area)))
    return found


def get_target(known: KnownPlan, indicator_code: str, area: str) -> TargetDetail | None:
    """One target with its history, or None where the area has none."""
    indicator = known.definition.indicator(indicator_code)
    versions = known.stored_targets.versions(indicator_code, area)
    if not versions:
        return None
    stated = [
        each
        for each in known.definition.document.targets
        if (each.indicator, each.area) == (indicator_code, area)
    ]
    standing = stand_at_latest(known, known.indicator(indicator_code), area)
    history = [TargetVersion.model_validate(version, extra="ignore") for version in versions]
    return TargetDetail.model_construct(
        **dict(_row(known, standing)),
        history=history,
        facts=stated[0].facts if stated else {},
        notes=[*indicator.ambiguities, *(stated[0].notes if stated else [])],
    )


def _row(known: KnownPlan, standing: Standing) -> TargetRow:
    row, held = dict(row_of(known, standing)), standing.set_target
    if held is None:
        raise ValueError("a target row needs a target")
    stored = known.stored_targets.row_of(held)
    stated = {name: getattr(stored, name) for name in _OF_TARGET}
    reasons = {name: why for name, why in row["reasons"].items() if name in _FROM_ROW}
    unstated = {name: Reason.NOT_APPLICABLE.value for name in stated if stated[name] is None}
    return TargetRow.model_construct(
        **{name: row[name] for name in _FROM_ROW}, **stated, reasons=reasons | unstated
    )
