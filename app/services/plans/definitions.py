"""The texts, rules and code lists of a plan, as they were at a revision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeVar

from sqlmodel import Session, col, select

from app.domain.accumulation import AreaRule, Measure
from app.domain.checks.figure import PlanNames
from app.domain.checks.rules import Rule
from app.domain.rating import Bands
from app.domain.time.calendar import Calendar
from app.domain.time.period import Period
from app.errors import NothingThere
from app.schemas.document.plan import AreaEntry, IndicatorEntry, PlanDocument
from app.tables import Definition

DEFINITIONS_KEPT = 64
Entry = TypeVar("Entry", AreaEntry, IndicatorEntry)


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
    def root(self) -> AreaEntry:
        """The area that all others lie in."""
        return next(area for area in self.document.areas if area.parent is None)

    @property
    def bands(self) -> Bands:
        """The rating bands that the plan sets."""
        bands = self.document.settings.bands
        return Bands(on_track=bands.on_track, acceleration_needed=bands.acceleration_needed)

    @property
    def calendar(self) -> Calendar:
        """The deadlines that the plan sets."""
        deadlines = self.document.settings.deadlines
        return Calendar(
            due_day=deadlines.due_day,
            due_days={Period.parse(p).index: day for p, day in deadlines.due_days.items()},
            closes_after_days=deadlines.closes_after_days,
        )

    def area(self, code: str) -> AreaEntry:
        """The area of this code; NothingThere without one."""
        return _known(self.areas, code, "area")

    def indicator(self, code: str) -> IndicatorEntry:
        """The indicator of this code; NothingThere without one."""
        return _known(self.indicators, code, "indicator")

    def names_in(self, language: str) -> PlanNames:
        """What the plan calls its indicators and areas in a language (zh or en)."""
        return PlanNames(
            indicators=_names(self.indicators, language),
            areas=_names(self.areas, language),
        )

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The plan's rules between indicators, at work."""
        return tuple(
            Rule(
                code=entry.code,
                left=tuple(entry.left),
                comparator=entry.comparator,
                right=tuple(entry.right),
                missing=entry.missing,
            )
            for entry in self.document.rules
        )

    def summands(self, indicator: IndicatorEntry, area: str) -> Sequence[str]:
        """The areas whose values sum to the area's: none where the indicator is not summed."""
        if indicator.area_rule is not AreaRule.SUM:
            return ()
        return [each.code for each in self.document.areas if each.parent == area and each.in_sum]

    def with_those_above(self, area: str) -> list[str]:
        """The area, and every area that it lies in, up to the root."""
        found = [area]
        while (parent := self.areas[found[-1]].parent) is not None:
            found.append(parent)
        return found

    def reported_parts(self, indicator: IndicatorEntry) -> list[str]:
        """The indicators that take the reports from which this one is computed."""
        parts: dict[Measure, list[str | None]] = {
            Measure.REPORTED: [indicator.code],
            Measure.CAGR: [indicator.of],
            Measure.RATIO: [indicator.numerator, indicator.denominator],
        }
        return [part for part in parts[indicator.measure] if part is not None]


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


def _known(entries: dict[str, Entry], code: str, kind: str) -> Entry:
    if code not in entries:
        raise NothingThere(kind=kind, code=code)
    return entries[code]


def _names(entries: Mapping[str, AreaEntry | IndicatorEntry], language: str) -> dict[str, str]:
    return {code: getattr(each, f"name_{language}") for code, each in entries.items()}
