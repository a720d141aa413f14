"""Published growth against the growth of published levels: national software revenue."""

from decimal import Decimal

import pytest

from app.domain.accumulation import Basis
from app.domain.course.growth import is_restated, raw_growth_percent
from app.domain.series import Observed
from app.domain.time.period import Period

D = Decimal


def figure(
    period: str, value: str | None, published: str | None = None, basis: Basis = Basis.YTD
) -> Observed:
    return Observed(
        period=Period.parse(period),
        value=None if value is None else D(value),
        basis=basis,
        published_growth_percent=None if published is None else D(published),
    )


YEAR_2023 = figure("2023-Q4", "123258", "13.4")
YEAR_2024 = figure("2024-Q4", "137276", "10.0")
YEAR_2025 = figure("2025-Q4", "154831", "13.2")


def test_levels_grew_by_11_4_percent_where_10_0_was_published() -> None:
    raw = raw_growth_percent(YEAR_2024, YEAR_2023)

    assert raw is not None
    assert round(raw, 4) == D("11.3729")
    assert is_restated(YEAR_2024, YEAR_2023)


def test_four_tenths_of_a_point_are_rounding_and_revision() -> None:
    """154831 over 137276 is 12.788 %, and 13.2 % was published."""
    assert not is_restated(YEAR_2025, YEAR_2024)


@pytest.mark.parametrize(
    ("published", "expected"),
    [("9.4", True), ("9.5", False), ("10", False), ("10.5", False), ("10.6", True)],
)
def test_half_a_point_is_tolerated_either_way(published: str, *, expected: bool) -> None:
    now, before = figure("2024-Q4", "110", published), figure("2023-Q4", "100")

    assert is_restated(now, before) is expected


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (None, YEAR_2023),
        (YEAR_2024, None),
        (figure("2024-Q4", None, "10"), YEAR_2023),
        (YEAR_2024, figure("2023-Q4", None)),
        (YEAR_2024, figure("2023-Q4", "0")),
        (YEAR_2024, figure("2023-Q4", "-5")),
        (YEAR_2024, figure("2023-Q4", "100", basis=Basis.QUARTER)),
    ],
)
def test_without_two_comparable_levels_there_is_no_raw_growth(
    now: Observed | None, before: Observed | None
) -> None:
    assert raw_growth_percent(now, before) is None
    assert not is_restated(now, before)


def test_a_small_base_is_a_base() -> None:
    assert raw_growth_percent(figure("2024-Q4", "0.6"), figure("2023-Q4", "0.5")) == 20


def test_without_published_growth_nothing_is_said() -> None:
    assert not is_restated(figure("2024-Q4", "137276"), YEAR_2023)
