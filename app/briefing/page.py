"""A briefing in words: sentences and tables in one language, for a page and a workbook alike."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.briefing.bulletin import bulletin_section, task_section
from app.briefing.cells import (
    BriefingCell,
    BriefingPage,
    BriefingSection,
    BriefingTable,
    Speaker,
    make_section,
    make_table,
)
from app.briefing.cover import make_cover, say_silent, say_since
from app.briefing.schema import AreaReporting, Briefing, BriefingFigure, BriefingTarget
from app.domain.time.calendar import SHANGHAI
from app.domain.time.period import Period
from app.schemas.publications import RowChange

# The columns of the tables with their widths, in characters of a sheet.
_COLUMNS = {
    "targets": {
        "indicator": 32,
        "area": 14,
        "comparator": 7,
        "target": 12,
        "deadline": 9,
        "actual": 13,
        "unit": 10,
        "gap": 13,
        "attainment_percent": 12,
        "progress_percent": 12,
        "path_progress_percent": 12,
        "elapsed_percent": 12,
        "rating": 14,
        "previous_rating": 14,
        "coverage": 12,
    },
    "laggards": {
        "indicator": 32,
        "area": 14,
        "rating": 14,
        "previous_rating": 14,
        "target": 12,
        "actual": 13,
        "path_value": 13,
        "path_gap": 13,
        "unit": 10,
        "progress_percent": 12,
        "path_progress_percent": 12,
        "elapsed_percent": 12,
    },
    "silent": {"area": 22, "status": 16, "reporting": 16, "outstanding": 90},
    "moved": {"indicator": 34, "area": 16, "field": 12, "before": 16, "after": 16},
    "restated": {
        "indicator": 34,
        "area": 16,
        "period": 12,
        "before": 16,
        "after": 16,
        "unit": 12,
        "correction_reason": 40,
        "revision": 10,
    },
}
# New figures have nothing before them, and need no reason.
_OF_CORRECTIONS = {"before", "correction_reason"}
_COLUMNS["new_figures"] = {
    name: width for name, width in _COLUMNS["restated"].items() if name not in _OF_CORRECTIONS
}

_SIGNS = {"gt": ">", "gte": "≥", "lte": "≤", "lt": "<", "between": "∈"}


def make_page(briefing: Briefing, language: str) -> BriefingPage:
    """The briefing in Chinese (zh) or English (en)."""
    speaker = Speaker(briefing, language)
    words = speaker.words
    period = Period.parse(briefing.period)
    quarter = words["quarter"].format(year=period.year, quarter=period.quarter)
    recorded_at = briefing.recorded_at.astimezone(SHANGHAI)
    known = words["known"].format(
        revision=briefing.revision, recorded_at=f"{recorded_at:%Y-%m-%d %H:%M}", day=briefing.day
    )
    is_official = briefing.view == "official"
    return BriefingPage(
        language=words["language"],
        title=briefing.title_zh if language == "zh" else briefing.title_en,
        subtitle=f"{words['heading']}{words['colon']}{quarter}",
        remarks=[known, *([words["official"]] if is_official else [])],
        warnings=[
            *([words["simulated"]] if briefing.simulated else []),
            *([] if is_official else [words["provisional"]]),
        ],
        sections=list(_sections(speaker, briefing)),
        notes=words["notes"],
    )


def _sections(speaker: Speaker, briefing: Briefing) -> Iterable[BriefingSection]:
    yield make_cover(speaker, briefing)
    rows = [_target_row(speaker, row) for row in briefing.targets]
    yield _section(speaker, "targets", [], rows)
    if briefing.tasks:
        yield task_section(speaker, briefing)
    rows = [_laggard_row(speaker, row) for row in briefing.laggards]
    said = speaker.sentence("laggards", count=len(briefing.laggards))
    yield _section(speaker, "laggards", [said], rows)
    rows = [_silent_row(speaker, each) for each in briefing.silent]
    said = say_silent(speaker, briefing)
    if briefing.areas_expected:
        yield _section(speaker, "silent", [said], rows)
    else:
        yield make_section(speaker, "silent", [said], [])
    yield bulletin_section(speaker, briefing)
    said, is_compared = say_since(speaker, briefing), briefing.changes.since is not None
    moved = [_moved_row(speaker, change) for change in briefing.changes.moved]
    tables = [make_table(speaker, "moved", _COLUMNS["moved"], moved)] if is_compared else []
    yield make_section(speaker, "changes", [said], tables)
    if is_compared:
        yield make_section(speaker, "annex", [], list(_annex(speaker, briefing)))


def _section(
    speaker: Speaker,
    name: str,
    sentences: Sequence[str],
    rows: Sequence[Sequence[BriefingCell]],
) -> BriefingSection:
    """A section of one table of the same name."""
    return make_section(speaker, name, sentences, [make_table(speaker, name, _COLUMNS[name], rows)])


def _target_row(speaker: Speaker, row: BriefingTarget) -> list[BriefingCell]:
    cells = _measures(speaker, row)
    cells["coverage"] = _coverage(speaker, row)
    return [cells[name] for name in _COLUMNS["targets"]]


def _coverage(speaker: Speaker, row: BriefingTarget) -> BriefingCell:
    """How many areas a sum covers; a sum that is not whole says so, what is no sum says nothing."""
    if row.areas_expected is None:
        return speaker.nothing()
    text = f"{row.areas_reported}/{row.areas_expected}"
    if row.areas_reported == row.areas_expected:
        return BriefingCell(text=text)
    return BriefingCell(text=text, note=speaker.nothing("partial_coverage").note, look="query")


def _laggard_row(speaker: Speaker, row: BriefingTarget) -> list[BriefingCell]:
    cells = _measures(speaker, row)
    return [cells[name] for name in _COLUMNS["laggards"]]


def _measures(speaker: Speaker, row: BriefingTarget) -> dict[str, BriefingCell]:
    """Every cell of a target that a table may show, by its column."""
    why = row.reasons
    states, of_other = speaker.words["states"], row.period not in {None, speaker.period}
    notes = [
        *([states["as_at"].format(period=row.period)] if of_other else []),
        *([states["provisional"]] if row.provisional else []),
    ]
    note = speaker.words["comma"].join(notes) or None
    measured = ("attainment", "progress", "path_progress", "elapsed")
    percents = [f"{name}_percent" for name in measured]
    return {
        "indicator": replace(speaker.indicator(row.indicator), note=note),
        "area": speaker.area(row.area),
        "unit": speaker.unit(str(row.unit)),
        "comparator": BriefingCell(text=_SIGNS[str(row.comparator)]),
        "target": _target(speaker, row),
        "deadline": BriefingCell(text=row.deadline or ""),
        "actual": speaker.figure(row.actual, row.target, row.target_high, why=why.get("actual")),
        "gap": speaker.figure(row.gap, why=why.get("gap")),
        "path_value": speaker.figure(row.path_value, row.actual, why=why.get("path_value")),
        "path_gap": speaker.figure(row.path_gap, why=why.get("path_gap")),
        "rating": speaker.rating(row.rating),
        "previous_rating": speaker.rating(row.previous_rating),
        **{name: speaker.percent(getattr(row, name), why=why.get(name)) for name in percents},
    }


def _target(speaker: Speaker, row: BriefingTarget) -> BriefingCell:
    """The number, or both ends of the range."""
    low = speaker.figure(row.target)
    if row.target_high is None:
        return low
    high = speaker.figure(row.target_high)
    return BriefingCell(text=speaker.words["range"].format(low=low.text, high=high.text))


def _silent_row(speaker: Speaker, found: AreaReporting) -> list[BriefingCell]:
    states, is_silent = speaker.words["states"], found.reported == 0
    outstanding = []
    for figure in found.outstanding:
        said = [speaker.nothing(figure.missing_reason).note] if figure.missing_reason else []
        notes = [*said, *([states["overdue"]] if figure.overdue else [])]
        name = speaker.indicator(figure.indicator).text
        note = speaker.words["comma"].join(map(str, notes))
        outstanding.append(speaker.words["noted"].format(text=name, note=note) if note else name)
    return [
        speaker.area(found.area),
        BriefingCell(
            text=states["silent" if is_silent else "partial"],
            look="error" if is_silent else "query",
        ),
        BriefingCell(text=f"{found.reported}/{found.expected}"),
        BriefingCell(text=speaker.words["comma"].join(outstanding)),
    ]


def _annex(speaker: Speaker, briefing: Briefing) -> Iterable[BriefingTable]:
    """The lists that nobody signs, and some look something up in."""
    changes = briefing.changes
    for name, figures in (("restated", changes.restated), ("new_figures", changes.new_figures)):
        rows = [_figure_row(speaker, briefing, each, name) for each in figures]
        yield make_table(speaker, name, _COLUMNS[name], rows)


def _moved_row(speaker: Speaker, change: RowChange) -> list[BriefingCell]:
    return [
        speaker.indicator(change.indicator),
        speaker.area(change.area),
        BriefingCell(text=speaker.column(change.field)),
        *(
            speaker.rating(None if value is None else str(value))
            if change.field == "rating"
            else speaker.figure(None if isinstance(value, str) else value)
            for value in (change.before, change.after)
        ),
    ]


def _figure_row(
    speaker: Speaker, briefing: Briefing, change: BriefingFigure, table: str
) -> list[BriefingCell]:
    cells = {
        "indicator": speaker.indicator(change.indicator),
        "area": speaker.area(change.area),
        "period": BriefingCell(text=change.period),
        "before": speaker.figure(change.before, change.after),
        "after": speaker.figure(change.after, change.before),
        "unit": speaker.unit(str(briefing.indicators[change.indicator].unit)),
        "correction_reason": BriefingCell(text=change.reason or ""),
        "revision": BriefingCell(text=str(change.revision)),
    }
    return [cells[name] for name in _COLUMNS[table]]
