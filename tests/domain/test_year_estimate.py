"""The full year from its part so far: cases worked out by hand, and what always holds."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.year.estimate import estimate_year

FILE = Path(__file__).parents[1] / "cases" / "year_cases.json"
CASES: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))["cases"]
D = Decimal
amounts = st.decimals("0.01", "99999", places=2)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_the_year_is_what_was_worked_out_by_hand(case: dict[str, Any]) -> None:
    history = tuple((D(part), D(whole)) for part, whole in case["history"])
    found = estimate_year(D(case["so_far"]), case["quarter"], history=history, is_net=False)
    for name in ("share", "central", "low", "high"):
        assert _shown(getattr(found, name)) == _shown(_read(case[name])), name


def test_a_net_amount_may_end_the_year_below_what_it_has() -> None:
    history = ((D(10), D(100)), (D(50), D(100)), (D(90), D(100)))
    found = estimate_year(D(30), 2, history=history, is_net=True)
    assert _shown(found.low) == _shown(D("21.88296037301932209"))


def test_the_last_five_years_count() -> None:
    old, new = ((D(1), D(100)),) * 4, ((D(50), D(100)),) * 5
    found = estimate_year(D(50), 2, history=old + new, is_net=False)
    assert {found.central, found.low, found.high} == {D(100)}


@given(
    so_far=amounts,
    shares=st.lists(st.tuples(amounts, amounts), min_size=3, max_size=7),
    factor=st.decimals("0.01", "1000", places=2),
)
def test_the_range_holds_the_estimate_and_has_no_unit(
    so_far: Decimal, shares: list[tuple[Decimal, Decimal]], factor: Decimal
) -> None:
    history = tuple((min(pair), max(pair)) for pair in shares)
    found = estimate_year(so_far, 2, history=history, is_net=True)
    assert isinstance(found.central, Decimal)
    assert isinstance(found.low, Decimal)
    assert found.low <= found.central
    assert not isinstance(found.high, Decimal) or found.central <= found.high
    scaled = tuple((part * factor, whole * factor) for part, whole in history)
    other = estimate_year(so_far * factor, 2, history=scaled, is_net=True)
    assert isinstance(other.central, Decimal)
    assert abs(other.central - found.central * factor) <= found.central * factor * D("1e-20")


def _read(text: str) -> Quantity:
    return D(text) if text[0].isdigit() else Undefined(Reason(text))


def _shown(value: Quantity) -> str:
    """Sixteen significant digits, or the reason."""
    return value.reason.value if isinstance(value, Undefined) else f"{value:.15e}"
