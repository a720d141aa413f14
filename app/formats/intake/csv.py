"""A CSV file of figures, as Excel, WPS and programs write them, read line by line.

The encoding is UTF-8, with or without byte order mark, else GB18030. The heading decides: a
Chinese one can be read in one of them only. Under an English one the file is UTF-8 if all of it
is. The delimiter is the one that the heading is written with.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import BinaryIO

from app.errors.bodies import FileRefused
from app.formats.intake.cells import LONGEST_CELL
from app.formats.intake.heading import HEADING_WITHIN, REQUIRED, is_heading
from app.formats.workbook.grid import Grid, Line

# Of all kinds: a file of blank lines takes as long to read as one of figures.
MAX_LINES = 400_000
_START = 64 * 1024
_BLOCK = 256 * 1024
# Nothing longer than such a row is ever held.
_LONGEST_ROW = 64 * LONGEST_CELL
_DELIMITERS = (",", ";", "\t")
_WRONG_BYTE = re.compile("[\udc80-\udcff]")
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_csv_grid(source: BinaryIO) -> Grid:
    """The file as one grid. Raises FileRefused if it has no heading that can be read."""
    encoding, delimiter = _recognise(source)
    source.seek(0)
    return Grid(sheet=None, lines=_read_lines(source, encoding, delimiter), is_counted=True)


def _recognise(source: BinaryIO) -> tuple[str, str]:
    source.seek(0)
    start = source.read(_START)
    if not start:
        raise FileRefused(why="empty")
    if start.startswith(_UTF16_MARKS):
        raise FileRefused(why="encoding", row=1)
    is_marked = start.startswith(codecs.BOM_UTF8)
    for encoding in ("utf-8-sig",) if is_marked else ("utf-8", "gb18030"):
        for delimiter in _DELIMITERS:
            heading = _find_heading(start, encoding, delimiter)
            if heading is None:
                continue
            if is_marked or not "".join(heading).isascii():
                return encoding, delimiter
            return ("utf-8" if _is_utf8(source) else "gb18030"), delimiter
    raise FileRefused(why="no_heading", columns=", ".join(REQUIRED))


def _find_heading(start: bytes, encoding: str, delimiter: str) -> list[str] | None:
    text = io.StringIO(start.decode(encoding, errors="replace"), newline="")
    with suppress(csv.Error):
        rows = (row for row in csv.reader(text, delimiter=delimiter) if any(row))
        return next((row for row in islice(rows, HEADING_WITHIN) if is_heading(row)), None)
    return None


def _is_utf8(source: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    source.seek(0)
    try:
        while block := source.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _read_lines(source: BinaryIO, encoding: str, delimiter: str) -> Iterator[Line]:
    # Wrong bytes are let through as marks: the decoder is ahead of the row that is being read.
    text = io.TextIOWrapper(source, encoding=encoding, errors="surrogateescape", newline="")
    feed = _Feed(text)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            feed.row += 1
            feed.length = 0
            if feed.row > MAX_LINES:
                raise FileRefused(why="too_many_rows", limit=MAX_LINES)
            if any(cells):
                yield Line(feed.row, [cell or None for cell in cells])
    except csv.Error as error:
        raise _refuse(feed) from error
    finally:
        # The source is the caller's to close, and may be closed already.
        with suppress(ValueError):
            text.detach()


def _refuse(feed: "_Feed") -> FileRefused:
    """Why the next row cannot be read."""
    row = feed.row + 1
    if feed.has_ended:
        return FileRefused(why="unclosed_quote", row=row)
    # The reader's own limit is on one cell, and far above ours.
    is_long = feed.length > LONGEST_CELL
    return FileRefused(why="long_row" if is_long else "stray_quote", row=row)


class _Feed:
    """Lines for the CSV reader, which by itself would follow an open quote to the end."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.row = 0
        # Characters of the present row so far; it may go over many lines.
        self.length = 0
        self.has_ended = False

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = self._text.readline(_LONGEST_ROW - self.length + 1)
        self.length += len(line)
        if self.length > _LONGEST_ROW:
            raise FileRefused(why="long_row", row=self.row + 1)
        if not line.isascii() and _WRONG_BYTE.search(line):
            raise FileRefused(why="encoding", row=self.row + 1)
        if not line:
            self.has_ended = True
            raise StopIteration
        return line
