"""The plain program's overview: each target against the sum of its districts."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, SQLModel, select

from bench.plain.tables import Area, Observation, Target

_ON_TRACK, _ACCELERATION_NEEDED = 0.95, 0.60


class Point(SQLModel):
    """A quarter of the series."""

    period: str
    value: float
    reported: int


class TargetView(SQLModel):
    """A target beside its actual."""

    indicator: str
    name: str
    unit: str
    target: float
    baseline: float
    period: str | None
    actual: float | None
    gap: float | None
    gap_percent: float | None
    attainment_percent: float | None
    progress_percent: float | None
    elapsed_percent: float | None
    yoy_percent: float | None
    rating: str
    areas_expected: int
    areas_reported: int
    series: list[Point]


class Overview(SQLModel):
    """All that a dashboard shows."""

    by_rating: dict[str, int]
    targets: list[TargetView]


def make_overview(session: Session, area: str | None = None) -> Overview:
    """The overview of the city, or of one district."""
    districts = [area] if area else _districts(session)
    query = select(Observation)
    if area:
        query = query.where(Observation.area == area)
    figures: dict[str, list[Observation]] = defaultdict(list)
    for each in session.exec(query):
        figures[each.indicator].append(each)
    targets = session.exec(select(Target).order_by(Target.indicator)).all()
    views = [_view(target, figures[target.indicator], districts) for target in targets]
    by_rating: dict[str, int] = defaultdict(int)
    for view in views:
        by_rating[view.rating] += 1
    return Overview(by_rating=by_rating, targets=views)


def _districts(session: Session) -> list[str]:
    return [area.code for area in session.exec(select(Area)) if area.parent]


def _view(target: Target, figures: Sequence[Observation], districts: list[str]) -> TargetView:
    series = _series(figures)
    last = series[-1] if series else None
    actual = last.value if last else None
    gap = None if actual is None else target.value - actual
    span = target.value - target.baseline
    progress = None if actual is None or not span else 100 * (actual - target.baseline) / span
    elapsed = _elapsed(target, last.period) if last else None
    return TargetView(
        indicator=target.indicator,
        name=target.name,
        unit=target.unit,
        target=target.value,
        baseline=target.baseline,
        period=last.period if last else None,
        actual=actual,
        gap=gap,
        gap_percent=None if gap is None else 100 * gap / target.value,
        attainment_percent=None if actual is None else 100 * actual / target.value,
        progress_percent=progress,
        elapsed_percent=elapsed,
        yoy_percent=_yoy(series),
        rating=_rating(progress, elapsed),
        areas_expected=len(districts),
        areas_reported=last.reported if last else 0,
        series=series,
    )


def _series(figures: Sequence[Observation]) -> list[Point]:
    values: dict[str, list[float]] = defaultdict(list)
    for each in figures:
        values[each.period].append(each.value)
    return [
        Point(period=period, value=sum(found), reported=len(found))
        for period, found in sorted(values.items())
    ]


def _elapsed(target: Target, period: str) -> float:
    year, quarter = int(period[:4]), int(period[-1])
    at = date(year + quarter // 4, quarter * 3 % 12 + 1, 1)
    return 100 * (at - target.start).days / (target.deadline - target.start).days


def _yoy(series: list[Point]) -> float | None:
    if len(series) <= 4 or not series[-5].value:  # noqa: PLR2004 - quarters of a year
        return None
    return 100 * (series[-1].value / series[-5].value - 1)


def _rating(progress: float | None, elapsed: float | None) -> str:
    if progress is None or not elapsed:
        return "unable_to_assess"
    if progress >= 100:  # noqa: PLR2004 - percent
        return "achieved"
    index = progress / min(elapsed, 100)
    if index >= _ON_TRACK:
        return "on_track"
    return "acceleration_needed" if index >= _ACCELERATION_NEEDED else "off_track"
