"""The texts, rules and code lists of a plan, as they were at a revision."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeVar

from sqlmodel import Session, col, select

from app.domain.checks.figure import FigureRule
from app.domain.checks.finding import PlanNames
from app.domain.checks.queries import Questions
from app.domain.checks.unit import Units
from app.domain.plan import Area, Indicator, PlanRules
from app.domain.rating import Bands
from app.domain.time.calendar import Calendar
from app.domain.time.period import Period
from app.errors.failure import NothingThere
from app.schemas.document.indicators import IndicatorEntry
from app.schemas.document.plan import AreaEntry, PlanDocument
from app.tables import Definition
from app.words.book import LANGUAGES

DEFINITIONS_KEPT = 64
E = TypeVar("E", AreaEntry, IndicatorEntry)


@dataclass(frozen=True)
class PlanDefinition:
    """A plan document at work, with the revision that it became known at."""

    document: PlanDocument
    revision: int

    @cached_property
    def areas(self) -> dict[str, AreaEntry]:
        """The areas by code, in the plan's order."""
        return {area.code: area for area in self.document.areas}

    @cached_property
    def indicators(self) -> dict[str, IndicatorEntry]:
        """The indicators by code, in the plan's order."""
        return {indicator.code: indicator for indicator in self.document.indicators}

    @cached_property
    def units(self) -> Units:
        """The units of measure by symbol: built-in ones, and those of the plan."""
        return self.document.known_units

    @cached_property
    def root(self) -> AreaEntry:
        """The area that all others lie in."""
        return next(area for area in self.document.areas if area.parent is None)

    @cached_property
    def rules(self) -> PlanRules:
        """What the mathematics needs of it."""
        header, bands = self.document.plan, self.document.settings.bands
        return PlanRules(
            start=header.start_date,
            first_year=header.start_year,
            last_year=header.end_year,
            indicators={each.code: _to_indicator(each) for each in self.document.indicators},
            areas={each.code: _to_area(each) for each in self.document.areas},
            has_history=header.follows is not None,
            bands=Bands(on_track=bands.on_track, acceleration_needed=bands.acceleration_needed),
        )

    @cached_property
    def goals_of(self) -> Mapping[str, str]:
        """The goal that each indicator belongs to, by code; the first where several name it."""
        found: dict[str, str] = {}
        for goal in self.document.goals:
            for code in goal.indicators:
                found.setdefault(code, goal.code)
        return found

    @cached_property
    def units_serving(self) -> Mapping[str, list[str]]:
        """The responsible units of the actions that serve each indicator, in the plan's order."""
        found: dict[str, list[str]] = {}
        for action in self.document.actions:
            for code in action.serves.indicators if action.serves else ():
                known = found.setdefault(code, [])
                known += [unit for unit in action.responsible_units if unit not in known]
        return found

    @cached_property
    def figure_rules(self) -> Mapping[str, FigureRule]:
        """What is allowed for the figures of each indicator, by code."""
        return {code: _to_figure_rule(each, self.units) for code, each in self.indicators.items()}

    @cached_property
    def questions(self) -> Mapping[str, Questions]:
        """What is asked about the figures of each indicator, by code."""
        return {code: _to_questions(each, self.units) for code, each in self.indicators.items()}

    @cached_property
    def calendar(self) -> Calendar:
        """The deadlines that the plan sets."""
        deadlines = self.document.settings.deadlines
        return Calendar(
            due_day=deadlines.due_day,
            due_days={Period.parse(p).index: day for p, day in deadlines.due_days.items()},
            closes_after_days=deadlines.closes_after_days,
            remind_days=deadlines.remind_days,
        )

    def area(self, code: str) -> AreaEntry:
        """The area of this code; NothingThere without one."""
        return _known(self.areas, code, "area")

    def indicator(self, code: str) -> IndicatorEntry:
        """The indicator of this code; NothingThere without one."""
        return _known(self.indicators, code, "indicator")

    @cached_property
    def _names_by_language(self) -> Mapping[str, PlanNames]:
        return {
            language: PlanNames(
                indicators=_names(self.indicators, language), areas=_names(self.areas, language)
            )
            for language in LANGUAGES
        }

    def names_in(self, language: str) -> PlanNames:
        """What the plan calls its indicators and areas in a language (zh or en)."""
        return self._names_by_language[language]


def get_definition(session: Session, plan: str, *, revision: int) -> PlanDefinition:
    """The newest definition of the plan that was known at the revision."""
    query = (
        select(Definition)
        .where(Definition.plan == plan, Definition.revision <= revision)
        .order_by(col(Definition.revision).desc())
    )
    found = session.exec(query).first()
    if found is None:
        raise NothingThere(kind="plan", code=plan)
    return _read(found.document, found.revision)


@lru_cache(maxsize=DEFINITIONS_KEPT)
def _read(document: str, revision: int) -> PlanDefinition:
    # A definition never changes, so the parsed one may be kept under its own text.
    return PlanDefinition(document=PlanDocument.model_validate_json(document), revision=revision)


def _to_indicator(entry: IndicatorEntry) -> Indicator:
    return Indicator(
        code=entry.code,
        unit=entry.unit,
        accumulation=entry.accumulation,
        measure=entry.measure,
        of=entry.of,
        numerator=entry.numerator,
        denominator=entry.denominator,
        frequency=entry.frequency,
        area_rule=entry.area_rule,
        is_net=entry.net_or_gross == "net",
        is_count=entry.checks.integer,
        breaks=tuple(Period.parse(each.period).as_first_quarter for each in entry.breaks),
    )


def _to_figure_rule(entry: IndicatorEntry, units: Units) -> FigureRule:
    return FigureRule(
        indicator=entry.code,
        unit=entry.unit,
        accumulation=entry.accumulation,
        is_integer=entry.checks.integer,
        is_negative_allowed=entry.checks.negative_allowed,
        units=units,
    )


def _to_questions(entry: IndicatorEntry, units: Units) -> Questions:
    asked = entry.checks
    return Questions(
        unit=entry.unit,
        is_count=asked.integer,
        running_total_fell=asked.running_total_fell,
        scale_slip=asked.scale_slip,
        outlier=asked.outlier,
        outlier_threshold=asked.outlier_threshold,
        change_from_constant=asked.change_from_constant,
        jump_percent=asked.jump_percent,
        units=units,
    )


def _to_area(entry: AreaEntry) -> Area:
    return Area(code=entry.code, parent=entry.parent, reports=entry.reports, in_sum=entry.in_sum)


def _known(entries: dict[str, E], code: str, kind: str) -> E:
    if code not in entries:
        raise NothingThere(kind=kind, code=code)
    return entries[code]


def _names(entries: Mapping[str, AreaEntry | IndicatorEntry], language: str) -> dict[str, str]:
    return {code: getattr(each, f"name_{language}") for code, each in entries.items()}
