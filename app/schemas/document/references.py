"""Whether a plan agrees with itself: every code that it uses is declared, once.

Pydantic checks each field alone; these checks need the whole document.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from app.domain.accumulation import Measure
from app.domain.checks.unit import UNITS
from app.domain.path import Comparator
from app.schemas.document.figures import ReferenceFault, break_rule, find_figure_faults
from app.schemas.document.indicators import IndicatorEntry
from app.schemas.document.plan import (
    AreaEntry,
    ObservationEntry,
    PlanDocument,
    RuleEntry,
    TargetEntry,
    TaskEntry,
)

# What each part of a plan file declares.
_DECLARED = {
    "area": "areas",
    "indicator": "indicators",
    "goal": "goals",
    "action": "actions",
    "responsible_unit": "responsible_units",
    "opportunity": "opportunities",
    "problem": "problems",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mention:
    """A code at a place of the document: one that is declared there, or one that is used."""

    loc: tuple[str | int, ...]
    kind: str
    code: str


def find_reference_faults(document: PlanDocument) -> list[ReferenceFault]:
    """Everything that is wrong between the parts of a plan; empty when it agrees with itself.

    Codes: declared once and known where they are used; areas form one tree. Figures: see
    :func:`app.schemas.document.figures.find_figure_faults`.
    """
    declared: defaultdict[str, dict[str, _Mention]] = defaultdict(dict)
    repeated = [
        mention
        for mention in _declarations(document)
        if declared[mention.kind].setdefault(mention.code, mention) is not mention
    ]
    unknown = [each for each in _uses(document) if each.code not in declared[each.kind]]
    return [
        *(_repeated(mention) for mention in repeated),
        *(_unknown(mention, declared[mention.kind]) for mention in unknown),
        *_tree_faults(document.areas),
        *_derivation_faults(document.indicators),
        *_rule_faults(document.rules),
        *_unit_faults(document),
        *_small_cell_faults(document),
        *find_figure_faults(document),
    ]


def _repeated(mention: _Mention) -> ReferenceFault:
    return break_rule(mention.loc, "declared_twice", kind=mention.kind, code=mention.code)


def _unknown(mention: _Mention, known: Iterable[str]) -> ReferenceFault:
    close = get_close_matches(mention.code, list(known), n=1)
    facts = {"kind": mention.kind, "code": mention.code}
    if close:
        return break_rule(mention.loc, "unknown_reference_close", close=close[0], **facts)
    return break_rule(mention.loc, "unknown_reference", **facts)


def _declarations(document: PlanDocument) -> Iterator[_Mention]:
    for kind, part in _DECLARED.items():
        for place, each in enumerate(getattr(document, part)):
            yield from _mention(kind, each.code, part, place, "code")
    for place, goal in enumerate(document.goals):
        for row, text in enumerate(goal.qualitative):
            at = ("goals", place, "qualitative", row, "code")
            yield from _mention("qualitative_goal", text.code, *at)


def _uses(document: PlanDocument) -> Iterator[_Mention]:
    for code in document.plan.follows_indicators:
        yield from _mention("indicator", code, "plan", "follows_indicators", code)
    rule = document.settings.small_cells
    codes = [] if rule is None else rule.indicators
    yield from _mention_each("indicator", codes, "settings", "small_cells", "indicators")
    for place, area in enumerate(document.areas):
        yield from _mention("area", area.parent, "areas", place, "parent")
    for place, indicator in enumerate(document.indicators):
        for field in ("of", "numerator", "denominator"):
            yield from _mention("indicator", getattr(indicator, field), "indicators", place, field)
    for place, target in enumerate(document.targets):
        yield from _mention("goal", target.goal, "targets", place, "goal")
    for part in ("targets", "tasks", "observations"):
        yield from _uses_of_numbers(part, getattr(document, part))
    yield from _uses_of_statements(document)


def _uses_of_numbers(
    part: str, entries: Iterable[TargetEntry | TaskEntry | ObservationEntry]
) -> Iterator[_Mention]:
    for place, each in enumerate(entries):
        yield from _mention("indicator", each.indicator, part, place, "indicator")
        yield from _mention("area", each.area, part, place, "area")


def _uses_of_statements(document: PlanDocument) -> Iterator[_Mention]:
    for place, goal in enumerate(document.goals):
        yield from _mention_each("indicator", goal.indicators, "goals", place, "indicators")
    for place, action in enumerate(document.actions):
        unit, at = "responsible_unit", ("actions", place)
        yield from _mention_each(unit, action.responsible_units, *at, "responsible_units")
        yield from _mention(unit, action.first_listed_unit, *at, "first_listed_unit")
        yield from _mention_each("action", action.projects, *at, "projects")
        if action.serves is not None:
            served = {
                "goal": "goals",
                "indicator": "indicators",
                "qualitative_goal": "qualitative_goals",
            }
            for kind, field in served.items():
                codes = getattr(action.serves, field)
                yield from _mention_each(kind, codes, *at, "serves", field)


def _mention(kind: str, code: str | None, *loc: str | int) -> Iterator[_Mention]:
    if code is not None:
        yield _Mention(loc=loc, kind=kind, code=code)


def _mention_each(kind: str, codes: Iterable[str], *loc: str | int) -> Iterator[_Mention]:
    for place, code in enumerate(codes):
        yield _Mention(loc=(*loc, place), kind=kind, code=code)


def _tree_faults(areas: list[AreaEntry]) -> Iterator[ReferenceFault]:
    """One root, and every area below it."""
    roots = [place for place, area in enumerate(areas) if area.parent is None]
    if not roots:
        yield break_rule(("areas",), "no_root")
    for place in roots[1:]:
        yield break_rule(("areas", place, "parent"), "second_root", root=areas[roots[0]].code)
    parents = {area.code: area.parent for area in areas}
    for place, area in enumerate(areas):
        if area.code in _ancestors(area.parent, parents):
            yield break_rule(("areas", place, "parent"), "inside_itself", area=area.code)


def _ancestors(parent: str | None, parents: dict[str, str | None]) -> set[str]:
    seen: set[str] = set()
    while parent is not None and parent not in seen:
        seen.add(parent)
        parent = parents.get(parent)
    return seen


def _rule_faults(rules: list[RuleEntry]) -> Iterator[ReferenceFault]:
    """A rule compares two sums, and has no second number for a range."""
    for place, rule in enumerate(rules):
        if rule.comparator is Comparator.BETWEEN:
            yield break_rule(("rules", place, "comparator"), "rule_comparator")


def _unit_faults(document: PlanDocument) -> Iterator[ReferenceFault]:
    """A symbol means one unit, and an indicator has one that is built in or declared."""
    taken = set(UNITS)
    for place, unit in enumerate(document.units):
        if unit.symbol in taken:
            yield break_rule(("units", place, "symbol"), "unit_twice", unit=unit.symbol)
        taken.add(unit.symbol)
    for place, indicator in enumerate(document.indicators):
        if indicator.unit not in taken:
            facts = {"unit": indicator.unit, "allowed": " ".join(document.known_units)}
            yield break_rule(("indicators", place, "unit"), "unknown_unit", **facts)


def _small_cell_faults(document: PlanDocument) -> Iterator[ReferenceFault]:
    """Small counts are of what is counted, and of areas that add up on one level."""
    rule = document.settings.small_cells
    if rule is None:
        return
    at, by_code = ("settings", "small_cells"), {each.code: each for each in document.indicators}
    for place, code in enumerate(rule.indicators):
        each = by_code.get(code)
        if each is not None and not _is_count(each):
            yield break_rule((*at, "indicators", place), "small_cells_of_counts", code=code)
    summed = {each.code for each in document.areas if each.in_sum}
    for place, area in enumerate(document.areas):
        if area.in_sum and area.parent in summed:
            where = ("areas", place, "in_sum")
            yield break_rule(where, "small_cells_one_level", area=area.code, parent=area.parent)


def _is_count(indicator: IndicatorEntry) -> bool:
    asked = indicator.checks
    is_gross = not asked.negative_allowed and indicator.net_or_gross != "net"
    return indicator.measure is Measure.REPORTED and asked.integer and is_gross


def _derivation_faults(indicators: list[IndicatorEntry]) -> Iterator[ReferenceFault]:
    """A derived indicator is made of reported ones, so that no derivation can be circular."""
    by_code = {indicator.code: indicator for indicator in indicators}
    for place, indicator in enumerate(indicators):
        for field in ("of", "numerator", "denominator"):
            source = by_code.get(getattr(indicator, field) or "")
            if source is not None and source.measure is not Measure.REPORTED:
                at = ("indicators", place, field)
                yield break_rule(at, "derived_source", source=source.code)
