"""A part of a workbook as XML, read in pieces, within bounds of memory and time.

Expat itself follows any document: one of a million nested or differently named elements, or
with one endless attribute, costs memory or time out of proportion. Document types, and with
them entities, have no place in a workbook.
"""

from collections.abc import Callable, Iterator
from typing import IO, TypeVar
from xml.parsers import expat

from app.errors.bodies import FileRefused

Attributes = dict[str, str]
T = TypeVar("T")

_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/package/2006/relationships",
)
_PIECE = 64 * 1024
_DEEPEST = 64
_LONGEST_TAG = 256 * 1024
_MOST_NAMES = 4096
# Text comes in pieces of 8 KiB or more; no text of a workbook is longer than 32,767 characters.
_MOST_TEXT_PIECES = 8


class XmlPart:
    """Calls what a reader declares for elements of a workbook, by their plain names.

    ``opening`` gets the attributes, ``closing`` the text since the last opened element that is
    in ``texts``, cut where it is longer than any text in a workbook. ``done`` ends the reading.
    """

    def __init__(
        self,
        *,
        opening: dict[str, Callable[[Attributes], None]],
        closing: dict[str, Callable[[str], None]],
        texts: frozenset[str] = frozenset(),
    ) -> None:
        self.done = False
        self._opening = _qualified(opening | dict.fromkeys(texts, self._begin_text))
        self._closing = _qualified(closing)
        self._depth = 0
        self._pieces: list[str] = []

    def read(self, part: IO[bytes]) -> Iterator[None]:
        """Read the part; each step has called for what stood in a further piece of it.

        Raises FileRefused if it is no XML or goes beyond the bounds.
        """
        parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.CharacterDataHandler = self._add_text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        # Makes the names of namespaces count among those of the elements.
        parser.StartNamespaceDeclHandler = _ignore_namespace
        fed = 0
        try:
            while not self.done and (piece := part.read(_PIECE)):
                parser.Parse(piece, False)  # noqa: FBT003 - the C function takes it by place
                fed += len(piece)
                if fed - parser.CurrentByteIndex > _LONGEST_TAG or len(parser.intern) > _MOST_NAMES:
                    raise FileRefused(why="damaged")
                yield
            if not self.done:
                parser.Parse(b"", True)  # noqa: FBT003 - likewise
        except expat.ExpatError as error:
            raise FileRefused(why="damaged") from error

    def read_all(self, part: IO[bytes]) -> None:
        """Read the part to its end."""
        for _ in self.read(part):
            pass

    def _open(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise FileRefused(why="damaged")
        call = self._opening.get(name)
        if call is not None:
            call(attributes)

    def _begin_text(self, _: Attributes) -> None:
        self._pieces.clear()

    def _close(self, name: str) -> None:
        self._depth -= 1
        call = self._closing.get(name)
        if call is not None:
            pieces = self._pieces
            call(pieces[0] if len(pieces) == 1 else "".join(pieces))

    def _add_text(self, text: str) -> None:
        if len(self._pieces) < _MOST_TEXT_PIECES:
            self._pieces.append(text)


def _qualified(by_name: dict[str, T]) -> dict[str, T]:
    return {f"{space} {name}": value for space in _NAMESPACES for name, value in by_name.items()}


def _refuse_doctype(*_: object) -> None:
    raise FileRefused(why="damaged")


def _ignore_namespace(*_: object) -> None:
    pass
