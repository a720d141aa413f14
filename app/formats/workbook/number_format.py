"""A number format: what the screen makes of the number in a cell.

``0!.0,"万"`` shows 812400 as 81.2万, ``;;;`` shows nothing, and ``0;0;;@`` hides a zero. A format
has up to four sections: for positive numbers, negative ones, zero, and texts; or for numbers
that meet a condition.
"""

import operator
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import Enum, auto

from app.formats.workbook.grid import Oddity, Why

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_(?P<padding>.)|\*.|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|G/通用格式)|(?P<exponent>E[+-])"
    r"|(?P<date>[ymdhsbge]|a/p|am/pm|上午/下午|a{3,4})|(?P<sign>.)",
    re.IGNORECASE | re.DOTALL,
)
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)", re.ASCII)
_HOLDS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
_DIGITS = frozenset("0#?")
_LONGEST = 255


class Look(Enum):
    """What a number looks like."""

    NUMBER = auto()
    DATE = auto()
    PERCENT = auto()


# A text, or the place of a digit.
Piece = str | bool


@dataclass(slots=True)
class _Section:
    """How numbers of one kind are shown: texts, and digits: whether each is there in any case."""

    look: Look = Look.NUMBER
    is_general: bool = False
    is_red: bool = False
    condition: tuple[str, Decimal] | None = None
    pieces: list[Piece] = field(default_factory=list)
    # The place of the decimal point among the pieces.
    point: int | None = None
    thousands: int = 0
    takes_text: bool = False
    # Whether a digit appears where the number has none: as for zero.
    has_zero: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no number appears."""
        return not any(isinstance(each, bool) for each in self.pieces)

    @property
    def said(self) -> str:
        """The texts around the number."""
        return "".join(each for each in self.pieces if isinstance(each, str))

    @property
    def words(self) -> str:
        """The letters that stand beside the number."""
        said = unicodedata.normalize("NFKC", self.said)
        return "".join(sign for sign in said if sign.isalnum())

    @property
    def is_broken(self) -> bool:
        """Whether something stands between the digits as if it were of the number."""
        places = [place for place, each in enumerate(self.pieces) if isinstance(each, bool)]
        inside = self.pieces[places[0] : places[-1]] if places else []
        return any(isinstance(each, str) and each.strip() for each in inside)

    def show(self, number: Decimal) -> str:
        """The number as it appears."""
        if self.is_general:
            return _fill(self.pieces, f"{abs(number):f}")
        parts = self.pieces if self.point is None else self.pieces[: self.point]
        decimals = [] if self.point is None else self.pieces[self.point :]
        places = sum(isinstance(each, bool) for each in decimals)
        scaled = abs(number).scaleb(-3 * self.thousands)
        try:
            digits = f"{scaled.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
        except InvalidOperation:
            digits = f"{scaled:f}"
        whole, _, fraction = digits.partition(".")
        point = "." if places else ""
        return _fill(parts, whole).strip() + point + _fill_on(decimals, fraction).rstrip()


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A format, read. Numbers that it shows as they are have nothing to ask it."""

    _sections: tuple[_Section, ...]

    def look_of(self, number: Decimal) -> Look:
        """Whether a number is shown as such, as a day, or as a percentage."""
        return self._section(number).look

    def find_oddity(self, number: Decimal) -> Oddity | None:
        """What is seen instead of the number; None where it is the number itself."""
        section = self._section(number)
        sign = "-" if number < 0 and section is self._sections[0] else ""
        shown = "" if section.is_empty else f"{sign}{section.show(number)}"
        if section.is_empty or (number == 0 and not (section.has_zero or section.is_general)):
            words = section.said.strip()
            return Oddity(Why.SHOWS_WORDS, words) if words else Oddity(Why.SHOWS_NOTHING)
        if section.thousands or section.is_broken or self._loses_sign(number, section):
            return Oddity(Why.SHOWS_OTHERWISE, shown)
        return Oddity(Why.SHOWS_UNIT, shown, section.words) if section.words else None

    @property
    def is_plain(self) -> bool:
        """Whether it shows every number as that number."""
        return all(
            not (each.is_empty or each.thousands or each.is_broken or each.words)
            and each.look is Look.NUMBER
            and (each.has_zero or each.is_general)
            for each in self._sections[:3]
        ) and not any(self._loses_sign(Decimal(-1), each) for each in self._sections[1:2])

    @property
    def hides_text(self) -> bool:
        """Whether a text is not shown as it is."""
        return len(self._sections) > 3 and not self._sections[3].takes_text  # noqa: PLR2004

    def _section(self, number: Decimal) -> _Section:
        numeric = self._sections[:3]
        if any(each.condition for each in numeric):
            for each in numeric:
                if each.condition is None or _HOLDS[each.condition[0]](number, each.condition[1]):
                    return each
            return numeric[-1]
        place = 1 if number < 0 else 2 if number == 0 else 0
        return numeric[place] if place < len(numeric) else numeric[0]

    def _loses_sign(self, number: Decimal, section: _Section) -> bool:
        """A section for negative numbers writes their sign itself; red is one, too."""
        if number >= 0 or section is self._sections[0] or section.is_general:
            return False
        return not section.is_red and not set(section.said) & set("-\u2212－(（")


