"""Rules between indicators, and the queue's order of risk."""

from decimal import Decimal

from app.domain.accumulation import Basis
from app.domain.checks.risk import change_percent, risk_of
from app.domain.checks.rules import Breach, MissingStrategy, Rule, find_breach
from app.domain.path import Comparator
from app.domain.series import Observed
from app.domain.time.period import Period


def figure(value: str | None, basis: Basis = Basis.YTD) -> Observed:
    """A figure of 2024-Q4."""
    number = None if value is None else Decimal(value)
    return Observed(period=Period(2024, 4), value=number, basis=basis)


def rule(missing: MissingStrategy = MissingStrategy.SKIP_IF_ANY) -> Rule:
    """Profit and tax together are not above revenue."""
    return Rule(
        code="profit_within_revenue",
        left=("profit", "tax"),
        comparator=Comparator.LTE,
        right=("revenue",),
        missing=missing,
    )


def test_a_rule_that_does_not_hold_gives_both_sides() -> None:
    figures = {"profit": figure("80"), "tax": figure("30"), "revenue": figure("100")}
    assert find_breach(rule(), figures) == Breach(left=Decimal(110), right=Decimal(100))
    figures["tax"] = figure("20")
    assert find_breach(rule(), figures) is None


def test_a_missing_figure_skips_the_rule_or_counts_as_nothing_as_the_plan_says() -> None:
    figures = {"profit": figure("120"), "tax": figure(None), "revenue": figure("100")}
    assert find_breach(rule(), figures) is None
    assert find_breach(rule(MissingStrategy.TREAT_AS_ZERO), figures) is not None
    assert find_breach(rule(MissingStrategy.SKIP_IF_ALL), figures) is not None
    assert find_breach(rule(MissingStrategy.SKIP_IF_ALL), {}) is None


def test_without_any_figure_nothing_is_broken() -> None:
    """Nothing is not above nothing, and still no district has broken a strict rule."""
    strict = Rule(
        code="profit_is_above_tax",
        left=("profit",),
        comparator=Comparator.GT,
        right=("tax",),
        missing=MissingStrategy.TREAT_AS_ZERO,
    )
    assert find_breach(strict, {}) is None
    assert find_breach(strict, {"tax": figure("0")}) == Breach(left=Decimal(0), right=Decimal(0))


def test_figures_on_different_bases_are_never_held_against_each_other() -> None:
    figures = {"profit": figure("120", Basis.QUARTER), "tax": figure("0"), "revenue": figure("1")}
    assert find_breach(rule(), figures) is None


def test_a_change_is_counted_in_percent_of_what_was_there() -> None:
    assert change_percent(Decimal(90), Decimal(120)) == 25
    assert change_percent(None, Decimal(120)) is None
    assert change_percent(Decimal(90), None) is None
    assert change_percent(Decimal(90), Decimal(0)) is None


def test_questions_outweigh_changes_and_changes_lateness() -> None:
    assert risk_of(queries=0, largest_change=None, is_late=True) == 1
    assert risk_of(queries=0, largest_change=Decimal(5000), is_late=True) == 999
    assert risk_of(queries=1, largest_change=None, is_late=False) == 1000
