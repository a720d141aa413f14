"""The gap of one target at one period: every measure, the rating, and why a field is null.

This is the one calculation behind every row, export, chart and the calculator.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from app.domain.accumulation import ActualBasis
from app.domain.coverage import Actual
from app.domain.measures import situate
from app.domain.outlook import look_ahead
from app.domain.outlook.flags import flags_of, qualify
from app.domain.quantity import (
    DEFINITIONS,
    Flag,
    MeasureDefinition,
    MeasureUnit,
    Quantity,
    Reason,
    Undefined,
)
from app.domain.rating import Bands, Rating, RatingBasis, rate
from app.domain.target import Target
from app.domain.time.spells import Dated

_ACTUAL = "V: full year, trailing four quarters, total since the start, or level"
_YEAR_TO_DATE = "the total since 1 January: the figure reported as such, or a sum of quarters"
_RATING = "the first rule that matches: achieved, missed, then bands on the index"

# The registry, in the order of the columns: rows, files, SDMX and explanations are made from it.
_ALL = (
    MeasureDefinition(name="actual", unit=MeasureUnit.AMOUNT, formula=_ACTUAL),
    *DEFINITIONS,
    *look_ahead.DEFINITIONS,
    MeasureDefinition(name="rating", unit=MeasureUnit.CODE, formula=_RATING),
    MeasureDefinition(name="rating_index", unit=MeasureUnit.RATIO, formula=""),
    MeasureDefinition(name="rating_basis", unit=MeasureUnit.CODE, formula=""),
    MeasureDefinition(name="rating_threshold", unit=MeasureUnit.RATIO, formula=""),
    MeasureDefinition(name="year_to_date", unit=MeasureUnit.AMOUNT, formula=_YEAR_TO_DATE),
)
MEASURES = MappingProxyType({each.name: each for each in _ALL})


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
        if name not in self.values:
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


_APART = {"actual", "path", "year_to_date", *(each.name for each in fields(Assessment))}
_NUMBERS = tuple(name for name in MEASURES if name not in _APART)


def assess(
    target: Target | None,
    actual: Actual,
    *,
    history: tuple[Dated[Decimal], ...] = (),
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
        return replace(Assessment.undefined(Reason.NO_TARGET), flags=qualify(actual))
    if actual.data_period is None:
        return Assessment.undefined(Reason.NO_DATA)
    given = situate(target, actual, actual.data_period)
    verdict = rate(given, is_trailing=actual.basis is ActualBasis.TTM, bands=bands)
    outlook = look_ahead.look_ahead(given, history, is_net=is_net)
    own = {each.name: each.compute(given) for each in DEFINITIONS if each.compute}
    return Assessment(
        values=own | outlook.measures,
        eta=look_ahead.arrival_day(given),
        rating_index=verdict.index,
        rating_threshold=verdict.threshold,
        rating_basis=verdict.basis,
        rating=verdict.rating,
        flags=flags_of(given, actual, verdict, outlook),
    )
