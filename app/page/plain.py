"""What the page shows where its scripts do not run: targets, gaps and links, written here."""

from collections.abc import Iterator
from decimal import Decimal
from html import escape
from typing import Any

from app.api.requests.dependencies import Reader
from app.errors.failure import Failure
from app.schemas.plans import Overview, PlanSummary
from app.schemas.query import AsOfQuery
from app.services.gaps.table import GapFilter
from app.services.plans.portfolio import get_overview, list_plan_summaries
from app.services.state.plan import load_plan_at
from app.words.book import name_code, texts

_FILES = ("csv", "xlsx", "json")


def write_plain(reader: Reader, plan: str | None, language: str) -> str:
    """The targets of a plan as a table, with links to all that needs no script.

    Without a code of the first plan; where this reader may see none, the links alone.
    """
    says = texts("page", language)
    try:
        reader.require_access()
        plans = list_plan_summaries(reader.session, as_of=None, only=None, now=reader.now)
        code = plan if plan is not None else next((each.plan for each in plans), None)
        overview = None if code is None else _overview(reader, code)
    except Failure:
        plans, overview = [], None
    title = says["brand"] if overview is None else _named(overview, "title", language)
    parts = [
        f'<p class="notice">{escape(says["demo"]["text"])}</p>' if _is_demo(reader) else "",
        f'<h1 class="headline">{escape(title)}</h1>',
        f'<p class="lead">{escape(says["plain"]["why"])}</p>',
    ]
    if overview is not None:
        parts += [*_table(overview, language), *_files(overview, says)]
    return "\n".join([*parts, *_plans(plans, language), _links(plan, language)])


def _is_demo(reader: Reader) -> bool:
    return bool(reader.request.app.state.is_demo)


def _links(plan: str | None, language: str) -> str:
    """The other language, and the documentation."""
    says, other = texts("page", language), "en" if language == "zh" else "zh"
    chosen = "" if plan is None else f"&amp;plan={escape(plan)}"
    return (
        f'<p><a href="/?lang={other}{chosen}" lang="{other}">{escape(says["other_language"])}</a>'
        f' · <a href="/docs">{escape(says["docs"])}</a></p>'
    )


def _overview(reader: Reader, plan: str) -> Overview:
    known = load_plan_at(reader.session, reader.open(plan, AsOfQuery()))
    return get_overview(known, GapFilter(), area=None, period=None)


def _plans(plans: list[PlanSummary], language: str) -> Iterator[str]:
    for each in plans:
        address = f"/?plan={escape(each.plan)}&amp;lang={language}"
        yield f'<p><a href="{address}">{escape(_named(each, "title", language))}</a></p>'


def _files(overview: Overview, says: Any) -> Iterator[str]:  # noqa: ANN401 - texts by their keys
    base, language = f"/api/v1/plans/{escape(overview.plan)}", says["language"]
    files = [(f"{base}/gaps?format={each}", each.upper()) for each in _FILES]
    prints = [
        (f"{base}/{name}?format=html&amp;lang={language}", says[name])
        for name in ("briefing", "assessment")
    ]
    links = " · ".join(f'<a href="{to}">{escape(text)}</a>' for to, text in files + prints)
    yield f"<p>{escape(says['download'])} {links}</p>"


def _table(overview: Overview, language: str) -> Iterator[str]:
    says = texts("page", language)
    heads = [says["plain"][name] for name in ("indicator", "period", "actual", "target", "gap")]
    heads += [says["progress"], says["rating"]]
    yield '<div class="panel"><div class="frame" tabindex="0"><table><thead><tr>'
    yield "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    yield "</tr></thead><tbody>"
    for row in overview.targets:
        amounts = (_amount(each, row.unit, language) for each in (row.actual, row.target, row.gap))
        told = [
            escape(row.period or "—"),
            *amounts,
            _bar(row.progress_percent),
            escape(name_code("rating", row.rating, language)),
        ]
        name = escape(_named(row, "indicator_name", language))
        cells = "".join(f'<td class="nw">{each}</td>' for each in told)
        yield f'<tr><th scope="row">{name}</th>{cells}</tr>'
    yield "</tbody></table></div></div>"


def _amount(value: Decimal | None, unit: str | None, language: str) -> str:
    if value is None or unit is None:
        return "—"
    # A plan may have units of its own.
    name = texts("codes", language)["unit"].get(unit, unit)
    return f"{value:,f} {escape(name)}".replace("-", "\u2212")


def _bar(percent: Decimal | None) -> str:
    """A bar that ends full beyond 100 %, with its number."""
    if percent is None:
        return "—"
    width = min(max(percent, Decimal(0)), Decimal(100))
    return (
        f'{percent:.1f}%<svg width="100%" height="12" aria-hidden="true">'
        f'<rect class="track" width="100%" height="12"/>'
        f'<rect class="done none" width="{width:.2f}%" height="12"/></svg>'
    )


def _named(row: object, field: str, language: str) -> str:
    return str(getattr(row, f"{field}_{language}"))
