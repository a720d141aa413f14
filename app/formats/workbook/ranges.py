"""Ranges of cells: those that are merged, and those that one formula fills."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from app.errors.bodies import FileRefused
from app.formats.workbook.grid import MAX_COLUMNS

_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?", re.ASCII)
_MERGED = re.compile(
    rb"""<(?:\w{1,64}:)?mergeCell\s[^<>]{0,256}?\bref=["']([A-Z0-9:]{1,32})["']""", re.ASCII
)
_BLOCK = 256 * 1024
_LONGEST_TAG = 512
_MOST_RANGES = 100_000


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """Rows count from 1, columns from 0; both ends are included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int
    name: str

    @property
    def columns(self) -> range:
        """Its columns, as far as columns are read."""
        return range(self.first_column, min(self.last_column + 1, MAX_COLUMNS))


class Ranges:
    """Ranges that do not overlap, asked row by row, in ascending order."""

    def __init__(self, found: Iterable[Range] = ()) -> None:
        self._coming = sorted(found, reverse=True)
        self._open: list[Range] = []

    def add(self, found: Range) -> None:
        """One that begins at the row that is asked next."""
        self._open.append(found)

    def at(self, row: int) -> list[Range]:
        """Those that the row goes through; FileRefused for more than can lie side by side."""
        if not self._coming and not self._open:
            return self._open
        while self._coming and self._coming[-1].first_row <= row:
            self._open.append(self._coming.pop())
        self._open = [each for each in self._open if each.last_row >= row]
        if len(self._open) > MAX_COLUMNS:
            raise FileRefused(why="damaged")
        return self._open


def read_range(name: str) -> Range | None:
    """A range by its name; None for what is none, or lies beyond the columns that are read.

    >>> read_range("B3:D5")
    Range(first_row=3, first_column=1, last_row=5, last_column=3, name='B3:D5')
    """
    found = _RANGE.fullmatch(name)
    if found is None:
        return None
    first = _place(found[1])
    if first >= MAX_COLUMNS:
        return None
    last, last_row = _place(found[3] or found[1]), int(found[4] or found[2])
    return Range(int(found[2]), first, last_row, last, name)


def find_merged(part: IO[bytes]) -> Ranges:
    """The merged cells of a sheet. They are listed behind its rows, so it is gone through once."""
    return Ranges(set(_read_merged(part)))


def _read_merged(part: IO[bytes]) -> Iterator[Range]:
    rest, count = b"", 0
    while block := part.read(_BLOCK):
        text = rest + block
        rest = text[-_LONGEST_TAG:]
        if b"mergeCell" not in text:
            continue
        for tag in _MERGED.finditer(text):
            count += 1
            if count > _MOST_RANGES:
                raise FileRefused(why="damaged")
            if (found := read_range(tag[1].decode())) is not None:
                yield found


def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1
