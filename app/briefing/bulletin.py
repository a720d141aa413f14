"""What a bulletin says beside the targets: growth on a year before, and which areas brought it."""

from collections.abc import Iterator
from dataclasses import replace

from app.briefing.cells import BriefingCell, BriefingSection, Speaker, make_section, make_table
from app.briefing.schema import AreaContribution, Briefing, BriefingTarget
from app.domain.quantity import Reason, Undefined
from app.domain.standing import stand_as_of
from app.domain.time.period import QUARTERS_A_YEAR, Period
from app.schemas.targets.tasks import TaskRow
from app.services.analysis.shares import list_contributions
from app.services.state.plan import KnownPlan

# The columns of the tables with their widths, in characters of a sheet.
_GROWTH = {
    "indicator": 32,
    "area": 14,
    "actual": 13,
    "unit": 10,
    "yoy_change": 13,
    "yoy_percent": 12,
    "published_growth_percent": 12,
    "two_year_average_growth_percent": 12,
    "share_percent": 12,
    "share_change": 12,
    "rank": 10,
}
_CONTRIBUTIONS = {
    "indicator": 32,
    "area": 14,
    "first": 13,
    "last": 13,
    "change": 13,
    "unit": 10,
    "contribution_percent": 12,
    "pull_points": 12,
}
_TASKS = {
    "indicator": 32,
    "area": 14,
    "task": 12,
    "year_actual": 13,
    "unit": 10,
    "year_gap": 13,
    "year_attainment_percent": 12,
    "year_elapsed_percent": 12,
    "full_year_estimate": 13,
    "year_rating": 14,
}
_UNALLOCATED = "unallocated"


def list_year_contributions(known: KnownPlan, period: Period) -> Iterator[AreaContribution]:
    """Who brought the change on a year before, for every target of the whole area.

    Each at the latest period up to the quarter that figures were due for, as the targets are.
    """
    plan, root = known.plan, known.definition.root.code
    for indicator in plan.rules.indicators.values():
        if plan.targets.at(indicator.code, root, period) is None:
            continue
        standing = stand_as_of(plan, indicator, root, period)
        at = standing.level.period
        if at is None:
            continue
        first = at.shift(-QUARTERS_A_YEAR)
        for part in list_contributions(plan, standing, first, Undefined(Reason.NO_AREA_TARGETS)):
            yield AreaContribution(
                **dict(part), indicator=indicator.code, from_period=str(first), period=str(at)
            )


def bulletin_section(speaker: Speaker, briefing: Briefing) -> BriefingSection:
    """Growth, share and rank of every target, and the areas' parts in the change of a year."""
    growth = [_growth_row(speaker, row) for row in briefing.targets]
    known = [part for part in briefing.contributions if part.change is not None]
    shown = {part.indicator for part in known}
    parts = [
        _part_row(speaker, briefing, part)
        for part in briefing.contributions
        if part.indicator in shown
    ]
    tables = [
        make_table(speaker, "growth", _GROWTH, growth),
        make_table(speaker, "contributions", _CONTRIBUTIONS, parts),
    ]
    return make_section(speaker, "growth", [], tables)


def task_section(speaker: Speaker, briefing: Briefing) -> BriefingSection:
    """The tasks of the year beside what it brought."""
    rows = [_task_row(speaker, row) for row in briefing.tasks]
    return make_section(speaker, "tasks", [], [make_table(speaker, "tasks", _TASKS, rows)])


def _task_row(speaker: Speaker, row: TaskRow) -> list[BriefingCell]:
    why = row.reasons
    amounts = ("task", "year_actual", "year_gap", "full_year_estimate")
    percents = ("year_attainment_percent", "year_elapsed_percent")
    cells = {
        "indicator": speaker.indicator(row.indicator),
        "area": speaker.area(row.area),
        "unit": speaker.unit(row.unit),
        "year_rating": speaker.rating(row.year_rating),
        **{n: speaker.figure(getattr(row, n), why=why.get(n)) for n in amounts},
        **{n: speaker.percent(getattr(row, n), why=why.get(n)) for n in percents},
    }
    return [cells[name] for name in _TASKS]


def _growth_row(speaker: Speaker, row: BriefingTarget) -> list[BriefingCell]:
    why = row.reasons
    percents = (
        "yoy_percent",
        "two_year_average_growth_percent",
        "share_percent",
        "share_change",
    )
    amounts = ("actual", "yoy_change")
    is_ranked = row.rank is not None
    cells = {
        "indicator": speaker.indicator(row.indicator),
        "area": speaker.area(row.area),
        "unit": speaker.unit(str(row.unit)),
        **{n: speaker.figure(getattr(row, n), why=why.get(n)) for n in amounts},
        **{n: speaker.percent(getattr(row, n), why=why.get(n)) for n in percents},
        # Nobody owes it: where none was published there is nothing to say.
        "published_growth_percent": speaker.percent(row.published_growth_percent),
        "rank": BriefingCell(text=f"{row.rank}/{row.rank_of}")
        if is_ranked
        else speaker.nothing(why.get("rank")),
    }
    if row.period not in {None, speaker.period}:
        note = speaker.words["states"]["as_at"].format(period=row.period)
        cells["indicator"] = replace(cells["indicator"], note=note)
    return [cells[name] for name in _GROWTH]


def _part_row(speaker: Speaker, briefing: Briefing, part: AreaContribution) -> list[BriefingCell]:
    why = part.reasons
    is_area = part.area != _UNALLOCATED
    nobody = BriefingCell(text=speaker.words["states"][_UNALLOCATED])
    amounts, percents = ("first", "last", "change"), ("contribution_percent", "pull_points")
    cells = {
        "indicator": speaker.indicator(part.indicator),
        "area": speaker.area(part.area) if is_area else nobody,
        "unit": speaker.unit(str(briefing.indicators[part.indicator].unit)),
        **{n: speaker.figure(getattr(part, n), why=why.get(n)) for n in amounts},
        **{n: speaker.percent(getattr(part, n), why=why.get(n)) for n in percents},
    }
    return [cells[name] for name in _CONTRIBUTIONS]
