"""A quarter as people write it is a code of a quarter, or nothing."""

import pytest

from app.formats.intake.period import read_period


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2024-Q3", "2024-Q3"),
        ("2024Q3", "2024-Q3"),
        ("Q3/2024", "2024-Q3"),
        ("2024年第三季度", "2024-Q3"),
        ("２０２４年三季度", "2024-Q3"),
        ("2024年1-9月", "2024-Q3"),
        ("2024年上半年", "2024-Q2"),
        ("2024年全年", "2024-Q4"),
    ],
)
def test_what_people_write_is_a_code(text: str, code: str) -> None:
    found = read_period(text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "text", ["0000年第三季度", "0999-Q1", "9024-Q3", "Q3-3000", "0001年上半年", "5024年1-9月"]
)
def test_a_year_that_no_code_has_is_no_quarter(text: str) -> None:
    assert read_period(text) is None
