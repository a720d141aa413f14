"""Whether a file is a workbook that is safe to read: looked at before any of it is parsed.

A workbook is a zip archive: some kilobytes can unpack to gigabytes, and what its directory says
of sizes may be untrue. All of it is unpacked once here, in blocks, counted and thrown away.
"""

import posixpath
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import SEEK_END
from typing import IO, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from app.errors.bodies import FileRefused
from app.formats.workbook.xml import Attributes, XmlPart

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_PARTS = 1000
MAX_PART_BYTES = 256 * 1024 * 1024
MAX_UNPACKED_BYTES = 384 * 1024 * 1024
# A sheet of 200,000 much alike rows is packed 40 times smaller; a bomb up to 1,000 times.
MAX_RATIO = 100
# Where it is small the ratio says nothing.
_RATIO_FROM = 1024 * 1024
_MAX_DIRECTORY_BYTES = 512 * 1024
_MAX_RELATIONS_BYTES = 4 * 1024 * 1024
_BLOCK = 256 * 1024
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64_SIZE = 20
_LONGEST_COMMENT = 0xFFFF
_IS_ENCRYPTED = 0x1
# The others that the zip reader knows can take memory without bounds.
_PACKINGS = frozenset({ZIP_STORED, ZIP_DEFLATED})
# What other archives that office programs write have in them.
_OTHER_PARTS = {
    "open_document": ("/content.xml",),
    "binary_workbook": ("/xl/workbook.bin",),
    "not_a_workbook": ("/word/document.xml", "/ppt/presentation.xml", "/index/document.iwa"),
}
_FOREIGN_PARTS = {
    "macros": ("vbaproject", "/macrosheets/"),
    "external_links": ("/externallinks/", "/querytables/", "/xl/connections.xml"),
}


@dataclass(frozen=True, slots=True)
class Package:
    """The parts of a workbook, by names in which case does not count."""

    _archive: ZipFile
    _names: dict[str, ZipInfo]

    def open(self, part: str) -> IO[bytes]:
        """A part; KeyError, which is damage, where there is none."""
        return self._archive.open(self._names[_folded(part)])

    def relations(self, of: str) -> dict[str, tuple[str, str]]:
        """The kind and the part that each relation of a part leads to ("" for the package)."""
        folder, name = posixpath.split(of)
        found: dict[str, tuple[str, str]] = {}

        def add(attributes: Attributes) -> None:
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = posixpath.join("/", folder, attributes.get("Target", "").replace("\\", "/"))
            found[attributes.get("Id", "")] = (kind, posixpath.normpath(target).lstrip("/"))

        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        if _folded(listed) in self._names:
            XmlPart(opening={"Relationship": add}, closing={}).read_all(self.open(listed))
        return found

    def find_workbook(self) -> str:
        """The part that lists the sheets, whatever its name. FileRefused without one."""
        for kind, part in self.relations("").values():
            if kind == "officeDocument" and _folded(part) in self._names:
                return part
        raise FileRefused(why="not_a_workbook")


def open_package(source: BinaryIO) -> Package:
    """The parts of a workbook. Raises FileRefused if it is none, or not safe to read."""
    with damage_refused():
        size = _check_directory(source)
        archive = ZipFile(source)
        parts = archive.infolist()
        _check_parts(parts)
        _check_sizes(parts, size)
        _check_contents(archive, parts)
        return Package(archive, {_folded(part.filename): part for part in parts})


def refuse_old_workbook(source: BinaryIO) -> None:
    """Say of an OLE file whether it is a workbook with a password, or one before 2007."""
    source.seek(0)
    name, tail = "EncryptedPackage".encode("utf-16-le"), b""
    while block := source.read(_BLOCK):
        if name in tail + block:
            raise FileRefused(why="encrypted")
        tail = block[-len(name) :]
    raise FileRefused(why="old_workbook")


@contextmanager
def damage_refused() -> Iterator[None]:
    """Whatever the zip reader says of a broken archive, as one refusal."""
    try:
        yield
    except (
        BadZipFile,
        EOFError,
        KeyError,
        NotImplementedError,
        OSError,
        OverflowError,
        RuntimeError,
        ValueError,
        struct.error,
        zlib.error,
    ) as error:
        raise FileRefused(why="damaged") from error


