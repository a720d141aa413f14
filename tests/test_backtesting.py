"""The back-test command: a plan's own history against the interval that is called 80 %."""

from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli.commands import main
from tests.small_plan import CODE, figures, load_small, since, target


def _run(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["backtest", *arguments])


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> str:
    monkeypatch.setenv("DABIAO_DATABASE_URL", sqlite_url)
    return sqlite_url


@pytest.mark.usefixtures("url")
def test_the_nations_history_is_held_against_what_came_one_and_two_years_later() -> None:
    """From 2023 on logs, 137628 to 145306 for 2024, where 137276 came; from 2024, 151262 to
    161573 for 2025, where 154831 came; first and third quarters are series of their own.
    """
    done = _run("china-software-2025")
    assert done.exit_code == 0
    *table, told = done.stdout.splitlines()[:4]
    assert table == [
        "indicator                  area   quarters ahead  projections  inside  inside %",
        "software_business_revenue  china               4            4       3      75.0",
        "software_business_revenue  china               8            1       0       0.0",
    ]
    assert told == (
        "china-software-2025: 60.0 % of 5 figures fell within the interval projected for them, "
        "which is meant to hold 80 % of them."
    )


@pytest.mark.usefixtures("url")
def test_the_nations_years_are_held_against_how_they_were_estimated_within_them() -> None:
    """Revenue of 2025 from its first quarter: 148658 to 172709 (tests/cases/year_cases.json), where
    154831 came. Export of 2024 from its first quarter: shares 111/521, 116/524.1, 115.4/514.2 give
    497.4 to 559.0, where 569.5 came.
    """
    lines = _run("china-software-2025").stdout.splitlines()[5:]
    assert [line.split() for line in lines[:-1]] == [
        ["software_business_revenue", "china", "1", "2", "2", "100.0"],
        ["software_business_revenue", "china", "2", "1", "1", "100.0"],
        ["software_business_revenue", "china", "3", "2", "2", "100.0"],
        ["software_export", "china", "1", "1", "1", "100.0"],
        ["software_export", "china", "2", "1", "1", "100.0"],
        ["software_export", "china", "3", "1", "0", "0.0"],
        ["software_profit_total", "china", "1", "1", "1", "100.0"],
        ["software_profit_total", "china", "2", "1", "1", "100.0"],
        ["software_profit_total", "china", "3", "2", "2", "100.0"],
    ]
    assert lines[-1] == (
        "china-software-2025: 91.7 % of 12 years ended within the interval estimated for them "
        "after one to three quarters, which is meant to hold 80 % of them."
    )


@pytest.mark.usefixtures("url")
def test_a_plan_without_a_history_says_so() -> None:
    done = _run("shenzhen-software-2025")
    assert done.exit_code == 0
    assert done.stdout == (
        "shenzhen-software-2025: there is nothing to test. A test needs four figures and a later "
        "one.\n"
        "shenzhen-software-2025: no full-year estimate can be tested. An interval needs three "
        "earlier years.\n"
    )


@pytest.mark.usefixtures("url")
def test_a_plan_that_is_not_there_is_named() -> None:
    done = _run("atlantis")
    assert done.exit_code == 1
    assert "'atlantis'" in done.stderr


def test_totals_levels_and_districts_are_tested_and_partial_sums_are_not(
    url: str, deploy: Any
) -> None:
    """Totals count from 0 at the start: the fifth figure is the first with an interval."""
    quarters = ["2022-Q1", "2022-Q2", "2022-Q3", "2022-Q4", "2023-Q1"]
    steady = dict(zip(quarters, (10, 20, 30, 40, 50), strict=True))
    published = figures("workers", "east", steady)
    published += figures("workers", "west", dict(list(steady.items())[:4]))
    published += figures("firms", "west", dict(zip(quarters, (5, 6, 8, 9, 99), strict=True)))
    targets = [
        target("workers", "east", 100),
        target("workers", "city", 200),
        target("firms", "west", 20, **since(4)),
        target("growth", "east", 12, path="geometric", **since(4)),
    ]
    load_small(deploy(url), targets=targets, observations=published)
    lines = _run(CODE).stdout.splitlines()
    assert [line.split() for line in lines[1:-2]] == [
        ["workers", "city", "1", "1", "1", "100.0"],
        ["workers", "east", "1", "2", "2", "100.0"],
        ["workers", "east", "2", "1", "1", "100.0"],
        ["firms", "west", "1", "2", "1", "50.0"],
        ["firms", "west", "2", "1", "0", "0.0"],
    ]
