"""The tasks of a year as clients read them: set, or as the path asks, beside what it brings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from app.domain.plan import Indicator
from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.standing import stand
from app.domain.time.period import Period
from app.domain.year.standing import YearStanding, stand_in_task
from app.schemas.targets.tasks import TaskDetail, TaskRow, TaskVersion
from app.services.gaps.table import GapFilter, place_of, wanted_areas, wanted_indicators
from app.services.state.plan import KnownPlan
from app.services.state.tasks import StoredTasks, TaskKey, load_tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class YearAsked:
    """A year of the plan, and the quarter of it up to which figures count; None for all."""

    year: int
    until: Period | None = None


def list_tasks(
    session: Session, known: KnownPlan, asked: YearAsked, wanted: GapFilter
) -> list[TaskRow]:
    """One row for each indicator and area that has a target or a task, in the plan's own order."""
    tasks = load_tasks(session, known.snapshot.plan, revision=known.snapshot.revision)
    rows = _rows(known, tasks, asked, wanted)
    return [row for row in rows if wanted.ratings is None or row.year_rating in wanted.ratings]


def get_task(
    session: Session, known: KnownPlan, asked: YearAsked, indicator: str, area: str
) -> TaskDetail | None:
    """One task with its history; None where the area has neither a target nor a task."""
    tasks = load_tasks(session, known.snapshot.plan, revision=known.snapshot.revision)
    wanted = GapFilter(indicators={indicator}, areas={area})
    row = next(_rows(known, tasks, asked, wanted), None)
    if row is None:
        return None
    versions = tasks.versions(TaskKey(indicator, area, asked.year))
    history = [TaskVersion.model_validate(each, extra="ignore") for each in versions]
    return TaskDetail.model_construct(**dict(row), history=history)


def _rows(
    known: KnownPlan, tasks: StoredTasks, asked: YearAsked, wanted: GapFilter
) -> Iterator[TaskRow]:
    areas = wanted_areas(known, wanted)
    for indicator in wanted_indicators(known, wanted):
        for area in areas:
            key = TaskKey(indicator.code, area, asked.year)
            has_target = known.plan.targets.newest(indicator.code, area) is not None
            if has_target or tasks.versions(key):
                yield _row(known, indicator, key, tasks, asked)


def _row(
    known: KnownPlan, indicator: Indicator, key: TaskKey, tasks: StoredTasks, asked: YearAsked
) -> TaskRow:
    plan = known.plan
    found = stand_in_task(plan, indicator, key.area, asked.year, tasks.find(key), until=asked.until)
    coverage, goal = found.total.coverage, _goal_of(known, found)
    no_sum = Undefined(Reason.NOT_A_SUM)
    period = Undefined(Reason.NO_DATA) if found.period is None else str(found.period)
    cells: dict[str, Any] = {
        "period": period,
        **_measures(found),
        "comparator": found.task.comparator or found.task.value,
        "task_source": found.task.source or found.task.value,
        "actual_source": found.total.source or found.actual,
        "areas_expected": coverage.expected if coverage else no_sum,
        "areas_reported": coverage.reported if coverage else no_sum,
        "goal": goal or Undefined(Reason.NOT_APPLICABLE),
    }
    values: dict[str, Any] = {n: None if isinstance(v, Undefined) else v for n, v in cells.items()}
    over_years = stand(plan, indicator, key.area, found.period or _end_of(asked))
    return TaskRow.model_construct(
        **place_of(known, indicator.code, key.area),
        year=asked.year,
        unit=indicator.unit,
        provisional=found.total.is_provisional,
        year_rating=found.rating,
        rating=over_years.assessment.rating,
        responsible_units=known.definition.units_serving.get(indicator.code, []),
        revision=found.revision or known.definition.revision,
        missing_areas=list(coverage.missing) if coverage else [],
        flags=[flag.value for flag in dict.fromkeys(found.flags)],
        **values,
        reasons={n: v.reason.value for n, v in cells.items() if isinstance(v, Undefined)},
    )


def _goal_of(known: KnownPlan, found: YearStanding) -> str | None:
    """The goal that the target over years names, else the one that names the indicator."""
    held = found.set_target
    stated = None if held is None else known.stored_targets.row_of(held).goal
    return stated or known.definition.goals_of.get(found.indicator.code)


def _measures(found: YearStanding) -> dict[str, Quantity]:
    return {
        "task": found.task.value,
        "year_with_arrears": found.with_arrears,
        "year_actual": found.actual,
        "year_gap": found.gap,
        "year_attainment_percent": found.attainment_percent,
        "year_elapsed_percent": found.elapsed_percent,
        "seasonal_elapsed_percent": found.seasonal_elapsed_percent,
        "full_year_estimate": found.estimate.central,
        "full_year_low": found.estimate.low,
        "full_year_high": found.estimate.high,
        "year_estimated_gap": found.estimated_gap,
        "year_rating_index": found.index,
    }


def _end_of(asked: YearAsked) -> Period:
    return asked.until or Period(asked.year, 4)
