"""The texts that the sheets of a workbook share, kept outside memory.

A workbook of 100,000 rows has some 300,000 of them. Cells refer to them by number, mostly in
the order in which they stand.
"""

from array import array
from tempfile import SpooledTemporaryFile
from typing import IO
from weakref import finalize

from app.errors.bodies import FileRefused
from app.formats.workbook.text import RichText
from app.formats.workbook.xml import XmlPart

_IN_MEMORY = 4 * 1024 * 1024
_MOST_TEXTS = 3_000_000
# The few texts that most cells are made of (units, bases, codes), and short enough to keep.
_REMEMBERED = 4096
_SHORT = 64


class SharedStrings:
    """Texts by number, read from the part of the workbook that lists them."""

    def __init__(self, part: IO[bytes] | None) -> None:
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with self
        finalize(self, self._file.close)
        self._ends = array("I", [0])
        self._known: dict[str, str] = {}
        if part is not None:
            self._read(part)

    def get(self, number: str) -> str:
        """The text of this number; FileRefused if there is none."""
        known = self._known.get(number)
        return self._find(number) if known is None else known

    def _find(self, number: str) -> str:
        index = int(number) if number.isascii() and number.isdigit() else -1
        if not 0 <= index < len(self._ends) - 1:
            raise FileRefused(why="damaged")
        start = self._ends[index]
        self._file.seek(start)
        text = self._file.read(self._ends[index + 1] - start).decode()
        if len(text) <= _SHORT:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[number] = text
        return text

    def _read(self, part: IO[bytes]) -> None:
        text = RichText()

        def keep(_: str) -> None:
            if len(self._ends) > _MOST_TEXTS:
                raise FileRefused(why="damaged")
            self._file.write(text.whole().encode())
            self._ends.append(self._file.tell())

        XmlPart(
            opening={"si": text.begin, "rPh": text.enter_aid},
            closing={"t": text.add, "rPh": text.leave_aid, "si": keep},
            texts=frozenset({"t"}),
        ).read_all(part)
