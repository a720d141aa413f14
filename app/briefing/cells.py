"""What a briefing's tables are made of, and the words that they speak: one cell at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Protocol

from app.domain.rating import WELL, Rating
from app.schemas.plans import Label
from app.words.book import fill, label_column, name_code, texts

_HUNDRED = Decimal(100)
# Two decimals; more where two would show a value as another one. Figures have no more than eight.
_FEWEST_PLACES, _MOST_PLACES = 2, 8
# Enough digits for any figure that an answer may hold, and its decimals.
_WIDE = Context(prec=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingCell:
    """A cell as people read it.

    ``number``: the exact value of what is rounded in the text, where it is a number; ``places``
    its decimals there. ``note`` stands beside the text, smaller.
    ``look``: text, good, query, error or reference, as the sheets have them; words say the same.
    """

    text: str
    number: Decimal | None = None
    places: int = 0
    note: str | None = None
    look: str = "cell"


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingTable:
    """A table with its caption; ``empty`` is said where it has no rows."""

    caption: str
    columns: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[BriefingCell]]
    empty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingBar:
    """How far a target is, drawn: ``percent`` as a bar, ``mark`` where it should be by now.

    None where there is no such number; ``said`` says it all the same.
    """

    name: str
    percent: Decimal | None
    mark: Decimal | None
    said: BriefingCell


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingChart:
    """Bars below each other, with what they show."""

    caption: str
    legend: str
    bars: Sequence[BriefingBar]


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingSection:
    """A part of a briefing, and a sheet of its workbook.

    A page draws ``charts`` beside the tables; ``closing`` follows both.
    """

    title: str
    sentences: Sequence[str]
    tables: Sequence[BriefingTable]
    charts: Sequence[BriefingChart] = ()
    closing: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingPage:
    """A whole briefing; its first section is the headline."""

    language: str
    title: str
    subtitle: str
    remarks: Sequence[str]
    warnings: Sequence[str]
    sections: Sequence[BriefingSection]
    notes: Sequence[str]


class Spoken(Protocol):
    """What a page is made of: its period, and what the plan calls its indicators and areas."""

    period: str
    indicators: dict[str, Label]
    areas: dict[str, Label]


class Speaker:
    """Says what a briefing, or another page like it, holds in one language.

    ``subject``: the words of that page, which stand before those of the briefing.
    """

    def __init__(self, spoken: Spoken, language: str, subject: str = "briefing") -> None:
        self.language = language
        self.words = {**texts("briefing", language), **texts(subject, language)}
        self.period = spoken.period
        self._spoken = spoken

    def sentence(self, name: str, **facts: object) -> str:
        """A sentence with its facts."""
        return str(self.words["sentences"][name]).format(**facts)

    def column(self, name: str) -> str:
        """What a column is called, with the sign of percentages."""
        own = self.words["columns"]
        called = str(own[name]) if name in own else label_column(name, self.language)
        is_percent = name.endswith("_percent")
        return fill(self.words["percentage"], {"name": called}) if is_percent else called

    def indicator(self, code: str) -> BriefingCell:
        """What an indicator is called."""
        return self._named(self._spoken.indicators[code])

    def area(self, code: str) -> BriefingCell:
        """What an area is called."""
        return self._named(self._spoken.areas[code])

    def unit(self, symbol: str) -> BriefingCell:
        """A unit: its symbol in Chinese, its name in English; one of the plan's own its symbol."""
        is_known = symbol in texts("codes", self.language)["unit"]
        return BriefingCell(text=name_code("unit", symbol, self.language) if is_known else symbol)

    def code(self, kind: str, code: str | None) -> BriefingCell:
        """What a code of a list is called."""
        if code is None:
            return self.nothing()
        return BriefingCell(text=name_code(kind, code, self.language))

    def rating(self, rating: str | None) -> BriefingCell:
        """A rating as a word, and a look that says the same."""
        if rating is None:
            return self.nothing()
        look = "good" if rating in WELL else "error"
        if rating == Rating.ACCELERATION_NEEDED:
            look = "query"
        elif rating == Rating.UNABLE_TO_ASSESS:
            look = "reference"
        return BriefingCell(text=name_code("rating", rating, self.language), look=look)

    def figure(
        self, value: Decimal | None, *marks: Decimal | None, why: str | None = None
    ) -> BriefingCell:
        """A figure, never rounded onto zero or one of the marks; or why there is none."""
        if value is None:
            return self.nothing(why)
        known = [Decimal(0), *(mark for mark in marks if mark is not None)]
        return show_number(value, *known)

    def percent(self, value: Decimal | None, *, why: str | None = None) -> BriefingCell:
        """A percentage, never rounded onto 0 or 100; or why there is none."""
        if value is None:
            return self.nothing(why)
        return show_number(value, Decimal(0), _HUNDRED, is_percent=True)

    def nothing(self, why: str | None = None) -> BriefingCell:
        """No value, with its reason in words where one is known."""
        note = None if why is None else name_code("null_reason", why, self.language)
        return BriefingCell(text=self.words["none"], note=note, look="reference")

    def _named(self, label: Label) -> BriefingCell:
        return BriefingCell(text=label.zh if self.language == "zh" else label.en)


def make_section(
    speaker: Speaker, name: str, sentences: Sequence[str], tables: Sequence[BriefingTable]
) -> BriefingSection:
    """A section by its name in the words of the page."""
    return BriefingSection(title=speaker.words["sheets"][name], sentences=sentences, tables=tables)


def make_table(
    speaker: Speaker,
    name: str,
    columns: Mapping[str, int],
    rows: Sequence[Sequence[BriefingCell]],
) -> BriefingTable:
    """A table by its name in the words of the page; ``columns``: their widths, in characters."""
    words = speaker.words
    return BriefingTable(
        caption=words["captions"][name],
        columns=[speaker.column(column) for column in columns],
        widths=list(columns.values()),
        rows=rows,
        empty=words["empty"][name],
    )


def show_number(value: Decimal, *marks: Decimal, is_percent: bool = False) -> BriefingCell:
    """A number to two decimals, with separators between thousands; a whole one has none.

    Where two decimals would show it as one of the marks, it has as many as tell the two apart: an
    attainment of 99.9996 % is not 100.00, and what is left is never 0.00. What not even eight can
    tell apart is shown as less or more than its mark.
    """
    if value == value.to_integral_value() and not is_percent:
        return BriefingCell(text=f"{value:,.0f}", number=value)
    for places in range(_FEWEST_PLACES, _MOST_PLACES + 1):
        rounded = _round(value, places)
        if rounded == value or rounded not in marks:
            return BriefingCell(text=f"{rounded:,.{places}f}", number=value, places=places)
    mark, step = _round(value, _FEWEST_PLACES), Decimal(1).scaleb(-_MOST_PLACES)
    if mark == 0:
        return BriefingCell(text=f"<{step:f}" if value > 0 else f">{-step:f}")
    return BriefingCell(text=f"{'<' if value < mark else '>'}{mark:,.{_FEWEST_PLACES}f}")


def _round(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)
