"""The figures of the plan before, as the plan that follows it sees them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.bulletin.announced import inputs_before
from app.domain.columns import SeriesKey
from app.domain.course.history import History, Predecessor
from app.domain.figures import Figures
from app.domain.standing import stand
from app.domain.time.period import Period
from tests.domain.plans import REVENUE, RULES, columns, make_plan

FIGURES = {
    key: {index: replace(each, indicator=key.indicator) for index, each in column.items()}
    for key, column in columns(
        ("revenue", "east", "2024-Q4", 200),
        ("revenue", "east", "2025-Q4", 250),
        # After the end of the earlier plan's history.
        ("revenue", "west", "2026-Q1", 70),
        ("staff", "west", "2025-Q4", 9),
    ).items()
}


@pytest.fixture
def history() -> History:
    earlier = Predecessor(
        plan="earlier",
        figures=Figures(RULES, FIGURES),
        until=Period(2025, 4),
        codes={"income": "revenue"},
        known_since=lambda revision: revision + 6,
    )
    return History(earlier, ["income", "staff", "share", "exports"])


def test_it_has_each_series_with_figures_up_to_the_end_of_the_plan_before(
    history: History,
) -> None:
    assert [*history] == [SeriesKey("income", "east"), SeriesKey("staff", "west")]
    assert len(history) == 2


def test_a_figure_has_the_later_plans_code_and_remembers_its_own(history: History) -> None:
    figure = history[SeriesKey("income", "east")][Period(2025, 4).index]
    assert (figure.value, figure.indicator, figure.revision) == (Decimal(250), "income", 7)
    assert figure.origin is not None
    assert (figure.origin.plan, figure.origin.indicator, figure.origin.revision) == (
        "earlier",
        "revenue",
        1,
    )


@pytest.mark.parametrize(
    "key",
    [
        # Figures after the end; no figures; worked out from others; unknown to the plan before.
        SeriesKey("income", "west"),
        SeriesKey("staff", "east"),
        SeriesKey("share", "east"),
        SeriesKey("exports", "east"),
        SeriesKey("income", "moon"),
    ],
)
def test_where_the_plan_before_has_nothing_neither_has_its_history(
    history: History, key: SeriesKey
) -> None:
    assert history.get(key) is None


def test_without_figures_growth_rests_on_none() -> None:
    plan = make_plan({})
    assert inputs_before(plan, stand(plan, REVENUE, "east", None)) == []
