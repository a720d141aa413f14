"""How a workbook shows its numbers: plainly, as days and times, or as percentages.

The number behind 2024年7月1日 is 45474, the one behind 12% is 0.12. Neither is the figure
that stands there, so both are read as the text that is seen, for the checks to refuse.
"""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum, auto
from typing import IO

from app.domain.checks.unit import plain
from app.errors import FileRefused
from app.formats.workbook.xml import Attributes, XmlPart

_MOST_STYLES = 65_536
_PERCENT_IDS = frozenset({9, 10})
# Built-in formats of days and times, those of Chinese and other Asian editions included.
_DATE_IDS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
# What a format shows as it stands: quoted, escaped, as padding; and colours and locales.
_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)
_DATE_SIGN = re.compile(r"[ymdhs]", re.IGNORECASE)
_FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no time zone
# In that system the first day is four years and a day later.
_DAYS_TO_1904 = 1462
_SECONDS_A_DAY = 86_400


class Shown(Enum):
    """What a number in a cell looks like."""

    NUMBER = auto()
    DATE = auto()
    PERCENT = auto()


def read_styles(part: IO[bytes]) -> list[Shown]:
    """What each cell style shows, in the order that cells refer to them."""
    formats: dict[str, str] = {}
    found: list[Shown] = []
    is_inside = False

    def add_format(attributes: Attributes) -> None:
        formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")

    def enter(_: Attributes) -> None:
        nonlocal is_inside
        is_inside = True

    def leave(_: str) -> None:
        reader.done = True

    def add_style(attributes: Attributes) -> None:
        if is_inside:
            number = attributes.get("numFmtId", "0")
            found.append(_shown(number, formats.get(number)))
        if max(len(found), len(formats)) > _MOST_STYLES:
            raise FileRefused(why="damaged")

    reader = XmlPart(
        opening={"numFmt": add_format, "cellXfs": enter, "xf": add_style},
        closing={"cellXfs": leave},
    )
    reader.read_all(part)
    return found


def show_percent(number: Decimal) -> str:
    """A share as a percentage.

    >>> show_percent(Decimal("0.125"))
    '12.5%'
    """
    return f"{plain(number.scaleb(2)):f}%"


def show_date(number: Decimal, *, is_1904: bool) -> str:
    """A serial number of days as a day, a time of day or both.

    >>> show_date(Decimal("45474.5"), is_1904=False)
    '2024-07-01 12:00:00'
    """
    if number < 0:
        return "#####"
    days, part = divmod(number, 1)
    try:
        day = _FIRST_DAY + timedelta(days=int(days) + _DAYS_TO_1904 * is_1904)
        moment = day + timedelta(seconds=round(part * _SECONDS_A_DAY))
    except (OverflowError, ArithmeticError):
        return "#####"
    if not days and not is_1904:
        return f"{moment:%H:%M:%S}"
    return f"{moment:%Y-%m-%d}" if moment == day else f"{moment:%Y-%m-%d %H:%M:%S}"


def _shown(number: str, code: str | None) -> Shown:
    if code is not None:
        signs = _LITERAL.sub("", code)
        if signs.casefold() == "general":
            return Shown.NUMBER
        if "%" in signs:
            return Shown.PERCENT
        return Shown.DATE if _DATE_SIGN.search(signs) else Shown.NUMBER
    if not number.isdecimal():
        return Shown.NUMBER
    if int(number) in _PERCENT_IDS:
        return Shown.PERCENT
    return Shown.DATE if int(number) in _DATE_IDS else Shown.NUMBER
