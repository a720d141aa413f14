"""A quarter as people write it: 2024-Q3, 2024年第三季度, 2024年1-9月."""

import re
from typing import NamedTuple

from app.domain.accumulation import Basis
from app.domain.time.period import QUARTERS_A_YEAR, Period
from app.words.lexicon import fold

_QUARTERS = {**dict(zip("一二三四", range(1, 5), strict=True)), **{str(n): n for n in range(1, 5)}}
# As in a code; any other year is a slip of the hand.
_YEAR = r"([12]\d{3})"
_QUARTER = re.compile(rf"{_YEAR}(?:[-年]?q([1-4])|年?第?([一二三四1-4])个?季度?)", re.ASCII)
_QUARTER_FIRST = re.compile(rf"q([1-4])[-/]?{_YEAR}", re.ASCII)
_UP_TO = re.compile(rf"{_YEAR}年0?1月?[-\u2010-\u2015~至到](\d{{1,2}})月份?", re.ASCII)
_SO_FAR = re.compile(rf"{_YEAR}年(上半年|前三季度|前三个季度|全年)")
_SO_FAR_QUARTERS = {"上半年": 2, "前三季度": 3, "前三个季度": 3, "全年": QUARTERS_A_YEAR}
_MONTHS_A_QUARTER = 3


class WrittenPeriod(NamedTuple):
    """A quarter, and the basis that its wording implies: 1-9月 is a total since January."""

    code: str
    basis: Basis | None = None


def read_period(text: str) -> WrittenPeriod | None:
    """The quarter that a text means; None for what is no quarter.

    >>> read_period("2024年三季度"), read_period("2024年1－9月")[1]
    (WrittenPeriod(code='2024-Q3', basis=None), <Basis.YTD: 'ytd'>)
    """
    plain = fold(text)
    found = _QUARTER.fullmatch(plain)
    if found:
        return _written(found[1], _QUARTERS[found[2] or found[3]])
    found = _QUARTER_FIRST.fullmatch(plain)
    if found:
        return _written(found[2], int(found[1]))
    found = _SO_FAR.fullmatch(plain)
    if found:
        return _written(found[1], _SO_FAR_QUARTERS[found[2]], Basis.YTD)
    found = _UP_TO.fullmatch(plain)
    if found is None:
        return None
    quarter, rest = divmod(int(found[2]), _MONTHS_A_QUARTER)
    is_quarter = not rest and 1 <= quarter <= QUARTERS_A_YEAR
    return _written(found[1], quarter, Basis.YTD) if is_quarter else None


def _written(year: str, quarter: int, basis: Basis | None = None) -> WrittenPeriod:
    return WrittenPeriod(str(Period(int(year), quarter)), basis)
