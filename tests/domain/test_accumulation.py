"""Which basis a figure may be reported on."""

import pytest

from app.domain.accumulation import Accumulation, AreaRule, Basis, Frequency, Measure


@pytest.mark.parametrize(
    ("accumulation", "bases"),
    [
        (Accumulation.LEVEL, (Basis.LEVEL,)),
        (Accumulation.ANNUAL_FLOW, (Basis.QUARTER, Basis.YTD)),
        (Accumulation.INCREMENT, (Basis.QUARTER, Basis.YTD, Basis.SINCE_START)),
        (Accumulation.RATIO, ()),
    ],
)
def test_each_kind_of_figure_has_its_bases(
    accumulation: Accumulation, bases: tuple[Basis, ...]
) -> None:
    assert accumulation.bases == bases


def test_a_whole_total_is_told_apart_from_a_quarters_own() -> None:
    assert [each.total_basis for each in Accumulation] == [
        Basis.YTD,
        Basis.SINCE_START,
        Basis.LEVEL,
        None,
    ]


def test_the_words_are_those_of_the_plan_files() -> None:
    assert [each.value for each in Accumulation] == ["annual_flow", "increment", "level", "ratio"]
    assert [each.value for each in AreaRule] == ["sum", "none"]
    assert [each.value for each in Frequency] == ["quarter", "year"]
    assert [each.value for each in Measure] == ["reported", "cagr", "ratio"]