def read_number_format(code: str) -> NumberFormat:
    """A format by its code."""
    sections, section = [], _Section()
    for token in _TOKEN.finditer(code[:_LONGEST] or "General"):
        if token["sign"] == ";":
            sections.append(section)
            section = _Section()
        else:
            _add(section, token)
    return NumberFormat((*sections, section))


def _add(section: _Section, token: re.Match[str]) -> None:
    kind = token.lastgroup
    if kind == "general":
        _show_as_it_is(section)
    elif kind == "bracket":
        _add_bracket(section, token["bracket"])
    elif kind == "date":
        section.look = Look.DATE
    elif kind in {"quoted", "escaped"}:
        section.pieces.append(token[kind])
    elif kind == "sign":
        _add_sign(section, token["sign"])


def _add_bracket(section: _Section, said: str) -> None:
    """A colour, a condition, a currency, or hours beyond a day."""
    condition = _CONDITION.fullmatch(said)
    if condition:
        section.condition = (condition[1], Decimal(condition[2]))
    elif _ELAPSED.fullmatch(said):
        section.look = Look.DATE
    elif said.startswith("$"):
        section.pieces.append(said[1:].partition("-")[0])
    elif said.casefold() in {"red", "红色"}:
        section.is_red = True


def _add_sign(section: _Section, sign: str) -> None:
    if sign in _DIGITS:
        section.pieces.append(sign == "0")
        # A comma between digits groups them; after the last it divides by a thousand.
        section.thousands = 0
        section.has_zero |= sign == "0"
    elif sign == "," and not section.is_empty:
        section.thousands += 1
    elif sign == "." and section.point is None:
        section.point = len(section.pieces)
    elif sign == "%":
        section.look = Look.PERCENT
    elif sign == "@":
        _show_as_it_is(section)
    elif sign != "/":
        section.pieces.append(sign)


def _show_as_it_is(section: _Section) -> None:
    section.is_general = section.takes_text = True
    section.pieces.append(True)


def _fill(pieces: list[Piece], digits: str) -> str:
    """Digits into their places from the right; what is left over stands before the first."""
    places = [place for place, piece in enumerate(pieces) if isinstance(piece, bool)]
    left, written = list(digits), list[str]()
    for place in range(len(pieces) - 1, -1, -1):
        piece = pieces[place]
        if isinstance(piece, str):
            written.append(piece)
        elif place == places[0] and left:
            written.append("".join(left))
        else:
            written.append(left.pop() if left else "0" * piece)
    return "".join(reversed(written))


def _fill_on(pieces: list[Piece], digits: str) -> str:
    """Digits into their places from the left."""
    left = iter(digits)
    return "".join(next(left, "") if isinstance(piece, bool) else piece for piece in pieces)
