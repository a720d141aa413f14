"""How the cells of a workbook show their numbers: as they are, as days, as percentages, scaled.

The number behind 2024年7月1日 is 45474, the one behind 12% is 0.12. Neither is the figure
that stands there, so both are read as the text that is seen, for the checks to refuse.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import IO

from app.domain.checks.unit import plain
from app.errors.bodies import FileRefused
from app.formats.workbook.number_format import NumberFormat, read_number_format
from app.formats.workbook.xml import Attributes, XmlPart

_MOST_STYLES = 65_536
_PERCENT_IDS = frozenset({9, 10})
# Built-in formats of days and times, those of Chinese and other Asian editions included.
_DATE_IDS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no time zone
# In that system the first day is four years and a day later.
_DAYS_TO_1904 = 1462
_SECONDS_A_DAY = 86_400
_PERCENT, _DATE = read_number_format("0%"), read_number_format("yyyy-mm-dd")


def read_styles(part: IO[bytes]) -> list[NumberFormat | None]:
    """The format of each cell style, in the order that cells refer to them; None for plain ones."""
    codes: dict[str, str] = {}
    known: dict[str, NumberFormat | None] = {}
    found: list[NumberFormat | None] = []
    is_inside = False

    def add_format(attributes: Attributes) -> None:
        codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")

    def enter(_: Attributes) -> None:
        nonlocal is_inside
        is_inside = True

    def leave(_: str) -> None:
        reader.done = True

    def add_style(attributes: Attributes) -> None:
        if is_inside:
            number = attributes.get("numFmtId", "0")
            if number not in known:
                known[number] = _find_format(number, codes.get(number))
            found.append(known[number])
        if max(len(found), len(codes)) > _MOST_STYLES:
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


def _find_format(number: str, code: str | None) -> NumberFormat | None:
    if code is not None:
        found = read_number_format(code)
        return None if found.is_plain and not found.hides_text else found
    if not number.isdecimal():
        return None
    if int(number) in _PERCENT_IDS:
        return _PERCENT
    return _DATE if int(number) in _DATE_IDS else None
