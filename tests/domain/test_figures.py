"""The actuals of areas and periods, and figures laid over others."""

from decimal import Decimal

from app.domain.accumulation import ActualSource
from app.domain.columns import Overlay, SeriesKey
from app.domain.figures import Figures
from app.domain.quantity import Reason, Undefined
from app.domain.standing import Plan
from app.domain.targets import Targets
from app.domain.time.period import Period
from tests.domain.plans import REVENUE, RULES, SHARE, STAFF, columns

D = Decimal
END = Period(2024, 4)
BOTH = columns(("revenue", "east", "2024-Q4", 60), ("revenue", "west", "2024-Q4", 40))
KEY = SeriesKey("revenue", "east")


def test_a_whole_without_a_figure_of_its_own_is_the_sum_of_its_parts() -> None:
    actual = Figures(RULES, BOTH).actual(REVENUE, "province", END)
    assert (actual.value, actual.source) == (D(100), ActualSource.SUMMED)
    assert [part.area for part in actual.parts] == ["east", "west"]


def test_a_ratio_of_a_whole_is_made_of_its_parts_sums() -> None:
    research = columns(("research", "east", "2024-Q4", 6), ("research", "west", "2024-Q4", 9))
    figures = Figures(RULES, {**BOTH, **research})
    assert figures.actual(SHARE, "province", END).value == 15
    own, summed = figures.sides(SHARE, "province", END)
    assert (own.value, summed.value) == (Undefined(Reason.NOT_REPORTED), D(15))


def test_the_two_sides_of_a_flow_are_running_totals() -> None:
    quarter = columns(("revenue", "province", "2024-Q2", 55), ("revenue", "east", "2024-Q2", 30))
    own, summed = Figures(RULES, quarter).sides(REVENUE, "province", Period(2024, 2))
    assert (own.value, summed.value) == (D(55), D(30))
    assert summed.is_partial


def test_the_periods_of_a_whole_are_those_of_its_parts() -> None:
    figures = Figures(RULES, Overlay(BOTH, columns(("revenue", "east", "2023-Q4", 50))))
    assert figures.periods(REVENUE, "province") == [Period(2023, 4), END]
    plan = Plan(RULES, figures, Targets([]))
    whole = [
        (each.period, each.value)
        for each in plan.track(REVENUE, "province").whole_values(END.shift(1))
    ]
    assert whole == [(END, D(100))]


def test_the_last_figure_before_a_period_is_the_areas_own() -> None:
    figures = Figures(RULES, BOTH)
    last = figures.last_before(REVENUE, "east", Period(2025, 1))
    assert last is figures.own(REVENUE, "east", END)
    assert figures.last_before(REVENUE, "east", END) is None


def test_an_assumed_figure_goes_before_the_reported_one() -> None:
    known = Figures(RULES, BOTH)
    assumed = known.assuming(columns(("revenue", "east", "2024-Q4", 70), revision=0))
    assert assumed.actual(REVENUE, "province", END).value == 110
    assert known.actual(REVENUE, "province", END).value == 100


def test_of_a_submitted_and_an_official_figure_the_newer_counts() -> None:
    newer = columns(("revenue", "east", "2024-Q4", 70), revision=2)
    laid = Overlay(BOTH, newer, only_newer=True)
    assert laid[KEY][END.index].value == 70
    assert Overlay(newer, BOTH, only_newer=True)[KEY][END.index].value == 70


def test_series_laid_over_others_are_listed_once() -> None:
    other = columns(("revenue", "east", "2023-Q4", 50), ("staff", "east", "2024-Q4", 5))
    laid = Overlay(BOTH, other)
    assert [*laid] == [KEY, SeriesKey("revenue", "west"), SeriesKey("staff", "east")]
    assert len(laid) == 3


def test_figures_that_a_caller_sees_alone_do_not_count_in_sums() -> None:
    seen = Overlay(BOTH, columns(("revenue", "east", "2024-Q4", 70), revision=2))
    figures = Figures(RULES, seen, in_sums=BOTH)
    assert figures.actual(REVENUE, "east", END).value == 70
    assert figures.actual(REVENUE, "province", END).value == 100
    staff = figures.assuming(columns(("staff", "east", "2024-Q4", 5)))
    assert staff.actual(STAFF, "province", END).value == 5
