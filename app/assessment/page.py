"""A final assessment in words: sentences and tables in one language, for a page and a workbook."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from app.briefing.cells import BriefingCell, BriefingPage, BriefingSection, BriefingTable, Speaker
from app.domain.path import PathKind
from app.domain.time.calendar import SHANGHAI
from app.domain.time.period import Period
from app.schemas.assessment import (
    AssessedStatement,
    AssessedTarget,
    CorrectedFigure,
    FinalAssessment,
    RecordQuality,
)
from app.schemas.calendar import GroupCounts
from app.schemas.gaps.detail import ContributionView, RatingSpell

# The columns of the tables, and their widths in characters of a sheet.
_COLUMNS = {
    "results": "indicator area target actual unit obs_status rating gap attainment_percent "
    "first_met_period why",
    "growth": "indicator area baseline actual achieved_rate needed_rate rate_unit rating_history",
    "contributions": "indicator area first last change unit contribution_percent pull_points",
    "restatements": "indicator area period before after unit reason revision",
    "statements": "text kind advance progress_note noted_on",
    "record": "area expected reported_figures reporting_percent on_time on_time_percent",
}
_WIDTHS = {"indicator": 32, "area": 16, "unit": 10, "obs_status": 10, "period": 12, "revision": 10}
_WIDTHS |= {
    "why": 34,
    "rating_history": 60,
    "rate_unit": 16,
    "reason": 44,
    "text": 52,
    "progress_note": 60,
}
_WIDTH = 14
# The cells of a row, by their columns.
_Row = dict[str, BriefingCell]


def make_page(found: FinalAssessment, language: str) -> BriefingPage:
    """The assessment in Chinese (zh) or English (en)."""
    speaker = Speaker(found, language, "assessment")
    words = speaker.words
    recorded_at = found.recorded_at.astimezone(SHANGHAI)
    known = words["known"].format(
        revision=found.revision, recorded_at=f"{recorded_at:%Y-%m-%d %H:%M}", day=found.day
    )
    is_official = found.view == "official"
    return BriefingPage(
        language=words["language"],
        title=found.title_zh if language == "zh" else found.title_en,
        subtitle=f"{words['heading']}{words['colon']}{_period(speaker, found.period)}",
        remarks=[known, *([words["official"]] if is_official else [])],
        warnings=[
            *([words["simulated"]] if found.simulated else []),
            *([] if is_official else [words["provisional"]]),
        ],
        sections=[*_sections(speaker, found)],
        notes=words["notes"],
    )


def _sections(speaker: Speaker, found: FinalAssessment) -> Iterator[BriefingSection]:
    assessed = [row for row in found.targets if row.actual is not None]
    facts = {"area": speaker.area(found.area).text, **found.headline.model_dump()}
    headline = [speaker.sentence("targets", **facts), speaker.sentence(found.state.value)]
    tables = _tables(speaker, "results", _result_row, found, found.targets)
    yield _section(speaker, "results", headline, tables)
    tables = _tables(speaker, "growth", _growth_row, found, assessed)
    yield _section(speaker, "growth", [], tables)
    # Where the areas are silent, the whole's own figure says nothing of who brought the change.
    shared = [row for row in assessed if any(p.change is not None for p in row.contributions)]
    rows = [_part_row(speaker, row, each) for row in shared for each in row.contributions]
    yield _section(speaker, "contributions", [], [_table(speaker, "contributions", rows)])
    rows = [_restated_row(speaker, found, each) for each in _restated(found)]
    yield _section(speaker, "restatements", [], [_table(speaker, "restatements", rows)])
    rows = [_statement_row(speaker, each) for each in found.statements]
    noted = sum(each.last_note is not None for each in found.statements)
    said = speaker.sentence("statements", count=len(found.statements), noted=noted)
    yield _section(
        speaker, "statements", [said] if rows else [], [_table(speaker, "statements", rows)]
    )
    rows = [_record_row(speaker, each) for each in found.record.by_area]
    table = _table(speaker, "record", rows)
    yield _section(speaker, "record", [*_say_record(speaker, found.record)], [table])


def _section(
    speaker: Speaker, name: str, sentences: Sequence[str], tables: Sequence[BriefingTable]
) -> BriefingSection:
    return BriefingSection(title=speaker.words["sheets"][name], sentences=sentences, tables=tables)


def _tables(
    speaker: Speaker,
    name: str,
    make: Callable[[Speaker, AssessedTarget], _Row],
    found: FinalAssessment,
    targets: Sequence[AssessedTarget],
) -> list[BriefingTable]:
    """The targets of the whole area, and apart from them those of single areas, if any."""
    whole = [make(speaker, row) for row in targets if row.area == found.area]
    single = [make(speaker, row) for row in targets if row.area != found.area]
    caption = speaker.words["captions"]["of_areas"]
    apart = [_table(speaker, name, single, caption=caption)] if single else []
    return [_table(speaker, name, whole), *apart]


def _table(
    speaker: Speaker,
    name: str,
    rows: Sequence[_Row],
    *,
    caption: str | None = None,
) -> BriefingTable:
    words, columns = speaker.words, _COLUMNS[name].split()
    return BriefingTable(
        caption=caption or words["captions"][name],
        columns=[speaker.column(column) for column in columns],
        widths=[_WIDTHS.get(column, _WIDTH) for column in columns],
        rows=[[row[column] for column in columns] for row in rows],
        empty=words["empty"][name],
    )


def _result_row(speaker: Speaker, row: AssessedTarget) -> _Row:
    why = row.reasons
    return {
        **_place(speaker, row),
        "actual": speaker.figure(row.actual, row.target, row.target_high, why=why.get("actual")),
        "obs_status": speaker.code("obs_status", str(row.obs_status) if row.obs_status else None),
        "rating": speaker.rating(row.rating),
        "gap": speaker.figure(row.gap, why=why.get("gap")),
        "attainment_percent": speaker.percent(
            row.attainment_percent, why=why.get("attainment_percent")
        ),
        "first_met_period": _text(speaker, row.first_met_period),
        "why": BriefingCell(text=_say_why(speaker, row)),
    }


def _say_why(speaker: Speaker, row: AssessedTarget) -> str:
    """By how much a target was met or missed; or what cannot be assessed, and why."""
    if row.met is None:
        missing = [speaker.area(code).text for code in row.missing_areas]
        reason = speaker.nothing(row.reasons["met"]).note
        if not missing:
            return speaker.sentence("not_assessed", reason=reason)
        if len(missing) == row.areas_expected:
            return speaker.sentence("all_silent", count=len(missing))
        areas = speaker.words["comma"].join(missing)
        return speaker.sentence("areas_silent", count=len(missing), areas=areas)
    if not row.gap:
        return speaker.sentence("exactly_met" if row.met else "exactly_missed")
    distance, unit = speaker.figure(abs(row.gap)).text, speaker.unit(str(row.unit)).text
    if row.unit == "%":
        unit = speaker.words["points"]
    return speaker.sentence("beyond" if row.gap < 0 else "short", distance=distance, unit=unit)


def _growth_row(speaker: Speaker, row: AssessedTarget) -> _Row:
    why = row.reasons
    is_percent = row.path == PathKind.GEOMETRIC or row.unit == "%"
    unit = speaker.unit(str(row.unit)).text
    return {
        **_place(speaker, row),
        "baseline": speaker.figure(row.baseline, why=why.get("baseline")),
        "actual": speaker.figure(row.actual, row.target),
        "achieved_rate": speaker.figure(
            row.achieved_rate, row.needed_rate, why=why.get("achieved_rate")
        ),
        "needed_rate": speaker.figure(row.needed_rate, why=why.get("needed_rate")),
        "rate_unit": BriefingCell(
            text=speaker.words["percent_a_year"]
            if is_percent
            else speaker.words["a_year"].format(unit=unit)
        ),
        "rating_history": BriefingCell(
            text=speaker.words["comma"].join(
                _say_spell(speaker, each) for each in row.rating_history
            )
        ),
    }


def _say_spell(speaker: Speaker, spell: RatingSpell) -> str:
    name = "spell_of_one" if spell.from_period == spell.to_period else "spell"
    return str(speaker.words[name]).format(
        rating=speaker.rating(spell.rating).text, first=spell.from_period, last=spell.to_period
    )


def _part_row(speaker: Speaker, row: AssessedTarget, part: ContributionView) -> _Row:
    why = part.reasons
    is_area = part.area != "unallocated"
    return {
        "indicator": replace(
            speaker.indicator(row.indicator),
            note=speaker.words["since"].format(period=row.from_period),
        ),
        "area": speaker.area(part.area)
        if is_area
        else BriefingCell(text=speaker.words["unallocated"]),
        "unit": speaker.unit(str(row.unit)),
        "first": speaker.figure(part.first, why=why.get("first")),
        "last": speaker.figure(part.last, why=why.get("last")),
        "change": speaker.figure(part.change, why=why.get("change")),
        "contribution_percent": speaker.percent(
            part.contribution_percent, why=why.get("contribution_percent")
        ),
        "pull_points": speaker.figure(part.pull_points, why=why.get("pull_points")),
    }


def _restated(found: FinalAssessment) -> Iterable[CorrectedFigure]:
    """Each correction once, though several targets may rest on the figure."""
    known = {
        (each.revision, each.indicator, each.area, each.period): each
        for row in found.targets
        for each in row.restatements
    }
    return [known[key] for key in sorted(known)]


def _restated_row(speaker: Speaker, found: FinalAssessment, each: CorrectedFigure) -> _Row:
    return {
        "indicator": speaker.indicator(each.indicator),
        "area": speaker.area(each.area),
        "period": BriefingCell(text=each.period),
        "before": speaker.figure(each.before, each.after),
        "after": speaker.figure(each.after, each.before),
        "unit": speaker.unit(str(found.indicators[each.indicator].unit)),
        "reason": _text(speaker, each.reason),
        "revision": BriefingCell(text=str(each.revision)),
    }


def _statement_row(speaker: Speaker, each: AssessedStatement) -> _Row:
    note, words = each.last_note, speaker.words
    noted_on = None if note is None else f"{note.noted_at.astimezone(SHANGHAI):%Y-%m-%d}"
    return {
        "text": BriefingCell(text=each.text_zh if speaker.language == "zh" else each.text_en),
        "kind": BriefingCell(text=words["kinds"][each.kind]),
        "advance": BriefingCell(text=words["statuses"][note.status] if note else words["none"]),
        "progress_note": BriefingCell(text=note.note if note else words["no_note"]),
        "noted_on": _text(speaker, noted_on),
    }


def _record_row(speaker: Speaker, each: GroupCounts) -> _Row:
    return {
        "area": speaker.area(each.code),
        "expected": speaker.figure(Decimal(each.expected)),
        "reported_figures": speaker.figure(Decimal(each.reported)),
        "reporting_percent": speaker.percent(each.reporting_percent),
        "on_time": speaker.figure(Decimal(each.on_time)),
        "on_time_percent": speaker.percent(each.on_time_percent),
    }


def _say_record(speaker: Speaker, record: RecordQuality) -> Iterator[str]:
    share = speaker.percent(record.reporting_percent).text
    counts = record.model_dump()
    yield speaker.sentence("coverage", share=share, **counts)
    if record.on_time_percent is None:
        yield speaker.sentence("no_reports")
    else:
        on_time = speaker.percent(record.on_time_percent).text
        yield speaker.sentence("on_time", share=on_time, **counts)
    yield speaker.sentence("corrections", **counts)


def _place(speaker: Speaker, row: AssessedTarget) -> _Row:
    target, high = speaker.figure(row.target), row.target_high
    if high is not None:
        ends = {"low": target.text, "high": speaker.figure(high).text}
        target = BriefingCell(text=speaker.words["range"].format(**ends))
    # The title names the deadline of most.
    is_titled = Period.parse(str(row.deadline)).as_quarter == Period.parse(speaker.period)
    text = f"{speaker.words['signs'][str(row.comparator)]}{target.text}"
    return {
        "indicator": speaker.indicator(row.indicator),
        "area": speaker.area(row.area),
        "unit": speaker.unit(str(row.unit)),
        "target": replace(target, text=text, note=None if is_titled else row.deadline),
    }


def _text(speaker: Speaker, text: str | None) -> BriefingCell:
    return speaker.nothing() if text is None else BriefingCell(text=text)


def _period(speaker: Speaker, code: str) -> str:
    period = Period.parse(code)
    return str(speaker.words["quarter"]).format(year=period.year, quarter=period.quarter)
