"""The first page of a briefing, for whoever reads no further: what it says, and its bars drawn.

A headline, each target of the whole area against its path, the areas by rank, and three sentences:
what changed, which ratings moved, who was silent.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from html import escape

from app.briefing.cells import (
    BriefingBar,
    BriefingCell,
    BriefingChart,
    BriefingSection,
    BriefingTable,
    Speaker,
)
from app.briefing.schema import Briefing, BriefingTarget
from app.domain.outlook.sensitivity import SEVERITY
from app.domain.time.period import Period
from app.schemas.gaps.row import GapRow
from app.schemas.targets.tasks import TaskRow
from app.words.book import join, name_code

_RANKING = {
    "rank": 6,
    "area": 14,
    "actual": 13,
    "yoy_percent": 12,
    "progress_percent": 12,
    "rating": 14,
}
# Who is named in a sentence; of more, the number alone.
_MOST_NAMES = 12
# A bar has room for this much, in percent.
_SCALE = Decimal(120)


def make_cover(speaker: Speaker, briefing: Briefing) -> BriefingSection:
    """The first page: a section that no other needs to be read with."""
    whole = [row for row in briefing.targets if row.area == briefing.area]
    tables = [_ranking_table(speaker, briefing)] if briefing.ranking else []
    return BriefingSection(
        title=speaker.words["sheets"]["headline"],
        sentences=[_say_standing(speaker, briefing), *_say_leading(speaker, whole)],
        tables=tables,
        charts=[*_charts(speaker, briefing, whole)],
        closing=[
            say_since(speaker, briefing),
            _say_moved(speaker, whole),
            say_silent(speaker, briefing),
        ],
    )


def say_since(speaker: Speaker, briefing: Briefing) -> str:
    """What changed since the last publication, in numbers."""
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


def say_silent(speaker: Speaker, briefing: Briefing) -> str:
    """How many areas reported nothing, and which, where they are few."""
    if not briefing.areas_expected:
        return speaker.sentence("nothing_due")
    said = speaker.sentence("areas", expected=briefing.areas_expected, silent=briefing.areas_silent)
    names = [speaker.area(each.area).text for each in briefing.silent if each.reported == 0]
    if not 0 < len(names) <= _MOST_NAMES:
        return said
    named = speaker.sentence("silent_areas", names=_join(speaker, names))
    return str(speaker.words["after"].format(first=said, second=named))


def draw(chart: BriefingChart) -> str:
    """The bars as HTML with a drawing each; every text is escaped here."""
    bars = "".join(_draw_bar(bar) for bar in chart.bars)
    return (
        f'<figure class="chart"><figcaption>{escape(chart.caption)}</figcaption>'
        f'<div class="bars">{bars}</div><p class="legend">{escape(chart.legend)}</p></figure>'
    )


def _draw_bar(bar: BriefingBar) -> str:
    note = "" if bar.said.note is None else f"<small>{escape(bar.said.note)}</small>"
    shapes = '<rect class="track" width="120" height="12"/>'
    if bar.percent is not None:
        width = min(max(bar.percent, Decimal(0)), _SCALE)
        shapes += f'<rect class="{bar.said.look}" y="2" width="{width:.2f}" height="8"/>'
    shapes += '<line class="goal" x1="100" x2="100" y1="0" y2="12"/>'
    if bar.mark is not None:
        place = min(max(bar.mark, Decimal(0)), _SCALE)
        shapes += f'<line class="mark" x1="{place:.2f}" x2="{place:.2f}" y1="0" y2="12"/>'
    return (
        f'<div class="bar"><span>{escape(bar.name)}</span>'
        '<svg viewBox="0 0 120 12" preserveAspectRatio="none" aria-hidden="true">'
        f"{shapes}</svg><span>{escape(bar.said.text)}{note}</span></div>"
    )


def _say_standing(speaker: Speaker, briefing: Briefing) -> str:
    counts = [
        speaker.sentence("rated", rating=_rating(speaker, rating), count=count)
        for rating, count in briefing.headline.by_rating.items()
        if count
    ]
    period = Period.parse(briefing.period)
    return speaker.sentence(
        "standing",
        quarter=speaker.words["quarter"].format(year=period.year, quarter=period.quarter),
        area=speaker.area(briefing.area).text,
        targets=briefing.headline.targets,
        ratings=speaker.words["comma"].join(counts),
    )


def _rating(speaker: Speaker, rating: str) -> str:
    """A rating within a sentence."""
    return speaker.rating(rating).text.lower()


def _say_leading(speaker: Speaker, whole: Iterable[BriefingTarget]) -> Iterator[str]:
    """The first target that has a figure, with its growth, as a bulletin begins."""
    for row in whole:
        if row.actual is None or row.attainment_percent is None:
            continue
        growth = ""
        if row.yoy_percent is not None:
            name = "grown" if row.yoy_percent >= 0 else "fallen"
            growth = speaker.sentence(name, percent=speaker.percent(abs(row.yoy_percent)).text)
        yield speaker.sentence(
            "leading",
            indicator=speaker.indicator(row.indicator).text,
            period=row.period,
            actual=speaker.figure(row.actual, row.target).text,
            unit=speaker.unit(str(row.unit)).text,
            growth=growth,
            attainment=speaker.percent(row.attainment_percent).text,
        )
        return


def _say_moved(speaker: Speaker, whole: Sequence[BriefingTarget]) -> str:
    """Which targets are rated better, and which worse, than a quarter before."""
    better: list[str] = []
    worse: list[str] = []
    for row in whole:
        if row.previous_rating is None:
            continue
        before, now = (SEVERITY.index(each) for each in (row.previous_rating, row.rating))
        if before != now:
            (worse if now < before else better).append(speaker.indicator(row.indicator).text)
    if not better and not worse:
        return speaker.sentence("moved_nothing")
    said = [
        speaker.sentence(name, count=len(names), names=_join(speaker, names))
        for name, names in (("moved_up", better), ("moved_down", worse))
        if names
    ]
    return speaker.sentence("moved", changes=speaker.words["pause"].join(said))


def _join(speaker: Speaker, names: Sequence[str]) -> str:
    return join(names, "zh" if speaker.language == "zh" else "en", word="and")


def _charts(
    speaker: Speaker, briefing: Briefing, whole: Sequence[BriefingTarget]
) -> Iterator[BriefingChart]:
    bars = [
        BriefingBar(
            name=speaker.indicator(row.indicator).text,
            percent=row.progress_percent,
            mark=row.path_progress_percent,
            said=_said(speaker, row, "progress_percent", row.rating),
        )
        for row in whole
    ]
    if bars:
        yield _chart(speaker, "targets", bars)
    tasks = [
        BriefingBar(
            name=speaker.indicator(row.indicator).text,
            percent=row.year_attainment_percent,
            mark=None,
            said=_said(speaker, row, "year_attainment_percent", row.year_rating),
        )
        for row in briefing.tasks
        if row.area == briefing.area
    ]
    if tasks:
        yield _chart(speaker, "tasks", tasks)


def _chart(speaker: Speaker, name: str, bars: Sequence[BriefingBar]) -> BriefingChart:
    words = speaker.words["charts"][name]
    return BriefingChart(caption=words["caption"], legend=words["legend"], bars=bars)


def _said(speaker: Speaker, row: GapRow | TaskRow, measure: str, rating: str) -> BriefingCell:
    """The number beside a bar, and what it is rated; of one that is unknown, why."""
    called, value = speaker.rating(rating), getattr(row, measure)
    if value is None:
        why = row.reasons.get("actual") or row.reasons.get(measure)
        note = None if why is None else name_code("null_reason", why, speaker.language)
        return BriefingCell(text=called.text, note=note, look=called.look)
    number = speaker.words["percent"].format(number=speaker.percent(value).text)
    return BriefingCell(
        text=speaker.words["beside"].format(first=number, second=called.text), look=called.look
    )


def _ranking_table(speaker: Speaker, briefing: Briefing) -> BriefingTable:
    words, leading = speaker.words, briefing.ranking[0].indicator
    columns = (
        _RANKING
        if briefing.ranking_by != "actual"
        else {
            name: width
            for name, width in _RANKING.items()
            if name not in {"progress_percent", "rating"}
        }
    )
    rows = []
    for row in briefing.ranking:
        why = row.reasons
        cells = {
            "rank": speaker.figure(None if row.rank is None else Decimal(row.rank)),
            "area": speaker.area(row.area),
            "actual": speaker.figure(row.actual, row.target, why=why.get("actual")),
            "yoy_percent": speaker.percent(row.yoy_percent),
            "progress_percent": speaker.percent(row.progress_percent),
            "rating": speaker.rating(row.rating),
        }
        rows.append([cells[name] for name in columns])
    caption = words["captions"]["ranking"].format(
        indicator=speaker.indicator(leading).text,
        unit=speaker.unit(str(briefing.indicators[leading].unit)).text,
        by=words["ranked_by"][briefing.ranking_by],
    )
    return BriefingTable(
        caption=caption,
        columns=[speaker.column(name) for name in columns],
        widths=[*columns.values()],
        rows=rows,
        empty="",
    )
