"""Which submission a reviewer looks at first."""

from decimal import Decimal

import pytest

from app.domain.checks.risk import change_percent, risk_of

D = Decimal


@pytest.mark.parametrize(
    ("value", "previous"), [(None, D(1)), (D(1), None), (None, None), (D(1), D(0))]
)
def test_without_two_figures_there_is_no_change_to_measure(
    value: Decimal | None, previous: Decimal | None
) -> None:
    assert change_percent(value, previous) is None


@pytest.mark.parametrize(("value", "percent"), [("150", "25"), ("90", "25"), ("-120", "200")])
def test_a_change_is_as_large_upwards_as_downwards(value: str, percent: str) -> None:
    assert change_percent(D(value), D(120)) == D(percent)


def test_a_question_outweighs_any_change_and_a_change_outweighs_lateness() -> None:
    asked = risk_of(queries=1, largest_change=None, is_late=False)
    jumped = risk_of(queries=0, largest_change=D(50000), is_late=True)
    late = risk_of(queries=0, largest_change=None, is_late=True)

    assert asked > jumped > late > risk_of(queries=0, largest_change=D(0), is_late=False) == 0
