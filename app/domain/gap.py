"""The gap of one target at one period: every measure, the rating, and why a field is null.

This is the one calculation behind every row, export, chart and the calculator.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from types import MappingProxyType

from app.domain import measures
from app.domain.coverage import Actual, HistoryPoint
from app.domain.measures import MeasureDefinition, Situation, situate
from app.domain.outlook.look_ahead import arrival_day, look_ahead
from app.domain.outlook.projection import Projection
from app.domain.path import PathKind
from app.domain.quantity import MeasureUnit, Quantity, Reason, Undefined
from app.domain.rating import Bands, Flag, Rating, RatingBasis, Verdict, rate
from app.domain.series import ActualBasis
from app.domain.target import Target


def _list_measures() -> Iterator[MeasureDefinition]:
    """Every measure of a row in the order of the columns.

    After those of a situation, what needs more: the history, and the bands of the rating.
    """
    amount, ratio, code = MeasureUnit.AMOUNT, MeasureUnit.RATIO, MeasureUnit.CODE
    value = "V: full year, trailing four quarters, total since the start, or level"
    yield MeasureDefinition(name="actual", unit=amount, formula=value)
    yield from measures.DEFINITIONS
    for name, unit, formula in (
        ("projection", amount, "y + hc, c = (y_n - y_1)/(t_n - t_1); geometric on logarithms"),
        ("projection_low", amount, "projection - t(n-2) sigma_h, nominal 80 %"),
        ("projection_high", amount, "projection + t(n-2) sigma_h, nominal 80 %"),
        ("projection_prudent", amount, "y + c(1 + 0.9 + ... + 0.9^(h-1))"),
        ("probability", ratio, "P(the projection meets the comparator)"),
        ("projected_gap", amount, "d(X - projection)"),
        ("eta", MeasureUnit.DAY, "linear t + (X - V)/rate; geometric t + ln(X/V)/ln(1 + CAGR)"),
        ("rating", code, "the first rule that matches: achieved, missed, then bands on the index"),
        ("rating_index", ratio, ""),
        ("rating_basis", code, ""),
        ("rating_threshold", ratio, ""),
    ):
        yield MeasureDefinition(name=name, unit=unit, formula=formula)


# The registry: rows, files, SDMX and explanations are made from it.
MEASURES: Mapping[str, MeasureDefinition] = MappingProxyType(
    {each.name: each for each in _list_measures()}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """All measures of one row: each is exact, or undefined with its reason.

    ``values``: by name, what is a number and not of the rating. They are attributes too.
    """

    values: Mapping[str, Quantity]
    eta: date | Undefined
    rating_index: Quantity
    rating_threshold: Quantity
    rating_basis: RatingBasis | None
    rating: Rating
    flags: tuple[Flag, ...]

    def __getattr__(self, name: str) -> Quantity:
        """A measure by its name in the registry."""
        if name not in MEASURES:
            raise AttributeError(name)
        return self.values[name]

    @classmethod
    def undefined(cls, reason: Reason) -> "Assessment":
        """A row in which nothing can be said, for one reason."""
        none = Undefined(reason)
        return cls(
            values=dict.fromkeys(_NUMBERS, none),
            eta=none,
            rating_index=none,
            rating_threshold=Undefined(Reason.NOT_RATED),
            rating_basis=None,
            rating=Rating.UNABLE_TO_ASSESS,
            flags=(),
        )


_APART = {"actual", "path", *(each.name for each in fields(Assessment))}
_NUMBERS = tuple(name for name in MEASURES if name not in _APART)


def assess(
    target: Target | None,
    actual: Actual,
    *,
    history: tuple[HistoryPoint, ...] = (),
    bands: Bands,
    is_net: bool = False,
) -> Assessment:
    """Hold an actual against its target.

    ``history``: earlier comparable values of the same basis, for the projection.
    ``is_net``: whether an increment may also fall, so that no count model fits it.
    Without a target, or without any period, every field says why it is null.
    """
    if target is None:
        # The actual is still given, and with it what qualifies it.
        unheld = Assessment.undefined(Reason.NO_TARGET)
        return replace(unheld, flags=_qualify(actual))
    if actual.data_period is None:
        return Assessment.undefined(Reason.NO_DATA)
    given = situate(target, actual, actual.data_period)
    verdict = rate(given, is_trailing=actual.basis is ActualBasis.TTM, bands=bands)
    outlook = look_ahead(given, history, is_net=is_net)
    return Assessment(
        values=_measure(given) | _project(outlook),
        eta=arrival_day(given),
        rating_index=verdict.index,
        rating_threshold=verdict.threshold,
        rating_basis=verdict.basis,
        rating=verdict.rating,
        flags=_flags(given, actual, verdict, outlook),
    )


def _measure(given: Situation) -> dict[str, Quantity]:
    return {each.name: each.compute(given) for each in measures.DEFINITIONS if each.compute}


def _project(outlook: Projection) -> dict[str, Quantity]:
    return {
        "projection": outlook.central,
        "projection_low": outlook.low,
        "projection_high": outlook.high,
        "projection_prudent": outlook.prudent,
        "probability": outlook.probability,
        "projected_gap": outlook.projected_gap,
    }


def _flags(
    given: Situation, actual: Actual, verdict: Verdict, outlook: Projection
) -> tuple[Flag, ...]:
    target, value = given.target, given.value
    is_strict_equal = value == target.value and not target.is_met_by(target.value)
    is_bent = target.path is PathKind.GEOMETRIC and target.effective_path is PathKind.LINEAR
    conditions = [
        (is_strict_equal, Flag.AT_THRESHOLD),
        (target.is_ratio_unstable, Flag.RATIO_UNSTABLE),
        (is_bent, Flag.LINEAR_ONLY),
    ]
    own = tuple(flag for holds, flag in conditions if holds)
    seen = tuple(Flag(name) for name in outlook.flags)
    return (*_qualify(actual), *own, *verdict.flags, *seen)


def _qualify(actual: Actual) -> tuple[Flag, ...]:
    if isinstance(actual.value, Undefined):
        return ()
    conditions = [
        (actual.is_partial, Flag.PARTIAL_COVERAGE),
        (actual.oldest_age > 0, Flag.CARRIED_FORWARD),
        (any(each.is_rounded for each in actual.inputs), Flag.ROUNDED_INPUT),
    ]
    return tuple(flag for holds, flag in conditions if holds)
