"""The ids of dataflows lead back to their plans, and periods are read as SDMX writes them."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.sdmx.query import Span
from app.sdmx.structures import flow_id, read_flow_id

codes = st.from_regex(r"[a-z][a-z0-9]{0,3}([-_][a-z0-9]{1,3}){0,3}", fullmatch=True)


@settings(derandomize=True, deadline=None, database=None)
@given(plan=codes, structure=st.sampled_from(["OBS", "GAP"]))
def test_an_id_leads_back_to_its_plan(plan: str, structure: str) -> None:
    written = flow_id(plan, structure)
    assert re.fullmatch(r"[A-Z][A-Z0-9_]*", written)
    assert read_flow_id(written) == (plan, structure)


@pytest.mark.parametrize("written", ["", "_OBS ", "OBS", "X_obs", "x_OBS", "A__B", "A___B_OBS_"])
def test_what_is_no_id_leads_nowhere(written: str) -> None:
    assert read_flow_id(written) is None


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-A1", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-Q3", date(2024, 7, 1), date(2024, 9, 30)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-12", date(2024, 12, 1), date(2024, 12, 31)),
        ("2024-02-03", date(2024, 2, 3), date(2024, 2, 3)),
        ("2024-02-03T04:05:06+08:00", date(2024, 2, 3), date(2024, 2, 3)),
    ],
)
def test_a_period_is_so_many_days(written: str, first: date, last: date) -> None:
    assert Span.parse(written) == Span(first, last)


@pytest.mark.parametrize("written", ["", "2024-Q5", "2024-13", "2024-02-30", "soon", "99999"])
def test_what_is_no_period_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Span.parse(written)
