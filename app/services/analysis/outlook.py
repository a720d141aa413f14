"""What a target's row leaves to say: the year it is in, what it takes, how firm the rating is."""

from decimal import Decimal

from app.domain.accumulation import Accumulation, Measure
from app.domain.bulletin.year_before import WithinYear
from app.domain.course.growth import sensitivity_of_growth
from app.domain.outlook.in_year import InYear, stand_in_year
from app.domain.outlook.sensitivity import Sensitivity, sensitivity_of
from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.standing import Plan, Standing
from app.domain.time.period import QUARTERS_A_YEAR, Period

# Of the years before, mean_share takes the last five.
_YEARS_BACK = 5
_NO_DATA = Undefined(Reason.NO_DATA)


def stand_within_year(plan: Plan, standing: Standing) -> InYear:
    """An annual flow within the year of its data, against what the path asks of that year."""
    indicator, target, at = standing.indicator, standing.target, standing.level.period
    is_flow = indicator.accumulation is Accumulation.ANNUAL_FLOW
    if indicator.measure is not Measure.REPORTED or not is_flow:
        return InYear.undefined(Reason.NOT_APPLICABLE)
    if at is None:
        return InYear.undefined(Reason.NO_DATA)
    year_end = Period(at.year, QUARTERS_A_YEAR)
    none = Undefined(Reason.NO_TARGET)
    return stand_in_year(
        standing.year_to_date,
        at.quarter_of_year,
        history=_known_years(plan, standing, at),
        milestone=none if target is None else target.path_value_at(year_end),
        sign=1 if target is None else target.direction.sign,
    )


def grow_to_date(plan: Plan, standing: Standing) -> Quantity:
    """The growth of the year to date on the year before (累计同比), percent."""
    at = standing.level.period
    return _within_year(plan, standing, at).year_to_date_percent(at) if at else _NO_DATA


def grow_in_quarter(plan: Plan, standing: Standing) -> Quantity:
    """The growth of the single quarter on the year before (当季同比), percent."""
    at = standing.level.period
    return _within_year(plan, standing, at).quarter_percent(at) if at else _NO_DATA


def sensitivity_of_rating(plan: Plan, standing: Standing) -> Sensitivity:
    """How far the actual must move to change the rating."""
    bands, growth = plan.rules.bands, standing.growth
    if growth is None:
        return sensitivity_of(standing.target, standing.actual, bands)
    return sensitivity_of_growth(growth, standing.actual, standing.level, bands)


def chain_linked_growth(plan: Plan, standing: Standing) -> Quantity:
    """The published growth of each full year since the base; every one must be there."""
    if standing.period is None:
        return Undefined(Reason.NO_DATA)
    return plan.track(standing.indicator, standing.area).chain_linked(standing.period)


def _within_year(plan: Plan, standing: Standing, at: Period) -> WithinYear:
    track = plan.track(standing.indicator, standing.area, standing.level.source)
    since = track.at(at).since
    return WithinYear(indicator=standing.indicator, total=track.year_to_date, since=since)


def _known_years(plan: Plan, standing: Standing, at: Period) -> tuple[tuple[Decimal, Decimal], ...]:
    """The running totals of the years before at this quarter and at their ends, from one source."""
    track = plan.track(standing.indicator, standing.area, standing.level.source)
    years = []
    since, first = track.at(at).since, at.year - _YEARS_BACK
    if since is not None:
        # Of a year with a break within it, the two totals are of different things.
        first = max(first, since.year + (since.quarter_of_year > 1))
    for year in range(first, at.year):
        so_far = track.year_to_date(Period(year, at.quarter_of_year))
        whole = track.year_to_date(Period(year, QUARTERS_A_YEAR))
        if isinstance(so_far, Decimal) and isinstance(whole, Decimal):
            years.append((so_far, whole))
    return tuple(years)
