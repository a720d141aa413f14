"""Query parameters: one model a route, and what their values mean in a plan."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, TypeAlias, TypeVar

import fastapi

from app.domain.rating import Rating
from app.domain.time.period import Period
from app.errors.failure import ParametersInvalid
from app.errors.fault import invalid_parameter, unknown_in_parameter
from app.schemas.query import AsOfQuery, SelectionQuery
from app.schemas.reports.inputs import STATUSES
from app.services.ledger.snapshots import read_instant, read_revision
from app.services.state.definitions import PlanDefinition
from app.services.state.plan import KnownPlan

Model = TypeVar("Model")

# One model holds all parameters of a route, so that any other is refused.
Query: TypeAlias = Annotated[Model, fastapi.Query()]

PlanPath = Annotated[
    str, fastapi.Path(description="Code of the plan, for example `shenzhen-software-2025`.")
]
IndicatorPath = Annotated[
    str, fastapi.Path(description="Code of the indicator, for example `value_added`.")
]
KeyPath = Annotated[str, fastapi.Path(description="Id of the key, for example `3f9a1c0be7d2`.")]
ReportPath = Annotated[str, fastapi.Path(description="Id of the report, for example `r7-1`.")]
PublicationPath = Annotated[
    str, fastapi.Path(description="Name of the publication, for example `annual-2024`.")
]
HookPath = Annotated[str, fastapi.Path(description="Id of the hook, for example `3f9a1c0b7d24`.")]
TopicPath = Annotated[
    str, fastapi.Path(description="Code of the qualitative goal or action that the note is about.")
]


def wanted_periods(known: KnownPlan, query: SelectionQuery) -> list[Period] | None:
    """The quarters that were asked for, or None where none were."""
    if query.period is not None:
        asked = {Period.parse(text).as_quarter for text in query.period}
    elif query.start_period is None and query.end_period is None:
        return None
    else:
        asked = set(known.plan.periods())
    first = Period.parse(query.start_period) if query.start_period else None
    last = Period.parse(query.end_period) if query.end_period else None
    return [
        period
        for period in sorted(asked, key=lambda each: each.index)
        if (first is None or first.as_first_quarter.index <= period.index)
        and (last is None or period.index <= last.index)
    ]


def require_period(known: KnownPlan, asked: str) -> Period:
    """The quarter that was asked for; ParametersInvalid where the plan has no such quarter."""
    period = Period.parse(asked).as_quarter
    first, last = known.plan.first_period, known.plan.last_period
    if not first.index <= period.index <= last.index:
        span = {"first": str(first), "last": str(last)}
        raise ParametersInvalid([invalid_parameter("period", asked, "plan_period", **span)])
    return period


def require_plan_year(known: KnownPlan, year: int) -> None:
    """ParametersInvalid for a year that the plan does not cover."""
    rules = known.plan.rules
    if not rules.first_year <= year <= rules.last_year:
        span = {"first": str(rules.first_year), "last": str(rules.last_year)}
        raise ParametersInvalid([invalid_parameter("year", year, "plan_year", **span)])


def require_codes(known: KnownPlan, query: AsOfQuery) -> None:
    """ParametersInvalid for a code that the plan does not have: a typo is no empty answer."""
    faults = [
        unknown_in_parameter(name, code, sorted(allowed))
        for name, list_codes in _CODES.items()
        if (asked := _codes(getattr(query, name, None)))
        for allowed in [set(list_codes(known.definition))]
        for code in asked
        if code not in allowed
    ]
    if faults:
        raise ParametersInvalid(faults)


# The codes that a plan has, by the parameter that takes them.
_CODES: Mapping[str, Callable[[PlanDefinition], Iterable[str]]] = MappingProxyType(
    {
        "indicator": lambda found: found.indicators,
        "area": lambda found: found.areas,
        "area_level": lambda found: (area.level for area in found.document.areas),
        "goal": lambda found: (goal.code for goal in found.document.goals),
        "responsible_unit": lambda found: (each.code for each in found.document.responsible_units),
        "rating": lambda _: (rating.value for rating in Rating),
        "status": lambda _: STATUSES,
    }
)


def _codes(asked: str | list[str] | None) -> list[str]:
    return [asked] if isinstance(asked, str) else asked or []


def read_threshold(text: str) -> int | datetime:
    """A revision number or an instant; ParametersInvalid for anything else."""
    revision = read_revision(text)
    threshold = read_instant(text) if revision is None else revision
    if threshold is None:
        fault = invalid_parameter("updated_after", text, "revision_or_instant")
        raise ParametersInvalid([fault])
    return threshold