def _check_directory(source: BinaryIO) -> int:
    """The file's size. The zip reader holds the whole directory, at ten times its size."""
    size = source.seek(0, SEEK_END)
    source.seek(max(0, size - _END.size - _LONGEST_COMMENT - _LOCATOR_64_SIZE - _END_64.size))
    tail = source.read()
    at = len(tail) - _END.size
    if tail[at : at + 4] != b"PK\x05\x06" or tail[-2:] != b"\0\0":
        at = tail.rfind(b"PK\x05\x06")
    if at < 0:
        raise FileRefused(why="damaged")
    directory_size = _END.unpack_from(tail, at)[5]
    at_64 = at - _LOCATOR_64_SIZE - _END_64.size
    if at_64 >= 0 and tail[at - _LOCATOR_64_SIZE :].startswith(b"PK\x06\x07"):
        directory_size = _END_64.unpack_from(tail, at_64)[8]
    if directory_size > _MAX_DIRECTORY_BYTES:
        raise FileRefused(why="too_many_parts", limit=MAX_PARTS)
    return size


def _check_parts(parts: list[ZipInfo]) -> None:
    """What the directory says: quick, and not yet believed."""
    names = [_folded(part.filename) for part in parts]
    if len(parts) > MAX_PARTS:
        raise FileRefused(why="too_many_parts", limit=MAX_PARTS)
    if any(part.flag_bits & _IS_ENCRYPTED for part in parts):
        raise FileRefused(why="encrypted")
    for why, parts_of_it in _OTHER_PARTS.items():
        if any(f"/{name}" in parts_of_it for name in names):
            raise FileRefused(why=why)
    for why, signs in _FOREIGN_PARTS.items():
        if any(sign in f"/{name}" for name in names for sign in signs):
            raise FileRefused(why=why)
    # Two parts of one name would be read as one by some, as the other by others.
    is_twofold = len(set(names)) < len(names)
    if is_twofold or any(part.compress_type not in _PACKINGS for part in parts):
        raise FileRefused(why="damaged")


def _folded(name: str) -> str:
    return name.casefold().replace("\\", "/").lstrip("/")


def _check_sizes(parts: list[ZipInfo], size: int) -> None:
    total = sum(part.file_size for part in parts)
    if total > MAX_UNPACKED_BYTES or any(part.file_size > MAX_PART_BYTES for part in parts):
        raise FileRefused(why="too_large_unpacked", limit=MAX_UNPACKED_BYTES // 1024**2)
    # Parts that lie upon each other unpack the same bytes many times.
    if sum(part.compress_size for part in parts) > size:
        raise FileRefused(why="damaged")
    for part in parts:
        if part.file_size > max(_RATIO_FROM, part.compress_size * MAX_RATIO):
            raise FileRefused(why="packed_too_tightly", limit=MAX_RATIO)


def _check_contents(package: ZipFile, parts: list[ZipInfo]) -> None:
    """What is really there. The zip reader stops at the size that the directory says, and
    refuses a part whose contents do not have the checksum then: a lie does not get further.
    """
    for part in parts:
        with package.open(part) as opened:
            while opened.read(_BLOCK):
                pass
        if part.filename.casefold().endswith(".rels"):
            _check_relations(package, part)
        is_list_of_types = _folded(part.filename) == "[content_types].xml"
        if is_list_of_types and b"macroEnabled" in _read(package, part):
            raise FileRefused(why="macros")


def _check_relations(package: ZipFile, part: ZipInfo) -> None:
    """Links that a reader clicks on are harmless; anything else outside is not fetched here."""
    if part.file_size > _MAX_RELATIONS_BYTES:
        raise FileRefused(why="damaged")

    def check(attributes: Attributes) -> None:
        is_link = attributes.get("Type", "").endswith("/hyperlink")
        if attributes.get("TargetMode") == "External" and not is_link:
            raise FileRefused(why="external_links")

    with package.open(part) as opened:
        XmlPart(opening={"Relationship": check}, closing={}).read_all(opened)


def _read(package: ZipFile, part: ZipInfo) -> bytes:
    if part.file_size > _MAX_RELATIONS_BYTES:
        raise FileRefused(why="damaged")
    return package.read(part)
