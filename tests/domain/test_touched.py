"""What a later figure touches: a plan that shares says what one made afresh says, on any basis."""

import random
from dataclasses import replace
from datetime import date

import pytest

from app.domain.accumulation import Accumulation, Basis, MissingReason
from app.domain.columns import FigureColumns, SeriesKey
from app.domain.figures import Figures
from app.domain.plan import Indicator
from app.domain.quantity import ObsStatus
from app.domain.series import Observed
from app.domain.standing import Plan
from app.domain.targets import Targets
from app.domain.time.period import Period
from tests.domain.plans import RULES, D, set_target

HOMES = Indicator(code="homes", unit="套", accumulation=Accumulation.INCREMENT)
WITH_HOMES = replace(RULES, indicators={**RULES.indicators, "homes": HOMES})
YEARS = [Period(year, quarter) for year in range(2020, 2026) for quarter in (1, 2, 3, 4)]
DAY = date(2025, 10, 10)
Figures_ = dict[tuple[SeriesKey, int], Observed]


def _choose(chance: random.Random, number: int, revision: int) -> Figures_:
    found: Figures_ = {}
    for code in chance.choices(["revenue", "research", "staff", "homes"], k=number):
        period, area = chance.choice(YEARS), chance.choice([*RULES.areas])
        is_missing = chance.random() < 0.1
        found[SeriesKey(code, area), period.index] = Observed(
            period=period,
            value=None if is_missing else D(chance.randrange(1, 300)),
            basis=None if is_missing else _choose_basis(chance, code),
            missing_reason=MissingReason.NOT_APPLICABLE if is_missing else None,
            obs_status=ObsStatus.BREAK if chance.random() < 0.05 else ObsStatus.NORMAL,
            revision=revision,
        )
    return found


def _choose_basis(chance: random.Random, code: str) -> Basis:
    whole = WITH_HOMES.indicators[code].accumulation.bases[-1]
    other = chance.choice(WITH_HOMES.indicators[code].accumulation.bases)
    return whole if chance.random() < 0.7 else other


def _columns(figures: Figures_) -> FigureColumns:
    found: dict[SeriesKey, dict[int, Observed]] = {}
    for (key, index), each in figures.items():
        found.setdefault(key, {})[index] = each
    return found


def _everything(plan: Plan) -> list[object]:
    found: list[object] = []
    for indicator in plan.rules.indicators.values():
        for area in plan.rules.areas:
            track = plan.track(indicator, area)
            for period in YEARS:
                found += [track.at(period), track.at(period, carry_forward=2)]
                found += [track.point_at(period), track.year_to_date(period)]
    return found


def _homes(quarter: int, value: int, basis: Basis) -> Figures_:
    period = Period(2023, quarter)
    figure = Observed(period=period, value=D(value), basis=basis)
    return {(SeriesKey("homes", "east"), period.index): figure}


@pytest.mark.parametrize(
    ("known", "newer", "totals"),
    [
        # A quarter adds to the total before it, whatever becomes of that total.
        (
            _homes(1, 10, Basis.SINCE_START) | _homes(2, 5, Basis.QUARTER),
            _homes(1, 20, Basis.SINCE_START),
            [20, 25],
        ),
        # A total that is reported as a quarter from now on: the later ones go by it.
        (
            _homes(1, 10, Basis.SINCE_START) | _homes(3, 30, Basis.SINCE_START),
            _homes(2, 5, Basis.QUARTER),
            [10, 15, 30],
        ),
        # Between whole totals each says all of itself.
        (
            _homes(1, 10, Basis.SINCE_START) | _homes(2, 15, Basis.SINCE_START),
            _homes(1, 20, Basis.SINCE_START),
            [20, 15],
        ),
    ],
)
def test_a_total_since_the_start_goes_by_those_before_it(
    known: Figures_, newer: Figures_, totals: list[int]
) -> None:
    plan = Plan(WITH_HOMES, Figures(WITH_HOMES, _columns(known)), Targets(()))

    def read(plan: Plan) -> list[object]:
        track = plan.track(HOMES, "east")
        return [track.at(Period(2023, each + 1)).value for each in range(len(totals))]

    read(plan)
    laid = _columns(newer)
    assert read(plan.with_figures(plan.figures.assuming(laid), laid)) == totals


def test_a_plan_that_shares_says_what_one_made_afresh_says_on_any_basis() -> None:
    chance = random.Random(11)  # noqa: S311 - the same figures each time
    targets = Targets((set_target(200), set_target(90, indicator="homes")))

    def make(known: Figures_) -> Plan:
        return Plan(WITH_HOMES, Figures(WITH_HOMES, _columns(known), today=DAY), targets)

    for _ in range(2):
        known = _choose(chance, 80, 1)
        plan = make(known)
        for revision in range(2, 8):
            _everything(plan)
            newer = _choose(chance, chance.randrange(1, 4), revision)
            known |= newer
            laid = _columns(newer)
            plan = plan.with_figures(plan.figures.assuming(laid), laid)
            assert _everything(plan) == _everything(make(known))
