"""A text of a workbook: runs of characters, with what they sound like passed over."""

import re

from app.formats.workbook.xml import Attributes

# Excel cuts off at 32,767. What is longer is cut here, and refused where it is in a table.
CUT_AT = 32_768
# Halves of surrogate pairs stay as they are written: no text can hold them.
_ESCAPED = re.compile(r"_x(?![dD][89A-Fa-f])([0-9A-Fa-f]{4})_")


class RichText:
    """Gathers the runs of one text; its methods are called by the reader of the part."""

    def __init__(self) -> None:
        self._runs: list[str] = []
        self._length = 0
        self._is_reading_aid = False

    def begin(self, _: Attributes | None = None) -> None:
        """Begin a new text."""
        self._runs.clear()
        self._length = 0

    def add(self, run: str) -> None:
        """Add a run, unless it says how another one is pronounced."""
        if not self._is_reading_aid and self._length < CUT_AT:
            self._runs.append(run)
            self._length += len(run)

    def enter_aid(self, _: Attributes) -> None:
        """Pass over the runs that follow."""
        self._is_reading_aid = True

    def leave_aid(self, _: str) -> None:
        """Take runs again."""
        self._is_reading_aid = False

    def whole(self) -> str:
        """The text so far."""
        return unescape("".join(self._runs)[:CUT_AT])


def unescape(text: str) -> str:
    r"""The text with characters that XML cannot hold as they were.

    >>> unescape("first_x000A_second"), unescape("_x005F_x000A_")
    ('first\nsecond', '_x000A_')
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
