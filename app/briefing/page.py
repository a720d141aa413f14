"""A briefing in words: sentences and tables in one language, for a page and a workbook alike."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from app.briefing.bulletin import bulletin_section
from app.briefing.cells import (
    BriefingCell,
    BriefingPage,
    BriefingSection,
    BriefingTable,
    Speaker,
    make_section,
    make_table,
)
from app.briefing.schema import AreaReporting, Briefing, BriefingTarget
from app.domain.time.calendar import SHANGHAI
from app.domain.time.period import Period
from app.schemas.publications import FigureChange, RowChange

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
        "changed_by": 18,
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
    area = speaker.area(briefing.area).text
    counts = briefing.headline.model_dump()
    laggards = speaker.sentence("laggards", count=len(briefing.laggards))
    areas = speaker.sentence("nothing_due")
    if briefing.areas_expected:
        areas = speaker.sentence(
            "areas", expected=briefing.areas_expected, silent=briefing.areas_silent
        )
    since = _say_since(speaker, briefing)
    headline = [speaker.sentence("targets", area=area, **counts), laggards, areas, since]
    yield make_section(speaker, "headline", headline, [_headline_table(speaker, briefing)])
    rows = [_target_row(speaker, row) for row in briefing.targets]
    yield make_section(
        speaker, "targets", [], [make_table(speaker, "targets", _COLUMNS["targets"], rows)]
    )
    rows = [_laggard_row(speaker, row) for row in briefing.laggards]
    yield make_section(
        speaker,
        "laggards",
        [laggards],
        [make_table(speaker, "laggards", _COLUMNS["laggards"], rows)],
    )
    rows = [_silent_row(speaker, each) for each in briefing.silent]
    tables = (
        [make_table(speaker, "silent", _COLUMNS["silent"], rows)] if briefing.areas_expected else []
    )
    yield make_section(speaker, "silent", [areas], tables)
    yield bulletin_section(speaker, briefing)
    yield make_section(speaker, "changes", [since], _change_tables(speaker, briefing))


def _headline_table(speaker: Speaker, briefing: Briefing) -> BriefingTable:
    """How many targets have each of the ratings, in one row."""
    words, counts = speaker.words, briefing.headline.by_rating
    ratings = {rating: speaker.rating(rating) for rating in counts}
    area = speaker.area(briefing.area).text
    cells = [
        BriefingCell(
            text=str(count), number=Decimal(count), look=ratings[rating].look if count else "cell"
        )
        for rating, count in counts.items()
    ]
    return BriefingTable(
        caption=words["captions"]["headline"].format(area=area),
        columns=[speaker.column("rating"), *(each.text for each in ratings.values())],
        widths=[14] * (1 + len(ratings)),
        rows=[[BriefingCell(text=speaker.column("number")), *cells]],
        empty="",
    )


def _target_row(speaker: Speaker, row: BriefingTarget) -> list[BriefingCell]:
    cells = _measures(speaker, row)
    cells["coverage"] = _coverage(speaker, row)
    return [cells[name] for name in _COLUMNS["targets"]]


def _coverage(speaker: Speaker, row: BriefingTarget) -> BriefingCell:
    """How many areas a sum covers; a sum that is not whole says so."""
    if row.areas_expected is None:
        return speaker.nothing(row.reasons["areas_expected"])
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


def _say_since(speaker: Speaker, briefing: Briefing) -> str:
    changes = briefing.changes
    if changes.since is None:
        return speaker.sentence("since_nothing")
    is_published = changes.since.publication is not None
    return speaker.sentence(
        "since_publication" if is_published else "since_quarter",
        publication=changes.since.publication,
        revision=changes.since.revision,
        new=len(changes.new_figures),
        restated=len(changes.restated),
        moved=len(changes.moved),
    )


def _change_tables(speaker: Speaker, briefing: Briefing) -> list[BriefingTable]:
    changes = briefing.changes
    if changes.since is None:
        return []
    moved = [_moved_row(speaker, change) for change in changes.moved]
    figures = {"restated": changes.restated, "new_figures": changes.new_figures}
    return [
        make_table(speaker, "moved", _COLUMNS["moved"], moved),
        *(
            make_table(
                speaker,
                name,
                _COLUMNS[name],
                [_figure_row(speaker, briefing, each, name) for each in rows],
            )
            for name, rows in figures.items()
        ),
    ]


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
    speaker: Speaker, briefing: Briefing, change: FigureChange, table: str
) -> list[BriefingCell]:
    cells = {
        "indicator": speaker.indicator(change.indicator),
        "area": speaker.area(change.area),
        "period": BriefingCell(text=change.period),
        "before": speaker.figure(change.before, change.after),
        "after": speaker.figure(change.after, change.before),
        "unit": speaker.unit(str(briefing.indicators[change.indicator].unit)),
        "correction_reason": BriefingCell(text=change.reason or ""),
        "changed_by": BriefingCell(text=change.changed_by),
        "revision": BriefingCell(text=str(change.revision)),
    }
    return [cells[name] for name in _COLUMNS[table]]
